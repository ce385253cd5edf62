import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { type Service, SERVICE_OF } from '@resguardo/contracts';
import { type Backed, backedService } from '@resguardo/service';
import { configFrom } from '../../apps/standalone/src/config.js';
import { openDatabase } from '../../apps/standalone/src/database.js';
import { secretsIn } from '../../apps/standalone/src/secrets.js';

/** Services that keep something which is not made anew from the history. */
const KEEPING: readonly string[] = ['coordination', ...Object.values(SERVICE_OF), 'insights'];

/** Ends: 1 with one line. */
export const fail = (why: unknown): never => {
  console.error(why instanceof Error ? why.message : String(why));
  process.exit(1);
};

/** What stands on the command line: at most a service, one folder, options with a value or without. */
export const argumentsIn = (args: readonly string[], usage: string, known: Readonly<Record<string, boolean>>) => {
  const named: string[] = [];
  const options: Record<string, string> = {};
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (!arg.startsWith('--')) named.push(arg);
    else if (known[arg] === false) options[arg] = '';
    else if (known[arg] && args[at + 1] !== undefined) options[arg] = args[++at]!;
    else fail(`unknown option, or without its value: ${arg}\n${usage}`);
  }
  const folder = named.pop();
  const service = named.pop();
  if (folder === undefined || named.length > 0) return fail(usage);
  if (service !== undefined && !KEEPING.includes(service))
    return fail(`${service}: only these keep what is not made anew: ${KEEPING.join(', ')}\n${usage}`);
  return { folder, service: service as Service | undefined, options };
};

/** Opens what is to be backed up or restored: a service by its settings; without one the single process’ data folder, held alone. */
export const opened = async (
  service: Service | undefined,
): Promise<{ readonly of: Backed; readonly close: () => Promise<void> }> => {
  if (service !== undefined) return { of: backedService(service, process.env), close: async () => {} };
  const config = configFrom(process.env, []);
  const { masterKey, signingKey } = await secretsIn(config.dataFolder);
  const database = await openDatabase(config, (why) => fail(`stopped: ${why}`));
  const publicKey = createPublicKey(signingKey);
  return {
    of: {
      ...{ service: 'single', databaseUrl: database.url, masterKey, privateKey: signingKey },
      ...{ publicKeys: [publicKey], tableKeys: [publicKey], historyKey: publicKey },
      erasures: join(config.dataFolder, 'erasures.jsonl'),
      store: config,
    },
    close: () => database.close(),
  };
};
