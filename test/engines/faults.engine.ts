import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Feeds, partitionOf, topicOf } from '@resguardo/bus-kafka';
import { type Service, SERVICE_OF, SERVICES } from '@resguardo/contracts';
import type { WireMessage } from '@resguardo/eventing';
import { KEYS_AGE_SECONDS } from '@resguardo/identity';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  type Admin,
  ConfigResourceTypes,
  Kafka,
  logLevel,
  type Producer,
  ResourcePatternTypes,
} from 'kafkajs';
import { type Client, Pool } from 'pg';
import { type Distributed, type ServiceProcess, startDistributed } from '../../infra/distributed/index.js';
import { databaseOf, type Program, PROGRAMS } from '../../infra/programs.js';
import { validInput } from '../e2e/support/inputs.js';
import {
  ADMINISTRATOR,
  ANALYST,
  fillTeam,
  OFFICERS,
  openCase,
  type People,
  peopleOf,
  SUPERVISORS,
} from '../e2e/support/people.js';
import { ask, removeFolder, temporaryFolder } from '../e2e/support/standalone.js';
import { inDatabase, tableInUse, withoutDatabases } from '../support/in-database.js';
import { refusedTokensAt, scrape } from '../support/scrape.js';
import { until } from '../support/until.js';
import {
  isStoreGiven,
  onStore,
  openedOn,
  startStoreServer,
  storeLabel,
  type StoreServer,
} from './support/eventstoredb.js';
import { exchangeOf } from './support/exchange.js';
import { type IssuerWithKeys, issuerWithKeys } from './support/issuer.js';
import { type Load, loadOf } from './support/load.js';
import { itOnOwn } from './support/not-run.js';

const FEEDS = JSON.parse(readFileSync('infra/kafka/feeds.json', 'utf8')) as Feeds;
const FOUR = Object.values(OFFICERS);
const SERVICE_OF_OFFICER = new Map<string, Program>(
  Object.entries(OFFICERS).map(([agency, username]) => [
    username,
    SERVICE_OF[agency as keyof typeof OFFICERS] as Program,
  ]),
);
const AGENCIES = Object.values(SERVICE_OF) as Program[];
const TIMELINE = 'query ($caseId: ID!, $atLeast: Int) { timeline(caseId: $caseId, atLeast: $atLeast) { behind } }';
const INTEGRITY = `{ integrity { services { service condition followers { name condition behind parked { id revision error } } } } }`;
const RETRY = 'mutation ($input: ParkedCaseInput!) { retryParkedCase(input: $input) { outcome } }';

interface Overviewed {
  readonly service: string;
  readonly condition: string;
  readonly followers: readonly {
    readonly name: string;
    readonly condition: string;
    readonly parked: readonly { readonly id: string; readonly revision: number; readonly error: string }[];
  }[];
}

/** What a feed is closed with to whoever carries to it. */
const RELAY_MAY_NOT = {
  ...{ principal: `User:${FEEDS.relay}`, host: '*', operation: AclOperationTypes.WRITE },
  ...{ resourceType: AclResourceTypes.TOPIC, resourcePatternType: ResourcePatternTypes.LITERAL },
  permissionType: AclPermissionTypes.DENY,
};

/** All faults instead of the short set. */
const full = process.env['RESGUARDO_FULL'] === '1';
/** Twenty in four parts of a few minutes each. */
const LEADERS = full
  ? ([
      ['1 to 5', 1, 5],
      ['6 to 10', 6, 10],
      ['11 to 15', 11, 15],
      ['16 to 20', 16, 20],
    ] as const)
  : ([['five times', 1, 5]] as const);
/** After which a broker that says nothing is held to be dead; Kafka waits 9 s unless told. */
const BROKER_SESSION_MS = 4_000;
/** Goal: the exchange goes on within the session time-out plus so many seconds. */
const GOAL_SECONDS = BROKER_SESSION_MS / 1_000 + 2;
/** Where others use the machine as well. One wait more, as for a session of Kafka's usual length, is beyond it. */
const LIMIT_SECONDS = GOAL_SECONDS * 1.5;

/** The short set is for a store apart where a server was given. */
const STORES = ['PostgreSQL', ...(full || isStoreGiven ? [storeLabel] : [])];
const ASSERTED =
  'nothing that was acknowledged is lost or there twice, every feed is as the store, every view as filled anew';

