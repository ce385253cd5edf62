import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fingerprint } from './processes.js';

/** Another live process has this folder. */
export class FolderInUse extends Error {
  constructor(
    readonly folder: string,
    readonly pid: number,
  ) {
    super(`${folder} is in use by process ${pid}; stop it first or choose another folder`);
    this.name = 'FolderInUse';
  }
}

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

/** The live process that holds the lock, if any. A lock of a dead process, or of an earlier one with the same number, holds nothing. */
export const holderOf = (file: string): number | undefined => {
  const holder = read(file);
  const pid = Number(holder?.split(' ')[0]);
  return holder !== undefined && pid > 0 && fingerprint(pid) === holder ? pid : undefined;
};

/**
 * Takes the lock for this process; returns how to give it back.
 * @throws FolderInUse
 */
export const takeLock = (folder: string, file: string): (() => void) => {
  const mine = fingerprint(process.pid) ?? String(process.pid);
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: 'wx', mode: 0o600 });
      return () => {
        if (read(file) === mine) rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const pid = holderOf(file);
    if (pid !== undefined) throw new FolderInUse(folder, pid);
    const stale = read(file);
    const aside = `${file}.${process.pid}`;
    try {
      renameSync(file, aside);
    } catch {
      continue;
    }
    // Two that start together may both have seen the stale lock: what was moved must be that one, else it goes back.
    if (read(aside) !== stale) renameSync(aside, file);
    else rmSync(aside, { force: true });
  }
};
