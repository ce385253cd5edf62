import { join } from 'node:path';
import { CqrsModule } from '@nestjs/cqrs';
import { kafkaFeed } from '@resguardo/bus-kafka';
import { cloudEvents } from '@resguardo/bus-messages';
import { allCommands, type DataClass, entersThroughAgency, type Service } from '@resguardo/contracts';
import { factSpec } from '@resguardo/contracts/timeline';
import {
  AgencyDesk,
  type AgencyDeskParts,
  type Capability,
  commandsResolver,
  DESK,
  envelopeOf,
  type Said,
} from '@resguardo/desk';
import { StoreUnavailable } from '@resguardo/eventing';
import {
  type AccessLog,
  type CaseAccess,
  type CaseCard,
  caseCards,
  HomeModule,
  type Open,
  openWith,
  sightOf,
  timelineEntries,
  viewerOf,
} from '@resguardo/home';
import type { Caller } from '@resguardo/identity';
import { runProcess, runProjection } from '@resguardo/store-postgres';
import { type Call, callsService, contractsTable, KeeperRefused, keeperServer } from '@resguardo/store-remote';
import { erasedKeys, fileErasureList, makeVaultTables, postgresKeyRing, sealer } from '@resguardo/vault';
import { callersAt } from './callers.js';
import { UnsealCall } from './calls.js';
import { kafkaConnection } from './feeds.js';
import { openFront } from './front.js';
import { every } from './every.js';
import { homeOf } from './home-of.js';
import { openOutbox } from './outbox.js';
import { clock, logOf, poolOf, type RunningService } from './process.js';
import { Beside, Called, configOf, knownKeysIn, masterKeyIn, secretIn } from './service-config.js';
import { TABLE, tableAt, type Voice } from './table.js';

export type AgencyService = Exclude<Service, 'coordination' | 'oversight' | 'insights'>;

/** Settings of an agency’s service. */
export const Agency = Beside.extend(Called);

const DELIVER_EVERY_MS = 1_000;
/** What a reading is tied to while nobody can say who is on the team now: it is looked at afterwards. */
const LAST_KNOWN_TEAM = 'last-known-team';

/** What is said to an agency enters here (D11). */
const ENTERING = Object.fromEntries(
  Object.entries(allCommands).filter(([name, spec]) => entersThroughAgency(name, spec)),
);

