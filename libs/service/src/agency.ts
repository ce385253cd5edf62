import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CqrsModule } from '@nestjs/cqrs';
import { GraphQLError } from 'graphql';
import { kafkaFeed } from '@resguardo/bus-kafka';
import { cloudEvents } from '@resguardo/bus-messages';
import { operationNames } from '@resguardo/door';
import { allCommands, caseSigns, entersThroughAgency, type Service } from '@resguardo/contracts';
import { factSpec } from '@resguardo/contracts/timeline';
import { AgencyDesk, type AgencyDeskParts, commandProviders, type Said } from '@resguardo/desk';
import { StoreUnavailable } from '@resguardo/eventing';
import {
  type AccessLog,
  type CaseAccess,
  type CaseCard,
  caseCards,
  HomeModule,
  type Open,
  openWith,
  timelineEntries,
} from '@resguardo/home';
import type { Caller } from '@resguardo/identity';
import {
  IMPORT,
  type Importing,
  ImportResolver,
  importThroughAgency,
  PLATFORM_IMPORT,
  type SaidImport,
  whyNotTaken,
} from '@resguardo/interchange';
import { runProcess, runProjection } from '@resguardo/store-postgres';
import { observing, readiness } from '@resguardo/telemetry';
import { type Call, callsService, contractsTable, isAway, KeeperRefused, keeperServer } from '@resguardo/store-remote';
import { erasedKeys, fileErasureList, makeVaultTables, postgresKeyRing, sealer } from '@resguardo/vault';
import { callersAt } from './callers.js';
import { kafkaConnection } from './feeds.js';
import { followersOf, serviceFollowers, typeIn } from './followers-of.js';
import { openFront, registeredDocuments } from './front.js';
import { every } from './every.js';
import { homeOf } from './home-of.js';
import { onlyOf } from './only-of.js';
import { aboutOf, type Handed, type Kept, KeptAlready, openOutbox } from './outbox.js';
import { isOnRecord } from './order-proof.js';
import { followerCalls } from './overseeing.js';
import { clockOf, poolOf, type RunningService } from './process.js';
import {
  Beside,
  Called,
  configOf,
  knownKeysIn,
  masterKeyIn,
  observedOf,
  secretIn,
  standingKey,
} from './service-config.js';
import { testClockIn } from './settings.js';
import { CAPABILITIES } from './table-core.js';
import { TABLE, tableAt, type Voice } from './table.js';
import { unsealing } from './unsealing.js';
import { upkeepLog } from './upkeep.js';

export type AgencyService = Exclude<Service, 'coordination' | 'oversight' | 'insights'>;

/** Settings of an agency’s service. */
export const Agency = Beside.extend(Called);

const DELIVER_EVERY_MS = 1_000;
const NOT_DELIVERED = 'what was kept could not be delivered';
/** Refusals of the keeper that another day does not change. */
const FOR_GOOD: readonly string[] = ['malformed', 'id-taken', 'too-large', 'may-not-ask'];
/** What a reading is tied to while nobody can say who is on the team now: it is looked at afterwards. */
const LAST_KNOWN_TEAM = 'last-known-team';

/** Which cases a set is about only the intake knows: what an officer imports arrives in the order in which they did. */
const importsOf = ({ sub }: Caller): string => `import/${sub}`;

/** What is said to an agency enters here (D11). */
const ENTERING = Object.fromEntries(
  Object.entries(allCommands).filter(([name, spec]) => entersThroughAgency(name, spec)),
);

