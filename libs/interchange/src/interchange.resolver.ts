import { Inject } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { isId, type Said } from '@resguardo/contracts';
import type { Caller } from '@resguardo/identity';
import { May, TheCaller } from '@resguardo/identity';
import { GraphQLError } from 'graphql';
import type { ImportAnswer, Importing, ImportInput, InterchangeParts } from './platform-import.js';

export const PLATFORM_INTAKE = Symbol('platform-intake');
export const PLATFORM_IMPORT = Symbol('platform-import');

type InLocale = { readonly locale: 'ES' | 'EN' };
const inLocale = (said: Said, { locale }: InLocale) => (locale === 'EN' ? said.en : said.es);

/** Texts are functions of the locale: GraphQL calls them, no field resolver is needed. */
const shown = ({ warnings, error, document, ...file }: ImportAnswer['files'][number]) => ({
  ...file,
  document: document ?? null,
  warnings: (args: InLocale) => warnings.map((said) => inLocale(said, args)),
  error: error ? { ...error, message: (args: InLocale) => inLocale(error.message, args) } : null,
});

/** Import: where the intake is, and in each agency's own service. */
@Resolver()
export class ImportResolver {
  constructor(@Inject(PLATFORM_IMPORT) private readonly importing: Importing) {}

  @May('interchange:import')
  @Mutation('importPlatformReport')
  async importPlatformReport(
    @Args('commandId') commandId: string,
    @Args('input') input: ImportInput,
    @TheCaller() caller: Caller,
  ) {
    if (!isId(commandId))
      throw new GraphQLError('Some fields are wrong.', {
        extensions: { code: 'BAD_USER_INPUT', fields: [{ path: 'commandId', problem: 'not-a-reference' }] },
      });
    const { files, waiting, kept } = await this.importing({ commandId, input }, caller);
    return { files: files.map(shown), waiting: waiting ?? null, kept: kept ?? null };
  }
}

/** What waits, where the intake is. */
@Resolver()
export class InterchangeResolver {
  constructor(@Inject(PLATFORM_INTAKE) private readonly parts: InterchangeParts) {}

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
