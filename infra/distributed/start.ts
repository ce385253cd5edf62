// Starts every service of the product on this machine, with the engines that agencies would run it on: `npm run start:distributed`.
import { resolve } from 'node:path';
import { demoAccounts } from '@resguardo/identity';
import { StoreSettings } from '@resguardo/service/settings';
import { PROGRAMS } from '../programs.js';
import { startDistributed } from './index.js';

const folder = resolve(process.env['RESGUARDO_DATA'] ?? '.resguardo/distributed');
const port = process.env['PORT'] ? Number(process.env['PORT']) : undefined;
const store = Object.fromEntries(
  Object.keys(StoreSettings).flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
);
console.log(
  'Starting PostgreSQL, three Kafka brokers, the gateway and seven services; the first time Kafka is fetched with Maven …',
);
try {
  const all = await startDistributed({ folder, store, given: {}, ...(port && { port }) });
  const accounts = demoAccounts();
  const width = Math.max(...accounts.map(({ username }) => username.length));
  console.log(`
Resguardo is ready:  ${all.gateway.url}

Sign in with one of the demo accounts (invented people; they work on this machine only):
${accounts.map(({ username, password, display }) => `  ${username.padEnd(width)}  ${password}  ${display.es}`).join('\n')}

Data, keys and secrets lie in ${folder}
Metrics for Prometheus: ${(['gateway', ...PROGRAMS] as const).map((name) => `${name} http://127.0.0.1:${all.metricsPortOf(name)}/metrics`).join(', ')}
Stop with Ctrl-C.
`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    all.stop().then(
      () => process.exit(0),
      (error: Error) => {
        console.error(error.message);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
