import { caseNews, type Live, live } from './live.js';

interface Row {
  readonly revision: number;
}

const rows = (from: number, to: number): Row[] =>
  Array.from({ length: to - from }, (_, i) => ({ revision: from + i + 1 }));

const history = (head: number, more: Partial<Live<Row, Row>> = {}) => {
  const state = { head, pages: 0, asked: 0 };
  const news = caseNews();
  let end = (): void => undefined;
  let forgotten = 0;
  const parts: Live<Row, Row> = {
    page: (after) => {
      state.pages++;
      const items = rows(after, Math.min(after + 50, state.head));
      return Promise.resolve({ items, upTo: items.at(-1)?.revision ?? after });
    },
    admit: (item) => {
      state.asked++;
      return Promise.resolve(item ? { give: item } : {});
    },
    news: (stop) => news.next('1', stop),
    atEnd: (then) => {
      end = then;
      return () => {
        forgotten++;
      };
    },
    ...more,
  };
  return { state, news, updates: live(0, parts), end: () => end(), forgotten: () => forgotten };
};

describe('the live update', () => {
  it('gives a backlog of many pages in order, each once, and asks for access at every item', async () => {
    const { updates, state } = history(130);
    const given: number[] = [];
    while (given.length < 130) given.push(((await updates.next()).value as Row).revision);
    expect(given).toEqual(rows(0, 130).map(({ revision }) => revision));
    expect(state.asked).toBeGreaterThanOrEqual(130);
  });

  it('holds one page at most for a slow reader', async () => {
    const { updates, state } = history(10_000);
    await updates.next();
    expect(state.pages).toBe(1);
  });

  it('answers calls of `next` that were made at once in order', async () => {
    const { updates, state, news } = history(0);
    const both = Promise.all([updates.next(), updates.next()]);
    state.head = 2;
    news.tell(['1']);
    expect((await both).map(({ value }) => value as Row)).toEqual(rows(0, 2));
  });

  it('is woken by what was recorded between looking and waiting', async () => {
    const { updates, state, news } = history(0, {});
    const next = updates.next();
    state.head = 1;
    news.tell(['1']);
    expect(await next).toEqual({ value: { revision: 1 }, done: false });
  });

  it('goes past revisions that its reader may not see', async () => {
    const { updates } = history(120, {
      admit: (item) => Promise.resolve(item && item.revision === 120 ? { give: item } : {}),
    });
    expect(await updates.next()).toEqual({ value: { revision: 120 }, done: false });
  });

  it('gives nothing more once access has ended, not even what is at hand', async () => {
    let allowed = true;
    const { updates, news } = history(3, {
      admit: (item) => Promise.resolve(allowed ? (item ? { give: item } : {}) : 'end'),
    });
    await updates.next();
    allowed = false;
    expect(await updates.next()).toEqual({ value: undefined, done: true });
    expect(await updates.next()).toEqual({ value: undefined, done: true });
    expect(news.waiting()).toBe(0);
  });

  it('settles every pending `next` when it is returned or its time ends, and lets go of its timer', async () => {
    for (const how of ['return', 'end'] as const) {
      const { updates, news, end, forgotten } = history(0);
      const pending = [updates.next(), updates.next()];
      if (how === 'return') await updates.return?.();
      else end();
      expect(await Promise.all(pending)).toEqual([
        { value: undefined, done: true },
        { value: undefined, done: true },
      ]);
      expect([news.waiting(), forgotten() > 0]).toEqual([0, true]);
    }
  });

  it('an error of the database ends it, and says so once', async () => {
    const { updates, news } = history(0, { page: () => Promise.reject(new Error('away')) });
    await expect(updates.next()).rejects.toThrow('away');
    expect(await updates.next()).toEqual({ value: undefined, done: true });
    expect(news.waiting()).toBe(0);
  });
});
