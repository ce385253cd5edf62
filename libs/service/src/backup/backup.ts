import { type KeyObject, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '@resguardo/contracts';
import { Client, type ClientBase } from 'pg';
import type { StoreChoice } from '../store.js';
import { upkeepLog } from '../upkeep.js';
import { lastOf, openApart } from './history-apart.js';
import { type Manifest, Refused, writeSigned } from './manifest.js';
import { copyOut, fileOf, tablesOf } from './table-copy.js';

/** One service's database and what belongs to it, as far as backing it up and bringing it back need it. */
export interface Backed {
  /** `single`: the single process, which is all of them. */
  readonly service: Service | 'single';
  readonly databaseUrl: string;
  /** Undefined where nothing is sealed. */
  readonly masterKey: KeyObject | undefined;
  /** Signs what is backed up and restored here. Ed25519. */
  readonly privateKey: KeyObject;
  /** With which this service's backups are checked. */
  readonly publicKeys: readonly KeyObject[];
  /** With which is checked what coordination asks of an agency. */
  readonly tableKeys: readonly KeyObject[];
  /** Checks the signed history (D6); undefined where there is none. */
  readonly historyKey: KeyObject | undefined;
  /** File of the list of what was erased (C-13); undefined where nothing is sealed. */
  readonly erasures: string | undefined;
  /** Where its events are; undefined where there are none. */
  readonly store: StoreChoice | undefined;
}

export const keepsHistory = ({ service }: Pick<Backed, 'service'>): boolean =>
  service === 'coordination' || service === 'single';

export type Head = NonNullable<Manifest['head']>;

/**
 * What follows the history is not kept but made anew from it: a view that is ahead of the history it is restored beside would take other
 * facts for those that it knows. Beside the history itself its processes are of the same moment; done once more they could say what was
 * taken back since. So is what was set aside there. A checkpoint of the relay says nothing to brokers that begin empty.
 */
const isMadeAnew =
  (of: Pick<Backed, 'service'>) =>
  ({ schema, name }: { readonly schema: string; readonly name: string }): boolean =>
    (schema === 'public' && name === 'relay_checkpoint') ||
    (schema === 'read_models' && !(keepsHistory(of) && name === 'set_aside')) ||
    (schema === 'processes' && !keepsHistory(of));

/** To whom the event store belongs in which the events of this database lie; undefined where it keeps them itself. */
const ownerApart = async (client: ClientBase): Promise<string | undefined> => {
  const { rows } = await client.query<{ id: string; kind: string | null }>(
    'select id, kind from oversight.followed_store',
  );
  const [followed] = rows;
  return followed?.kind === 'eventstoredb' ? followed.id : undefined;
};

/** What is copied by two means is of one moment only while nobody appends. @throws Refused */
const standsStill = async (client: ClientBase, { service }: Backed): Promise<void> => {
  const { rowCount } = await client.query(
    `select from pg_stat_activity where datname = current_database() and application_name in ($1, 'resguardo relay') limit 1`,
    [`resguardo-${service}`],
  );
  if (rowCount)
    throw new Refused(
      `the events lie in an event store of their own: stop every process of ${service} until it and this database are copied`,
    );
};

/** Where a history apart ends, while nobody appends to it. @throws Refused, StoreUnavailable */
const endApart = async (client: ClientBase, of: Backed, owner: string) => {
  await standsStill(client, of);
  const store = await openApart(of, owner);
  const position = (await lastOf(store).finally(() => store.close())) ?? '0';
  return { owner, position };
};

const headOf = async (client: ClientBase, apart: Pick<Head, 'owner' | 'position'> | undefined): Promise<Head> => {
  const { rows: signed } = await client.query<NonNullable<Head['checkpoint']>>(
    `select number::int, to_position as "to", signature from oversight.checkpoints order by checkpoints.number desc limit 1`,
  );
  const checkpoint = signed[0] ?? null;
  if (apart) return { ...apart, checkpoint };
  const { rows: last } = await client.query<{ position: string }>('select position::text from store.counter');
  return { position: last[0]?.position ?? '0', checkpoint };
};

/** After a backup there is a list of what was erased, be it empty: one that is not there was lost, and not never begun. @throws Refused */
const listIsThere = async (client: ClientBase, { erasures, masterKey }: Backed): Promise<void> => {
  if (!erasures || !masterKey || existsSync(erasures)) return;
  const { rowCount } = await client.query('select from vault.subject where erased_at is not null limit 1');
  if (rowCount)
    throw new Refused(`${erasures}: the list of what was erased is lost; put it back before anything is backed up`);
  writeFileSync(erasures, '', { flag: 'wx', mode: 0o600 });
};

/**
 * Copies what a service keeps into a new folder, as of one moment, while it runs. The history is to be copied before the agencies' keys:
 * a key that is newer than the history does no harm, one that is older than a fact leaves it shut. Where the events lie in an event store of
 * their own it is copied by that store's means, and until both are copied nothing may be appended.
 * @throws Refused, StoreUnavailable
 */
export const takeBackup = async (of: Backed, folder: string, clock: () => string): Promise<Manifest> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0) throw new Refused(`${folder}: is not empty; each backup has a folder of its own`);
  const client = new Client({ connectionString: of.databaseUrl, application_name: `resguardo backup ${of.service}` });
  await client.connect();
  try {
    const takenAt = clock();
    const owner = keepsHistory(of) ? await ownerApart(client) : undefined;
    const apart = owner === undefined ? undefined : await endApart(client, of, owner);
    await client.query('begin isolation level repeatable read read only');
    const tables = (await tablesOf(client)).filter((table) => !isMadeAnew(of)(table));
    if (tables.length === 0) throw new Refused(`${of.service} keeps nothing that is not made anew from the history`);
    await listIsThere(client, of);
    const head = keepsHistory(of) ? await headOf(client, apart) : null;
    const copied = [];
    for (const table of tables) copied.push(await copyOut(client, table, join(folder, fileOf(table))));
    await client.query('commit');
    // Nor has anybody come meanwhile, nor been here.
    if (apart && (await endApart(client, of, apart.owner)).position !== apart.position)
      throw new Refused(
        `somebody appended to the event store while this was copied: stop every process of ${of.service}, and begin anew`,
      );
    const { service } = of;
    const manifest: Manifest = {
      ...{ format: 'resguardo-backup/1', id: randomUUID(), service, takenAt, head, tables: copied },
    };
    writeSigned(join(folder, 'manifest.json'), manifest, of.privateKey);
    await upkeepLog(client).note('backup', takenAt, {});
    return manifest;
  } finally {
    await client.end();
  }
};
