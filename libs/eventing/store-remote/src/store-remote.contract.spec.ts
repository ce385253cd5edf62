import { jest } from '@jest/globals';
import { eventStoreContract } from '@resguardo/eventing/testing';
import { postgresEventStore } from '@resguardo/store-postgres';
import type { TestDatabase } from '../../../../test/support/database.js';
import { openTestDatabase } from '../../../../test/support/database.js';
import { clientOf, openTable, replica, statement, wire } from './testing/served.js';

jest.setTimeout(120_000);

let database: TestDatabase;
let opened = 0;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

/** Two replicas of coordination over one PostgreSQL, each behind a wire; two services' clients, each with a replica of its own before it. */
const open = async () => {
  const schema = `store_${++opened}`;
  const stores = [0, 1].map(() => postgresEventStore({ connection: database.url, schema, pollMs: 20 }));
  await stores[0]!.migrate();
  const replicas = await Promise.all(stores.map((store) => replica(store, { table: openTable })));
  const wires = await Promise.all(replicas.map(({ address }) => wire(address)));
  const addresses = wires.map(({ address }) => address);
  const by = statement('u-1', 'HEALTH', 'OFFICER');
  const store = clientOf('coordination', addresses, by);
  const beside = clientOf('coordination', [...addresses].reverse(), by);
  return {
    store,
    beside,
    disturb: async () => wires.forEach(({ cut }) => cut()),
    close: async () => {
      store.close();
      beside.close();
      await Promise.all(replicas.map(({ stop }) => stop()));
      await Promise.all(wires.map(({ close }) => close()));
      await Promise.all(stores.map(({ close }) => close()));
    },
  };
};

eventStoreContract('remote, over two keepers over postgres', open);