/** One agency's own service: its desk, its view of the timeline from its feed, the details it sealed under its own keys. */
export const openAgency = async (service: AgencyService, env: NodeJS.ProcessEnv): Promise<RunningService> => {
  const config = configOf(Agency, env);
  const log = logOf(service, config.LOG_LEVEL);
  const pool = poolOf(service, config.DATABASE_URL);
  await makeVaultTables(pool);
  const keyRing = postgresKeyRing(pool, masterKeyIn(config.SECRETS));
  await keyRing.assertMasterKey();
  const seals = sealer(keyRing);
  const callers = callersAt(config);
  const table = tableAt(config.COORDINATION_URL, service, config, callers);

  const feed = kafkaFeed({ connection: kafkaConnection(config.KAFKA_URL), codec: cloudEvents(), log });
  const onError = (error: unknown) => log.warn({ name: (error as Error).name }, 'a follower met trouble and goes on');
  const followed = { pool, feed, reader: service, onError } as const;

  // What a restored backup brought back goes again before anyone reads (C-13).
  const erased = fileErasureList(join(config.ERASURES, 'erasures.jsonl'));
  await keyRing.destroy((await erased.all()).map(({ caseId }) => caseId));
  const erasing = await runProcess({
    ...followed,
    process: erasedKeys,
    send: async ({ command: { caseId, erasureId }, commandId }) => {
      // The list first: a crash after it repeats the erasure, a crash before it has destroyed nothing.
      await erased.add({ caseId, erasureId, at: clock() });
      const keys = await keyRing.destroy([caseId]);
      await callers.asProcess(erasedKeys.name, () =>
        table.store.call('keys-destroyed', { caseId, erasureId, keys, commandId }),
      );
    },
  });
  const timeline = await runProjection({ ...followed, projection: timelineEntries });
  const cards = await runProjection<CaseCard>({ ...followed, projection: caseCards });

  const outbox = await openOutbox(pool, keyRing);
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
  const aboutOf = ({ caseId, folio, commandId }: Said) => caseId ?? folio ?? commandId;
  const entrance = new AgencyDesk<Voice>({
    ...deskParts,
    mustWait: (said) => outbox.waitsFor(aboutOf(said)),
    keep: (name, said, voice) => {
      if (!('caller' in voice)) throw new Error('what was kept is not kept again');
      const by = callers.statementOf(voice.caller);
      return outbox.keep({ kind: 'command', name, said, by, about: aboutOf(said) }, clock());
    },
  });
  const desk = { execute: (name: string, said: Said, caller: Caller) => entrance.execute(name, said, { caller }) };
  // Without a keeping of its own: what cannot be delivered goes on waiting where it lies.
  const deliverer = new AgencyDesk<Voice>(deskParts);
  const stopDelivering = every(DELIVER_EVERY_MS, log, 'delivering what was kept', () =>
    outbox.deliver(async ({ kind, name, said, by: statement, keptAt }) => {
      if (kind === 'reading') {
        await table.recordLate(name, { ...said, at: keptAt }, statement);
        return {};
      }
      const answer = await deliverer.execute(name, said as Said, { statement }).catch((error: unknown) => {
        // The keeper will say so again: it waits for a person, not for the keeper.
        if (error instanceof KeeperRefused) return error;
        throw error;
      });
      if (answer instanceof KeeperRefused) return { returned: answer.code.toUpperCase().replaceAll('-', '_') };
      switch (answer.kind) {
        case 'accepted':
          return {};
        case 'busy':
        case 'kept':
          throw new StoreUnavailable(`${name} is not taken yet`);
        case 'refused':
          return { returned: answer.refusal.code };
        case 'reused':
        case 'malformed':
        case 'no-such-case':
          return { returned: answer.kind.toUpperCase().replaceAll('-', '_') };
      }
    }),
  );

  /** While coordination is away its last word on the team is what the own read model has (D12). */
  const access: CaseAccess = {
    check: async (caller, caseId, wish) => {
      try {
        return await table.access.check(caller, caseId, wish);
      } catch (error) {
        const card = error instanceof StoreUnavailable ? await cards.documents.get(caseId) : undefined;
        const isMember = card?.members.some(
          ({ staffId, agency }) => staffId === caller.sub && agency === caller.agency,
        );
        if (!card || !isMember || card.blocked.includes(caller.sub)) throw error;
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
        await outbox.keep({ kind: 'reading', name, said, by, about: 'readings' }, clock());
      }
    };
  const accessLog = {
    viewed: recorded('viewed', table.log.viewed),
    denied: recorded('denied', table.log.denied),
  } as AccessLog;

  /** What was sealed here is opened here; of the rest coordination knows who has the key. */
  const open: Open = async (fact, classes, closedToo, by) => {
    const read = await callers.as(by.caller, () => table.store.read(`case-${fact.caseId}`, fact.revision));
    const event = read.events.find(({ id }) => id === fact.eventId);
    const isOurs = event && classes.some((cls) => event.sealed?.[cls] !== undefined);
    if (!isOurs) return table.open(fact, classes, closedToo, by);
    return openWith({ read: () => Promise.resolve(read) }, seals)(fact, classes, closedToo);
  };
  const { home, stop: stopTelling } = homeOf(
    { timeline, cards, access, log: accessLog, open, kept: ({ sub }) => outbox.of(sub) },
    callers.verifier,
  );

  const calls: Readonly<Record<string, Call<Caller>>> = {
    unseal: async (body, { service: asking, caller }) => {
      const { event, classes } = UnsealCall.parse(body);
      const spec = factSpec(event.type);
      if (asking !== TABLE || !caller || !spec)
        throw Object.assign(new Error('only coordination asks this'), { status: 403 });
      return seals.open(event, spec, mayRead(caller, event.meta, classes));
    },
  };
  const knownKeys = knownKeysIn(config.SERVICE_KEYS);
  const called = await keeperServer(
    callsService<Caller>({
      audience: service,
      keys: () => knownKeys,
      tokens: callers.verifier,
      mayBring: (asking, speaker) => contractsTable.mayBring(asking, speaker),
      calls,
      trouble: ({ cause, ...trouble }) =>
        log.warn({ ...trouble, name: (cause as Error | undefined)?.name }, 'a service was refused'),
    }),
    { host: config.HOST, port: config.SERVICE_PORT },
  );

  const names = [...new Set(Object.values(ENTERING).map(({ capability }) => capability))];
  const envelopes = new Map(names.map((name) => [name, envelopeOf({ name } as Capability)] as const));
  const front = await openFront(config, {
    verifier: callers.verifier,
    log,
    unwell: () =>
      pool.query('select 1').then(
        () => undefined,
        () => 'the database does not answer',
      ),
    modules: [CqrsModule.forRoot(), HomeModule.with(home)],
    providers: [
      { provide: DESK, useValue: desk },
      ...[...envelopes.values()].map(({ handler }) => handler),
      commandsResolver(ENTERING, (command) => envelopes.get(allCommands[command]!.capability)!.envelope),
    ],
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
    },
  };
};

/**
 * Coordination has asked whether they may in this case; whose keys these are asks the matrix again, as for somebody on the team under no
 * break-glass would be too little and everything too much.
 */
const mayRead = (
  caller: Caller,
  { agency, actor }: { readonly agency: string; readonly actor: string },
  classes: readonly DataClass[],
): readonly DataClass[] =>
  classes.filter(
    (cls) =>
      sightOf(cls, { agency, actor }, viewerOf(caller, 'break-glass')) === 'FULL' ||
      sightOf(cls, { agency, actor }, viewerOf(caller, 'team')) === 'FULL',
  );
