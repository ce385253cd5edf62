import type { Said } from '@resguardo/contracts';
import { labelOf, ruleBook, sourceIn, spoken } from '@resguardo/contracts';
import type { Refusal } from '@resguardo/eventing';
import { GraphQLError } from 'graphql';
import type { AgencyAnswer } from './agency-desk.js';

type Locale = 'ES' | 'EN';

const filled = (said: Said, because: Readonly<Record<string, string | number>>, locale: Locale): string => {
  const language = locale === 'ES' ? 'es' : 'en';
  return said[language].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = because[name];
    if (value === undefined) return whole;
    if (name === 'why') return labelOf('why', String(value), language);
    // Several codes are one text to a rule; a page shows none of them as it is.
    return spoken(typeof value === 'string' ? value.split(', ') : value, language);
  });
};

/** A refusal as the pages get it: in words, with the next lawful step and the source. */
export const refusedResult = ({ rule, code, because }: Refusal): object => {
  const entry = ruleBook[rule];
  const words = entry?.refusals?.[code];
  return {
    __typename: 'Refused',
    rule,
    code,
    source: ({ locale }: { locale: Locale }) => (entry ? sourceIn(entry.source, locale === 'ES' ? 'es' : 'en') : rule),
    because: ({ locale }: { locale: Locale }) =>
      filled(words?.because ?? entry?.title ?? { es: code, en: code }, because, locale),
    instead: ({ locale }: { locale: Locale }) => filled(words?.instead ?? ASK_THE_RESPONSIBLE, because, locale),
  };
};

const ASK_THE_RESPONSIBLE: Said = {
  es: 'Consulte con la agencia responsable del caso.',
  en: 'Ask the agency responsible for the case.',
};

export const commandIdReused = (): GraphQLError =>
  new GraphQLError('This command id was used before, with another content or by another person.', {
    extensions: { code: 'COMMAND_ID_REUSED' },
  });

/** The result object of a mutation. Texts are functions: GraphQL calls them with the locale, no field resolver is needed. */
export const commandResult = (answer: AgencyAnswer, commandId: string): object => {
  switch (answer.kind) {
    case 'accepted': {
      const { caseId, folio, revision, repeated, violationOf } = answer;
      return {
        __typename: 'Accepted',
        caseId: caseId === 'none' ? null : caseId,
        folio: folio ?? null,
        commandId,
        revision,
        repeated,
        violations: violationOf.map((rule) => ({
          rule,
          text: ({ locale }: { locale: Locale }) =>
            ruleBook[rule] ? ruleBook[rule].title[locale === 'ES' ? 'es' : 'en'] : rule,
        })),
      };
    }
    case 'refused':
      return refusedResult(answer.refusal);
    case 'busy':
      return { __typename: 'Busy', retryAfterMs: 2_000 };
    case 'kept':
      return { __typename: 'Kept', commandId, keptAt: answer.keptAt };
    case 'reused':
      throw commandIdReused();
    case 'malformed':
      throw new GraphQLError('Some fields are wrong.', {
        extensions: { code: 'BAD_USER_INPUT', fields: answer.errors },
      });
    case 'no-such-case':
      throw new GraphQLError('There is no such case.', { extensions: { code: 'NOT_FOUND' } });
  }
};
