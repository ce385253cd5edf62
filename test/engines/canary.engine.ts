import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { topicOf } from '@resguardo/bus-kafka';
import { startPostgres } from '@resguardo/embedded-postgres';
import { postgresEventStore } from '@resguardo/store-postgres';
import { masterKeyFile, postgresKeyRing, sealer } from '@resguardo/vault';
import { CompressionTypes, Kafka, logLevel } from 'kafkajs';
import { Client, Pool } from 'pg';
import { type Distributed, startDistributed } from '../../infra/distributed/index.js';
import { databaseOf, type Program, PROGRAMS } from '../../infra/programs.js';
import { canaryForms } from '../../libs/vault/src/testing/canary-forms.js';
import { fillTeam, OFFICERS, openCase, type People, peopleOf } from '../e2e/support/people.js';
import { removeFolder, temporaryFolder } from '../e2e/support/standalone.js';
import {
  canaryPlanter,
  fieldsThatHold,
  filesBelow,
  type Haystack,
  rowsOf,
  SEALED_FACTS,
  searchFor,
  TALKATIVE,
} from '../support/canaries.js';
import { canaryWalk, READ_BACK, type StoredFact } from '../support/canary-walk.js';
import { inDatabase, tableInUse } from '../support/in-database.js';
import { type OtlpReceiver, otlpReceiver } from '../support/otlp-receiver.js';
import { until } from '../support/until.js';
import { recordsOf } from './support/records.js';

/** Kafka makes these long before they are filled; they hold positions and times, no content. */
const isIndex = (name: string): boolean => /\.(time)?index$/.test(name);

