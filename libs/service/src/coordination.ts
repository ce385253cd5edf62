import { createHmac, createPrivateKey } from 'node:crypto';
import { CqrsModule } from '@nestjs/cqrs';
import { GraphQLError } from 'graphql';
import {
  type Affiliation,
  AGENCIES,
  allCommands,
  entersThroughAgency,
  holds,
  type Role,
  type Service,
  SERVICE_OF,
} from '@resguardo/contracts';
import { operationNames } from '@resguardo/door';
import { type RecordedEvent, storeFeed, uuidv5 } from '@resguardo/eventing';
import { Home, HomeModule, type Open, openWith } from '@resguardo/home';
import type { Caller } from '@resguardo/identity';
import { demoAccounts, embeddedStaff, keycloakStaff } from '@resguardo/identity';
import type { ImportAnswer } from '@resguardo/interchange';
import { REGISTER_STREAM } from '@resguardo/interview';
import {
  type Call,
  contractsTable,
  keeperServer,
  keeperService,
  mayNotAsk,
  serviceSigner,
  warrantsWith,
} from '@resguardo/store-remote';
import { type Follower, observing, readiness } from '@resguardo/telemetry';
import { erasedKeys } from '@resguardo/vault';
import { callersAt } from './callers.js';
import { AccessCall, datedCalls, KeysDestroyedCall, OpenCall, RuleCall } from './calls.js';
import { openRelay, pseudonyms, relayCheckpoint, told } from './feeds.js';
import { serviceFollowers, typeIn } from './followers-of.js';
import { openFront, registeredDocuments } from './front.js';
import { homeOf } from './home-of.js';
import { isOnRecord, proofOfOrder } from './order-proof.js';
import { followerCalls } from './overseeing.js';
import { clockOf, oneStartAtATime, poolOf, type RunningService } from './process.js';
import {
  Coordination,
  configOf,
  knownKeysIn,
  masterKeyIn,
  observedOf,
  secretIn,
  serviceKeyIn,
  standingKey,
} from './service-config.js';
import { sharedErasures } from './shared-erasures.js';
import { openStore } from './store.js';
import {
  CAPABILITIES,
  openTableCore,
  openTableFollowers,
  TABLE_FOLLOWERS,
  tableChores,
  type TableCoreParts,
} from './table-core.js';
import { storeIn, testClockIn } from './settings.js';
import { tableProviders } from './table-front.js';
import { TABLE } from './table.js';
import { openUnsealing } from './unsealing.js';

