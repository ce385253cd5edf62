import { configFrom } from './config.js';
import { openDatabase } from './database.js';

const fail = (error: unknown): never => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
};

try {
  const config = configFrom(process.env, process.argv.slice(2));
  const lost = (why: string) => fail(new Error(`stopped: ${why}`));
  // The database takes as long to start as the rest of the program takes to load: they do it beside each other.
  const opening = openDatabase(config, lost);
  opening.catch(() => {});
  const { openStandalone } = await import('./compose.js');
  const running = await openStandalone(config, lost, opening);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    running.stop().then(() => process.exit(0), fail);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const accounts = running.accounts.map(({ username, password, display }) => [username, password, display.es] as const);
  const width = Math.max(...accounts.map(([username]) => username.length));
  const signIn = config.keycloak
    ? `Sign in with an account of the realm ${config.keycloak.realm} of ${config.keycloak.baseUrl}`
    : `Sign in with one of the demo accounts (invented people; they work on this machine only):
${accounts.map(([username, password, who]) => `  ${username.padEnd(width)}  ${password}  ${who}`).join('\n')}`;
  console.log(`
Resguardo is ready:  ${running.url}

${signIn}

Data, keys and secrets lie in ${config.dataFolder}
Stop with Ctrl-C.
`);
} catch (error) {
  fail(error);
}
