import { type ChildProcess, spawn } from 'node:child_process';
import { createPrivateKey, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoAccounts } from '@resguardo/identity';
import { allCommands, mutationDocument } from '@resguardo/contracts';
import { SignJWT } from 'jose';
import { Client } from 'pg';

/** The product as a person starts it, in a process of its own. */
export interface Standalone {
  readonly url: string;
  readonly dataFolder: string;
  readonly process: ChildProcess;
  /** Everything it printed so far. */
  readonly output: () => string;
  /** Ctrl-C, and the exit code. */
  stop(): Promise<number | null>;
  /** kill -9; the database stays behind. */
  kill(): Promise<void>;
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'resguardo-e2e-'));
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

const exited = (child: ChildProcess) =>
  new Promise<number | null>((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done(child.exitCode);
    else child.once('exit', (code) => done(code));
  });

/** Starts it and resolves when it says that it is ready; rejects with what it printed when it ends before. */
export const startStandalone = async (
  dataFolder: string,
  options: { readonly args?: readonly string[]; readonly env?: Record<string, string> } = {},
): Promise<Standalone> => {
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', '--import', './tools/hooks.mjs', 'apps/standalone/src/main.ts', ...(options.args ?? [])],
    {
      env: { ...process.env, NODE_ENV: 'development', RESGUARDO_DATA: dataFolder, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let printed = '';
  const url = await new Promise<string>((ready, failed) => {
    const read = (chunk: Buffer) => {
      printed += chunk.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+(?=\/?\s)/.exec(printed);
      if (found && printed.includes('Ctrl-C')) ready(found[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => failed(new Error(`exit ${code}: ${printed}`)));
  });
  return {
    url,
    dataFolder,
    process: child,
    output: () => printed,
    stop: () => {
      child.kill('SIGINT');
      return exited(child);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited(child);
    },
  };
};

/**
 * A token of a demo account, signed with the issuer's own key from the data folder: tests need no grant that the product lacks.
 * `claims` overrides, to make bad ones.
 */
export const tokenFor = async (
  { url, dataFolder }: Pick<Standalone, 'url' | 'dataFolder'>,
  username: string,
  seconds = 300,
): Promise<string> => {
  const account = demoAccounts().find((one) => one.username === username);
  if (!account) throw new Error(`no demo account ${username}`);
  const key = createPrivateKey(readFileSync(join(dataFolder, 'secrets/issuer-key.pem')));
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    typ: 'Bearer',
    azp: 'portal',
    preferred_username: account.username,
    realm_access: { roles: [account.role] },
    agency: account.agency,
    states: account.states,
    scope: 'openid profile',
  })
    .setProtectedHeader({ alg: 'RS256', kid: 'issuer-1', typ: 'JWT' })
    .setIssuer(`${url}/realms/resguardo`)
    .setAudience('resguardo-api')
    .setSubject(account.sub)
    .setIssuedAt(now)
    .setExpirationTime(now + seconds)
    .setJti(randomUUID())
    .sign(key);
};

export interface GraphQLAnswer {
  readonly data?: any;
  readonly errors?: readonly { readonly message: string; readonly extensions?: any; readonly path?: any }[];
}

export const ask = async (
  url: string,
  token: string | undefined,
  query: string,
  variables: object = {},
  more: Readonly<Record<string, string>> = {},
): Promise<GraphQLAnswer> => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }), ...more },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphQLAnswer;
};

/** The embedded database as its own superuser, while the product runs. */
export const databaseOf = async ({ dataFolder }: Pick<Standalone, 'dataFolder'>): Promise<Client> => {
  const [, , , port] = readFileSync(join(dataFolder, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n');
  const client = new Client({
    host: '127.0.0.1',
    port: Number(port),
    user: 'resguardo',
    database: 'postgres',
    password: readFileSync(join(dataFolder, 'postgres/password'), 'utf8').trim(),
  });
  await client.connect();
  return client;
};

/** A command as the portal says it; facts happen now unless told. */
export const say = async (url: string, token: string, name: string, variables: Record<string, unknown>) => {
  const spec = allCommands[name];
  if (!spec) throw new Error(`no command ${name}`);
  const all = {
    commandId: randomUUID(),
    ...(spec.mark === 'fact' && { occurredAt: new Date().toISOString() }),
    ...variables,
  };
  const { data, errors } = await ask(url, token, mutationDocument(name, spec), all);
  if (errors) throw Object.assign(new Error(errors[0]!.message), { errors });
  return data.result;
};
