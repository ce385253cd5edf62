import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { caseFileCapability, linkedCases } from '@resguardo/case-file';
import type { Affiliation, FactOf, Role, Service } from '@resguardo/contracts';
import { factSpec, registerFacts } from '@resguardo/contracts/timeline';
import { type Capability, caseAccessOver, Desk, type DeskParts } from '@resguardo/desk';
import type { Auditable, Feed, JsonObject, Position } from '@resguardo/eventing';
import { catalogue, checkpointSigner, folded, keeper, verifyHistory } from '@resguardo/eventing';
import { type CaseCard, caseCards, timelineEntries } from '@resguardo/home';
import type { StaffRegister } from '@resguardo/identity';
import {
  eraseWaiting,
  importHere,
  interchangeCapability,
  type InterchangeParts,
  platformIntake,
  sqlPlatformFiles,
} from '@resguardo/interchange';
import {
  evolveRegister,
  interviewCapability,
  linkedInterviews,
  REGISTER_STREAM,
  type Register,
  registerCapability,
  snapshotOf,
} from '@resguardo/interview';
import { accessRecorder, oversightCapability } from '@resguardo/oversight';
import {
  postgresCheckpointStore,
  type ProcessCommand,
  type ProcessRunner,
  runProcess,
  runProjection,
} from '@resguardo/store-postgres';
import { type Follower, sharing, type Telemetry, unobserved } from '@resguardo/telemetry';
import {
  ERASURE_PROCESS,
  type ErasureList,
  erasureHandler,
  followErasures,
  identityVault,
  intakeOf,
  makeVaultTables,
  postgresKeyRing,
  referredToOn,
  sealer,
  vaultCapability,
} from '@resguardo/vault';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { every } from './every.js';
import { dailyCheck, untilStopped, upkeepLog } from './upkeep.js';

export interface TableCoreParts {
  readonly pool: Pool;
  /** The event store itself: who opens the core is the timeline's one keeper (D11). */
  readonly kept: Auditable;
  readonly log: Logger;
  /** Now, UTC, ISO 8601. */
  readonly clock: () => string;
  /** Wraps every data key (D5). */
  readonly masterKey: KeyObject;
  /** Tells a repeated command from a reused id (D12). */
  readonly digestKey: Buffer;
  /** Signs checkpoints over the history (D6). */
  readonly signingKey: KeyObject;
  /** No other process appends to the store. */
  readonly alone: boolean;
  /** Proof of what was decided, for services that append it themselves. */
  readonly warrantOf?: DeskParts['warrantOf'];
  /** Whose keys seal what this desk appends. */
  readonly sealingService: (type: string, agency: string) => Service;
  readonly staff: StaffRegister;
  /** Undefined: nothing is observed. */
  readonly telemetry?: Telemetry | undefined;
}

/** The keys of a database. @throws when it was written with another master key: it is refused whole, before anything is read. */
export const keysOf = async (pool: Pool, masterKey: KeyObject) => {
  await makeVaultTables(pool);
  const keyRing = postgresKeyRing(pool, masterKey);
  await keyRing.assertMasterKey();
  return keyRing;
};