describe('what is sealed is nowhere in clear, with one service per agency', () => {
  const folder = temporaryFolder();
  const [dataFolder, temporary] = [join(folder, 'data'), join(folder, 'tmp')];
  const canaries = canaryPlanter();
  let all: Distributed;
  let people: People;
  let collector: OtlpReceiver;
  let walk: ReturnType<typeof canaryWalk>;
  /** What was printed before a program was started again, and what lay in a table for a while. */
  const before: Haystack[] = [];

  const programs = () => ({ gateway: all.gateway, ...all.services });
  const noteOutputs = () =>
    before.push(
      ...Object.entries(programs()).map(([name, program]) => ({
        name: `output of ${name}`,
        bytes: Buffer.from(program.output()),
      })),
    );
  const asOwner = <T>(database: string, work: (owner: Client) => Promise<T>): Promise<T> =>
    inDatabase(Object.assign(new URL(all.databaseOwner), { pathname: `/${database}` }).href, work);
  const superKafka = () => new Kafka({ ...all.kafka.connection(), logLevel: logLevel.NOTHING });

  beforeAll(async () => {
    for (const made of [dataFolder, temporary]) mkdirSync(made, { recursive: true, mode: 0o700 });
    const postgres = await startPostgres({ dir: join(dataFolder, 'postgres') });
    await inDatabase(postgres.url, async (owner) => {
      // Nothing that was ever in the write-ahead log goes away before it is searched.
      await owner.query(`alter system set wal_keep_size = '2GB'`);
      for (const [name, value] of Object.entries(TALKATIVE))
        await owner.query(`alter role all set ${name} = '${value}'`);
    });
    await postgres.stop();
    collector = await otlpReceiver();
    all = await startDistributed({
      folder: dataFolder,
      // Its own: their files are searched.
      given: {},
      env: { LOG_LEVEL: 'trace', TMPDIR: temporary, OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint },
    });
    people = peopleOf({ url: all.gateway.url, dataFolder });
    const facts = () =>
      asOwner(databaseOf('coordination'), async (client) => {
        const { rows } = await client.query<StoredFact>(
          `select id, type, stream, revision, sealed, meta from store.events where stream like 'case-%' order by position`,
        );
        return rows;
      });
    walk = canaryWalk({ url: all.gateway.url, people, canaries, facts });
  }, 240_000);
  afterAll(async () => {
    await all?.stop();
    await collector?.close();
    removeFolder(folder);
  });

  it('every sealed field is said once, and taken', () => walk.sayEverySealedField());

  it('it is read back across services, so that reading leaves its traces too', async () => {
    const seen = await walk.readItBack();
    for (const where of READ_BACK) expect([...seen]).toContain(where);
  });

  it('it is said in requests that fail', () => walk.sayItInRequestsThatFail());

  it('it waits where coordination is away, and is parked where it cannot be taken in', async () => {
    const { caseId } = await openCase(people);
    await fillTeam(people, caseId);
    // Health's list of cases takes no more of this one.
    await asOwner(databaseOf('health'), async (client) => {
      const table = await tableInUse(client, 'case_card');
      await until('the case at health', async () => {
        const { rowCount } = await client.query(`select from ${table} where key = $1`, [caseId]);
        return rowCount === 1 || undefined;
      });
      await client.query(`alter table ${table} add constraint planted check (key <> '${caseId}') not valid`);
    });
    noteOutputs();
    await all.services.coordination.kill();
    const kept = { caseId, occurredAt: new Date().toISOString() };
    const said = [
      [OFFICERS.HEALTH, 'recordDisclosure', kept],
      [OFFICERS.PROSECUTOR, 'recordCourtOrder', kept],
      [OFFICERS.CHILD_PROTECTION, 'recordChildView', kept],
      [OFFICERS.PROSECUTOR, 'receiveReport', { occurredAt: kept.occurredAt }],
    ] as const;
    for (const [username, command, about] of said)
      expect([
        command,
        await people.say(username, command, {
          ...about,
          input: canaries.input(command, command === 'receiveReport' ? { state: '17' } : {}),
        }),
      ]).toEqual([command, expect.objectContaining({ __typename: 'Kept' })]);
    const outboxOf = (service: Program) =>
      asOwner(databaseOf(service), async (client) =>
        (await rowsOf(client)).filter(({ name }) => name === 'table outbox.entry'),
      );
    const agencies = ['health', 'prosecution', 'child-protection'] as const;
    for (const service of agencies) {
      const rows = await outboxOf(service);
      expect([service, rows.map(({ bytes }) => bytes.length > 0)]).toEqual([service, [true]]);
      before.push(...rows.map(({ name, bytes }) => ({ name: `${service} meanwhile: ${name}`, bytes })));
    }
    await all.services.coordination.start();
    await until('what was kept', async () => {
      const left = await Promise.all(agencies.map(outboxOf));
      return left.flat().every(({ bytes }) => bytes.length === 0) || undefined;
    });
    await until('the parked case', () =>
      asOwner(databaseOf('health'), async (client) => {
        const { rowCount } = await client.query(
          `select from read_models.parked join read_models.waiting using (instance, stream) where stream = $1`,
          [`case-${caseId}`],
        );
        return (rowCount ?? 0) > 0 || undefined;
      }),
    );
  });

  const databases = async (): Promise<readonly Haystack[]> => {
    const found = await Promise.all(
      [...PROGRAMS.map(databaseOf), 'postgres'].map((name) =>
        asOwner(name, async (client) =>
          (await rowsOf(client)).map(({ name: table, bytes }) => ({ name: `${name} ${table}`, bytes })),
        ),
      ),
    );
    return found.flat();
  };
  const segments = (): readonly Haystack[] =>
    all.kafka.brokers.flatMap((_, node) => filesBelow(all.kafka.dataOf(node), [], isIndex));
  /** Everything that could hold something: told, stored, logged, sent. */
  const everything = async (): Promise<readonly Haystack[]> => {
    // What lies in memory until then is written into the files.
    await asOwner('postgres', (owner) => owner.query('checkpoint'));
    return [
      ...before,
      { name: 'traces', bytes: Buffer.from(collector.bodies.join('\n')) },
      ...(await recordsOf(superKafka())),
      ...segments(),
      ...(await databases()),
      ...filesBelow(dataFolder, ['secrets']),
      ...filesBelow(temporary),
    ];
  };

  it('and then it is nowhere', async () => {
    for (const service of PROGRAMS)
      before.push({
        name: `metrics of ${service}`,
        bytes: Buffer.from(await (await fetch(`http://127.0.0.1:${all.metricsPortOf(service)}/metrics`)).text()),
      });
    await Promise.all(Object.values(programs()).map((program) => program.stop()));
    noteOutputs();
    const haystacks = await everything();
    // Each place was looked at, and it says enough to say too much.
    const says = (place: RegExp, words: string) =>
      haystacks.some(({ name, bytes }) => place.test(name) && bytes.includes(words)) ? [] : [`${words} in ${place}`];
    const feeds = PROGRAMS.map((service) => says(new RegExp(`^records of ${topicOf(service)}$`), 'ReportReceived'));
    const silent = [
      ...feeds.flat(),
      ...says(/^records of feed-health$/, 'ce_type'),
      ...says(/node-\d.data.feed-insights-\d.*\.log$/, 'ce_type'),
      ...says(/^resguardo_coordination table vault.person_version/, '\\x'),
      ...says(/^resguardo_health table read_models.parked/, 'planted'),
      ...says(/^resguardo_health table read_models.waiting/, 'DisclosureReceived'),
      ...PROGRAMS.flatMap((service) => says(new RegExp(`^output of ${service}$`), '"level":')),
      ...says(/server\.log$/, 'insert into outbox.entry'),
      ...says(/pg_wal/, 'outbox'),
      ...says(/^traces$/, 'consume'),
      ...says(/^metrics of health$/, 'resguardo_parked_cases'),
    ];
    const leaks = haystacks.flatMap(searchFor(canaries.planted));
    expect({ silent, leaks }).toEqual({ silent: [], leaks: [] });
  });

  it('every sealed field of every fact held a canary', async () => {
    const pools = PROGRAMS.map(
      (service) => [service, new Pool({ connectionString: all.databases[service], max: 2 })] as const,
    );
    const seals = new Map<string, ReturnType<typeof sealer>>(
      // Insights was given no key.
      pools
        .filter(([service]) => service !== 'insights')
        .map(([service, pool]) => [
          service,
          sealer(postgresKeyRing(pool, masterKeyFile(join(all.secretsOf(service), 'master-key')))),
        ]),
    );
    const store = postgresEventStore({ connection: all.databases.coordination });
    const held = await fieldsThatHold(canaries.planted, store, (service) => seals.get(service)!);
    await store.close();
    await Promise.all(pools.map(([, pool]) => pool.end()));
    expect(SEALED_FACTS.filter((field) => !held.has(field))).toEqual([]);
  });

  it('a leak that is planted is found by the same search, wherever it lies', async () => {
    const { where, value } = canaries.planted.find(
      (one) => one.where === 'receiveReport.summary' && one.value.includes(' '),
    )!;
    const forms = canaryForms(value);
    const said = (form: string) => forms[form]!.toString('latin1');
    const producer = superKafka().producer();
    await producer.connect();
    await producer.send({
      topic: topicOf('insights'),
      compression: CompressionTypes.GZIP,
      messages: [{ key: 'planted', value: JSON.stringify({ words: value }) }],
    });
    await producer.send({
      topic: topicOf('health'),
      messages: [{ key: 'planted', value: null, headers: { words: forms['base64']! } }],
    });
    await producer.disconnect();
    await asOwner(databaseOf('prosecution'), async (client) => {
      await client.query('create table public.planted (words text)');
      await client.query('insert into public.planted values ($1)', [said('phonetic')]);
      await client.query('delete from public.planted');
      await client.query('insert into public.planted values ($1)', [said('normalised')]);
    });
    await fetch(`${collector.endpoint}/v1/traces`, {
      method: 'POST',
      body: JSON.stringify({ resourceSpans: [], words: said('uri') }),
    });
    before.push({ name: 'output of health', bytes: forms['upper']! });
    const found = (await everything())
      .filter(({ name }) => /^records|^traces|^output|feed-|pg_wal|prosecution/.test(name))
      .flatMap(searchFor(canaries.planted.filter((one) => one.where === where)));
    const seen = (form: string, place: RegExp) =>
      found.some((leak) => leak.form === form && place.test(leak.haystack)) ? [] : [`${form} in ${place.source}`];
    expect([
      ...seen('raw', /^records of feed-insights$/),
      ...seen('base64', /^records of feed-health$/),
      ...seen('base64', /feed-health-\d.*\.log$/),
      ...seen('normalised', /^resguardo_prosecution table public.planted$/),
      ...seen('phonetic', /pg_wal/),
      ...seen('uri', /^traces$/),
      ...seen('upper', /^output of health$/),
    ]).toEqual([]);
  });
});
