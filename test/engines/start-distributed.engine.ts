import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { REALM } from '@resguardo/identity';
import type { Browser } from 'playwright-core';
import { launch } from '../browser/support/browser.js';
import { OFFICERS, SUPERVISORS } from '../e2e/support/people.js';
import { removeFolder, temporaryFolder } from '../e2e/support/standalone.js';
import { until } from '../support/until.js';
import { account, keycloakPeople } from './support/keycloak-people.js';

const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
};
const parentOf = (pid: string): string | undefined => {
  try {
    // Its name may hold spaces and brackets.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1];
  } catch {
    return undefined;
  }
};

/** Programs of the product and its engines that a process has started, itself or by others, by process id. */
const programsOf = (root: number): ReadonlyMap<string, string> => {
  const parents = new Map(
    readdirSync('/proc').flatMap((pid) => (/^\d+$/.test(pid) ? [[pid, parentOf(pid)] as const] : [])),
  );
  const isOf = (pid: string | undefined): boolean =>
    pid !== undefined && (pid === String(root) || isOf(parents.get(pid)));
  return new Map(
    [...parents.keys()]
      .filter(isOf)
      .map((pid) => [pid, commandOf(pid)] as const)
      .filter(([, command]) => /kafka\.Kafka |Dkc\.home\.dir=|\bpostgres |apps\/[a-z-]+\/src\/main\.ts/.test(command)),
  );
};

/** What the page takes for its issuer. */
const issuerOf = (page: string): string => /<meta name="issuer" content="([^"]+)"/.exec(page)![1]!;

it('`npm run start:distributed` starts all of it, prints one address where people sign in at Keycloak, and ends everything at Ctrl-C', async () => {
  const folder = temporaryFolder();
  // What npm runs; npm itself ends at once by the signal.
  const child = spawn(process.execPath, ['tools/bootstrap.mjs', 'distributed'], {
    env: { ...process.env, RESGUARDO_DATA: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  let printed = '';
  let browser: Browser | undefined;
  let started: ReadonlyMap<string, string> = new Map();
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  try {
    const address = await until(
      'the address',
      async () => (child.exitCode === null ? /ready: +(http:\/\/\S+)/.exec(printed)?.[1] : ''),
      // The first time the engines are fetched.
      240_000,
    );
    expect([child.exitCode, printed]).toEqual([null, expect.stringContaining(address)]);
    expect(printed.match(/ready: /g)).toHaveLength(1);
    const answer = await fetch(address);
    const page = await answer.text();
    expect([answer.status, page]).toEqual([200, expect.stringContaining('<title>')]);
    const health = await fetch(`${address}/health/ready`);
    expect(health.status).toBe(200);
    started = programsOf(child.pid!);
    const running = (part: string) => [...started.values()].filter((command) => command.includes(part)).length;
    expect(['main.ts', 'kafka.Kafka', 'kc.home.dir'].map(running)).toEqual([8, 3, 1]);
    expect(running('postgres ')).toBeGreaterThanOrEqual(1);
    // What officers said there outlives a loss of power.
    expect(running('fsync=on')).toBe(1);

    const issuer = issuerOf(page);
    const { origin } = new URL(issuer);
    expect([issuer, origin]).toEqual([`${origin}/realms/${REALM}`, expect.not.stringContaining(address)]);
    const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
    expect(await discovery.json()).toMatchObject({ issuer });

    browser = await launch({ apart: true });
    const people = keycloakPeople(() => ({ url: address, keycloak: { url: origin, realm: REALM }, browser: browser! }));
    // With a password, and with a second factor that Keycloak has them set up.
    for (const username of [OFFICERS.PROSECUTOR, SUPERVISORS.PROSECUTOR]) {
      const { access_token: token } = await people.sessionOf(await people.pageOf(username));
      const { sub: actor, role, agency, states } = account(username);
      expect(await people.me(token)).toEqual({ actor, role, agency, states: [...states] });
    }
  } finally {
    await browser?.close();
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGINT');
  }
  expect(await exit).toBe(0);
  expect([...started].filter(([pid, command]) => commandOf(pid) === command)).toEqual([]);
  removeFolder(folder);
}, 400_000);
