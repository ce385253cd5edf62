/** What names servers that run already; `DATABASE_URL` is told on as `RESGUARDO_POSTGRES`. */
export type Gives = 'RESGUARDO_KAFKA' | 'RESGUARDO_KEYCLOAK' | 'RESGUARDO_POSTGRES' | 'EVENTSTOREDB_URL';

/** A test that kills a server, or reads its files: where that server was given it says *not run*, and is not among those that passed. */
export const itOnOwn = (by: Gives, name: string, work: () => Promise<unknown>, timeout?: number): void => {
  if (process.env[by] === undefined) return void it(name, () => work().then(() => undefined), timeout);
  process.stdout.write(`not run, since the server was given by ${by}: ${name}\n`);
  it.skip(`not run, the server was given by ${by}: ${name}`, () => {});
};
