// Starts every service of the product on this machine, with the engines that agencies would run it on: `npm run start:distributed`.
import { resolve } from 'node:path';
import { demoAccounts, SECOND_FACTOR_ROLES } from '@resguardo/identity';
import { StoreSettings } from '@resguardo/service/settings';
import { freePorts } from '../engines/index.js';
import { PROGRAMS } from '../programs.js';
import { startDistributed } from './index.js';
import { demoKeycloak } from './keycloak.js';

const folder = resolve(process.env['RESGUARDO_DATA'] ?? '.resguardo/distributed');
const [free, keycloakPort] = (await freePorts(2)) as [number, number];
const port = process.env['PORT'] ? Number(process.env['PORT']) : free;
const store = Object.fromEntries(
  Object.keys(StoreSettings).flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
);
const NAMES = ['gateway', ...PROGRAMS] as const;
const said = (error: unknown) => (error instanceof Error ? error.message : error);

const identity = demoKeycloak(folder, keycloakPort, `http://127.0.0.1:${port}`);
console.log(
  'Starting PostgreSQL, three Kafka brokers, Keycloak, the gateway and seven services; the first time Kafka and Keycloak are fetched with Maven …',
);
// At once: no service asks Keycloak for anything before somebody signs in.
const starting = [
  startDistributed({
    folder,
    lasting: true,
    store,
    port,
    identityUrl: identity.url,
    staffClientSecret: identity.staffClientSecret,
    given: {},
  }),
  identity.start(),
] as const;
let stopping = false;
/** Also while it starts, or when a part of it cannot: what came up, or is still coming, does not stay. */
const stop = async (code: number): Promise<void> => {
  // Asked for again: what was started ends when it sees that this has.
  if (stopping) process.exit(1);
  stopping = true;
  console.log('Stopping …');
  const started = await Promise.allSettled(starting);
  const ended = await Promise.allSettled(
    started.map((one) => (one.status === 'fulfilled' ? one.value.stop() : undefined)),
  );
  const failed = ended.flatMap((one) => (one.status === 'rejected' ? [said(one.reason)] : []));
  for (const why of failed) console.error(why);
  process.exit(failed.length ? 1 : code);
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));
try {
  const [all, keycloak] = await Promise.all(starting);
  const accounts = demoAccounts();
  const width = Math.max(...accounts.map(({ username }) => username.length));
  if (!stopping)
    console.log(`
Resguardo is ready:  ${all.gateway.url}

Sign in there, on Keycloak's page, with one of the demo accounts (invented people; they work on this machine only):
${accounts
  .map(
    ({ username, password, display, role }) =>
      `  ${username.padEnd(width)}  ${password}  ${display.es}${SECOND_FACTOR_ROLES.includes(role) ? ' *' : ''}`,
  )
  .join('\n')}
* At the first sign-in Keycloak has you set up one-time codes, with an app such as FreeOTP or any other program that makes them (TOTP);
  it asks for one at each sign-in from then on, also after the next start.

Data, keys and secrets lie in ${folder}
Keycloak's own administrator: ${keycloak.url}/admin/, user admin, password in ${identity.adminPasswordFile}
PostgreSQL: ${new URL(all.databases.coordination).host}, a database and a user resguardo_… for each service (docs/how-to/back-up-and-restore.md)
Metrics for Prometheus, at /metrics:
${NAMES.map((name) => `  ${name.padEnd(20)}  http://127.0.0.1:${all.metricsPortOf(name)}/metrics`).join('\n')}

At its first start there are no cases: sign in as ${demoAccounts().find(({ role }) => role === 'OFFICER')!.username}, and register a report.
Stop with Ctrl-C.
`);
  const gone = new Set<string>();
  setInterval(() => {
    for (const name of NAMES) {
      if (stopping || gone.has(name) || (name === 'gateway' ? all.gateway : all.services[name]).alive()) continue;
      gone.add(name);
      console.error(`${name} has ended; what needs it says so. Ctrl-C and start again to have it back.`);
    }
  }, 1_000);
} catch (error) {
  // Programs that Ctrl-C ended while they came up are no news.
  if (!stopping) console.error(said(error));
  await stop(1);
}