/** One agency's own service: its desk, its view of the timeline from its feed, the details it sealed under its own keys. */
export const openAgency = async (service: AgencyService, env: NodeJS.ProcessEnv): Promise<RunningService> => {
  const config = configOf(Agency, env);
  const clock = clockOf(testClockIn(config));
  const { telemetry, log } = await observing(observedOf(service, config), {
    capabilities: CAPABILITIES,
    followers: [timelineEntries, caseCards, erasedKeys].map(({ name }) => name),
    operations: operationNames(registeredDocuments()),
  });
  const pool = poolOf(`resguardo-${service}`, config.DATABASE_URL);
  await makeVaultTables(pool);
  const keyRing = postgresKeyRing(pool, masterKeyIn(config.SECRETS));
  await keyRing.assertMasterKey();
  const seals = sealer(keyRing);
  const callers = callersAt(config, telemetry.tokenRefused);
  const table = tableAt(config.COORDINATION_URL, service, config, callers, telemetry.traceparent);

  const feed = kafkaFeed({
    connection: kafkaConnection(config.KAFKA_URL),
    codec: cloudEvents(),
    log,
    ...(telemetry.consumed && { around: telemetry.consumed }),
  });
  const onError = (error: unknown) => log.warn({ name: (error as Error).name }, 'a follower met trouble and goes on');
  const { batch: around } = telemetry;
  const followed = { pool, feed, reader: service, onError, ...(around && { around }) } as const;

  const outbox = await openOutbox(pool, keyRing);
  // What a restored backup brought back goes again before anyone reads (C-13).
  const erased = fileErasureList(join(config.ERASURES, 'erasures.jsonl'));
  const erasedCases = (await erased.all()).map(({ caseId }) => caseId);
  await keyRing.destroy(erasedCases);
  await outbox.erase(erasedCases.map((caseId) => caseSigns({ caseId })!));
  const erasing = await runProcess({
    ...followed,
    process: erasedKeys,
    send: async ({ command: { caseId, erasureId } }) => {
      // The list first: a crash after it repeats the erasure, a crash before it has destroyed nothing.
      await erased.add({ caseId, erasureId, at: clock() });
      const keys = await keyRing.destroy([caseId]);
      await outbox.erase([caseSigns({ caseId })!]);
      await callers.asProcess(erasedKeys.name, () => table.store.call('keys-destroyed', { caseId, erasureId, keys }));
    },
  });
  const timeline = await runProjection({ ...followed, projection: timelineEntries });
  const cards = await runProjection<CaseCard>({ ...followed, projection: caseCards });

  const followers = followersOf(feed, service, [
    ['projection', timelineEntries.name, timeline],
    ['projection', caseCards.name, cards],
    ['process', erasedKeys.name, erasing],
  ]);

  const sealHere: AgencyDeskParts<Voice>['seal'] = async ({ data, type, ...place }) => {
    const spec = factSpec(type);
    if (!spec) throw new Error(`${type} is not declared: it has no data class`);
    return seals.seal({ ...place, type }, spec, data);
  };
  const deskParts: AgencyDeskParts<Voice> = {
    commands: ENTERING,
    service,
    rule: table.rule,
    append: table.append,
    seal: sealHere,
    textKey: secretIn(config.SECRETS, 'text-key'),
    clock,
  };
  /** Durable, with when; undefined when its id was kept with another content. */
  const keep = async (
    kind: 'command' | 'files',
    name: string,
    said: object,
    caller: Caller,
    about: string,
  ): Promise<string | undefined> =>
    outbox.keep({ kind, name, said, by: callers.statementOf(caller), about }, clock()).catch((error: unknown) => {
      if (error instanceof KeptAlready) return undefined;
      throw error;
    });
  const entrance = new AgencyDesk<Voice>({
    ...deskParts,
    mustWait: (said) => outbox.waitsFor(aboutOf(said)),
    keep: async (name, said, voice) => {
      if (!('caller' in voice)) throw new Error('what was kept is not kept again');
      const opener = ENTERING[name]?.on === 'new' ? voice.caller.sub : undefined;
      return keep('command', name, said, voice.caller, aboutOf(said, opener));
    },
  });
  const desk = {
    execute: async (name: string, said: Said, caller: Caller) => {
      const answer = await entrance.execute(name, said, { caller });
      // What had come back and was said anew is on the timeline now.
      if (answer.kind === 'accepted') await outbox.forget(caller.sub, said.commandId);
      return answer;
    },
  };
  // Without a keeping of its own: what cannot be delivered goes on waiting where it lies.
  const deliverer = new AgencyDesk<Voice>(deskParts);
  const handed = async ({ kind, name, said, by: statement, keptAt }: Kept): Promise<Handed> => {
    if (kind === 'reading') {
      await table.recordLate(name, { ...said, at: keptAt }, statement);
      return 'arrived';
    }
    if (kind === 'files') {
      const why = whyNotTaken(await table.import(said as SaidImport, keptAt, { statement }));
      return why === undefined ? 'arrived' : why === 'E-BUSY' ? 'later' : { returned: why };
    }
    const answer = await deliverer.execute(name, said as Said, { statement });
    switch (answer.kind) {
      case 'accepted':
        return 'arrived';
      case 'busy':
      case 'kept':
        return 'later';
      case 'refused':
        return { returned: answer.refusal.code };
      case 'reused':
      case 'malformed':
      case 'no-such-case':
        return { returned: answer.kind.toUpperCase().replaceAll('-', '_') };
    }
  };
  const stopDelivering = every(DELIVER_EVERY_MS, log, 'delivering what was kept', () =>
    outbox.deliver(
      (kept) =>
        handed(kept).catch((error: unknown): Handed => {
          if (isAway(error)) return 'away';
          // Only what is wrong with the words themselves stays wrong: a clock, a key or a version is mended. A record of a reading
          // has nobody to come back to: it waits, and is cried out for.
          if (kept.kind !== 'reading' && error instanceof KeeperRefused && FOR_GOOD.includes(error.code))
            return { returned: error.code.toUpperCase().replaceAll('-', '_') };
          log.error({ kind: kept.kind, command: kept.name, name: (error as Error).name }, NOT_DELIVERED);
          return 'later';
        }),
      {
        unreadable: ({ kind, name: command }, error) =>
          log.error({ kind, command, name: (error as Error).name }, NOT_DELIVERED),
      },
    ),
  );

  /** While coordination is away its last word on the team is what the own read model has (D12). */
  const access: CaseAccess = {
    check: async (caller, caseId, wish) => {
      try {
        return await table.access.check(caller, caseId, wish);
      } catch (error) {
        // Only when nobody answers: an answer that something failed is no leave to read by what was.
        const card = isAway(error) ? await cards.documents.get(caseId) : undefined;
        const isMember = card?.members.some(
          ({ staffId, agency }) => staffId === caller.sub && agency === caller.agency,
        );
        if (!card || !isMember || card.blocked.some(({ staffId }) => staffId === caller.sub)) throw error;
        return { kind: 'allowed', access: { ok: true, via: 'team', task: LAST_KNOWN_TEAM } };
      }
    },
  };
  /** durable before the answer leaves, here when it cannot be there. */
  const recorded =
    <Reading extends { readonly caller: object; readonly cases: readonly string[] }>(
      name: 'viewed' | 'denied' | 'exported',
      record: (reading: Reading) => Promise<void>,
    ) =>
    async (reading: Reading): Promise<void> => {
      try {
        await record(reading);
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        const { caller, ...said } = reading;
        const by = callers.statementOf(caller as Caller);
        // About itself: a record that cannot be delivered holds up no other.
        await outbox.keep({ kind: 'reading', name, said, by, about: randomUUID() }, clock());
      }
    };
  const accessLog = {
    viewed: recorded('viewed', table.log.viewed),
    denied: recorded('denied', table.log.denied),
  } as AccessLog;

  const importSet = importThroughAgency({
    take: (said, caller, importedAt) => table.import(said, importedAt, { caller }),
    mustWait: (caller) => outbox.waitsFor(importsOf(caller)),
    keep: (said, caller) => keep('files', IMPORT, said, caller, importsOf(caller)),
    recordAccess: accessLog.viewed,
    clock,
  });
  const importing: Importing = async (said, caller) => {
    const answer = await importSet(said, caller);
    if (!answer.kept && whyNotTaken(answer) === undefined) await outbox.forget(caller.sub, said.commandId);
    return answer;
  };

  /** What was sealed here is opened here; of the rest coordination knows who has the key. */
  const openedBy: Open = async (fact, classes, closedToo, by) => {
    const read = await callers.as(by.caller, () => table.store.read(`case-${fact.caseId}`, fact.revision));
    const event = read.events.find(({ id }) => id === fact.eventId);
    const isOurs = event && classes.some((cls) => event.sealed?.[cls] !== undefined);
    if (!isOurs) return table.open(fact, classes, closedToo, by);
    return openWith({ read: () => Promise.resolve(read) }, seals)(fact, classes, closedToo);
  };
  const open: Open = (...asked) =>
    openedBy(...asked).catch((error: unknown) => {
      if (isAway(error)) return { away: TABLE };
      // Coordination knows of more, or earlier, who may not.
      if (error instanceof KeeperRefused && error.code === 'may-not-ask')
        throw new GraphQLError('You may not open this.', { extensions: { code: 'E-NEED', rule: 'R-701' } });
      throw error;
    });
  const { home, stop: stopTelling } = homeOf(
    { timeline, cards, access, log: accessLog, open, clock, kept: outbox },
    callers.verifier,
  );

  const runners = { [timelineEntries.name]: timeline, [caseCards.name]: cards, [erasedKeys.name]: erasing };
  const calls: Readonly<Record<string, Call<Caller>>> = {
    ...followerCalls(
      service,
      serviceFollowers(followers, runners, {
        log,
        key: standingKey(config.SECRETS),
        typeAt: (stream, revision) => callers.asProcess('integrity', () => typeIn(table.store)(stream, revision)),
        upkeep: upkeepLog(pool).last,
      }),
      isOnRecord(() => knownKeys),
    ),
    unseal: unsealing(seals),
  };
  const knownKeys = knownKeysIn(config.SERVICE_KEYS);
  const called = await keeperServer(
    callsService<Caller>({
      audience: service,
      keys: () => knownKeys,
      tokens: callers.verifier,
      mayBring: (asking, speaker, shown) => contractsTable.mayBring(asking, speaker, shown),
      calls,
      trouble: ({ cause, ...trouble }) =>
        log.warn({ ...trouble, name: (cause as Error | undefined)?.name }, 'a service was refused'),
    }),
    { host: config.HOST, port: config.SERVICE_PORT },
  );

  const ready = readiness({ database: () => pool.query('select 1') }, [], Date.now);
  const front = await openFront(config, {
    verifier: onlyOf(service, callers.verifier, telemetry.tokenRefused),
    log,
    around: telemetry.request,
    ready: async () => {
      const found = await ready();
      // It is kept in the database: while that is away nobody knows how much.
      const kept = found.status === 'ready' ? await outbox.waiting().catch(() => undefined) : undefined;
      return { ...found, ...(kept !== undefined && { kept }) };
    },
    modules: [CqrsModule.forRoot(), HomeModule.with(home)],
    providers: [...commandProviders(desk, ENTERING), { provide: PLATFORM_IMPORT, useValue: importing }, ImportResolver],
  });
  telemetry.watch({
    followers,
    feeds: () => new Map(),
    pools: { [service]: pool },
  });
  return {
    url: front.url,
    stop: async () => {
      await front.close();
      await called.stop();
      await stopDelivering();
      stopTelling();
      await Promise.all([erasing, timeline, cards].map((runner) => runner.stop()));
      await feed.close();
      table.store.close();
      await pool.end();
      await telemetry.close();
    },
  };
};
