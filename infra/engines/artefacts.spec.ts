import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { kafkaJars, keycloakHome } from './artefacts.js';

const folder = mkdtempSync(join(tmpdir(), 'resguardo-artefacts-'));
const before = { ...process.env };
beforeAll(() => {
  // As Maven is without a network: it runs, and cannot fetch.
  const script = '#!/bin/sh\n[ "$1" = -v ] && exit 0\necho "[ERROR] Unknown host repo.maven.apache.org"\nexit 1\n';
  writeFileSync(join(folder, 'mvn'), script, { mode: 0o755 });
  process.env['PATH'] = `${folder}:${before['PATH']}`;
  // It says what it makes.
  jest.spyOn(console, 'log').mockImplementation(() => {});
  process.env['RESGUARDO_ENGINES'] = join(folder, 'engines');
});
afterAll(() => {
  jest.restoreAllMocks();
  process.env = before;
  rmSync(folder, { recursive: true });
});

it.each([
  ['keycloak-', keycloakHome],
  ['kafka-', kafkaJars],
])('%s… that cannot be fetched is a sentence, and leaves nothing that would be taken for it', async (name, made) => {
  await expect(made()).rejects.toThrow(
    new RegExp(`^${name}[0-9.]+ could not be fetched with Maven; .*Maven Central\\.[^]*Unknown host`),
  );
  expect(readdirSync(join(folder, 'engines')).filter((one) => !one.endsWith('.partial'))).toEqual([]);
});
