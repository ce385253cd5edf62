import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { CommandSpec, InputError, Service } from '@resguardo/contracts';
import { couldBeFolio, given, inputErrors, isId, isInstant } from '@resguardo/contracts';
import type {
  CommandContext,
  EventStore,
  Json,
  NewEvent,
  NewFact,
  OneAtATime,
  Outcome,
  Provenance,
  Refusal,
  SealedBox,
} from '@resguardo/eventing';
import { canonical, catalogue, handleWith, NO_STREAM, oneAtATime, uuidv5 } from '@resguardo/eventing';
import type { Caller } from '@resguardo/identity';
import type { Capability } from './capability.js';
import type { CaseAccess } from './case-access.js';

/** Clocks differ; a fact may lie this far ahead of ours (milliseconds) before it is taken for a typing error. */
const AHEAD_MS = 5 * 60_000;

/** What came with a mutation, before anything is believed of it. */
export interface Said {
  readonly commandId: string;
  readonly caseId?: string | null;
  /** Instead of the id, where `on` is `anyone`. */
  readonly folio?: string | null;
  readonly occurredAt?: string | null;
  readonly knownAt?: string | null;
  readonly input?: Readonly<Record<string, unknown>> | null;
}

/** What the desk answers; the resolver turns it into `CommandResult` or an error. */
export type Answer =
  | {
      readonly kind: 'accepted';
      readonly caseId: string;
      readonly revision: number;
      readonly repeated: boolean;
      readonly violationOf: readonly string[];
      readonly folio?: string;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'busy' }
  | { readonly kind: 'reused' }
  | { readonly kind: 'malformed'; readonly errors: readonly InputError[] }
  | { readonly kind: 'no-such-case' };

/** Everything the desk needs from outside; composition chooses the adapters. */
export interface DeskParts {
  readonly store: EventStore;
  /** Now, UTC, ISO 8601. */
  readonly clock: () => string;
  readonly capabilities: readonly Capability[];
  readonly access: CaseAccess;
  /** Makes the digest by which a repetition is told from a reuse; it must outlive restarts (D12). */
  readonly digestKey: Buffer;
  /** Seals by class, before the append (D5). */
  readonly seal: (fact: {
    readonly caseId: string;
    readonly service: Service;
    readonly type: string;
    readonly eventId: string;
    readonly data: object;
  }) => Promise<{
    readonly data: NewEvent['data'];
    readonly sealed?: Readonly<Record<string, SealedBox>>;
    readonly dropped?: readonly string[];
  }>;
  readonly sealingService: (type: string, agency: string) => Service;
  readonly caseOfFolio: (folio: string) => Promise<string | undefined>;
  readonly deadlineMs?: number;
}

type Handler = ReturnType<typeof handleWith<any, any, NewFact, any>>;

/**
 * The way of one command, alike for all capabilities: validate, place, may they here, prepare, decide, seal, append;
 * a refusal is on record for oversight before it is answered.
 */
export class Desk {
  private readonly queue: OneAtATime = oneAtATime();
  private readonly handlers = new Map<string, { capability: Capability; spec: CommandSpec; handler: Handler }>();

  /** Made once: taking the bytes for a key costs more than the digest. */
  private readonly digestKey: KeyObject;

  constructor(private readonly parts: DeskParts) {
    this.digestKey = createSecretKey(parts.digestKey);
    for (const capability of parts.capabilities) {
      const handler = handleWith(
        {
          store: parts.store,
          queue: this.queue,
          now: () => Date.parse(parts.clock()),
          ...(parts.deadlineMs && { deadlineMs: parts.deadlineMs }),
        },
        capability.decider,
        catalogue<any>(capability.facts),
      );
      for (const [name, spec] of Object.entries(capability.commands))
        this.handlers.set(name, { capability, spec, handler });
    }
  }