/** Everything that decides: all shared rules at one table, over the one timeline, with the vault beside them. */
export const openTableCore = async (parts: TableCoreParts) => {
  const { pool, kept, clock, staff, telemetry = unobserved } = parts;
  const { traceparent, command: around } = telemetry;
  const keyRing = await keysOf(pool, parts.masterKey);
  const store = telemetry.store(keeper(kept, { clock, alone: parts.alone, ...(traceparent && { traceparent }) }));
  const checkpoints = postgresCheckpointStore(pool);
  await checkpoints.migrate();
  const signer = checkpointSigner(kept, { privateKey: parts.signingKey, checkpoints });

  const access = caseAccessOver(store, clock);
  const accesses = accessRecorder(store, clock);
  const vault = identityVault({
    pool,
    keyRing,
    clock,
    blockedIn: async (actor, caseIds) => {
      const states = await Promise.all(caseIds.map(async (id) => [id, await access.stateOf(id)] as const));
      return states.filter(([, state]) => state.blocked.some(({ staffId }) => staffId === actor)).map(([id]) => id);
    },
    noteSearched: (caseIds, { actor, agency, role }) =>
      accesses.viewed({
        caller: { sub: actor, agency: agency as Affiliation, role: (role ?? 'OFFICER') as Role },
        operation: 'findChild',
        cases: caseIds,
        classes: ['D1'],
        purpose: 'INTAKE',
        via: 'intake',
      }),
  });
  const seals = sealer(keyRing);
  const registered = catalogue<FactOf<typeof registerFacts>>(registerFacts);
  const register = folded<Register>(
    store,
    () => [],
    (state, event) => {
      const fact = registered.read(event);
      return fact ? evolveRegister(state, fact) : state;
    },
  );
  const registerNow = async () => (await register.at(REGISTER_STREAM)).state;
  const intake = intakeOf(vault);
  const capabilities: Capability[] = [
    caseFileCapability({
      ...intake,
      agencyOfStaff: async (staffId) => (await staff.find(staffId))?.agency,
      roleOfStaff: async (staffId) => (await staff.find(staffId))?.role,
    }),
    interviewCapability({
      schoolOverlap: async (caseId, slot, minutes) => {
        const { stated, overlaps } = await vault.timetableOverlaps(caseId, slot, minutes);
        return stated ? overlaps : undefined;
      },
      intermediary: async (id) => snapshotOf(await registerNow(), id),
      examinerFits: async (caseId, gender) => {
        const { stated, matches } = await vault.examinerPreferenceMatches(caseId, gender);
        return stated ? (matches ? 'YES' : 'NO') : 'NOT_STATED';
      },
    }),
    registerCapability(),
    interchangeCapability({ ...intake, exists: (caseId) => access.exists(caseId) }),
    oversightCapability() as unknown as Capability,
    vaultCapability({ vault, store }) as unknown as Capability,
  ];
  /** Folios are read models' business; facts by folio ask them once they are there. */
  const folios: { find: (folio: string) => Promise<string | undefined> } = { find: async () => undefined };
  const desk = new Desk({
    store,
    clock,
    capabilities,
    access,
    digestKey: parts.digestKey,
    sealingService: parts.sealingService,
    ...(parts.warrantOf && { warrantOf: parts.warrantOf }),
    caseOfFolio: (folio) => folios.find(folio),
    ...(around && { around }),
    seal: async ({ data, type, ...place }) => {
      const spec = factSpec(type);
      if (!spec) throw new Error(`${type} is not declared: it has no data class`);
      return seals.seal({ ...place, type }, spec, data);
    },
  });
  const platformFiles = sqlPlatformFiles({ query: (text, values) => pool.query(text, values), key: parts.digestKey });
  await platformFiles.migrate();
  const platformReports = platformIntake({ desk, store, access, files: platformFiles, key: parts.digestKey, clock });
  const interchange: InterchangeParts = {
    intake: platformReports,
    recordAccess: (reading) => accesses.viewed(reading),
  };
  const importReport = importHere(interchange);
  const verify = (stop?: AbortSignal) =>
    verifyHistory(untilStopped(kept, stop), { checkpoints, publicKey: createPublicKey(parts.signingKey) });
  return {
    ...{ clock, store, kept, desk, access, accesses, vault, keyRing, seals, registerNow, capabilities, folios },
    ...{ platformReports, interchange, importReport, signer, verify, upkeep: upkeepLog(pool) },
  };
};
export type TableCore = Awaited<ReturnType<typeof openTableCore>>;

/** How often what was appended since is signed (D6), and how often the vault is swept of what no fact refers to. */
const SIGN_EVERY_MS = 10_000;
const SWEEP_EVERY_MS = 15 * 60_000;
/** How often it is looked whether the history is to be verified; the first time after it was signed. */
const LOOK_EVERY_MS = 15_000;

/** What the table does by itself, until stopped. */
export const tableChores = (core: TableCore, log: Logger): (() => Promise<void>) => {
  const { signer, vault, store } = core;
  const stopping = new AbortController();
  const check = dailyCheck({ ...core, verify: () => core.verify(stopping.signal) }, log);
  const chores = [
    every(LOOK_EVERY_MS, log, 'verifying the history', () =>
      check().catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error;
      }),
    ),
    every(SIGN_EVERY_MS, log, 'signing the history', () => signer.sign()),
    every(SWEEP_EVERY_MS, log, 'sweeping the vault', () => vault.sweep(referredToOn(store))),
  ];
  return async () => {
    stopping.abort();
    await Promise.all(chores.map((stop) => stop()));
  };
};

/** Names of the capabilities at the table, which telemetry may say. */
export const CAPABILITIES = ['case-file', 'interview', 'intermediary-register', 'interchange', 'oversight', 'vault'];

