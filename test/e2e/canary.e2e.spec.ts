import { createSecretKey } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES, toMessage } from '@resguardo/contracts';
import { startPostgres } from '@resguardo/embedded-postgres';
import { postgresEventStore } from '@resguardo/store-postgres';
import { postgresKeyRing, sealer } from '@resguardo/vault';
import { Client, Pool } from 'pg';
import { canariesIn, canaryForms } from '../../libs/vault/src/testing/canary-forms.js';
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
import { otlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { freePort } from '../support/scrape.js';
import { OFFICERS, type People, peopleOf } from './support/people.js';
import { databaseOf, removeFolder, type Standalone, startStandalone, temporaryFolder } from './support/standalone.js';

const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;

describe('what is sealed is nowhere in clear', () => {
  const folder = temporaryFolder();
  const [dataFolder, temporary] = [join(folder, 'data'), join(folder, 'tmp')];
  const canaries = canaryPlanter();
  let product: Standalone;
  let people: People;
  let walk: ReturnType<typeof canaryWalk>;
  let folio = '';
  let collector: OtlpReceiver;
  let metricsPort: number;
  /** What was scraped after the last request, while the product still ran. */
  let metrics = '';

  const database = async <T>(work: (client: Client, url: string) => Promise<T>): Promise<T> => {
    const postgres = await startPostgres({ dir: join(dataFolder, 'postgres') });
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    try {
      return await work(client, postgres.url);
    } finally {
      await client.end();
      await postgres.stop();
    }
  };

  beforeAll(async () => {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    mkdirSync(temporary, { recursive: true, mode: 0o1777 });
    await database(async (client) => {
      for (const [name, value] of Object.entries(TALKATIVE))
        await client.query(`alter role resguardo set ${name} = '${value}'`);
      // Nothing that was ever in the write-ahead log goes away before it is searched.
      await client.query(`alter system set wal_keep_size = '2GB'`);
    });
    collector = await otlpReceiver();
    metricsPort = await freePort();
    product = await startStandalone(dataFolder, {
      args: ['--empty'],
      env: {
        LOG_LEVEL: 'trace',
        TMPDIR: temporary,
        METRICS_PORT: String(metricsPort),
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      },
    });
    people = peopleOf(product);
    const facts = async () => {
      const client = await databaseOf(product);
      const { rows } = await client.query<StoredFact>(
        `select id, type, stream, revision, sealed, meta from store.events where stream like 'case-%' order by position`,
      );
      await client.end();
      return rows;
    };
    walk = canaryWalk({ url: product.url, people, canaries, facts });
  }, 90_000);
  afterAll(async () => {
    await product?.stop();
    await collector?.close();
    removeFolder(folder);
  });

  it('every sealed field is said once, and taken', async () => {
    ({ folio } = await walk.sayEverySealedField());
  }, 120_000);

  it('it is read back, so that reading leaves its traces too', async () => {
    const seen = await walk.readItBack();
    // What was planted is really there, for who may see it.
    for (const where of READ_BACK) expect([...seen]).toContain(where);
  }, 60_000);

  it('it is said in requests that fail, in every way a request can', async () => {
    const { caseId } = await walk.sayItInRequestsThatFail();
    const { CHILD_PROTECTION, HEALTH } = OFFICERS;
    const codes = async (answer: ReturnType<People['read']>) =>
      ((await answer).errors ?? []).map(({ extensions }) => extensions?.code as string);

    // The database goes away in the middle of it, and what it cannot write is sent to it.
    const client = await databaseOf(product);
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name in ('resguardo', 'resguardo-store')`,
    );
    await Promise.all(
      [OFFICERS.PROSECUTOR, HEALTH, CHILD_PROTECTION].map((username) =>
        people.answer(username, 'recordDisclosure', { caseId, input: canaries.input('recordDisclosure') }),
      ),
    );
    await client.end();
    await codes(
      people.read(CHILD_PROTECTION, 'query ($t: String) { cases(filter: { text: $t }) { totalVisible } }', {
        t: `${canaries.text('request that the database refuses')}\u0000`,
      }),
    );
  }, 60_000);

  /** Everything that could hold something: told, stored, logged, sent. The product is stopped. */
  const everything = async (): Promise<readonly Haystack[]> => {
    const [tables, messages] = await database(async (client, connection) => {
      const store = postgresEventStore({ connection });
      const sent: string[] = [];
      for await (const batch of store.scan())
        for (const event of batch)
          for (const service of SERVICES) sent.push(JSON.stringify(toMessage(service, event, (caseId) => caseId)));
      await store.close();
      return [await rowsOf(client), sent] as const;
    });
    return [
      { name: 'output of the product', bytes: Buffer.from(product.output()) },
      { name: 'metrics', bytes: Buffer.from(metrics) },
      { name: 'traces', bytes: Buffer.from(collector.bodies.join('\n')) },
      { name: 'messages to the followers', bytes: Buffer.from(messages.join('\n')) },
      ...tables,
      ...filesBelow(dataFolder, ['secrets']),
      ...filesBelow(temporary),
    ];
  };

  it('and then it is nowhere', async () => {
    metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(await product.stop()).toBe(0);
    const haystacks = await everything();
    const log = haystacks.find(({ name }) => name.endsWith('server.log'))!;
    // The log says enough to say too much: statements and their parameters, a folio among them.
    for (const words of ['insert into vault.person_version', 'store.events', folio])
      expect(log.bytes.includes(words)).toBe(true);
    expect(haystacks.some(({ name }) => name.includes('/pg_wal/'))).toBe(true);
    expect(haystacks.flatMap(searchFor(canaries.planted))).toEqual([]);
  }, 60_000);

  it('metrics and traces name no case, no folio, no person and no fact either', async () => {
    const ids = await database(async (client) => {
      const { rows } = await client.query<{ id: string }>(
        `select distinct unnest(array[id::text, stream, meta ->> 'caseId', meta ->> 'actor', meta ->> 'commandId', data ->> 'folio']) as id
         from store.events`,
      );
      return rows.map(({ id }) => id).filter((id) => id !== null && !id.startsWith('process:') && id !== 'none');
    });
    expect(ids.length).toBeGreaterThan(300);
    expect(ids).toContain(folio);
    // Enough was said to say too much: every span of every command.
    for (const said of ['command receiveReport', 'mutation ReceiveReport', 'append', 'follow case_card'])
      expect(collector.spans.some(({ name }) => name === said)).toBe(true);
    expect(metrics).toContain('resguardo_commands_total{command="receiveReport"');
    const told = [metrics, ...collector.bodies].join('\n');
    expect(ids.filter((id) => told.includes(id))).toEqual([]);
  }, 60_000);

  it('every sealed field of every fact held a canary', async () => {
    const held = await database(async (_, connection) => {
      const pool = new Pool({ connectionString: connection, max: 2 });
      const key = createSecretKey(readFileSync(join(dataFolder, 'secrets/master-key')));
      const boxes = sealer(postgresKeyRing(pool, key));
      const store = postgresEventStore({ connection });
      const found = await fieldsThatHold(canaries.planted, store, () => boxes);
      await store.close();
      await pool.end();
      return found;
    });
    expect(SEALED_FACTS.filter((field) => !held.has(field))).toEqual([]);
  }, 60_000);

  it('a leak that is planted is found by the same search, wherever and in whatever form', async () => {
    const { where, value } = canaries.planted.find(
      (one) => one.where === 'receiveReport.summary' && one.value.includes(' '),
    )!;
    const forms = canaryForms(value);
    const said = (form: string) => forms[form]!.toString('latin1');
    await database(async (client) => {
      // In a row that is gone again, and in a parameter of a statement that fails.
      await client.query('create table public.planted (words text)');
      await client.query('insert into public.planted values ($1)', [said('phonetic')]);
      await client.query('delete from public.planted');
      await client.query('select ($1::text)::integer', [said('base64')]).catch(() => {});
    });
    writeFileSync(join(temporary, 'planted'), JSON.stringify({ words: value }).replace(/[^ -~]/g, escaped));
    const haystacks = (await everything()).map((haystack) =>
      haystack.name === 'output of the product'
        ? { ...haystack, bytes: Buffer.concat([haystack.bytes, forms['normalised']!]) }
        : haystack,
    );
    const found = haystacks.flatMap(searchFor(canaries.planted)).filter((leak) => leak.where === where);
    const seen = (form: string, place: RegExp) =>
      found.some((leak) => leak.form === form && place.test(leak.haystack)) ? [] : [`${form} in ${place.source}`];
    expect([
      ...seen('phonetic', /pg_wal/),
      ...seen('phonetic', /cluster.base/),
      ...seen('base64', /server\.log/),
      ...seen('jsonEscaped', /tmp.planted/),
      ...seen('normalised', /output of the product/),
    ]).toEqual([]);
    // The one pass finds what looking for one value after the other finds.
    for (const { bytes } of haystacks.filter(({ name }) => /server\.log|output|planted/.test(name)))
      expect(new Set(searchFor([{ where, value }])({ name: '', bytes }).map(({ form }) => form))).toEqual(
        new Set(canariesIn(bytes, value)),
      );
  }, 60_000);
});