  /** A person's command. The permission has been checked by the guard; here it is decided whether they may in this case. */
  async execute(name: string, said: Said, caller: Caller): Promise<Answer> {
    const { spec } = this.found(name);
    const errors = this.errorsIn(spec, said);
    if (errors.length > 0) return { kind: 'malformed', errors };
    const caseId = await this.caseOf(spec, said, caller);
    if (!caseId) return { kind: 'no-such-case' };
    const by = { actor: caller.sub, agency: caller.agency, role: caller.role, states: caller.states };
    if (spec.on === 'case') {
      const access = await this.parts.access.check(caller, caseId, { command: name });
      if (access.kind === 'no-such-case') return { kind: 'no-such-case' };
      if (access.kind === 'denied') {
        const context = this.context(said, caseId, by);
        await this.recordRefusal(name, context, access.refusal, this.digestOf(name, said, caseId));
        return { kind: 'refused', refusal: access.refusal };
      }
    }
    if (spec.on === 'anyone' && !(await this.parts.access.exists(caseId))) return { kind: 'no-such-case' };
    return this.decide(name, said, caseId, by);
  }

  /** A process's command: it follows facts and reacts; its ids are derived, so saying it twice does it once. */
  executeAsProcess(
    process: string,
    name: string,
    said: Said & { readonly caseId: string; readonly states?: readonly string[] },
  ): Promise<Answer> {
    const by = { actor: `process:${process}`, agency: 'SYSTEM', role: 'SYSTEM', states: said.states ?? [] };
    return this.decide(name, said, said.caseId, by);
  }

  /**
   * An internal command that a person's act leads to (an imported report, say): on the case it names, as that person.
   * The act itself has been permitted before; there is no team yet, or the fact is recorded as by folio.
   */
  executeOnBehalf(
    caller: Caller,
    name: string,
    said: { readonly caseId: string; readonly commandId: string; readonly input: Readonly<Record<string, unknown>> },
  ): Promise<Answer> {
    const { spec } = this.found(name);
    if (spec.on !== 'process') throw new Error(`${name} is not an internal command`);
    const errors = inputErrors(spec.input, given(said.input));
    if (errors.length > 0) return Promise.resolve({ kind: 'malformed', errors });
    const by = { actor: caller.sub, agency: caller.agency, role: caller.role, states: caller.states };
    return this.decide(name, said, said.caseId, by);
  }

  private found(name: string) {
    const found = this.handlers.get(name);
    if (!found) throw new Error(`No capability decides ${name}`);
    return found;
  }

  private errorsIn({ input, mark }: CommandSpec, said: Said): readonly InputError[] {
    const claimed = (path: 'occurredAt' | 'knownAt') => {
      const value = said[path];
      if (value === undefined || value === null)
        return path === 'occurredAt' && mark === 'fact' ? [{ path, problem: 'required' } as const] : [];
      return !isInstant(value) || Date.parse(value) > Date.parse(this.parts.clock()) + AHEAD_MS
        ? [{ path, problem: 'not-an-instant' } as const]
        : [];
    };
    return [
      ...(isId(said.commandId) ? [] : [{ path: 'commandId', problem: 'not-a-reference' } as const]),
      ...claimed('occurredAt'),
      ...claimed('knownAt'),
      ...inputErrors(input, said.input ?? {}),
    ];
  }

  private async caseOf(spec: CommandSpec, said: Said, { sub }: Caller): Promise<string | undefined> {
    switch (spec.on) {
      case 'new':
        return uuidv5(sub, said.commandId);
      case 'none':
        return 'none';
      case 'process':
        return undefined;
      case 'case':
      case 'anyone':
        if (said.caseId) return isId(said.caseId) ? said.caseId.toLowerCase() : undefined;
        return said.folio ? this.caseOfFolio(said.folio.trim().toUpperCase()) : undefined;
    }
  }

  private context(said: Said, caseId: string, by: CommandContext['by']): CommandContext {
    const at = this.parts.clock();
    return {
      caseId,
      commandId: said.commandId,
      at,
      occurredAt: said.occurredAt ? new Date(said.occurredAt).toISOString() : at,
      ...(said.knownAt && { knownAt: new Date(said.knownAt).toISOString() }),
      by,
    };
  }

  private digestOf(name: string, { input, occurredAt, knownAt }: Said, caseId: string): string {
    const all = { name, caseId, occurredAt: occurredAt ?? null, knownAt: knownAt ?? null, input: given(input ?? {}) };
    return createHmac('sha256', this.digestKey)
      .update(canonical(all as Json))
      .digest('hex');
  }

