import type { DataClass } from '@resguardo/contracts';
import { given, inputErrors, MATRIX, readerOf, searchFields } from '@resguardo/contracts';
import { isRefusal } from '@resguardo/eventing';
import { type Caller, May, TheCaller } from '@resguardo/identity';
import { changeOf, type IdentityRecord, type IdentityVault, SearchUnavailable } from '@resguardo/vault';
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import { refusedResult } from './answer.js';
import type { CaseAccess } from './case-access.js';

export const INTAKE = Symbol('intake');

/** on record before the answer leaves. `AccessRecorder` of oversight has this shape. */
export interface AccessLog {
  viewed(reading: {
    readonly caller: Caller;
    readonly operation: string;
    readonly cases: readonly string[];
    readonly classes: readonly DataClass[];
    readonly purpose: string;
    readonly task?: string;
    readonly via?: string;
  }): Promise<void>;
  denied(attempt: {
    readonly caller: Caller;
    readonly operation: string;
    readonly cases: readonly string[];
    readonly purpose?: string;
    readonly rule: string;
    readonly code: string;
  }): Promise<void>;
}

export interface IntakeParts {
  readonly vault: IdentityVault;
  readonly access: CaseAccess;
  readonly log: AccessLog;
}

type Terms = Parameters<typeof changeOf>[0];

/** Terms as the vault looks for them: a name at a platform is one of several handles there. */
const searchedBy = (typed: Terms) => {
  const { replaces: _, ...change } = changeOf(given(typed));
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== null));
};

/** Which class a part of the identity belongs to: where a child lives and learns is D2, the rest D1. */
const D2 = ['addresses', 'school'] as const;
/** Registry fields: all that the Victims' Commission is given of D1 (the matrix, R-701). */
const REGISTRY = ['givenNames', 'firstSurname', 'secondSurname', 'curp', 'birthDate', 'language'] as const;
const FIELDS = [...REGISTRY, 'phones', 'handles', ...D2] as const satisfies readonly (keyof IdentityRecord)[];

const ageOn = (birthDate: string, at: string): number => {
  const years = Number(at.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return at.slice(5, 10) < birthDate.slice(5, 10) ? years - 1 : years;
};

/** The part of an identity that a reader may see. An intermediary is told the first name and the age. */
export const visibleIdentity = (
  caller: Pick<Caller, 'role' | 'agency'>,
  underBreakGlass: boolean,
  identity: IdentityRecord,
  asOf: string,
) => {
  const reader = readerOf(caller.role, caller.agency);
  const opens = (cls: DataClass) => {
    const sight = reader && MATRIX[cls][reader];
    return sight === 'read' || (sight === 'glass' && underBreakGlass && reader !== 'SUPERVISOR');
  };
  const may = (field: (typeof FIELDS)[number]): boolean => {
    if (D2.some((one) => one === field)) return opens('D2');
    if (reader === 'INTERMEDIARY') return false;
    if (reader === 'VICTIMS_COMMISSION') return REGISTRY.some((one) => one === field);
    return opens('D1');
  };
  const shown = Object.fromEntries(FIELDS.filter(may).map((field) => [field, identity[field] ?? null]));
  const first = reader === 'INTERMEDIARY' ? { givenNames: identity.givenNames?.split(/\s+/)[0] ?? null } : {};
  return {
    ...shown,
    ...first,
    age: identity.birthDate && opens('D1') ? ageOn(identity.birthDate, asOf) : null,
    withheld: FIELDS.filter((field) => !may(field) && identity[field] !== undefined),
  };
};

@Resolver()
export class IntakeResolver {
  constructor(@Inject(INTAKE) private readonly parts: IntakeParts) {}

  @May('child:search')
  @Query('findChild')
  async findChild(@Args('terms') typed: Terms, @Args('purpose') purpose: string, @TheCaller() caller: Caller) {
    // A thousand telephones in one search would be a thousand searches (C-11), and a name of a million words keeps everybody waiting.
    const fields = inputErrors(searchFields, typed);
    if (fields.length > 0)
      throw new GraphQLError('Some fields are wrong.', { extensions: { code: 'BAD_USER_INPUT', fields } });
    try {
      const found = await this.parts.vault.findChild(searchedBy(typed), {
        actor: caller.sub,
        agency: caller.agency,
        role: caller.role,
        purpose,
      });
      if (!isRefusal(found)) return { __typename: 'ChildSearch', ...found };
      // The vault recorded what it searched; what it refused to search is recorded here, without the terms.
      const { rule, code } = found;
      await this.parts.log.denied({ caller, operation: 'findChild', cases: [], purpose, rule, code });
      return refusedResult(found);
    } catch (error) {
      if (!(error instanceof SearchUnavailable)) throw error;
      throw new GraphQLError('The search is not available now; the report can be received all the same.', {
        extensions: { code: 'SEARCH_UNAVAILABLE' },
      });
    }
  }

  @May('identity:read')
  @Query('identity')
  async identity(@Args('caseId') caseId: string, @Args('purpose') purpose: string, @TheCaller() caller: Caller) {
    const checked = await this.parts.access.check(caller, caseId, { query: 'identity', purpose });
    if (checked.kind === 'no-such-case')
      throw new GraphQLError('There is no such case.', { extensions: { code: 'NOT_FOUND' } });
    const reading = { caller, operation: 'identity', cases: [caseId], purpose } as const;
    if (checked.kind === 'denied') {
      const { rule, code } = checked.refusal;
      await this.parts.log.denied({ ...reading, rule, code });
      throw new GraphQLError('This case is not open to you.', { extensions: { code, rule } });
    }
    const { task, via } = checked.access;
    await this.parts.log.viewed({ ...reading, classes: ['D1', 'D2'], task, via });
    const answer = await this.parts.vault.identityOf(caseId);
    if (answer.state !== 'known') return { state: answer.state, withheld: [] };
    return {
      state: 'known',
      asOf: answer.asOf,
      ...visibleIdentity(caller, via === 'break-glass', answer.identity, answer.asOf),
    };
  }
}
