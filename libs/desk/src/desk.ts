import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { CommandError, CommandSpec, FactSpec, Service } from '@resguardo/contracts';
import { couldBeFolio, given, inputErrors, isId } from '@resguardo/contracts';
import type {
  Around,
  CommandContext,
  EventStore,
  Json,
  NewEvent,
  NewFact,
  OneAtATime,
  Outcome,
  Refusal,
} from '@resguardo/eventing';
import { canonical, catalogue, handleWith, NO_STREAM, oneAtATime, refuse, uuidv5 } from '@resguardo/eventing';
import { blockedPeopleStayOut, type Caller } from '@resguardo/identity';
import type { Capability } from './capability.js';
import type { CaseAccess } from './case-access.js';
import type { Origin, Seal } from './new-event.js';
import { newEvent, provenanceOf } from './new-event.js';
import type { Said } from './said.js';
import { errorsIn } from './said.js';

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
  | { readonly kind: 'malformed'; readonly errors: readonly CommandError[] }
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
  readonly seal: Seal;
  readonly sealingService: (type: string, agency: string) => Service;
  readonly caseOfFolio: (folio: string) => Promise<string | undefined>;
  readonly deadlineMs?: number;
  /** Makes the proof that facts were decided here, from their plain part, for another service to show (ADR 17). */
  readonly warrantOf?: (stream: string, events: readonly NewEvent[], expected: number | 'none') => string;
  /** Put around each command. */
  readonly around?: Around<{
    readonly command: string;
    readonly capability: string;
    readonly by: 'person' | 'process';
  }>;
}

type Handler = ReturnType<typeof handleWith<any, any, NewFact, any>>;

/** What was decided for another service, which seals and appends it; or the answer, when there is nothing to append. */
export type Ruling =
  | Answer
  | {
      readonly kind: 'decided';
      readonly stream: string;
      readonly expected: number | 'none';
      readonly facts: readonly (NewFact & { readonly schemaVersion: number })[];
      readonly origin: Origin;
      /** Proof of it for whoever keeps the timeline. */
      readonly warrant?: string;
    };

interface Asked {
  readonly stream: string;
  readonly said: { readonly commandId: string; readonly actor: string; readonly digest: string };
  readonly origin: Origin;
  readonly command: () => Promise<any>;
}

/** A revision that no stream has. */
const PAST_THE_END = 2 ** 31 - 1;

interface Circumstances {
  /** @throws DeniedMeanwhile */
  readonly stillMay?: () => Promise<void>;
  /** No part of what is said. */
  readonly happenedAt?: string | undefined;
}

interface Place extends Circumstances {
  readonly caseId: string;
  readonly by: CommandContext['by'];
}

/** Nobody is kept from giving it back. */
const ENDS_OWN_ACCESS: ReadonlySet<string> = new Set(['endBreakGlass']);

/** A fact that anybody may say of a case: nothing keeps them from it (M-1). */
const isFromOutside = ({ on, mark }: CommandSpec): boolean => on === 'anyone' && mark === 'fact';

