import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { caseSigns, SERVICE_OF, type Service } from '@resguardo/contracts';
import { vaultFacts } from '@resguardo/contracts/timeline';
import { type Broken, upcast, verifyHistory } from '@resguardo/eventing';
import { eraseWaiting } from '@resguardo/interchange';
import { postgresCheckpointStore, postgresEventStore } from '@resguardo/store-postgres';
import {
  assertMasterKey,
  brokenKeys,
  type Erased,
  type ErasureList,
  fileErasureList,
  identityVault,
  postgresKeyRing,
} from '@resguardo/vault';
import { Client, type ClientBase, type Pool } from 'pg';
import { openOutbox } from '../outbox.js';
import { poolOf } from '../process.js';
import { upkeepLog } from '../upkeep.js';
import { type Backed, type Head, keepsHistory } from './backup.js';
import { Demands, Manifest, readSigned, Refused, writeSigned } from './manifest.js';
import { endingAt, lastOf, openApart, type ReadHistory } from './history-apart.js';
import { copyIn, fileOf, isWhole, tablesOf } from './table-copy.js';

export interface RestoreOptions {
  /** Of an agency: file of what the restored history asks of it. */
  readonly demands?: string;
  /** Of who keeps the history: new folder for what it asks of each agency. */
  readonly demandsInto?: string;
  /** The list of what was erased is lost, and whoever restores vouches that nothing was erased since the backup. */
  readonly withoutList?: boolean;
}

export interface Restored {
  readonly manifest: Manifest;
  readonly rows: number;
  /** Cases whose erasure was repeated. */
  readonly erased: number;
  /** Of the history: how many events it has, and how many of them no signature speaks of. */
  readonly history?: { readonly events: number; readonly unsigned: number };
}

/** What was restored is not what it has to be. Nothing may be started on it. */
export class BrokenHistory extends Error {
  override readonly name = 'BrokenHistory';
}

const brokenAt = ({ why, ...where }: Broken) =>
  new BrokenHistory(
    `the restored history is broken: ${why} (${Object.entries(where)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')})`,
  );

const AGENCY_SERVICES: readonly Service[] = Object.values(SERVICE_OF);

/** A backup as it was taken. @throws Refused */
const readBackup = async (of: Backed, folder: string): Promise<Manifest> => {
  const manifest = readSigned(join(folder, 'manifest.json'), Manifest, of.publicKeys);
  if (manifest.service !== of.service)
    throw new Refused(`this is a backup of ${manifest.service}, not of ${of.service}`);
  for (const table of manifest.tables)
    if (!(await isWhole(table, join(folder, fileOf(table)))))
      throw new Refused(`${fileOf(table)}: is not what was backed up`);
  return manifest;
};

const demandsFor = (of: Backed, file: string | undefined): Demands | undefined => {
  if (keepsHistory(of)) return undefined;
  if (file === undefined) throw new Refused('the history is restored first: say which file it left for this service');
  const demands = readSigned(file, Demands, of.tableKeys);
  if (demands.service !== of.service) throw new Refused(`this is for ${demands.service}, not for ${of.service}`);
  return demands;
};

/** Keys that are neither there nor erased. */
const missing = async (client: ClientBase | Pool, names: readonly string[]): Promise<readonly string[]> => {
  const { rows } = await client.query<{ name: string }>(
    `select name from unnest($1::text[]) as n(name)
     where not exists (select from vault.wrapped_key k where k.name = n.name)
       and not exists (select from vault.subject s where s.subject = split_part(n.name, '/', 1) and s.erased_at is not null)`,
    [names],
  );
  return rows.map(({ name }) => name);
};

/** The streams among these that there are. */
const streamsAmong = async (client: ClientBase, names: readonly string[], apart: ReadHistory | undefined) => {
  const found = new Set<string>();
  if (!apart) {
    const { rows } = await client.query<{ stream: string }>(
      'select stream from store.streams where stream = any ($1)',
      [names],
    );
    for (const { stream } of rows) found.add(stream);
    return found;
  }
  const wanted = new Set(names);
  if (wanted.size > 0)
    for await (const events of apart.scan()) for (const { stream } of events) if (wanted.has(stream)) found.add(stream);
  return found;
};

/** Cases that had been erased when this was copied and that the list does not name: then it is an older one, and lacks more. */
const notListed = async (
  client: ClientBase,
  listed: readonly string[],
  apart: ReadHistory | undefined,
): Promise<number> => {
  const { rows } = await client.query<{ stream: string }>(
    `select 'case-' || subject as stream from vault.subject where erased_at is not null and subject <> all ($1)`,
    [listed],
  );
  // Not every subject is a case.
  return (
    await streamsAmong(
      client,
      rows.map(({ stream }) => stream),
      apart,
    )
  ).size;
};

