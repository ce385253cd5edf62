/** Wakes those who wait for news of one case; nobody polls the others. */
export interface CaseNews {
  /** Something was recorded in these cases. */
  tell(caseIds: Iterable<string>): void;
  /** Resolves at the next news of the case, or when `stop` aborts. */
  next(caseId: string, stop: AbortSignal): Promise<void>;
  /** How many wait; for tests and for the status page. */
  waiting(): number;
}

export const caseNews = (): CaseNews => {
  const byCase = new Map<string, Set<() => void>>();
  return {
    tell: (caseIds) => {
      for (const caseId of caseIds) for (const wake of [...(byCase.get(caseId) ?? [])]) wake();
    },
    next: (caseId, stop) =>
      new Promise((resolve) => {
        if (stop.aborted) return resolve();
        const those = byCase.get(caseId) ?? new Set();
        byCase.set(caseId, those);
        const done = () => {
          those.delete(done);
          if (those.size === 0 && byCase.get(caseId) === those) byCase.delete(caseId);
          stop.removeEventListener('abort', done);
          resolve();
        };
        those.add(done);
        stop.addEventListener('abort', done);
      }),
    waiting: () => [...byCase.values()].reduce((sum, those) => sum + those.size, 0),
  };
};

export interface Live<Item, Given> {
  /** Items after a revision, oldest first, a bounded page of them, and how far was looked. */
  readonly page: (after: number) => Promise<{ readonly items: readonly Item[]; readonly upTo: number }>;
  /** Asked for each item and at each piece of news; the item as it may be seen at this moment, or `end`. */
  readonly admit: (item: Item | undefined) => Promise<'end' | { readonly give?: Given }>;
  readonly news: (stop: AbortSignal) => Promise<void>;
  /** Calls back when the token or the break-glass ends; returns how to forget it. */
  readonly atEnd: (end: () => void) => () => void;
}

/**
 * The live update of one case. Pulled, so what waits is one page at most and a slow reader costs no memory.
 * Not an async generator: `return()` of one queues behind a pending `next()`, and an idle subscription would never close.
 * It ends when access does, also when there is nothing to give: the fact that removes its reader is news.
 */
export const live = <Item, Given>(
  after: number,
  { page, admit, news, atEnd }: Live<Item, Given>,
): AsyncIterableIterator<Given> => {
  const stop = new AbortController();
  const over = { value: undefined, done: true } as const;
  let from = after;
  let ready: Item[] = [];
  /** Pending calls of `next`, oldest first. */
  let pending: ((over: IteratorReturnResult<undefined>) => void)[] = [];
  const forget = atEnd(() => finish());
  const finish = () => {
    forget();
    stop.abort();
    ready = [];
    const those = pending;
    pending = [];
    for (const settle of those) settle(over);
    return over;
  };

  const pull = async (): Promise<IteratorResult<Given>> => {
    for (;;) {
      if (stop.signal.aborted) return finish();
      const item = ready.shift();
      const admitted = await admit(item);
      if (admitted === 'end' || stop.signal.aborted) return finish();
      if (admitted.give !== undefined) return { value: admitted.give, done: false };
      if (ready.length > 0) continue;
      // Listen before looking: what comes in between must wake us.
      const idle = new AbortController();
      const quit = () => idle.abort();
      stop.signal.addEventListener('abort', quit);
      try {
        const woken = news(idle.signal);
        const { items, upTo } = await page(from);
        const moved = upTo > from;
        from = Math.max(from, upTo);
        ready = [...items];
        if (items.length === 0 && !moved) await woken;
      } finally {
        stop.signal.removeEventListener('abort', quit);
        idle.abort();
      }
    }
  };
  let turn: Promise<unknown> = Promise.resolve();
  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (stop.signal.aborted) return resolve(over);
        pending.push(resolve);
        turn = turn.then(pull).then(
          (result) => {
            pending = pending.filter((settle) => settle !== resolve);
            resolve(result);
          },
          (error: unknown) => {
            pending = pending.filter((settle) => settle !== resolve);
            finish();
            reject(error instanceof Error ? error : new Error(String(error)));
          },
        );
      }),
    return: () => Promise.resolve(finish()),
    throw: (error) => {
      finish();
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};

/** Tells of every case whose rows were written in this process. Returns how to stop. */
export const tellFrom = (
  model: {
    onApplied(listener: (applied: { readonly streams: ReadonlyMap<string, number> }) => void): () => void;
  },
  news: CaseNews,
): (() => void) =>
  model.onApplied(({ streams }) =>
    news.tell([...streams.keys()].flatMap((stream) => (stream.startsWith('case-') ? stream.slice(5) : []))),
  );
