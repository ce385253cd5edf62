import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Feeds, topicOf } from '@resguardo/bus-kafka';
import { cloudEvents } from '@resguardo/bus-messages';
import { sealingService, toMessage } from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import { keeper, type Message } from '@resguardo/eventing';
import { HomeModule, type HomeParts } from '@resguardo/home';
import { AUDIENCE, type Caller, keycloakTokenVerifier, PORTAL_CLIENT, REALM } from '@resguardo/identity';
import { callsService, contractsTable, keeperServer, keeperService, type KeeperTable } from '@resguardo/store-remote';
import { pseudonyms } from '@resguardo/service';
import { postgresEventStore } from '@resguardo/store-postgres';
import { dataKey, masterKeyFile, postgresKeyRing, sealer, unwrap, wrap } from '@resguardo/vault';
import {
  type AclEntry,
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  type Admin,
  Kafka,
  type KafkaConfig,
  logLevel,
  ResourcePatternTypes,
} from 'kafkajs';
import { type Client, Pool } from 'pg';
import { pino } from 'pino';
import { type Distributed, startDistributed } from '../../infra/distributed/index.js';
import { databaseOf, type Program, PROGRAMS } from '../../infra/programs.js';
import { openFront } from '../../libs/service/src/front.js';
import { onlyOf } from '../../libs/service/src/only-of.js';
import { knownKeysIn } from '../../libs/service/src/service-config.js';
import { TABLE } from '../../libs/service/src/table.js';
import { unsealing } from '../../libs/service/src/unsealing.js';
import { wrappingKey } from '../../libs/vault/src/master-key.js';
import { type People, peopleOf } from '../e2e/support/people.js';
import { removeFolder, temporaryFolder } from '../e2e/support/standalone.js';
import { inDatabase } from '../support/in-database.js';
import { freePort, refusedTokensAt } from '../support/scrape.js';
import { type Cell, linesOf, openIn, tableOf, wrongIn } from './support/matrix.js';
import { databaseCells, strangeDatabases } from './support/may-database.js';
import { feedCells } from './support/may-feed.js';
import { frontCells, type Fronts } from './support/may-front.js';
import { kafkaCells } from './support/may-kafka.js';
import {
  type Everything,
  factCells,
  followingCells,
  nameCells,
  type Place,
  readingCells,
  voiceCells,
  writeEverything,
} from './support/may-keeper.js';
import { openingCells, unsealingCells } from './support/may-open.js';

const feeds = JSON.parse(readFileSync('infra/kafka/feeds.json', 'utf8')) as Feeds;
const clock = () => new Date().toISOString();