describe.each(STORES)(`faults during load, the timeline on %s: ${ASSERTED}`, (store) => {
  const folder = temporaryFolder();
  /** Where the timeline is not in coordination's own database. */
  let apart: StoreServer | undefined;
  let all: Distributed;
  let issuer: IssuerWithKeys;
  let people: People;
  let exchange: ReturnType<typeof exchangeOf>;
  let load: Load;
  let cases: string[];
  /** Records that were put on a feed here, by reader. */
  const byHand = new Map<Service, Set<string>>(SERVICES.map((reader) => [reader, new Set()]));
  const lines: string[] = [];
  const pools = new Map<Program, Pool>();
  const viewsOf = (username: string): Pool => {
    const service = SERVICE_OF_OFFICER.get(username)!;
    const pool = pools.get(service) ?? new Pool({ connectionString: all.databases[service] }).on('error', () => {});
    pools.set(service, pool);
    return pool;
  };

  beforeAll(async () => {
    issuer = await issuerWithKeys();
    apart = store === storeLabel ? await startStoreServer(join(folder, 'log')) : undefined;
    const settings = apart && onStore(apart.url);
    all = await startDistributed({
      ...{ folder: join(folder, 'data'), ...(settings && { store: settings }) },
      identityUrl: issuer.url,
      twice: ['coordination'],
      cluster: {
        controllers: 3,
        settings: { 'broker.session.timeout.ms': String(BROKER_SESSION_MS), 'broker.heartbeat.interval.ms': '500' },
      },
    });
    people = peopleWith(1_800);
    exchange = exchangeOf(all, settings && openedOn(settings, all.databases.coordination));
    cases = await Promise.all(FOUR.map(() => newCase()));
    load = loadOf(people, cases);
  }, 240_000);
  afterAll(async () => {
    process.stdout.write(
      `\nfaults during load, the timeline on ${store}\n${lines.map((line) => `  ${line}\n`).join('')}\n`,
    );
    await Promise.all([...pools.values()].map((pool) => pool.end()));
    await all?.stop();
    await apart?.close();
    await issuer?.close();
    removeFolder(folder);
  });
  const peopleWith = (seconds: number): People =>
    peopleOf({ url: all.gateway.url, dataFolder: join(folder, 'data') }, (username) => issuer.token(username, seconds));

  const newCase = async (): Promise<string> => {
    const { caseId } = await openCase(people);
    await fillTeam(people, caseId);
    return caseId;
  };
  const elapsed = (began: number): number => (performance.now() - began) / 1_000;
  const secondsSince = (began: number): string => `${elapsed(began).toFixed(1)} s`;

  /** First in the views, which costs the machine next to nothing to ask, and then on the page. */
  const reached = async (username: string, revisions: ReadonlyMap<string, number>) => {
    await until(`what was said in the views of ${username}`, async () => {
      const { rows } = await viewsOf(username).query<{ count: number }>(
        `select count(*)::int from read_models.instances i
         cross join unnest($1::text[], $2::int[]) said (stream, revision)
         left join read_models.progress p on p.instance = i.id and p.stream = said.stream
         where i.projection = 'timeline_entries' and i.state = 'active' and coalesce(p.revision, -1) < said.revision`,
        [[...revisions.keys()].map((caseId) => `case-${caseId}`), [...revisions.values()]],
      );
      return rows[0]!.count === 0 || undefined;
    });
    await Promise.all(
      [...revisions].map(([caseId, atLeast]) =>
        until(`revision ${atLeast} for ${username}`, async () => {
          const { data } = await people.read(username, TIMELINE, { caseId, atLeast }).catch(() => ({ data: null }));
          return data?.timeline?.behind === false || undefined;
        }),
      ),
    );
  };
  /** Whoever goes on speaking about a case goes on being kept behind what waits there: what was kept first is looked for. */
  const arrived = (commandId: string) =>
    until('what was kept', async () => (await exchange.history()).find(({ meta }) => meta.commandId === commandId));
  /** Until what is said now, on each case by another agency, is on the pages of all four. */
  const goesOn = async (): Promise<void> => {
    const said = await Promise.all(
      cases.map(async (caseId, i): Promise<[string, number]> => {
        const { commandId, at } = await load.say(FOUR[i % 4]!, caseId);
        return [caseId, at?.revision ?? (await arrived(commandId)).revision];
      }),
    );
    await Promise.all(FOUR.map((username) => reached(username, new Map(said))));
  };

  /** Until the load has `many` more acknowledged. */
  const since = (many: number) => {
    const acknowledged = () => load.count('Accepted') + load.count('Kept');
    const goal = acknowledged() + many;
    return until(`${many} more that are acknowledged`, async () => acknowledged() >= goal || undefined);
  };

  const nothingFound = async (): Promise<string> => {
    const { found, commands, facts, records, repeats } = await exchange.check(load.answered(), byHand);
    expect({ found: found.slice(0, 20), more: Math.max(0, found.length - 20) }).toEqual({ found: [], more: 0 });
    return `held against each other: ${commands} commands, ${facts} facts, ${records} records (${repeats} came twice)`;
  };

  /**
   * Does it to the running product while four officers work, and holds everything against everything when all is quiet. `work` says after how many
   * seconds the exchange went on, each time.
   */
  const suffer = async (fault: string, asserted: string, work: () => Promise<readonly string[]>): Promise<void> => {
    const before = { accepted: load.count('Accepted'), kept: load.count('Kept') };
    const began = performance.now();
    const gaps = await load.during(async () => {
      await since(8);
      const found = await work();
      await since(8);
      return found;
    });
    const checking = performance.now();
    // In the short set once for all, at the end: what is lost stays lost.
    const whole = full ? await nothingFound() : (await exchange.quiet(), 'quiet');
    expect(load.unanswered()).toBe(0);
    const said = `${load.count('Accepted') - before.accepted} accepted, ${load.count('Kept') - before.kept} kept meanwhile`;
    lines.push(
      `${fault} | ${asserted} | went on after ${gaps.join(', ')} | ${said}; ${whole} | ` +
        `${secondsSince(began)}, of these ${secondsSince(checking)} checking`,
    );
  };

  const killedAndStarted = async (service: ServiceProcess): Promise<string> => {
    const began = performance.now();
    await service.kill();
    await service.start();
    await goesOn();
    return secondsSince(began);
  };

  const withAdmin = async <T>(work: (admin: Admin) => Promise<T>): Promise<T> => {
    const admin = new Kafka({ ...all.kafka.connection(), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    return work(admin).finally(() => admin.disconnect());
  };
  const partitionsOf = (readers: readonly string[] = SERVICES) =>
    withAdmin(async (admin) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: readers.map(topicOf) });
      return topics.flatMap(({ name, partitions }) => partitions.map((one) => ({ ...one, topic: name })));
    });
  const leaderOf = async (reader: string, caseId: string): Promise<number> =>
    (await partitionsOf([reader])).find(({ partitionId }) => partitionId === partitionOf(caseId))!.leader;
  /** Until every partition is on all three brokers again: then the next one may go. */
  const brokersWhole = () =>
    until('all brokers in sync', async () => (await partitionsOf()).every(({ isr }) => isr.length === 3) || undefined);

  const inService = <T>(service: Program, work: (client: Client) => Promise<T>): Promise<T> =>
    inDatabase(all.databases[service], work);

  const overview = async (): Promise<readonly Overviewed[]> => {
    const { data, errors } = await people.read(ADMINISTRATOR, INTEGRITY);
    if (errors) throw new Error(JSON.stringify(errors));
    return data.integrity.services;
  };

  it('kill -9 of one replica of coordination', () =>
    suffer('one replica of coordination killed', 'the other goes on deciding and carrying', async () => {
      const began = performance.now();
      await all.services.coordination.kill();
      await goesOn();
      const gap = secondsSince(began);
      await all.services.coordination.start();
      return [gap];
    }));

  it('kill -9 of one agency’s service', () =>
    suffer('one agency’s service killed', 'it catches up after its start', async () => [
      await killedAndStarted(all.services.health),
    ]));

  /** The replica that carries to the feeds. */
  const relaying = async (): Promise<ServiceProcess> => {
    const samples = await scrape(all.metricsPortOf('coordination', 0)).catch(() => []);
    const first = samples.some(({ name }) => name === 'resguardo_relay_lag_events');
    return first ? all.services.coordination : all.replicas.coordination!;
  };
  /**
   * Where the first fact is that prosecution's feed has and insights' has not, of all that both are told. Of one batch some may be on either: brokers
   * learn one after the other that a topic is closed.
   */
  const halfCarried = async (): Promise<string | undefined> => {
    const events = await exchange.history();
    const feeds = await exchange.feeds();
    const on = (reader: Service) => new Set(feeds.get(reader)!.map(({ headers }) => headers['ce_position']));
    const [carried, missing] = [on('prosecution'), on('insights')];
    return events.find(
      (event) =>
        carried.has(event.position) &&
        !missing.has(event.position) &&
        exchange.messagesFor('insights', [event]).length > 0,
    )?.position;
  };
  const timesOn = async (reader: Service, position: string): Promise<number> =>
    (await exchange.feeds()).get(reader)!.filter(({ headers }) => headers['ce_position'] === position).length;
  /** A feed that takes no message, however small, or takes them again: its topic's settings. */
  const letWrite = (reader: Service, allowed: boolean) =>
    withAdmin((admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name: topicOf(reader),
            configEntries: Object.entries({ ...FEEDS.settings, ...(!allowed && { 'max.message.bytes': '1' }) }).map(
              ([name, value]) => ({ name, value }),
            ),
          },
        ],
      }),
    );

  it('kill -9 of the relay in the middle of a batch', () =>
    suffer(
      'the relay killed in the middle of a batch',
      'the other replica carries that batch again, whole',
      async () => {
        await letWrite('insights', false);
        try {
          const position = await until('a batch that is on some feeds and not on all', async () => {
            const found = await halfCarried();
            // What is on its way to a feed that still takes it is there when one looks again.
            return found !== undefined && (await halfCarried()) === found ? found : undefined;
          });
          // Each service has all that is on its feed; who oversees them is told that not everything is.
          const carrying = (await overview())
            .find(({ service }) => service === 'coordination')
            ?.followers.find(({ name }) => name === 'relay');
          expect(carrying).toMatchObject({ condition: 'BEHIND', behind: expect.any(Number) });
          const holder = await relaying();
          // Before: the other replica carries it again within milliseconds.
          expect(await timesOn('prosecution', position)).toBe(1);
          await holder.kill();
          expect(await timesOn('insights', position)).toBe(0);
          await letWrite('insights', true);
          const began = performance.now();
          await goesOn();
          const gap = secondsSince(began);
          expect(await timesOn('prosecution', position)).toBeGreaterThan(1);
          await holder.start();
          return [gap];
        } finally {
          // What comes after it is about other things.
          await letWrite('insights', true);
        }
      },
    ));

  for (const [which, first, last] of LEADERS)
    itOnOwn(
      'RESGUARDO_KAFKA',
      `kill -9 of a partition leader, ${which}`,
      () =>
        suffer(
          `leaders of partitions killed, one after the other, ${first} to ${last}`,
          `goal: on again within ${GOAL_SECONDS} s`,
          async () => {
            const gaps: string[] = [];
            const took: number[] = [];
            for (let turn = first; turn <= last; turn++) {
              const broker = await leaderOf(AGENCIES[turn % AGENCIES.length]!, cases[turn % cases.length]!);
              const began = performance.now();
              await all.kafka.kill(broker);
              const agreed = until('another leader', async () => {
                const isGone = (await partitionsOf()).every(({ isr }) => !isr.includes(broker));
                return isGone ? secondsSince(began) : undefined;
              });
              await goesOn();
              took.push(elapsed(began));
              gaps.push(`${secondsSince(began)} (brokers agreed after ${await agreed})`);
              await all.kafka.restart(broker);
              await brokersWhole();
            }
            expect(took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)]).toBeLessThan(LIMIT_SECONDS);
            return [...gaps, `${took.filter((one) => one <= GOAL_SECONDS).length} of ${took.length} within the goal`];
          },
        ),
      560_000,
    );

  if (full) {
    it.each(['gateway', ...PROGRAMS] as const)('each service: kill -9 of %s', (name) =>
      suffer(`${name} killed`, 'it goes on where it was after its start', async () => {
        if (name !== 'coordination')
          return [await killedAndStarted(name === 'gateway' ? all.gateway : all.services[name])];
        return [await killedAndStarted(all.services.coordination), await killedAndStarted(all.replicas.coordination!)];
      }),
    );

    /** As long as something stays away: facts are said all the while, and each must be answered so. */
    const awayFor = async (seconds: number, outcome: string): Promise<void> => {
      for (const over = performance.now() + seconds * 1_000; performance.now() < over;) {
        const { username, outcome: answered } = await load.say(OFFICERS.HEALTH, cases[0]!);
        expect([username, answered]).toEqual([username, outcome]);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    };
    const withProducer = async <T>(work: (producer: Producer) => Promise<T>): Promise<T> => {
      const kafka = new Kafka({ ...all.kafka.connection(), logLevel: logLevel.NOTHING });
      const producer = kafka.producer({
        createPartitioner:
          () =>
          ({ message }) =>
            message.partition!,
      });
      await producer.connect();
      return work(producer).finally(() => producer.disconnect());
    };

    itOnOwn(
      'RESGUARDO_KAFKA',
      'all brokers stopped for a minute',
      async () => {
        const fault = 'all brokers stopped for a minute';
        const asserted =
          'all is accepted, pages say that they are behind, oversight that feeds are away, all is carried';
        await suffer(fault, asserted, async () => {
          await Promise.all(all.kafka.brokers.map((_, node) => all.kafka.kill(node)));
          const caseId = cases[0]!;
          const { at } = await load.say(OFFICERS.HEALTH, caseId);
          const { data } = await people.read(OFFICERS.PROSECUTOR, TIMELINE, { caseId, atLeast: at!.revision });
          expect(data.timeline.behind).toBe(true);
          const services = (await overview()).filter(({ service }) => AGENCIES.includes(service as Program));
          expect(
            services.map(({ condition, followers }) => [condition, ...new Set(followers.map((one) => one.condition))]),
          ).toEqual(AGENCIES.map(() => ['ANSWERED', 'FEED_AWAY']));
          await awayFor(60, 'Accepted');
          const began = performance.now();
          await Promise.all(all.kafka.brokers.map((_, node) => all.kafka.restart(node)));
          await goesOn();
          const gap = secondsSince(began);
          await brokersWhole();
          return [gap];
        });
      },
      560_000,
    );

    it('a rebalance: strangers join the groups of a service’s consumers and leave again', () =>
      suffer('rebalance of every group of one service', 'nothing is passed over', async () => {
        const groups = await withAdmin(async (admin) => {
          const ids = (await admin.listGroups()).groups.map(({ groupId }) => groupId);
          const described = await admin.describeGroups(ids.filter((id) => id.startsWith('health.')));
          return described.groups.filter(({ members }) => members.length > 0).map(({ groupId }) => groupId);
        });
        // One for all its followers, and one for each that reads alone.
        expect(groups.length).toBeGreaterThanOrEqual(1);
        const strangers = await Promise.all(
          groups.map(async (groupId) => {
            const kafka = new Kafka({ ...all.kafka.connection(), logLevel: logLevel.NOTHING });
            const stranger = kafka.consumer({ groupId });
            await stranger.connect();
            await stranger.subscribe({ topic: topicOf('health') });
            const joined = new Promise((resolve) => stranger.on('consumer.group_join', resolve));
            await stranger.run({ autoCommit: false, eachMessage: async () => {} });
            await joined;
            return stranger;
          }),
        );
        await since(20);
        const began = performance.now();
        await Promise.all(strangers.map((stranger) => stranger.disconnect()));
        await goesOn();
        return [secondsSince(began)];
      }));

    /** On the feed of health, by hand. Resolves with the offset of the first. */
    const put = async (partition: number, batch: readonly WireMessage[]): Promise<bigint> => {
      const messages = batch.map(({ key, headers, value }) => ({
        ...{ key, partition, headers: { ...headers } },
        value: value as Buffer,
      }));
      const [sent] = await withProducer((producer) => producer.send({ topic: topicOf('health'), messages }));
      return BigInt(sent!.baseOffset!);
    };

    /** The same of what is not there as it comes from the store: the checker leaves it out. */
    const putUnlike = async (partition: number, batch: readonly WireMessage[]): Promise<void> => {
      const first = await put(partition, batch);
      for (const i of batch.keys()) byHand.get('health')!.add(`${partition}@${first + BigInt(i)}`);
    };

    it('later facts of a case that come to a feed before the earlier ones', () =>
      suffer(
        'the next facts of a case put on a feed backwards',
        'the view waits for the first of them and is said to, then has all',
        async () => {
          const caseId = await newCase();
          const { at: before } = await load.say(OFFICERS.PROSECUTOR, caseId);
          await reached(OFFICERS.HEALTH, new Map([[caseId, before!.revision]]));
          const closed = { ...RELAY_MAY_NOT, resourceName: topicOf('health') };
          await withAdmin((admin) => admin.createAcls({ acl: [closed] }));
          try {
            const early = await until('facts that the feed does not have', async () => {
              await load.say(OFFICERS.PROSECUTOR, caseId);
              const there = new Set(
                (await exchange.feeds()).get('health')!.map(({ headers }) => headers['ce_position']),
              );
              const lacking = exchange
                .messagesFor('health', await exchange.history())
                .filter(({ stream, wire }) => stream === `case-${caseId}` && !there.has(wire.headers['ce_position']!));
              return lacking.length >= 4 ? lacking : undefined;
            });
            const { partition } = early[0]!;
            const { revision: last } = early.at(-1)!;
            const [next, ...later] = early.map(({ wire }) => wire);
            await putUnlike(partition, later.toReversed());
            await until('a gap that oversight is told of', async () => {
              const health = (await overview()).find(({ service }) => service === 'health');
              return health?.followers.some(({ condition }) => condition === 'GAPS') || undefined;
            });
            const { data } = await people.read(OFFICERS.HEALTH, TIMELINE, { caseId, atLeast: last });
            expect(data.timeline.behind).toBe(true);
            await putUnlike(partition, [next!]);
            await reached(OFFICERS.HEALTH, new Map([[caseId, last]]));
          } finally {
            await withAdmin((admin) => admin.deleteAcls({ filters: [closed] }));
          }
          const began = performance.now();
          await goesOn();
          return [secondsSince(began)];
        },
      ));

    it('a duplicated batch, also backwards, and a foreign one put on a feed by hand', () =>
      suffer(
        'a batch twice, a batch backwards, a batch of another feed and one of nobody',
        'no view changes',
        async () => {
          const feeds = await exchange.feeds();
          const partition = partitionOf(cases[0]!);
          const lastOf = (reader: Service) =>
            feeds
              .get(reader)!
              .filter((one) => one.partition === partition)
              .slice(-40);
          const own = lastOf('health');
          expect(own.length).toBe(40);
          const began = performance.now();
          await put(partition, own);
          await put(partition, own.toReversed());
          await putUnlike(partition, lastOf('prosecution'));
          await putUnlike(partition, [{ key: 'nobody', headers: { hello: 'world' }, value: Buffer.from('not ours') }]);
          await goesOn();
          const gap = secondsSince(began);
          expect(all.services.health.output()).toContain('a message of a feed belongs to no stream');
          return [gap];
        },
      ));

    it('a message that cannot be applied parks its case, not its neighbours', () =>
      suffer(
        'a fact that one view cannot take in',
        'oversight sees one case parked, the others go on, a retry mends it',
        async () => {
          const caseId = await newCase();
          const table = await inService('health', (client) => tableInUse(client, 'case_card'));
          const alter = (what: string) => inService('health', (client) => client.query(`alter table ${table} ${what}`));
          await alter(`add constraint planted check (key <> '${caseId}') not valid`);
          const began = performance.now();
          const { at } = await load.say(OFFICERS.PROSECUTOR, caseId);
          const standing = async () =>
            (await overview()).flatMap(({ service, followers }) =>
              followers.flatMap(({ name, parked }) => parked.map((one) => ({ service, follower: name, ...one }))),
            );
          const found = await until('the parked case', async () => {
            const now = await standing();
            return now.length > 0 ? now : undefined;
          });
          expect(found).toMatchObject([{ service: 'health', follower: 'case_card', error: 'NOT_STORABLE' }]);
          await goesOn();
          const gap = secondsSince(began);
          expect(await standing()).toHaveLength(1);
          await alter('drop constraint planted');
          const { service, follower, id: parked, revision } = found[0]!;
          const { data } = await people.read(ADMINISTRATOR, RETRY, { input: { service, follower, parked, revision } });
          expect(data.retryParkedCase.outcome).toBe('GOES_ON');
          await reached(OFFICERS.HEALTH, new Map([[caseId, at!.revision]]));
          expect(await standing()).toEqual([]);
          return [gap];
        },
      ));

    itOnOwn('RESGUARDO_POSTGRES', 'kill -9 and start of the database', async () => {
      const fault = 'the database killed and started again';
      await suffer(fault, 'no service ends, all go on by themselves', async () => {
        const began = performance.now();
        await all.restartDatabase();
        await goesOn();
        const gap = secondsSince(began);
        const programs = { gateway: all.gateway, ...all.services, replica: all.replicas.coordination! };
        expect(Object.entries(programs).filter(([, program]) => !program.alive())).toEqual([]);
        return [gap];
      });
    });

    /** Facts and reports go on being taken. What is said with a token that ends meanwhile arrives as well; one that has ended takes nothing. */
    const awayAndBack = async (
      away: (meanwhile: () => Promise<void>) => Promise<unknown>,
    ): Promise<readonly string[]> => {
      const ended = await peopleWith(-60).answer(OFFICERS.HEALTH, 'recordRetelling', {
        caseId: cases[0]!,
        input: validInput('recordRetelling'),
      });
      expect(ended.errors?.map(({ extensions }) => extensions?.code)).toEqual(['UNAUTHENTICATED']);
      const reports = () =>
        load.sayings.filter(({ command, outcome }) => command === 'receiveReport' && outcome === 'Kept').length;
      const before = reports();
      let began = 0;
      let kept = '';
      await away(async () => {
        const short = await load.say(OFFICERS.HEALTH, cases[1]!, 'recordRetelling', peopleWith(10));
        expect(short.outcome).toBe('Kept');
        kept = short.commandId;
        await awayFor(30, 'Kept');
        expect(reports()).toBeGreaterThan(before);
        began = performance.now();
      });
      const { revision } = await arrived(kept);
      await Promise.all(FOUR.map((username) => reached(username, new Map([[cases[1]!, revision]]))));
      return [secondsSince(began)];
    };

    /** Every process, with somebody whom it answers and what they ask. */
    const doors = () => {
      const me = '{ me { actor } }';
      const agencies = FOUR.map((username) => ({ program: SERVICE_OF_OFFICER.get(username)!, username, query: me }));
      const others = [
        { program: 'gateway', username: OFFICERS.HEALTH, query: me },
        { program: 'coordination', username: ADMINISTRATOR, query: me },
        { program: 'oversight', username: SUPERVISORS.PROSECUTOR, query: me },
        { program: 'insights', username: ANALYST, query: '{ nationalFigures { __typename } }' },
      ] as const;
      const second = { program: 'coordination', username: ADMINISTRATOR, query: me } as const;
      return [
        ...[...agencies, ...others].map((door) => ({ ...door, replica: 0 as const })),
        { ...second, replica: 1 as const },
      ].map(({ program, username, query, replica }) => {
        const { url } =
          program === 'gateway' ? all.gateway : replica ? all.replicas.coordination! : all.services[program];
        return {
          ...{ username, name: replica ? `${program}, the second` : program },
          /** `given`, or the code of why not. */
          answer: async (token: string): Promise<string> => {
            const { errors } = await ask(url, token, query);
            return errors ? String(errors[0]!.extensions?.code) : 'given';
          },
          /** Tokens refused until now, by the reason, but for those that had run out. */
          refused: async () => {
            const { expired: _, ...others } = await refusedTokensAt(all.metricsPortOf(program, replica));
            return others;
          },
        };
      });
    };
    type Door = ReturnType<typeof doors>[number];
    const everywhere = async <T>(work: (door: Door) => Promise<T>): Promise<Readonly<Record<string, T>>> =>
      Object.fromEntries(await Promise.all(doors().map(async (door) => [door.name, await work(door)] as const)));
    const refusedEverywhere = () => everywhere(({ refused }) => refused());
    /** What a door says before it says `wanted`, and that it comes to that in time. */
    const before = async ({ name, answer }: Door, wanted: string, token: () => Promise<string>, seconds: number) => {
      const began = performance.now();
      const said = new Set<string>();
      for (let now = await answer(await token()); now !== wanted; now = await answer(await token())) {
        said.add(now);
        // Else a wrong one would be asked for ever.
        if (performance.now() - began > seconds * 2_000) break;
      }
      expect([name, performance.now() - began < seconds * 1_000]).toEqual([name, true]);
      return [...said];
    };
    const denials = async () => (await exchange.history()).filter(({ type }) => type === 'AccessDenied');

    it('the issuer signs with another key', () =>
      suffer(
        'the issuer signs with another key',
        'nobody is refused, and nobody is written down as refused',
        async () => {
          const refused = await refusedEverywhere();
          const began = performance.now();
          await issuer.rotate();
          const said = await everywhere((door) => before(door, 'given', () => issuer.token(door.username, 60), 10));
          await goesOn();
          const gap = secondsSince(began);
          // Until it is known it is no bad one.
          for (const codes of Object.values(said)) expect(['', 'TRY_AGAIN']).toContain(codes.join());
          expect(load.troubles.get('UNAUTHENTICATED')).toBe(undefined);
          expect((await denials()).map(({ data }) => data)).toEqual([]);
          expect(await refusedEverywhere()).toEqual(refused);
          return [gap];
        },
      ));

    it('the issuer takes a signing key away', () =>
      suffer(
        'the issuer takes a signing key away',
        `within ${KEYS_AGE_SECONDS} s nobody believes it, also what was believed before; the new one is believed`,
        async () => {
          const known = await everywhere(({ username }) => issuer.token(username, 1_800));
          const asKnown = (door: Door) => door.answer(known[door.name]!);
          await issuer.rotate();
          await goesOn();
          // Whatever was under way with the old key has arrived.
          await since(20);
          await everywhere((door) => before(door, 'given', async () => known[door.name]!, 10));
          const refused = await refusedEverywhere();
          const stolen = issuer.withdraw();
          const began = performance.now();
          // Each by itself: what the gateway still lets through may be refused behind it.
          await everywhere(async (door) => {
            const strangers = async () => (await door.refused())['unknown-key'] ?? 0;
            const last = refused[door.name]!['unknown-key'] ?? 0;
            await until(`the old key gone from ${door.name}`, async () => {
              await asKnown(door);
              return (await strangers()) > last || undefined;
            });
            const inTime = performance.now() - began < (KEYS_AGE_SECONDS + 5) * 1_000;
            expect([door.name, inTime]).toEqual([door.name, true]);
          });
          await goesOn();
          const gap = secondsSince(began);
          const all = (said: string) => everywhere(async () => said);
          expect(await everywhere(asKnown)).toEqual(await all('UNAUTHENTICATED'));
          expect(await everywhere(async (door) => door.answer(await stolen(door.username, 60)))).toEqual(
            await all('UNAUTHENTICATED'),
          );
          expect(await everywhere(async (door) => door.answer(await issuer.token(door.username, 60)))).toEqual(
            await all('given'),
          );
          expect(load.troubles.get('UNAUTHENTICATED')).toBe(undefined);
          const withoutStrangers = (one: Readonly<Record<string, Readonly<Record<string, number>>>>) =>
            Object.entries(one).map(([name, { 'unknown-key': _, ...others }]) => [name, others]);
          expect(withoutStrangers(await refusedEverywhere())).toEqual(withoutStrangers(refused));
          return [gap];
        },
      ));

    it('coordination as a whole away for half a minute', () =>
      suffer(
        'coordination as a whole away for half a minute',
        'facts and reports are kept and arrive once, with their times',
        () =>
          awayAndBack(async (meanwhile) => {
            const both = [all.services.coordination, all.replicas.coordination!];
            await Promise.all(both.map((one) => one.kill()));
            await meanwhile();
            await Promise.all(both.map((one) => one.start()));
          }),
      ));

    const withoutDatabase = (meanwhile: () => Promise<void>): Promise<void> =>
      withoutDatabases(all.databaseOwner, [databaseOf('coordination')], meanwhile);
    const storeAway = () =>
      suffer(
        'the event store away for half a minute',
        'facts and reports are kept and arrive once, with their times',
        () => awayAndBack(apart ? (meanwhile) => apart!.restart!(meanwhile) : withoutDatabase),
      );
    // A database that was given lets nobody in for that while, and runs on.
    if (store === storeLabel) itOnOwn('EVENTSTOREDB_URL', 'the event store away for half a minute', storeAway);
    else it('the event store away for half a minute', storeAway);
  }

  it('the checker finds nothing, and then a wrong row, a message that is gone from a feed, and an acknowledged command that is gone from the store: each is planted', async () => {
    await load.during(() => since(20));
    lines.push(`all of it, before anything is planted | ${await nothingFound()}`);
    const events = await exchange.quiet();
    // The last fact of a case that was acknowledged there goes; so do the first record of a feed, and what one row says.
    // Nobody can take a single fact away from a store apart: there one is told as acknowledged that never was.
    const heads = new Map(events.map(({ stream, revision: head }) => [stream, head]));
    const lost = load.answered().findLast(({ at }) => at && heads.get(`case-${at.caseId}`) === at.revision)!;
    const { caseId, revision } = lost.at!;
    const isGone = ({ stream, revision: at }: { stream: string; revision: number }) =>
      stream === `case-${caseId}` && at === revision;
    expect(events.filter(isGone)).toHaveLength(1);
    const answered = [...load.answered()];
    const invented = { ...lost, commandId: randomUUID() };
    if (apart) answered.push(invented);
    else
      await inService('coordination', (client) =>
        client.query('delete from store.events where stream = $1 and revision = $2', [`case-${caseId}`, revision]),
      );
    const { rows } = await inService('health', async (client) => {
      const table = await tableInUse(client, 'timeline_entries');
      return client.query<{ key: string }>(
        `update ${table} set doc = jsonb_set(doc, '{planted}', 'true')
         where key = (select min(key) from ${table}) returning key`,
      );
    });
    const { topic, partition, low } = await withAdmin(async (admin) => {
      const [first] = (await admin.fetchTopicOffsets('feed-insights')).filter((one) => one.low !== one.high);
      const { partition: of, low: from } = first!;
      await admin.deleteTopicRecords({
        topic: 'feed-insights',
        partitions: [{ partition: of, offset: String(BigInt(from) + 1n) }],
      });
      return { topic: 'feed-insights', partition: of, low: from };
    });
    // A view of which a message is gone is never filled anew.
    const { found } = await exchange.check(answered, byHand, 10_000);
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^insights counted_case cannot be filled anew: /),
        `${lost.command} ${(apart ? invented : lost).commandId} was acknowledged and is not in the store`,
        expect.stringMatching(`^${topic} ${partition}@${BigInt(low) + 1n}: \\S+ has 1 before 0$`),
        `health timeline_entries ${rows[0]!.key}: is another when it is filled anew`,
        ...(apart
          ? []
          : [
              expect.stringMatching(/^feed-prosecution \d@\d+ is not what the store has for this reader$/),
              expect.stringMatching(/^coordination timeline_entries \S+: is there without reason$/),
            ]),
      ]),
    );
  });
});
