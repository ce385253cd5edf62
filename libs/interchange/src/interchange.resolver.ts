import { Inject } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Said } from '@resguardo/contracts';
import type { Caller } from '@resguardo/identity';
import { May, TheCaller } from '@resguardo/identity';
import { GraphQLError } from 'graphql';
import type { ImportedFile, PlatformIntake, SentFile } from './platform-intake.js';

export const PLATFORM_INTAKE = Symbol('platform-intake');

export interface InterchangeParts {
  readonly intake: PlatformIntake;
  /** Keeps an access record; durable before the answer leaves. */
  readonly recordAccess: (reading: {
    readonly caller: Caller;
    readonly operation: string;
    readonly cases: readonly string[];
    readonly classes: readonly ('D0' | 'D6p')[];
    readonly purpose: 'INTAKE';
    readonly via: 'intake';
  }) => Promise<void>;
}

interface ImportInput {
  readonly files: readonly {
    readonly name: string;
    readonly content?: string | null;
    readonly base64?: string | null;
  }[];
  readonly reportId?: string | null;
  readonly state?: string | null;
}

type InLocale = { readonly locale: 'ES' | 'EN' };
const inLocale = (said: Said, { locale }: InLocale) => (locale === 'EN' ? said.en : said.es);

/** Texts are functions of the locale: GraphQL calls them, no field resolver is needed. */
const shown = ({ warnings, error, document, ...file }: ImportedFile) => ({
  ...file,
  document: document ?? null,
  warnings: (args: InLocale) => warnings.map((said) => inLocale(said, args)),
  error: error ? { ...error, message: (args: InLocale) => inLocale(error.message, args) } : null,
});

const sentFile = ({ name, content, base64 }: ImportInput['files'][number]): SentFile => {
  if ((content ?? undefined) === undefined && (base64 ?? undefined) === undefined)
    throw new GraphQLError('A file has neither content nor base64.', { extensions: { code: 'BAD_USER_INPUT' } });
  return { name: name.slice(0, 200), content: content ?? Buffer.from(base64 ?? '', 'base64') };
};

@Resolver()
export class InterchangeResolver {
  constructor(@Inject(PLATFORM_INTAKE) private readonly parts: InterchangeParts) {}

  @May('interchange:import')
  @Mutation('importPlatformReport')
  async importPlatformReport(@Args('input') input: ImportInput, @TheCaller() caller: Caller) {
    const { intake, recordAccess } = this.parts;
    const files = await intake.import(input.files.map(sentFile), caller, {
      ...(input.reportId && { reportId: input.reportId }),
      ...(input.state && { state: input.state }),
    });
    const cases = [...new Set(files.flatMap(({ concerned }) => concerned))];
    await recordAccess({
      caller,
      operation: 'importPlatformReport',
      cases,
      classes: ['D0'],
      purpose: 'INTAKE',
      via: 'intake',
    });
    const waiting = await intake.waiting(caller.agency);
    return { files: files.map(shown), waiting: waiting.length };
  }

  @May('interchange:import')
  @Query('waitingPlatformFiles')
  async waitingPlatformFiles(@TheCaller() caller: Caller) {
    const { intake, recordAccess } = this.parts;
    const waiting = await intake.waiting(caller.agency);
    await recordAccess({
      caller,
      operation: 'waitingPlatformFiles',
      cases: [],
      classes: ['D6p'],
      purpose: 'INTAKE',
      via: 'intake',
    });
    return waiting.map(({ id, document, agency, since, reportId, actor }) => ({
      id,
      document,
      agency,
      since,
      reportId: caller.agency === 'PROSECUTOR' || actor === caller.sub ? reportId : null,
    }));
  }
}