/** Keeps the timeline, runs the shared table and the vault, and carries every fact to the feeds (D11). */
export const openCoordination = async (env: NodeJS.ProcessEnv): Promise<RunningService> => {
  const config = configOf(Coordination, env);
  const { SECRETS } = config;
  const where = storeIn(config);
  const clock = clockOf(testClockIn(config));
  const { telemetry, log } = await observing(observedOf('coordination', config), {
    capabilities: CAPABILITIES,
    followers: [...TABLE_FOLLOWERS],
    operations: operationNames(registeredDocuments()),
  });
  const pool = poolOf('resguardo-coordination', config.DATABASE_URL);
  const kept = await oneStartAtATime(pool, () => openStore(where, { url: config.DATABASE_URL, pool }, log));
  const digestKey = secretIn(SECRETS, 'digest-key');
  const warrants = warrantsWith(createHmac('sha256', digestKey).update('warrants').digest());
  const staff = config.DEMO_ACCOUNTS
    ? embeddedStaff(demoAccounts())
    : keycloakStaff({
        baseUrl: config.IDENTITY_URL,
        realm: config.IDENTITY_REALM,
        clientSecret: secretIn(SECRETS, 'staff-client-secret').toString('utf8').trim(),
        onTrouble: ({ name, message }) => log.warn({ name, message }, 'the register of staff is away'),
      });
  const parts: TableCoreParts = {
    pool,
    kept,
    log,
    clock,
    masterKey: masterKeyIn(SECRETS),
    digestKey,
    warrantOf: warrants.warrantOf,
    signingKey: createPrivateKey(secretIn(SECRETS, 'signing-key.pem')),
    // Its replicas append as well.
    alone: false,
    // What is decided and appended here is sealed here; an agency seals what it appends.
    sealingService: () => 'coordination',
    staff,
    telemetry,
  };
  const core = await oneStartAtATime(pool, () => openTableCore(parts));
  const { store, desk, access, accesses, seals } = core;
  const pseudonymKey = secretIn(SECRETS, 'pseudonym-key');
  const mapping = told(pseudonyms(pseudonymKey));
  const followers = await openTableFollowers(
    core,
    { pool, log, telemetry },
    storeFeed(kept, (event, reader) => mapping(event, reader as Service)),
    sharedErasures(pool, config.ERASURES),
  );

  const carried = relayCheckpoint(pool);
  /** What is not on a feed yet, its reader does not know that it lacks. */
  const relayed: Follower = {
    ...{ name: 'relay', kind: 'process', service: 'coordination' },
    behind: async () => followers.behind(await carried.load()),
  };

  const callers = callersAt(config, telemetry.tokenRefused);
  const sign = (audience: string) => serviceSigner(serviceKeyIn(SECRETS, 'coordination'), { audience });
  const agencies = openUnsealing(config.AGENCY_URLS, sign, callers, log);
  /** With the keys that are here; boxes sealed elsewhere are given to whoever has their key. */
  const openHere = openWith(store, seals);
  const open: Open = async (fact, classes, closedToo, by) => {
    const { events } = await store.read(`case-${fact.caseId}`, fact.revision);
    const event = events.find(({ id }) => id === fact.eventId);
    const owner = event && ownerOf(event, classes);
    if (!owner || owner === 'coordination') return openHere(fact, classes, closedToo);
    const closed = await openHere(fact, [], closedToo);
    return 'closed' in closed ? closed : agencies.unseal(owner, by.caller, event, classes);
  };
  const { home: homeParts, stop: stopTelling } = homeOf(
    { timeline: followers.timeline, cards: followers.cards, access, log: accesses, open, clock },
    callers.verifier,
  );
  const home = new Home(homeParts);

  const { ViewedCall, ExportedCall, OrderedCall, DeniedCall, ImportCall } = datedCalls(clock);
  const calls: Readonly<Record<string, Call<Caller>>> = {
    rule: async (body, by) => {
      const { name, said } = RuleCall.parse(body);
      const spec = Object.hasOwn(allCommands, name) ? allCommands[name] : undefined;
      const caller = ownPerson(by);
      if (!spec || !entersThroughAgency(name, spec)) throw mayNotAsk('this does not enter through an agency');
      if (!holds(caller.role, caller.agency, spec.may)) throw mayNotAsk('their role may not say this');
      return desk.rule(name, said, caller);
    },
    import: async (body, by) => {
      const { importedAt, ...said } = ImportCall.parse(body);
      const caller = ownPerson(by);
      if (!holds(caller.role, caller.agency, 'interchange:import')) throw mayNotAsk('their role may not say this');
      const answer = await core.importReport(said, caller, importedAt);
      if (by.caller) return answer;
      // On a service's word alone nobody is told more than what was not taken: what became of the rest would tell which numbers are known.
      const told = ({ name, error }: ImportAnswer['files'][number]) => ({
        ...{ name, outcome: error ? 'REFUSED' : 'UNCHANGED', folios: [], caseIds: [], warnings: [] },
        ...(error && { error }),
      });
      return { files: answer.files.map(told) };
    },
    access: async (body, by) => {
      const { caseId, wish } = AccessCall.parse(body);
      const checked = await access.check(byToken(by), caseId, wish as Parameters<typeof access.check>[2]);
      return checked.kind === 'allowed' ? { kind: checked.kind, access: checked.access } : checked;
    },
    viewed: async (body, by) => ({
      done: await accesses.viewed({ ...defined(ViewedCall.parse(body)), caller: personOf(by) }),
    }),
    exported: async (body, by) => ({
      done: await accesses.exported({ ...defined(ExportedCall.parse(body)), caller: byToken(by) }),
    }),
    ordered: async (body, by) => {
      const order = defined(OrderedCall.parse(body));
      const caller = byToken(by);
      if (by.service !== 'oversight' || !holds(caller.role, caller.agency, 'integrity:repair'))
        throw mayNotAsk('they order nothing of the kind');
      await accesses.ordered({ ...order, caller });
      return { proof: await proofOfOrder(serviceKeyIn(SECRETS, 'coordination'), { ...order, actor: caller.sub }) };
    },
    ...followerCalls(
      'coordination',
      serviceFollowers([...followers.states, relayed], followers.runners, {
        ...{ log, key: standingKey(SECRETS), typeAt: typeIn(kept) },
        upkeep: core.upkeep.last,
      }),
      isOnRecord(() => knownKeys),
    ),
    denied: async (body, by) => ({
      done: await accesses.denied({ ...defined(DeniedCall.parse(body)), caller: personOf(by) }),
    }),
    open: async (body, by) => {
      const { classes, operation, purpose, ...fact } = OpenCall.parse(body);
      // Whoever only reads the audit through oversight opens nothing there.
      if (by.service === 'oversight' && by.caller?.role !== 'SUPERVISOR') throw mayNotAsk('nothing is opened for them');
      return home.openFor({ caller: byToken(by), operation, purpose }, fact, classes).catch((error: unknown) => {
        if (error instanceof GraphQLError) throw mayNotAsk(`they may not open this: ${error.extensions['code']}`);
        throw error;
      });
    },
    'keys-destroyed': async (body, { service, speaker }) => {
      const { caseId, erasureId, keys } = KeysDestroyedCall.parse(body);
      if (speaker.actor !== `process:${erasedKeys.name}`) throw mayNotAsk('only the erasing process says this');
      // Said again it is the same, also when there was nothing left to destroy the second time.
      const commandId = uuidv5(erasedKeys.name, service, caseId, erasureId);
      const said = { caseId, commandId, occurredAt: clock(), input: { erasureId, service, keys, persons: 0 } };
      const { kind } = await desk.executeAsProcess('erasure', 'recordKeysDestroyed', said);
      if (kind !== 'accepted' && kind !== 'reused') throw new Error(`recordKeysDestroyed was answered ${kind}`);
      return {};
    },
  };
  const keeping = await keeperServer(
    keeperService<Caller>({
      keeper: store,
      store: kept,
      table: contractsTable,
      decided: ({ service, stream, events, expected, warrant }) =>
        service === 'coordination' || warrants.covers(warrant, stream, events, expected),
      audience: TABLE,
      ...(telemetry.asked && { around: telemetry.asked }),
      keys: () => knownKeys,
      tokens: callers.verifier,
      calls,
      trouble: ({ cause, ...trouble }) =>
        log.warn({ ...trouble, name: (cause as Error | undefined)?.name }, 'a service was refused'),
    }),
    { host: config.HOST, port: config.SERVICE_PORT },
  );
  const knownKeys = knownKeysIn(config.SERVICE_KEYS);

  const own = Object.fromEntries(Object.entries(allCommands).filter(([, { on }]) => on !== 'process'));
  const front = await openFront(config, {
    verifier: callers.verifier,
    log,
    around: telemetry.request,
    ready: readiness(
      { database: () => pool.query('select 1'), store: () => kept.read(REGISTER_STREAM, 2 ** 31 - 1) },
      [],
      Date.now,
    ),
    modules: [CqrsModule.forRoot(), HomeModule.with(homeParts)],
    providers: tableProviders(core, own, staff),
  });
  const relay = openRelay({
    kafkaUrl: config.KAFKA_URL,
    databaseUrl: config.DATABASE_URL,
    pool,
    store: kept,
    pseudonymKey,
    log,
    around: telemetry.relayed,
  });
  telemetry.watch({
    followers: followers.states,
    feeds: () => new Map([...relay.reached()].map(([name, position]) => [name, () => followers.behind(position)])),
    pools: { coordination: pool },
  });
  const stopChores = tableChores(core, log);
  return {
    url: front.url,
    stop: async () => {
      await front.close();
      await keeping.stop();
      stopTelling();
      await relay.stop();
      await stopChores();
      await followers.stop();
      agencies.close();
      await core.signer
        .sign()
        .catch((error: Error) => log.warn({ name: error.name }, 'the last facts were not signed'));
      await kept.close();
      await pool.end();
      await telemetry.close();
    },
  };
};