class DeniedMeanwhile extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.code);
  }
}
const deniedMeanwhile = (error: unknown): { readonly kind: 'refused'; readonly refusal: Refusal } => {
  if (error instanceof DeniedMeanwhile) return { kind: 'refused', refusal: error.refusal };
  throw error;
};

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
          // A wait is the machine's, whatever time it is on the case.
          now: Date.now,
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
  execute(name: string, said: Said, caller: Caller): Promise<Answer> {
    return this.handled(name, 'person', async () => {
      const place = await this.placeOf(name, said, caller);
      return 'kind' in place ? place : this.decide(name, said, place.caseId, place.by, place);
    });
  }

  private handled<A extends Ruling>(command: string, by: 'person' | 'process', work: () => Promise<A>): Promise<A> {
    const { around } = this.parts;
    return around ? around({ command, capability: this.found(command).capability.name, by }, work) : work();
  }

  /**
   * The same for a service that seals and appends what is decided here (D5, D11): nothing is appended but a refusal. A repetition is
   * recognised as ever. After a conflict it is asked again.
   */
  rule(name: string, said: Said, caller: Caller): Promise<Ruling> {
    return this.handled(name, 'person', () => this.ruling(name, said, caller));
  }

  private async ruling(name: string, said: Said, caller: Caller): Promise<Ruling> {
    const place = await this.placeOf(name, said, caller);
    if ('kind' in place) return place;
    const asked = this.asked(name, said, place.caseId, place.by, place);
    const { capability, handler } = this.found(name);
    const decided = await handler.decide(asked.stream, asked.said, asked.command).catch(deniedMeanwhile);
    if (decided.kind !== 'decided') return this.answered(decided, asked);
    const versions = catalogue<any>(capability.facts);
    const facts = decided.facts.map((fact) => ({ ...fact, schemaVersion: versions.versionOf(fact.type) }));
    const { stream, origin } = asked;
    const warrant = await this.warrantOf(stream, facts, origin, capability, decided.expected);
    return { kind: 'decided', stream, expected: decided.expected, facts, origin, ...(warrant && { warrant }) };
  }

  private async warrantOf(
    stream: string,
    facts: readonly (NewFact & { readonly schemaVersion: number })[],
    origin: Origin,
    capability: Capability,
    expected: number | 'none',
  ): Promise<string | undefined> {
    const events = facts.map(({ schemaVersion, ...fact }, i) =>
      newEvent(fact, i, schemaVersion, origin, 'coordination', plainOf(capability.facts[fact.type])),
    );
    return this.parts.warrantOf?.(stream, await Promise.all(events), expected);
  }

  private async placeOf(name: string, said: Said, caller: Caller): Promise<Answer | Place> {
    const { spec } = this.found(name);
    const errors = errorsIn(spec, said, this.parts.clock());
    if (errors.length > 0) return { kind: 'malformed', errors };
    const caseId = await this.caseOf(spec, said, caller);
    if (!caseId) return { kind: 'no-such-case' };
    const by = { actor: caller.sub, agency: caller.agency, role: caller.role, states: caller.states };
    if (spec.on !== 'case' && spec.on !== 'anyone') return { caseId, by };
    const may = () => this.mayHere(name, spec, caller, caseId);
    const access = await may();
    if (access === 'no-such-case') return { kind: 'no-such-case' };
    if (access) {
      await this.recordRefusal(this.asked(name, said, caseId, by).origin, access);
      return { kind: 'refused', refusal: access };
    }
    // A command may wait for its turn, or be decided again after a conflict: whoever was taken off the case meanwhile says nothing in it.
    const stillMay = async (): Promise<void> => {
      const now = await may();
      if (now && now !== 'no-such-case') throw new DeniedMeanwhile(now);
    };
    return { caseId, by, ...(!isFromOutside(spec) && { stillMay }) };
  }

  /** What may be said of a case from outside is a fact, or an act of whom no conflict of interest keeps out of it (M-1, R-706). */
  private async mayHere(
    name: string,
    spec: CommandSpec,
    caller: Caller,
    caseId: string,
  ): Promise<Refusal | 'no-such-case' | undefined> {
    const { access } = this.parts;
    if (spec.on === 'anyone') {
      if (!(await access.exists(caseId))) return 'no-such-case';
      if (isFromOutside(spec) || ENDS_OWN_ACCESS.has(name)) return undefined;
      const out = blockedPeopleStayOut(caller.sub, await access.stateOf(caseId));
      return out && refuse(out.rule, out.code, { caseId });
    }
    const checked = await access.check(caller, caseId, { command: name });
    if (checked.kind === 'no-such-case') return 'no-such-case';
    return checked.kind === 'denied' ? checked.refusal : undefined;
  }

  /** A process's command: it follows facts and reacts; its ids are derived, so saying it twice does it once. */
  executeAsProcess(
    process: string,
    name: string,
    said: Said & { readonly caseId: string; readonly states?: readonly string[] },
  ): Promise<Answer> {
    // What is stored once goes to every feed for ever: a process's own mistake must not get there.
    const errors = inputErrors(this.found(name).spec.input, given(said.input ?? {}));
    if (errors.length > 0) return Promise.resolve({ kind: 'malformed', errors });
    const by = { actor: `process:${process}`, agency: 'SYSTEM', role: 'SYSTEM', states: said.states ?? [] };
    return this.handled(name, 'process', () => this.decide(name, said, said.caseId, by));
  }

  /**
   * An internal command that a person's act leads to (an imported report, say): on the case it names, as that person.
   * The act itself has been permitted before; there is no team yet, or the fact is recorded as by folio.
   * @param happenedAt when they acted, where that was earlier; said again with another time it is the same
   */
  executeOnBehalf(
    caller: Caller,
    name: string,
    said: { readonly caseId: string; readonly commandId: string; readonly input: Readonly<Record<string, unknown>> },
    happenedAt?: string,
  ): Promise<Answer> {
    const { spec } = this.found(name);
    if (spec.on !== 'process') throw new Error(`${name} is not an internal command`);
    const errors = inputErrors(spec.input, given(said.input));
    if (errors.length > 0) return Promise.resolve({ kind: 'malformed', errors });
    const by = { actor: caller.sub, agency: caller.agency, role: caller.role, states: caller.states };
    return this.handled(name, 'person', () => this.decide(name, said, said.caseId, by, { happenedAt }));
  }

  private found(name: string) {
    const found = this.handlers.get(name);
    if (!found) throw new Error(`No capability decides ${name}`);
    return found;
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

  private asked(
    name: string,
    said: Said,
    caseId: string,
    by: CommandContext['by'],
    { stillMay, happenedAt }: Circumstances = {},
  ): Asked {
    const { capability } = this.found(name);
    const context = this.context(happenedAt === undefined ? said : { ...said, occurredAt: happenedAt }, caseId, by);
    const digest = this.digestOf(name, said, caseId);
    const input = given(said.input ?? {});
    return {
      stream: capability.stream?.(context) ?? `case-${caseId}`,
      said: { commandId: said.commandId, actor: by.actor, digest },
      origin: { command: name, context, digest },
      // After the stream was read: what it says of the caller now is what is decided on.
      command: async () => {
        await stillMay?.();
        const { input: prepared = input, known } = (await capability.prepare?.(name, input, context)) ?? { known: {} };
        return { name, input: prepared, known, ...context };
      },
    };
  }

  private async decide(
    name: string,
    said: Said,
    caseId: string,
    by: CommandContext['by'],
    circumstances?: Circumstances,
  ): Promise<Answer> {
    const asked = this.asked(name, said, caseId, by, circumstances);
    const { capability, handler } = this.found(name);
    const versions = catalogue<any>(capability.facts);
    const outcome = await handler
      .handle(asked.stream, asked.said, asked.command, (fact, index) =>
        newEvent(
          fact,
          index,
          versions.versionOf(fact.type),
          asked.origin,
          this.parts.sealingService(fact.type, by.agency),
          this.parts.seal,
        ),
      )
      .catch(deniedMeanwhile);
    return this.answered(outcome, asked);
  }

  private async answered(outcome: Outcome, { origin, stream }: Asked): Promise<Answer> {
    switch (outcome.kind) {
      case 'busy':
      case 'reused':
        return outcome;
      case 'refused':
        await this.recordRefusal(origin, outcome.refusal);
        return outcome;
      case 'accepted': {
        const { caseId } = origin.context;
        const { revision, violationOf } = outcome.acceptance;
        const folio = this.found(origin.command).spec.on === 'new' ? await this.folioOf(stream) : undefined;
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

  /** D12: appended before the refusal is answered. The attempt of a refused command is decided again each time, and each time counts. */
  private async recordRefusal(origin: Origin, refusal: Refusal) {
    const { caseId, commandId, at, by } = origin.context;
    const stream = `oversight-${caseId}`;
    // Only how many there are: a client that repeats itself must not have it read all of them each time.
    const { revision } = await this.parts.store.read(stream, PAST_THE_END);
    await this.parts.store.append(
      stream,
      [
        {
          id: uuidv5(by.actor, commandId, 'refused', at, String(revision - NO_STREAM)),
          type: 'CommandRefused',
          schemaVersion: 1,
          data: { command: origin.command, rule: refusal.rule, code: refusal.code },
          meta: provenanceOf(origin, at),
        },
      ],
      'any',
    );
  }
}

/** What of a fact stands in clear: all that whoever seals it cannot change. */
const plainOf =
  (spec: FactSpec | undefined): Seal =>
  ({ data }) =>
    Promise.resolve({
      data: Object.fromEntries(
        Object.entries(data).filter(([name, value]) => value !== undefined && spec?.fields[name]?.sealed === false),
      ),
    });
