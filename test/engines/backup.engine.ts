import { spawn } from 'node:child_process';
import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DataClass, SERVICE_OF } from '@resguardo/contracts';
import { factSpec } from '@resguardo/contracts/timeline';
import { startPostgres } from '@resguardo/embedded-postgres';
import { type RecordedEvent, verifyHistory } from '@resguardo/eventing';
import type { KeptStore } from '@resguardo/service';
import { postgresCheckpointStore } from '@resguardo/store-postgres';
import { postgresKeyRing, sealer } from '@resguardo/vault';
import { Pool } from 'pg';
import { type Distributed, startDistributed } from '../../infra/distributed/index.js';
import { type Program, PROGRAMS } from '../../infra/programs.js';
import { validInput } from '../e2e/support/inputs.js';
import {
  ADMINISTRATOR,
  fillTeam,
  OFFICERS,
  openCase,
  type People,
  peopleOf,
  REPRESENTATIVE,
  subjectOf,
  SUPERVISORS,
} from '../e2e/support/people.js';
import { rebuiltOfService } from '../e2e/support/rebuild.js';
import { removeFolder, temporaryFolder } from '../e2e/support/standalone.js';
import { inDatabase } from '../support/in-database.js';
import { until } from '../support/until.js';
import {
  isStoreGiven,
  onStore,
  openedOn,
  startStoreServer,
  storeLabel,
  type StoreServer,
} from './support/eventstoredb.js';

const TIMELINE = `query ($caseId: ID!, $atLeast: Int) { timeline(caseId: $caseId, atLeast: $atLeast, first: 100) {
  revision behind entries { eventId type occurredAt sight hasDetail } } }`;
const DETAIL = `query ($caseId: ID!, $eventId: ID!) { detail(caseId: $caseId, eventId: $eventId, purpose: FOLLOW_UP) {
  type fields { cls name value } unavailable { cls why service } } }`;
const IDENTITY = `query ($caseId: ID!) { identity(caseId: $caseId, purpose: FOLLOW_UP) {
  state givenNames firstSurname curp birthDate withheld } }`;

const INTEGRITY = `{ integrity { history { events broken { why } } services { service copies { backup drill { whole } } } } }`;

const AGENCIES = Object.values(SERVICE_OF) as readonly Program[];
/** Services with keys. Each of them, and insights, backs up its own database. */
const SEALING = ['coordination', ...AGENCIES] as const;
const READERS = [...Object.values(OFFICERS), REPRESENTATIVE];
/** Every word that is sealed here has it in it. */
const SAID = 'Palabras inventadas';

/** Of a store that was given nobody has a copy to bring back. */
const STORES = ['PostgreSQL', ...(process.env['RESGUARDO_FULL'] === '1' && !isStoreGiven ? [storeLabel] : [])];
if (isStoreGiven)
  process.stdout.write('not run: the drill with the events at EVENTSTOREDB_URL, which nobody can throw away\n');

/**
 * The drill: everything is thrown away and brought back from the copies, with nothing in hand but them, each service's secrets and the lists of
 * what was erased, which are kept apart from both.
 */