type By = Parameters<Call<Caller>>[1];

/** Whoever is told of a case shows their own token: on a service's word alone nothing is opened to anybody. */
const byToken = ({ caller }: By): Caller => {
  if (!caller) throw mayNotAsk('this is asked with a token');
  return caller;
};

/** A person, by their token, or on the word of the service that had verified them: what they said or looked at is written down. */
const personOf = ({ caller, speaker: { actor, agency, role, states = [] } }: By): Caller =>
  caller ?? {
    ...{ sub: actor, username: '', states, expiresAt: 0, tokenId: '' },
    agency: agency as Affiliation,
    role: role as Role,
  };

/** A person of the agency whose service asks. */
const ownPerson = (by: By): Caller => {
  const caller = personOf(by);
  const own = AGENCIES.some((agency) => agency === caller.agency && SERVICE_OF[agency] === by.service);
  if (!own) throw mayNotAsk('an agency asks this for its own people');
  return caller;
};

/** The service whose keys sealed these classes of a fact; all of one fact are sealed by one. */
const ownerOf = ({ sealed = {} }: RecordedEvent, classes: readonly string[]): string | undefined =>
  classes.map((cls) => sealed[cls]?.key.split('/')[2]).find((service) => service !== undefined);

/** Without the keys that say nothing. */
const defined = <T extends object>(said: T) =>
  Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