  private async decide(name: string, said: Said, caseId: string, by: CommandContext['by']): Promise<Answer> {
    const { capability, handler } = this.found(name);
    const context = this.context(said, caseId, by);
    const digest = this.digestOf(name, said, caseId);
    const stream = capability.stream?.(context) ?? `case-${caseId}`;
    const asked = given(said.input ?? {});
    const outcome: Outcome = await handler.handle(
      stream,
      { commandId: said.commandId, actor: by.actor, digest },
      async () => {
        const { input = asked, known } = (await capability.prepare?.(name, asked, context)) ?? { known: {} };
        return { name, input, known, ...context };
      },
      (fact, index) => this.sealed(fact, index, name, context, digest),
    );
    switch (outcome.kind) {
      case 'busy':
      case 'reused':
        return outcome;
      case 'refused':
        await this.recordRefusal(name, context, outcome.refusal, digest);
        return outcome;
      case 'accepted': {
        const { revision, violationOf } = outcome.acceptance;
        const folio = this.found(name).spec.on === 'new' ? await this.folioOf(stream) : undefined;
        if (folio) this.remember(folio, caseId);
        return { kind: 'accepted', caseId, revision, repeated: outcome.repeated, violationOf, ...(folio && { folio }) };
      }
    }
  }

  /** Folios are found in a read model, which lags: a case that was made here a moment ago must be found all the same (D2). */
  private readonly newest = new Map<string, string>();

  private remember(folio: string, caseId: string): void {
    this.newest.set(folio, caseId);
    if (this.newest.size > 1_000) this.newest.delete(this.newest.keys().next().value!);
  }

  private async caseOfFolio(folio: string): Promise<string | undefined> {
    return this.newest.get(folio) ?? (couldBeFolio(folio) ? this.parts.caseOfFolio(folio) : undefined);
  }

  private async folioOf(stream: string): Promise<string | undefined> {
    const { events } = await this.parts.store.read(stream);
    const folio = events.find(({ data }) => typeof data['folio'] === 'string')?.data['folio'];
    return folio as string | undefined;
  }

  private async sealed(
    { type, data, occurredAt, violationOf }: NewFact,
    index: number,
    command: string,
    context: CommandContext,
    digest: string,
  ): Promise<NewEvent> {
    const { caseId, commandId, by } = context;
    const id = uuidv5(by.actor, commandId, String(index));
    const service = this.parts.sealingService(type, by.agency);
    const boxed = await this.parts.seal({ caseId, service, type, eventId: id, data });
    const versions = catalogue(this.found(command).capability.facts);
    return {
      id,
      type,
      schemaVersion: versions.versionOf(type),
      data: boxed.data,
      ...(boxed.sealed && { sealed: boxed.sealed }),
      meta: {
        ...this.provenance(command, context, digest, occurredAt ?? context.occurredAt, violationOf),
        ...(boxed.dropped && { dropped: boxed.dropped }),
      },
    };
  }

  private provenance(
    command: string,
    { caseId, commandId, by, knownAt }: CommandContext,
    digest: string,
    occurredAt: string,
    violationOf?: readonly string[],
  ): Provenance {
    return {
      caseId,
      actor: by.actor,
      agency: by.agency,
      role: by.role,
      commandId,
      command,
      digest,
      occurredAt,
      ...(knownAt && { knownAt }),
      ...(violationOf?.length && { violationOf }),
    };
  }

  /** D12: appended before the refusal is answered. The attempt of a refused command is decided again each time, and each time counts. */
  private async recordRefusal(command: string, context: CommandContext, refusal: Refusal, digest: string) {
    const { caseId, commandId, at, by } = context;
    const stream = `oversight-${caseId}`;
    const { revision } = await this.parts.store.read(stream);
    await this.parts.store.append(
      stream,
      [
        {
          id: uuidv5(by.actor, commandId, 'refused', at, String(revision - NO_STREAM)),
          type: 'CommandRefused',
          schemaVersion: 1,
          data: { command, rule: refusal.rule, code: refusal.code },
          meta: this.provenance(command, context, digest, at),
        },
      ],
      'any',
    );
  }
}