describe.each(STORES)(
  'everything lost but the backups, the secrets and the lists of what was erased; the events on %s',
  (where) => {
    const folder = temporaryFolder();
    const at = (...names: string[]) => join(folder, ...names);
    let all: Distributed | undefined;
    /** Where the events are when they are not in coordination's database, and what coordination is told of it. */
    let apart: StoreServer | undefined;
    let onApart: Readonly<Record<string, string>> = {};
    let people: People;
    const cases: Record<'first' | 'second' | 'erasedBefore' | 'erasedAfter', string> = {} as never;
    const living = () => [cases.first, cases.second];
    const erased = () => [cases.erasedBefore, cases.erasedAfter];
    /** What insights had published, before. */
    let figures: readonly object[];
    /** What each reader was told, before. */
    let told: Readonly<Record<string, unknown>>;
    /** What each service's keys opened of each fact, before. */
    let opened: Readonly<Record<string, object>>;
    const seen = new Map<string, number>();
    /** The integrity page, after the backups and a drill that succeeds and one that does not. */
    let integrity: any;

    const start = async (prepared?: (databases: Distributed['databases']) => Promise<void>) => {
      // Engines of its own: the database is thrown away.
      all = await startDistributed({ folder, given: {}, store: onApart, ...(prepared && { prepared }) });
      people = peopleOf({ url: all.gateway.url, dataFolder: folder });
      return all;
    };
    /** A command of the product in a process of its own, with nothing but the settings of one service. */
    const command = async (path: string, service: Program, databaseUrl: string, ...args: string[]) => {
      const child = spawn(process.execPath, ['--import', './tools/hooks.mjs', path, service, ...args], {
        env: {
          PATH: process.env['PATH'],
          DATABASE_URL: databaseUrl,
          SECRETS: at('secrets', service),
          SERVICE_KEYS: at('secrets', 'service-keys.json'),
          ERASURES: at('erasures', service),
          ...(service === 'coordination' && onApart),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const code = await new Promise<number | null>((done) => child.once('close', done));
      return { code, output };
    };
    const succeeded = async (...asked: Parameters<typeof command>) => {
      const { code, output } = await command(...asked);
      if (code !== 0) throw new Error(`${asked[0]} of ${asked[1]}: ${output}`);
    };

    const published = async (): Promise<readonly object[]> =>
      (await inDatabase(all!.databases.insights, (client) => client.query<object>('select * from insights.release')))
        .rows;

    const verified = async (databaseUrl: string) =>
      (await command('apps/standalone/src/verify.ts', 'coordination', databaseUrl)).output;

    /** A case with words of every agency, sealed where they were said, and with a child in the vault. */
    const caseWithWords = async (by: (typeof OFFICERS)[keyof typeof OFFICERS]): Promise<string> => {
      const { caseId } = await openCase(people, { summary: `${SAID}: el reporte.` }, by);
      if (by === OFFICERS.CHILD_PROTECTION) await fillTeam(people, caseId);
      else
        for (const agency of ['VICTIMS_COMMISSION', 'CHILD_PROTECTION', 'HEALTH'] as const)
          await people.done(SUPERVISORS[agency], 'addTeamMember', {
            caseId,
            input: { staffId: subjectOf(OFFICERS[agency]), role: 'OFFICER' },
          });
      await people.done(OFFICERS.CHILD_PROTECTION, 'assignRepresentative', {
        caseId,
        input: { staffId: subjectOf(REPRESENTATIVE) },
      });
      for (const officer of Object.values(OFFICERS)) {
        const view = validInput('recordChildView', { view: `${SAID}: ${officer}.` });
        await people.done(officer, 'recordChildView', { caseId, input: view });
        const needs = validInput('recordCommunicationNeeds', { needs: `${SAID}: lo que necesita.` });
        await people.done(officer, 'recordCommunicationNeeds', { caseId, input: needs });
      }
      const reasons = validInput('decideAnticipatedEvidence', { reasons: `${SAID}: los motivos.` });
      await people.done(OFFICERS.PROSECUTOR, 'decideAnticipatedEvidence', { caseId, input: reasons });
      const { revision } = await people.done(OFFICERS.CHILD_PROTECTION, 'correctIdentity', {
        caseId,
        input: { identity: { givenNames: 'Inventada', firstSurname: 'Ejemplo' } },
      });
      seen.set(caseId, revision!);
      return caseId;
    };

    const onHistory = async <T>(
      work: (store: KeptStore) => Promise<T>,
      url = all!.databases.coordination,
    ): Promise<T> => {
      const store = await openedOn(onApart, url)();
      try {
        return await work(store);
      } finally {
        await store.close();
      }
    };
    /** Coordination's copy. An event store apart is copied by its own means, both while nobody appends. */
    const historyBackedUp = async () => {
      const take = () =>
        command('infra/backup/backup.ts', 'coordination', all!.databases.coordination, at('backups', 'coordination'));
      const { coordination } = all!.services;
      if (!apart) return expect(await take()).toMatchObject({ code: 0 });
      expect(await take()).toEqual({ code: 1, output: expect.stringContaining('stop every process of coordination') });
      await coordination.stop();
      expect(await take()).toEqual({ code: 0, output: expect.stringContaining('Now copy the event store') });
      copyFileSync(at('log'), at('copy-of-the-log'));
      await coordination.start();
    };
    const erase = async (caseId: string) => {
      await people.done(OFFICERS.PROSECUTOR, 'reviewLegalHold', { caseId, input: { outcome: 'NO_HOLD' } });
      const { commandId } = await people.done(SUPERVISORS.CHILD_PROTECTION, 'requestErasure', {
        caseId,
        input: validInput('requestErasure'),
      });
      await people.done(REPRESENTATIVE, 'approveErasure', { caseId, input: { erasureId: commandId } });
      await onHistory((store) =>
        until(`the keys of ${caseId} are destroyed everywhere`, async () => {
          const { events } = await store.read(`case-${caseId}`);
          const services = events.filter(({ type }) => type === 'KeysDestroyed').map(({ data }) => data['service']);
          return SEALING.every((service) => services.includes(service)) || undefined;
        }),
      );
    };

    /** Everything that everybody can read of a case, once their service has it up to the revision of before. */
    const readBy = async (caseIds: readonly string[]): Promise<Record<string, unknown>> => {
      const answers: Record<string, unknown> = {};
      const ask = async (reader: string, query: string, variables: { caseId: string; eventId?: string }) => {
        const { data, errors } = await people.read(reader, query, variables);
        return (answers[`${reader} ${query.slice(0, 20)} ${JSON.stringify(variables)}`] = data ?? errors);
      };
      for (const caseId of caseIds)
        for (const reader of READERS) {
          const timeline = await until(`${caseId} for ${reader}`, async () => {
            const { data, errors } = await people.read(reader, TIMELINE, { caseId, atLeast: seen.get(caseId) });
            if (errors) throw new Error(JSON.stringify(errors));
            return data.timeline.behind ? undefined : data.timeline;
          });
          answers[`timeline of ${caseId} for ${reader}`] = timeline;
          await ask(reader, IDENTITY, { caseId });
          for (const { eventId, hasDetail } of timeline.entries)
            if (hasDetail) await ask(reader, DETAIL, { caseId, eventId });
        }
      return answers;
    };

    const sealedFacts = (caseIds: readonly string[]): Promise<readonly RecordedEvent[]> =>
      onHistory(async (store) => {
        const found = await Promise.all(caseIds.map((caseId) => store.read(`case-${caseId}`)));
        return found.flatMap(({ events }) => events.filter(({ sealed }) => sealed));
      });
    /** What the keys of one service open of facts, by fact and class. */
    const openedBy = async (service: Program, facts: readonly RecordedEvent[]): Promise<Record<string, object>> => {
      const pool = new Pool({ connectionString: all!.databases[service], max: 2 });
      pool.on('error', () => {});
      const master = createSecretKey(readFileSync(join(all!.secretsOf(service), 'master-key')));
      const seals = sealer(postgresKeyRing(pool, master));
      const found: Record<string, object> = {};
      for (const fact of facts)
        for (const cls of Object.keys(fact.sealed!) as DataClass[]) {
          const answer = await seals.open(fact, factSpec(fact.type)!, [cls]).catch((error: Error) => error);
          if (!(answer instanceof Error) && !answer.erased)
            found[`${fact.type} ${fact.id} ${cls} ${service}`] = answer.fields;
        }
      await pool.end();
      return found;
    };
    const openedByAll = async (facts: readonly RecordedEvent[]): Promise<Record<string, object>> =>
      Object.assign({}, ...(await Promise.all(SEALING.map((service) => openedBy(service, facts)))));
    const boxesIn = (facts: readonly RecordedEvent[]) => facts.flatMap(({ sealed }) => Object.values(sealed!));

    beforeAll(async () => {
      if (where === storeLabel) {
        apart = await startStoreServer(at('log'));
        onApart = onStore(apart.url);
      }
      const { databases } = await start();
      cases.first = await caseWithWords(OFFICERS.CHILD_PROTECTION);
      cases.second = await caseWithWords(OFFICERS.PROSECUTOR);
      cases.erasedBefore = await caseWithWords(OFFICERS.CHILD_PROTECTION);
      cases.erasedAfter = await caseWithWords(OFFICERS.CHILD_PROTECTION);
      await erase(cases.erasedBefore);
      told = await readBy(living());
      const facts = await sealedFacts(living());
      opened = await openedByAll(facts);
      // Each box is opened by exactly one of the services, and all of them have sealed something.
      expect(Object.keys(opened)).toHaveLength(boxesIn(facts).length);
      expect(new Set(boxesIn(facts).map(({ key }) => key.split('/')[2]))).toEqual(new Set(SEALING));
      expect(Object.keys(await openedByAll(await sealedFacts([cases.erasedAfter])))).not.toEqual([]);

      await succeeded('infra/backup/backup.ts', 'health', databases.health, at('backups', 'health-older'));
      // Of a case that the copy above knows nothing of.
      await people.done(OFFICERS.HEALTH, 'receiveReport', {
        input: validInput('receiveReport', { state: '17', summary: `${SAID}: otro.` }),
      });
      await inDatabase(all!.databases.insights, (client) =>
        client.query(
          `insert into insights.release values ('I-06', 'INTERVIEWS', '2025-Q1', 1, now(), 40, '{"ONE": 30, "SEVERAL": 10}')`,
        ),
      );
      figures = await published();
      await historyBackedUp();
      for (const service of [...AGENCIES, 'insights'] as const)
        await succeeded('infra/backup/backup.ts', service, databases[service], at('backups', service));
      const drills = at('drills');
      const inTrial = ['--demands-into', drills, '--drill'];
      await succeeded(
        'infra/backup/restore.ts',
        'coordination',
        databases.coordination,
        at('backups', 'coordination'),
        ...inTrial,
      );
      const demanded = ['--demands', join(drills, 'health.json'), '--drill'];
      const inVain = await command(
        'infra/backup/restore.ts',
        'health',
        databases.health,
        at('backups', 'health-older'),
        ...demanded,
      );
      expect([inVain.code, inVain.output]).toEqual([1, expect.stringContaining('older than the history: ')]);
      integrity = await until('the first verification of the history', async () => {
        const { data, errors } = await people.read(ADMINISTRATOR, INTEGRITY);
        if (errors) throw new Error(JSON.stringify(errors));
        return data.integrity.history ? data.integrity : undefined;
      });
      await erase(cases.erasedAfter);

      await all!.stop();
      all = undefined;
      rmSync(at('postgres'), { recursive: true });
      await apart?.restart!(async () => copyFileSync(at('copy-of-the-log'), at('log')));
      // One agency has lost its list as well.
      rmSync(at('erasures', 'health'), { recursive: true });

      await start(async (fresh) => {
        await succeeded(
          'infra/backup/restore.ts',
          'coordination',
          fresh.coordination,
          at('backups', 'coordination'),
          '--demands-into',
          at('demands'),
        );
        const older = await command(
          'infra/backup/restore.ts',
          'health',
          fresh.health,
          at('backups', 'health-older'),
          '--demands',
          at('demands', 'health.json'),
        );
        expect([older.code, older.output]).toEqual([1, expect.stringContaining('older than the history: ')]);
        for (const service of AGENCIES)
          await succeeded(
            'infra/backup/restore.ts',
            service,
            fresh[service],
            at('backups', service),
            '--demands',
            at('demands', `${service}.json`),
          );
        await succeeded('infra/backup/restore.ts', 'insights', fresh.insights, at('backups', 'insights'));
      });
    }, 280_000);
    afterAll(async () => {
      await all?.stop();
      await apart?.close();
      removeFolder(folder);
    });

    it('the integrity page says of each service when it was backed up and what came of the last drill, and that the history is whole', () => {
      const copiesOf = (name: string) => integrity.services.find(({ service }: any) => service === name).copies;
      expect(integrity.history).toEqual({ events: expect.any(Number), broken: null });
      expect(copiesOf('coordination')).toEqual({ backup: expect.any(String), drill: { whole: true } });
      expect(copiesOf('health')).toEqual({ backup: expect.any(String), drill: { whole: false } });
      expect(copiesOf('prosecution')).toEqual({ backup: expect.any(String), drill: null });
      expect(copiesOf('oversight')).toBeNull();
    });

    it('R-804: figures that came out are the same again, and not counted anew', async () => {
      expect(await published()).toEqual(figures);
      expect(figures).toHaveLength(1);
    });

    it('every sealed field of every living case opens again under the keys that sealed it', async () => {
      const facts = await sealedFacts(living());
      expect(await openedByAll(facts)).toEqual(opened);
      expect(Object.keys(opened)).toHaveLength(boxesIn(facts).length);
    });

    it('everybody who may reads what they read before, sealed words and the child’s identity among it', async () => {
      expect(await readBy(living())).toEqual(told);
      expect(JSON.stringify(told)).toContain(SAID);
      expect(JSON.stringify(told)).toContain('Inventada');
    });

    it('C-13: nothing of an erased case opens in any service, whether it was erased before the backup or after it', async () => {
      const facts = await sealedFacts(erased());
      expect(new Set(boxesIn(facts).map(({ key }) => key.split('/')[2]))).toEqual(new Set(SEALING));
      expect(await openedByAll(facts)).toEqual({});
      for (const service of SEALING) {
        const pool = new Pool({ connectionString: all!.databases[service], max: 1 });
        const { rows } = await pool.query(
          `select name from vault.wrapped_key where subject = any($1) and wrapped is not null`,
          [erased()],
        );
        await pool.end();
        expect([service, rows]).toEqual([service, []]);
      }
      const answers = JSON.stringify(await readBy([cases.erasedAfter]));
      expect(answers).toContain('ERASED');
      expect(answers).not.toContain(SAID);
      expect(answers).not.toContain('Inventada');
    });

    it('the product goes on: what is said now is sealed, reaches every agency and opens', async () => {
      const caseId = await caseWithWords(OFFICERS.PROSECUTOR);
      expect(JSON.stringify(await readBy([caseId]))).toContain(SAID);
      const facts = await sealedFacts([caseId]);
      expect(Object.keys(await openedByAll(facts))).toHaveLength(boxesIn(facts).length);
    });

    it('D6: the restored history verifies, and every view is what a rebuild makes of it', async () => {
      const { databases, secretsOf } = all!;
      const publicKey = createPublicKey(
        createPrivateKey(readFileSync(join(secretsOf('coordination'), 'signing-key.pem'))),
      );
      expect(await verified(databases.coordination)).toMatch(/The history is whole\.\n$/);
      // The programs stop; their databases are looked at alone.
      await all!.stop();
      all = undefined;
      const postgres = await startPostgres({ dir: at('postgres') });
      try {
        const urlOf = (service: Program) => {
          const url = new URL(databases[service]);
          url.port = new URL(postgres.url).port;
          return url.toString();
        };
        await onHistory(async (store) => {
          const pool = new Pool({ connectionString: urlOf('coordination'), max: 2 });
          const verdict = await verifyHistory(store, { checkpoints: postgresCheckpointStore(pool), publicKey });
          await pool.end();
          expect(verdict).toEqual({ events: expect.any(Number), streams: expect.any(Number), unsigned: 0 });
          const pseudonymKey = readFileSync(at('secrets', 'coordination', 'pseudonym-key'));
          for (const service of PROGRAMS) {
            const { followed, rebuilt, parked } = await rebuiltOfService(service, urlOf(service), store, pseudonymKey);
            expect([service, parked]).toEqual([service, []]);
            expect(rebuilt).toEqual(followed);
            expect(Object.values(followed).flat().length).toBeGreaterThan(0);
          }
        }, urlOf('coordination'));
      } finally {
        await postgres.stop();
      }
    }, 120_000);
  },
);