/**
 * Everything of the backup, or nothing.
 * @param listed what the list names as erased; undefined where it is not asked for
 * @param apart where the events are when they are not in the database
 * @throws Refused, MasterKeyMismatch
 */
const putBack = async (
  of: Backed,
  manifest: Manifest,
  folder: string,
  keys: readonly string[],
  listed?: readonly string[],
  apart?: ReadHistory,
): Promise<void> => {
  const client = new Client({ connectionString: of.databaseUrl, application_name: `resguardo restore ${of.service}` });
  await client.connect();
  try {
    await client.query('begin');
    if ((await tablesOf(client)).length > 0)
      throw new Refused('there are tables in this database already: a backup is restored into an empty one');
    await copyIn(client, manifest.tables, (table) => join(folder, fileOf(table)));
    if (of.masterKey) {
      await assertMasterKey(client, of.masterKey);
      const broken = await brokenKeys(client, of.masterKey);
      if (broken.length > 0) throw new Refused(`${broken.length} keys of this copy do not open`);
      const lacking = await missing(client, keys);
      if (lacking.length > 0)
        throw new Refused(
          `this copy is older than the history: ${lacking.length} of the keys that it needs are missing; bring a copy that was taken after it`,
        );
    }
    const unlisted = listed ? await notListed(client, listed, apart) : 0;
    if (unlisted > 0)
      throw new Refused(
        `${of.erasures}: is older than this backup: it lacks ${unlisted} cases that had been erased by then; bring the newest list`,
      );
    await client.query('commit');
  } finally {
    await client.end();
  }
};

/**
 * What the history itself says: whether it is whole, which keys it needs, what was ordered erased.
 * @throws BrokenHistory
 */
const readHistory = async ({ historyKey, service }: Backed, pool: Pool, { position }: Head, store: ReadHistory) => {
  const verdict = await verifyHistory(store, { checkpoints: postgresCheckpointStore(pool), publicKey: historyKey! });
  if (verdict.broken) throw brokenAt(verdict.broken);
  const { last } = await store.census();
  if ((last ?? '0') !== position)
    throw new BrokenHistory(`the restored history ends at ${last}, and not at ${position}`);
  const keys = new Map<string, Set<string>>();
  const erased: Erased[] = [];
  for await (const events of store.scan())
    for (const event of events) {
      const { sealed = {}, meta } = event;
      for (const { key } of Object.values(sealed)) {
        const owner = service === 'single' ? service : key.split('/')[2]!;
        keys.set(owner, (keys.get(owner) ?? new Set()).add(key));
      }
      // The order holds for every case of the child, also for one that it had not reached yet.
      if (event.type !== 'ErasureOrdered') continue;
      const { cases, erasureId } = upcast(event, vaultFacts.ErasureOrdered);
      for (const caseId of new Set([meta.caseId, ...(cases as readonly string[])]))
        erased.push({ caseId, erasureId: String(erasureId), at: meta.occurredAt });
    }
  return { verdict, erased, keysOf: (owner: string) => [...(keys.get(owner) ?? [])] };
};

/** C-13: every erasure of the list once more. */
const eraseAgain = async (of: Backed, pool: Pool, list: ErasureList): Promise<number> => {
  const cases = (await list.all()).map(({ caseId }) => caseId);
  if (!of.masterKey || cases.length === 0) return cases.length;
  const keyRing = postgresKeyRing(pool, of.masterKey);
  if (keepsHistory(of)) {
    await identityVault({
      ...{ pool, keyRing, clock: () => new Date().toISOString() },
      blockedIn: async () => [],
      noteSearched: async () => {},
    }).erase(cases);
    await eraseWaiting((text, values) => pool.query(text, values), cases);
  } else {
    await keyRing.destroy(cases);
    const outbox = await openOutbox(pool, keyRing);
    await outbox.erase(cases.map((caseId) => caseSigns({ caseId })!));
  }
  return cases.length;
};

/**
 * The history of this backup. An event store apart from the database was put back by its own means before this.
 * @param trial it may have gone on since
 * @throws Refused, StoreUnavailable
 */
const openBack = async (of: Backed, head: Head, trial: boolean) => {
  if (head.owner === undefined) return postgresEventStore({ connection: of.databaseUrl });
  const store = await openApart(of, head.owner);
  const close = () => store.close();
  try {
    const history = trial ? endingAt(store, head.position) : store;
    const last = (await lastOf(history)) ?? '0';
    if (last === head.position) return { ...history, close };
    throw new Refused(
      `the event store ends at position ${last} and this backup at ${head.position}: bring the copy of it that was made together with this backup`,
    );
  } catch (error) {
    await close();
    throw error;
  }
};