describe('who may what, as the real servers answer it', () => {
  const folder = temporaryFolder();
  const secrets = join(folder, 'secrets');
  let all: Distributed;
  let people: People;
  let place: Place;
  let admin: Admin;
  let everything: readonly Everything[];
  let fronts: Fronts;
  const sealedCase = randomUUID();

  const superKafka = () =>
    new Kafka({ ...all.kafka.connection(), connectionTimeout: 30_000, logLevel: logLevel.NOTHING });
  /** With the password that the service finds in its own folder. */
  const connectionOf = (user: string): KafkaConfig => ({
    ...all.kafka.connection(),
    clientId: user,
    sasl: {
      mechanism: 'scram-sha-256',
      username: user,
      password: readFileSync(join(secrets, user, 'password'), 'utf8'),
    },
  });
  const asOwner = <T>(database: string, work: (owner: Client) => Promise<T>): Promise<T> =>
    inDatabase(Object.assign(new URL(all.databaseOwner), { pathname: `/${database}` }).href, work);

  const cells = {
    kafka: () => kafkaCells(feeds, connectionOf),
    database: () => databaseCells(all.databaseOwner, all.databases),
    name: () => nameCells(place),
    voice: () => voiceCells(place),
    fact: () => factCells(place),
    reading: () => readingCells(place, everything),
    following: () => followingCells(place),
    feed: () =>
      feedCells(
        feeds,
        connectionOf,
        everything,
        pseudonyms(readFileSync(join(secrets, 'coordination', 'pseudonym-key'))),
      ),
    field: () => openingCells(secrets, all.databases, sealedCase),
    unsealing: () => unsealingCells(place, all.databases, people.token),
    front: () => frontCells(fronts),
  };

  beforeAll(async () => {
    all = await startDistributed({ folder });
    people = peopleOf({ url: all.gateway.url, dataFolder: folder });
    place = { secrets, calledAt: all.calledAt };
    fronts = {
      urlOf: (service) => all.services[service].url,
      refusedAt: (service) => refusedTokensAt(all.metricsPortOf(service)),
      tokenOf: people.token,
    };
    admin = superKafka().admin();
    await admin.connect();
    // As a second replica of the keeper, past its table: there is something of everything to be read.
    const store = postgresEventStore({ connection: all.databases.coordination });
    everything = await writeEverything(keeper(store, { clock }));
    await store.close();
  }, 240_000);
  afterAll(async () => {
    await admin?.disconnect();
    await all?.stop();
    removeFolder(folder);
  });

  it('D4, D5, D7, D11: every service may what is declared, and nothing else', async () => {
    const found: Cell[] = [];
    for (const look of Object.values(cells)) found.push(...(await look()));
    const strange = await strangeDatabases(all.databaseOwner, PROGRAMS);
    if (strange.length > 0)
      process.stdout.write(`\nnot asked, since no service has them: database ${strange.join(', ')}\n`);
    // Of a server that was given others may have some; of the run's own nobody has.
    expect(all.ownDatabase ? strange : []).toEqual([]);
    // It stays after the run: what was found is not what the next run finds.
    const file = join(mkdtempSync(join(tmpdir(), 'resguardo-matrix-')), 'cells.tsv');
    writeFileSync(file, linesOf(found));
    process.stdout.write(`\n${tableOf(found)}\n\nevery cell, expected and actual: ${file}\n`);
    expect(wrongIn(found)).toEqual([]);
    expect(openIn(found)).toMatchInlineSnapshot(`
     {
       "child-protection": "topic 1/7, group 1/7, cluster 0/1, database 1/9, schema 5/34, server 0/1, name 1/7, voice 4/14, fact 65/270, reading 520/540, following 0/1, feed 520/540, field 67/428, unsealing 0/4, front 3/13",
       "coordination": "topic 7/7, group 1/7, cluster 0/1, database 1/9, schema 7/34, server 0/1, name 1/7, voice 14/14, fact 810/810, reading 540/540, following 1/1, feed 520/540, field 160/428, unsealing 4/4, front 13/13",
       "health": "topic 1/7, group 1/7, cluster 0/1, database 1/9, schema 5/34, server 0/1, name 1/7, voice 3/14, fact 65/270, reading 409/540, following 0/1, feed 409/540, field 67/428, unsealing 0/4, front 2/13",
       "insights": "topic 1/7, group 1/7, cluster 0/1, database 1/9, schema 3/34, server 0/1, name 0/7, voice 0/14, reading 0/540, following 0/1, feed 304/540, field 0/428, unsealing 0/4, front 1/13",
       "oversight": "topic 1/7, group 1/7, cluster 0/1, database 1/9, schema 2/34, server 0/1, name 1/7, voice 1/14, fact 0/135, reading 540/540, following 0/1, feed 540/540, field 0/428, unsealing 0/4, front 13/13",
       "prosecution": "topic 1/7, group 1/7, cluster 0/1, database 1/9, schema 5/34, server 0/1, name 1/7, voice 3/14, fact 65/270, reading 496/540, following 0/1, feed 496/540, field 67/428, unsealing 0/4, front 2/13",
       "victims-commission": "topic 1/7, group 1/7, cluster 0/1, database 1/9, schema 5/34, server 0/1, name 1/7, voice 4/14, fact 65/270, reading 520/540, following 0/1, feed 520/540, field 67/428, unsealing 0/4, front 3/13",
     }
    `);
  });

  describe('one opened grant is one cell that is not as declared', () => {
    it('an access list of Kafka: a topic, a group, the cluster', async () => {
      const entry = (
        user: string,
        operation: AclOperationTypes,
        resourceType: AclResourceTypes,
        resourceName: string,
      ): AclEntry => ({
        ...{ principal: `User:${user}`, host: '*', permissionType: AclPermissionTypes.ALLOW },
        ...{ operation, resourceType, resourceName, resourcePatternType: ResourcePatternTypes.LITERAL },
      });
      const opened = [
        entry('health', AclOperationTypes.READ, AclResourceTypes.TOPIC, topicOf('prosecution')),
        entry('oversight', AclOperationTypes.WRITE, AclResourceTypes.TOPIC, topicOf('insights')),
        entry('insights', AclOperationTypes.READ, AclResourceTypes.GROUP, 'health.matrix-group'),
        entry('prosecution', AclOperationTypes.ALTER, AclResourceTypes.CLUSTER, 'kafka-cluster'),
      ];
      await admin.createAcls({ acl: opened });
      try {
        expect([...wrongIn(await cells.kafka())].sort()).toEqual([
          'health × topic feed-prosecution: expected -, was read',
          'insights × group health.*: expected -, was join+see offsets',
          'oversight × topic feed-insights: expected -, was write',
          'prosecution × cluster cluster: expected -, was read grants+grant',
        ]);
      } finally {
        await admin.deleteAcls({ filters: opened });
      }
    });

    it('a privilege of PostgreSQL: a database, a schema, a role', async () => {
      const [health, oversight, prosecution] = ['health', 'oversight', 'prosecution'].map(databaseOf) as [
        string,
        string,
        string,
      ];
      await asOwner(prosecution, async (owner) => {
        await owner.query(`grant connect on database ${prosecution} to ${health}`);
        await owner.query(
          `grant usage on schema vault to ${oversight}; grant select on vault.wrapped_key to ${oversight}`,
        );
        await owner.query(`grant ${health} to ${prosecution} with inherit false`);
        try {
          expect(wrongIn(await cells.database())).toEqual([
            'health × database resguardo_prosecution: expected - 42501, was connect',
            'oversight × schema resguardo_prosecution.vault: expected -, was read',
            'prosecution × server server: expected -, was become health',
          ]);
        } finally {
          await owner.query(`revoke ${health} from ${prosecution}`);
          await owner.query(
            `revoke usage on schema vault from ${oversight}; revoke select on vault.wrapped_key from ${oversight}`,
          );
          await owner.query(`revoke connect on database ${prosecution} from ${health}`);
        }
      });
    });

    it('a key that is known under another name', async () => {
      const file = join(secrets, 'service-keys.json');
      const known = readFileSync(file, 'utf8');
      const { prosecution, ...others } = JSON.parse(known);
      const foreign = readFileSync(join(secrets, 'health', 'service-key.pub'), 'utf8');
      const restarted = async (keys: string) => {
        writeFileSync(file, keys);
        await all.services.coordination.stop();
        await all.services.coordination.start();
      };
      await restarted(JSON.stringify({ ...others, prosecution: { ...prosecution, 'prosecution/2': foreign } }));
      try {
        expect(wrongIn(await cells.name())).toEqual([
          'health × name prosecution: expected - service-not-believed, was speak',
        ]);
      } finally {
        await restarted(known);
      }
    });

    it('an entry of the table at the keeper’s door: a voice, a fact, a reading, the timeline', async () => {
      const table: KeeperTable = {
        ...contractsTable,
        mayBring: (service, who, shown) =>
          (service === 'oversight' && who.role === 'OFFICER' && who.agency === 'HEALTH') ||
          contractsTable.mayBring(service, who, shown),
        mayWrite: (service, type, agency) =>
          (service === 'health' && type === 'CaseClosed' && agency === 'HEALTH') ||
          contractsTable.mayWrite(service, type, agency),
        mayFollow: (service) => service === 'oversight' || contractsTable.mayFollow(service),
        shown: (service, event) =>
          service === 'health' && event.type === 'CourtOrderRecorded' && event.meta.agency === 'PROSECUTOR'
            ? event
            : contractsTable.shown(service, event),
      };
      const store = postgresEventStore({ connection: all.databases.coordination });
      const keys = knownKeysIn(join(secrets, 'service-keys.json'));
      const opened = await keeperServer(
        keeperService({
          ...{ keeper: keeper(store, { clock }), store, table, audience: 'coordination', keys: () => keys },
          tokens: { verify: () => Promise.reject(new Error('nobody shows a token here')) },
          decided: ({ service }) => service === 'coordination',
        }),
        { host: '127.0.0.1' },
      );
      try {
        const there: Place = { secrets, calledAt: () => opened.address };
        expect(wrongIn(await voiceCells(there))).toEqual([
          'oversight × voice OFFICER of HEALTH: expected - may-not-bring, was speak',
        ]);
        expect(wrongIn(await factCells(there))).toEqual([
          'health × fact CaseClosed as HEALTH: expected - may-not-write, was write what was decided',
        ]);
        expect(wrongIn(await readingCells(there, everything))).toEqual([
          expect.stringMatching(
            /^health × reading CourtOrderRecorded of PROSECUTOR: expected -, was CourtOrderRecorded\(/,
          ),
        ]);
        expect(wrongIn(await followingCells(there))).toEqual([
          'oversight × following timeline: expected - may-not-follow, was follow',
        ]);
      } finally {
        await opened.stop();
        await store.close();
      }
    });

    it('a service that may ask an agency to unseal', async () => {
      const pool = new Pool({ connectionString: all.databases.health, max: 2 });
      const seals = sealer(postgresKeyRing(pool, masterKeyFile(join(secrets, 'health', 'master-key'))));
      const keys = knownKeysIn(join(secrets, 'service-keys.json'));
      const opened = await keeperServer(
        callsService<Caller>({
          ...{ audience: 'health', keys: () => keys, mayBring: contractsTable.mayBring },
          tokens: keycloakTokenVerifier({
            ...{ baseUrl: all.gateway.url, realm: REALM, audience: AUDIENCE, clients: [PORTAL_CLIENT] },
          }),
          calls: { unseal: unsealing(seals, (service) => service === TABLE || service === 'prosecution') },
        }),
        { host: '127.0.0.1' },
      );
      try {
        const calledAt = (service: Program) => (service === 'health' ? opened.address : all.calledAt(service));
        expect(wrongIn(await unsealingCells({ secrets, calledAt }, all.databases, people.token))).toEqual([
          'prosecution × unsealing by health: expected - may-not-ask, was open',
        ]);
      } finally {
        await opened.stop();
        await pool.end();
      }
    });

    it('a front that answers somebody of another agency', async () => {
      const refused: Record<string, number> = {};
      const anybody = keycloakTokenVerifier({
        ...{ baseUrl: all.gateway.url, realm: REALM, audience: AUDIENCE, clients: [PORTAL_CLIENT] },
      });
      const own = onlyOf('health', anybody, (why) => (refused[why] = (refused[why] ?? 0) + 1));
      const opened = await openFront(
        { HOST: '127.0.0.1', PORT: await freePort(), NAMES: undefined },
        {
          verifier: {
            ...own,
            verify: async (token) => {
              const caller = await anybody.verify(token);
              return caller.role === 'OFFICER' && caller.agency === 'PROSECUTOR' ? caller : own.verify(token);
            },
          },
          log: pino({ level: 'silent' }),
          ready: () => Promise.resolve({ status: 'ready' }),
          around: undefined,
          modules: [HomeModule.with({ clock } as HomeParts)],
          providers: [],
        },
      );
      try {
        const there: Fronts = {
          urlOf: (service) => (service === 'health' ? opened.url : fronts.urlOf(service)),
          refusedAt: async (service) => (service === 'health' ? { ...refused } : fronts.refusedAt(service)),
          tokenOf: people.token,
        };
        expect(wrongIn(await frontCells(there))).toEqual([
          'health × front OFFICER of PROSECUTOR: expected - UNAUTHENTICATED other-agency, was answer',
        ]);
      } finally {
        await opened.close();
      }
    });

    it('a fact on a feed whose service may not know it', async () => {
      const { event } = everything
        .flatMap(({ who, events }) => events.map((event) => ({ who, event })))
        .find(({ who, event: { type } }) => who.agency === 'PROSECUTOR' && type === 'CourtOrderRecorded')!;
      const message = toMessage('prosecution', event) as unknown as Message;
      const record = cloudEvents().encode(message as never, 'prosecution');
      const producer = superKafka().producer();
      await producer.connect();
      await producer.send({
        topic: topicOf('health'),
        messages: [{ ...record, headers: { ...record.headers } } as never],
      });
      await producer.disconnect();
      // It is not even read: a feed takes what is meant for it and no more.
      expect(wrongIn(await cells.feed())).toEqual([
        expect.stringMatching(/^health × feed CourtOrderRecorded of PROSECUTOR: expected -, was unreadable/),
      ]);
    });

    it('a key that left its service', async () => {
      const [COMMISSION, owner] = ['VICTIMS_COMMISSION', 'victims-commission'] as const;
      const { name, subject } = dataKey(sealedCase, 'D4', owner);
      const wrapping = (service: Program) => wrappingKey(masterKeyFile(join(secrets, service, 'master-key')));
      const key = await asOwner(databaseOf(owner), async (client) => {
        const { rows } = await client.query<{ wrapped: Buffer }>(
          'select wrapped from vault.wrapped_key where name = $1',
          [name],
        );
        return unwrap(wrapping(owner), name, rows[0]!.wrapped);
      });
      await asOwner(databaseOf('health'), async (client) => {
        await client.query('insert into vault.wrapped_key (name, subject, wrapped) values ($1, $2, $3)', [
          ...[name, subject, wrap(wrapping('health'), name, key.export())],
        ]);
        try {
          const fields = Object.entries(allFacts).flatMap(([type, { fields }]) =>
            Object.entries(fields)
              .filter(([, { sealed, cls }]) => sealed && cls === 'D4' && sealingService(type, COMMISSION) === owner)
              .map(([field]) => `health × field ${type}.${field} of ${COMMISSION}: expected - no-key, was open`),
          );
          expect([...wrongIn(await cells.field())].sort()).toEqual(fields.sort());
        } finally {
          await client.query('delete from vault.wrapped_key where name = $1', [name]);
        }
      });
    });
  });
});
