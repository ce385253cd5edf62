import { demoAccounts } from '@resguardo/identity';
import { openGateway } from './compose.js';
import { configFrom } from './config.js';

const fail = (error: unknown): never => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
};

try {
  const config = configFrom(process.env);
  const { url, close } = await openGateway(config);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    // Within the time that a supervisor gives before it kills.
    setTimeout(() => fail(new Error('The gateway did not stop in time')), 20_000).unref();
    close().then(() => process.exit(0), fail);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // Started by a program that is gone, now or since then.
  process.on('disconnect', stop);
  if (process.connected === false) stop();
  console.log(`The gateway is ready:  ${url}`);
  if (config.identityUrl === undefined)
    console.log(
      `Demo accounts (invented people; they work on this machine only):\n${demoAccounts()
        .map(({ username, password, display }) => `  ${username.padEnd(26)}  ${password}  ${display.es}`)
        .join('\n')}`,
    );
} catch (error) {
  fail(error);
}
