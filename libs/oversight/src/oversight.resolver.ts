import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { inputErrors, isId, optional, ref } from '@resguardo/contracts';
import type { Caller } from '@resguardo/identity';
import { May, TheCaller } from '@resguardo/identity';
import { GraphQLError } from 'graphql';
import type { AccessRow, RefusalRow } from './access-log.projection.js';
import { type Audit, AuditDenied, type AuditFilter, MalformedPage, type NamedCase, type Page } from './audit.js';

export const AUDIT = Symbol('audit');

const FILTER = { caseId: optional(ref()), actor: optional(ref()), rule: optional(ref()) };

/** What was asked for is on record: a text that is no id must not get there. */
const filterOf = ({ filter }: PageArgs): AuditFilter => {
  const { caseId, actor, rule } = filter ?? {};
  const [wrong] = inputErrors(FILTER, { caseId, actor, rule });
  if (wrong || (caseId && !isId(caseId))) throw new MalformedPage(`filter.${wrong?.path ?? 'caseId'}`);
  return filter ?? {};
};

interface PageArgs {
  readonly filter?: AuditFilter | null;
  readonly first?: number | null;
  readonly after?: string | null;
}

const answered = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AuditDenied)
      throw new GraphQLError('This is not yours to see', {
        extensions: { code: error.code, rule: error.rule, http: { status: 403 } },
      });
    if (error instanceof MalformedPage)
      throw new GraphQLError(`${error.message} is malformed`, { extensions: { code: 'BAD_USER_INPUT' } });
    throw error;
  }
};

const pageOf = <Row, Entry>(
  { rows, endCursor, hasNextPage, incompleteSince }: Page<Row>,
  entry: (row: Row, cases: readonly NamedCase[]) => Entry,
) => ({
  entries: rows.map(({ row, cases }) => entry(row, cases)),
  pageInfo: { endCursor, hasNextPage },
  incompleteSince,
});

@Resolver()
export class OversightResolver {
  constructor(@Inject(AUDIT) private readonly audit: Audit) {}

  @May('audit:read')
  @Query('accesses')
  async accesses(@TheCaller() caller: Caller, @Args() asked: PageArgs) {
    const page = await answered(async () =>
      this.audit.accesses(caller, filterOf(asked), asked.first ?? 50, asked.after),
    );
    return pageOf(page, ({ via, entries, ...row }: AccessRow, cases) => ({
      ...row,
      cases,
      underBreakGlass: via === 'break-glass',
      exported: entries,
    }));
  }

  @May('refusals:read')
  @Query('refusals')
  async refusals(@TheCaller() caller: Caller, @Args() asked: PageArgs) {
    const page = await answered(async () =>
      this.audit.refusals(caller, filterOf(asked), asked.first ?? 50, asked.after),
    );
    return pageOf(page, (row: RefusalRow, cases) => ({ ...row, case: cases[0] ?? null }));
  }

  @May('audit:read')
  @Query('breakGlassPending')
  breakGlassPending(@TheCaller() caller: Caller) {
    return answered(() => this.audit.breakGlassPending(caller));
  }
}
