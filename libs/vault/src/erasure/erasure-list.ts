import { open, readFile } from 'node:fs/promises';

export interface Erased {
  readonly caseId: string;
  readonly erasureId: string;
  readonly at: string;
}

/** What was erased, kept outside the database and its backups: a restore repeats it (C-13). It holds case pseudonyms only. */
export interface ErasureList {
  /** Durable when it resolves. Adding a case again changes nothing. */
  add(erased: Erased): Promise<void>;
  all(): Promise<readonly Erased[]>;
}

/** One line each, appended and flushed, mode 0600. A last line torn by a crash is left out: its erasure had not begun. */
export const fileErasureList = (path: string): ErasureList => {
  const all = async (): Promise<readonly Erased[]> => {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    return text.split('\n').flatMap((line, i, lines) => {
      if (line === '') return [];
      try {
        return [JSON.parse(line) as Erased];
      } catch (error) {
        // Whole lines end with a newline; a broken one before the end was not torn, it was damaged.
        if (i >= lines.length - 1 || /^[^}]*$/.test(line)) return [];
        throw new Error('The list of erasures is damaged: restore it before starting', { cause: error });
      }
    });
  };
  let adding: Promise<void> = Promise.resolve();
  const append = async (erased: Erased): Promise<void> => {
    if ((await all()).some(({ caseId }) => caseId === erased.caseId)) return;
    const file = await open(path, 'a', 0o600);
    try {
      // A torn line before it is ended first.
      const { size } = await file.stat();
      await file.appendFile(`${size > 0 ? '\n' : ''}${JSON.stringify(erased)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  };
  return {
    all,
    add: (erased) => (adding = adding.catch(() => {}).then(() => append(erased))),
  };
};

/** A list that lives as long as the process: for specs. */
export const memoryErasureList = (): ErasureList => {
  const list: Erased[] = [];
  return {
    add: async (erased) => {
      if (!list.some(({ caseId }) => caseId === erased.caseId)) list.push(erased);
    },
    all: async () => [...list],
  };
};