/** What `openTableFollowers` follows with: names that telemetry may say. */
export const TABLE_FOLLOWERS = [
  ...[timelineEntries, caseCards, linkedCases, linkedInterviews].map(({ name }) => name),
  ERASURE_PROCESS,
];

/** A runner as health and metrics look at it. */
export const watched = (
  { kind, service, name }: Pick<Follower, 'kind' | 'name'> & { readonly service: Service },
  { position, parkedCases }: Pick<ProcessRunner, 'position' | 'parkedCases'>,
  behind: (position: Position | undefined) => ReturnType<Follower['behind']>,
): Follower => ({ name, kind, service, parkedCases, behind: () => behind(position()) });

/** Read models of the whole timeline and the processes of the shared table, following the store. */
export const openTableFollowers = async (
  { clock, kept, desk, vault, folios }: TableCore,
  { pool, log, telemetry = unobserved }: Pick<TableCoreParts, 'pool' | 'log' | 'telemetry'>,
  feed: Feed,
  list: ErasureList,
) => {
  const onError = (error: unknown) => log.warn({ name: (error as Error).name }, 'a follower met trouble and goes on');
  const { batch: around, reaction } = telemetry;
  const followed = { pool, feed, reader: 'coordination', onError, ...(around && { around }) } as const;
  const timeline = await runProjection({ ...followed, projection: timelineEntries });
  const cards = await runProjection<CaseCard>({ ...followed, projection: caseCards });
  folios.find = async (folio) => {
    const found = await cards.documents.query<{ key: string }>(
      (table) => `select key from ${table} where folio = $1 limit 1`,
      [folio],
    );
    return found[0]?.key;
  };
  const send =
    (process: string) =>
    async ({ command, commandId, causedBy }: ProcessCommand<{ name: string; caseId: string; input: object }>) => {
      const { name, caseId, input } = command;
      const { occurredAt } = causedBy.meta;
      const said = { caseId, commandId, occurredAt, input: input as Record<string, unknown> };
      const say = () => desk.executeAsProcess(process, name, said);
      const { kind } = await (reaction ? reaction({ process, causedBy: causedBy.meta }, say) : say());
      if (kind !== 'accepted' && kind !== 'refused') throw new Error(`${process}: ${name} was answered ${kind}`);
    };
  const cases = await runProcess({ ...followed, process: linkedCases, send: send(linkedCases.name) as never });
  const interviews = await runProcess({
    ...followed,
    process: linkedInterviews,
    send: send(linkedInterviews.name) as never,
  });
  const erasures = erasureHandler({
    vault,
    list,
    service: 'coordination',
    clock,
    // Of a report that is known nothing waits; but one of its files may have come while it could not be taken.
    purge: [async (caseId) => void (await eraseWaiting((text, values) => pool.query(text, values), [caseId]))],
    send: async (name, said) => {
      const { kind } = await desk.executeAsProcess('erasure', name, {
        ...said,
        occurredAt: clock(),
        input: said.input as JsonObject,
      });
      if (kind !== 'accepted') throw new Error(`erasure: ${name} was answered ${kind}`);
    },
  });
  // Before anyone reads: what a restored backup brought back goes again (C-13).
  await erasures.repeatAll();
  const stop = new AbortController();
  let erasedTo: Position | undefined;
  const reached = (position: Position | undefined) => (erasedTo = position);
  const erasing = followErasures({ pool, store: kept, onTrouble: onError, reached }, erasures, stop.signal);

  /** How much of the history lies behind a position. */
  const behind = sharing((position: Position | undefined) => kept.behind(position));
  const own = (kind: Follower['kind'], { name }: { readonly name: string }, runner: Parameters<typeof watched>[1]) =>
    watched({ kind, name, service: 'coordination' }, runner, behind);
  const states: readonly Follower[] = [
    own('projection', timelineEntries, timeline),
    own('projection', caseCards, cards),
    own('process', linkedCases, cases),
    own('process', linkedInterviews, interviews),
    { name: ERASURE_PROCESS, kind: 'process', service: 'coordination', behind: () => behind(erasedTo) },
  ];
  return {
    timeline,
    cards,
    states,
    /** Those that can park a case, by name. */
    runners: {
      [timelineEntries.name]: timeline,
      [caseCards.name]: cards,
      [linkedCases.name]: cases,
      [linkedInterviews.name]: interviews,
    },
    behind,
    stop: async () => {
      stop.abort();
      await erasing;
      await Promise.all([cases, interviews].map((process) => process.stop()));
      await Promise.all([timeline, cards].map((runner) => runner.stop()));
    },
  };
};