const restored = async (
  of: Backed,
  folder: string,
  { demands: demandsFile, demandsInto, withoutList = false }: RestoreOptions,
  { trial }: { readonly trial: boolean },
): Promise<Restored> => {
  const manifest = await readBackup(of, folder);
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  if (of.erasures === undefined) {
    await putBack(of, manifest, folder, []);
    return { manifest, rows, erased: 0 };
  }
  const demands = demandsFor(of, demandsFile);
  if (keepsHistory(of) && !withoutList && !existsSync(of.erasures))
    throw new Refused(
      `${of.erasures}: the list of what was erased is not there; without it what was erased after the backup would come back`,
    );
  if (demandsInto !== undefined) {
    mkdirSync(demandsInto, { recursive: true, mode: 0o700 });
    if (readdirSync(demandsInto).length > 0) throw new Refused(`${demandsInto}: is not empty`);
  }
  const { head } = manifest;
  const history = head ? await openBack(of, head, trial) : undefined;
  mkdirSync(dirname(of.erasures), { recursive: true, mode: 0o700 });
  const list = fileErasureList(of.erasures);
  const pool = poolOf(`resguardo-restore-${of.service}`, of.databaseUrl);
  try {
    // Before anything is back: whoever starts on a restore that was cut off erases them then.
    for (const erased of demands?.erased ?? []) await list.add(erased);
    const listed = (await list.all()).map(({ caseId }) => caseId);
    const asked = keepsHistory(of) && !withoutList ? listed : undefined;
    await putBack(of, manifest, folder, demands?.keys ?? [], asked, head?.owner === undefined ? undefined : history);
    if (!history || !head) return { manifest, rows, erased: await eraseAgain(of, pool, list) };
    const { verdict, erased: ordered, keysOf } = await readHistory(of, pool, head, history);
    for (const erased of ordered) await list.add(erased);
    const erased = await eraseAgain(of, pool, list);
    const lacking = await missing(pool, keysOf(of.service));
    if (lacking.length > 0)
      throw new BrokenHistory(`${lacking.length} keys that the restored history needs are missing`);
    if (demandsInto !== undefined) {
      const { id, takenAt } = manifest;
      const all = [...(await list.all())];
      const gone = new Set(all.map(({ caseId }) => caseId));
      for (const service of AGENCY_SERVICES)
        writeSigned(
          join(demandsInto, `${service}.json`),
          {
            ...{ format: 'resguardo-restored/1', service, restored: { id, takenAt, head } },
            ...{ erased: all, keys: keysOf(service).filter((key) => !gone.has(key.split('/')[0]!)) },
          },
          of.privateKey,
        );
    }
    const { events, unsigned } = verdict;
    return { manifest, rows, erased, history: { events, unsigned } };
  } finally {
    await pool.end();
    await history?.close();
  }
};

/**
 * Brings a backup back into an empty database, before its service is started on it. The history first: it leaves, for each agency, which
 * cases were erased and which keys it needs; an agency's copy without those is refused. An event store apart from the database is put back by
 * its own means before that.
 * @throws Refused, MasterKeyMismatch, StoreUnavailable: then nothing was restored
 * @throws BrokenHistory: then nothing may be started on what was restored
 */
export const restoreBackup = (of: Backed, folder: string, options: RestoreOptions): Promise<Restored> =>
  restored(of, folder, options, { trial: false });

/**
 * Restores a backup somewhere else, for a trial, and writes down in the service's own database what came of it. The list of what was erased is
 * copied there first; that of the service stays as it is. Of an event store apart from the database it reads what there was then.
 * @throws as `restoreBackup`; that is written down as well
 */
export const tryBackup = async (
  of: Backed,
  folder: string,
  options: RestoreOptions,
  elsewhere: { readonly databaseUrl: string; readonly erasures: string },
  clock: () => string,
): Promise<Restored> => {
  const pool = poolOf(`resguardo-drill-${of.service}`, of.databaseUrl);
  const note = (whole: boolean) => upkeepLog(pool).note('drill', clock(), { whole });
  try {
    const { databaseUrl, erasures } = elsewhere;
    if (of.erasures !== undefined && existsSync(of.erasures)) copyFileSync(of.erasures, erasures);
    const there = { ...of, databaseUrl, ...(of.erasures !== undefined && { erasures }) };
    const tried = await restored(there, folder, options, { trial: true });
    await note(true);
    return tried;
  } catch (error) {
    await note(false);
    throw error;
  } finally {
    await pool.end();
  }
};
