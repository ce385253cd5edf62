import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningPostgres, startPostgres } from '@resguardo/embedded-postgres';
import { Client } from 'pg';
import { databaseOf, PROGRAMS } from '../programs.js';
import { makeDatabases } from './databases.js';

describe('databases of the services', () => {
  let folder: string;
  // A server of its own: what is taken from everybody here is taken from every other test there.
  let server: RunningPostgres;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'resguardo-databases-'));
    server = await startPostgres({ dir: join(folder, 'postgres'), disposable: true });
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const outcome = async (url: string) => {
    const client = new Client({ connectionString: url });
    return client.connect().then(
      () => client.end().then(() => 'in'),
      (error: Error & { code?: string }) => error.code,
    );
  };

  it('D11: a role connects to its own database and to no other of the server, also when they were made before', async () => {
    const passwordOf = (service: string) => `secretof${service.replaceAll('-', '')}`;
    await makeDatabases(server.url, passwordOf, ['keycloak']);
    const made = await makeDatabases(server.url, passwordOf, ['keycloak']);
    const all = [...PROGRAMS, 'keycloak'] as const;
    const databases = [...all.map(databaseOf), 'postgres', 'template1'];
    const found = await Promise.all(
      all.flatMap((service) =>
        databases.map(async (name) => {
          const url = new URL((made as Record<string, string>)[service]!);
          url.pathname = `/${name}`;
          const was = await outcome(url.toString());
          return was === (name === databaseOf(service) ? 'in' : '42501') ? [] : [`${service} at ${name}: ${was}`];
        }),
      ),
    );
    expect(found.flat()).toEqual([]);
    expect(await outcome(server.url)).toBe('in');
  }, 60_000);
});
