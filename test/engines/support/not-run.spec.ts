import { itOnOwn } from './not-run.js';

/** What a declaration tells Jest, and what it prints, while `env` gives servers. */
const declaring = (env: Readonly<Record<string, string>>, declare: () => void) => {
  const told: string[] = [];
  const jests = globalThis.it;
  const before = { ...process.env };
  const write = process.stdout.write.bind(process.stdout);
  const recorded = (how: string) => (name: string) => void told.push(`${how} ${name}`);
  try {
    globalThis.it = Object.assign(recorded('run'), { skip: recorded('skipped') }) as unknown as typeof jests;
    process.stdout.write = ((text: string) => told.push(`said ${text.trim()}`) > 0) as typeof process.stdout.write;
    for (const name of ['RESGUARDO_KAFKA', 'RESGUARDO_POSTGRES', 'EVENTSTOREDB_URL']) delete process.env[name];
    Object.assign(process.env, env);
    declare();
  } finally {
    globalThis.it = jests;
    process.stdout.write = write;
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, before);
  }
  return told;
};

const three = (): void => {
  itOnOwn('RESGUARDO_KAFKA', 'kills a broker', () => Promise.resolve());
  itOnOwn('RESGUARDO_POSTGRES', 'kills the database', () => Promise.resolve());
  itOnOwn('EVENTSTOREDB_URL', 'kills the store', () => Promise.resolve());
};

it('what would kill a server is run on servers of the run’s own', () => {
  expect(declaring({}, three)).toEqual(['run kills a broker', 'run kills the database', 'run kills the store']);
});

it('on a server that was given it is skipped by name and says so: it is never among those that passed', () => {
  expect(declaring({ RESGUARDO_POSTGRES: 'postgres://somebody' }, three)).toEqual([
    'run kills a broker',
    'said not run, since the server was given by RESGUARDO_POSTGRES: kills the database',
    'skipped not run, the server was given by RESGUARDO_POSTGRES: kills the database',
    'run kills the store',
  ]);
});
