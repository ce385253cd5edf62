import type { Said } from '@resguardo/contracts';
import { labelOf, ruleBook, sourceIn, writtenInstant } from '@resguardo/contracts';
import type { Refusal } from '@resguardo/eventing';
import { GraphQLError } from 'graphql';
import type { AgencyAnswer } from './agency-desk.js';

type Locale = 'ES' | 'EN';

/** A value inside a sentence: a moment is written out in the capital's zone, anything else as it is. */
const spoken = (value: string | number, locale: Locale): string =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value)
    ? writtenInstant(value, locale === 'ES' ? 'es' : 'en')
    : String(value);

const filled = (said: Said, because: Readonly<Record<string, string | number>>, locale: Locale): string =>
  (locale === 'ES' ? said.es : said.en).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = because[name];
    if (value === undefined) return whole;
    return name === 'why' ? labelOf('why', String(value), locale === 'ES' ? 'es' : 'en') : spoken(value, locale);
  });

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
      throw new GraphQLError('This command id was used before, with another content or by another person.', {
        extensions: { code: 'COMMAND_ID_REUSED' },
      });
    case 'malformed':
      throw new GraphQLError('Some fields are wrong.', {
        extensions: { code: 'BAD_USER_INPUT', fields: answer.errors },
      });
    case 'no-such-case':
      throw new GraphQLError('There is no such case.', { extensions: { code: 'NOT_FOUND' } });
  }
};
