/** What the status line shows: whether the server answers, and how many commands have no answer yet. */
export interface ConnectionState {
  readonly reachable: boolean;
  readonly waiting: number;
}

/** After the last thing that was heard of the server, while it answers and while it does not. */
const LOOK_MS = { reachable: 15_000, away: 5_000 } as const;
/** One look without an answer may be a packet that was lost: what is said changes only with the second. */
const CONFIRM_MS = 2_000;

let state: ConnectionState = { reachable: true, waiting: 0 };
const watchers = new Set<() => void>();
const set = (next: Partial<ConnectionState>) => {
  const merged = { ...state, ...next };
  if (merged.reachable === state.reachable && merged.waiting === state.waiting) return;
  state = merged;
  watchers.forEach((watcher) => watcher());
};

/** @returns whether the server answers, or undefined while nobody sees the page. */
export type Look = () => Promise<boolean | undefined>;
let look: Look | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let turn = 0;
let missed = false;
/** One look is due at a time, and what one brings that was overtaken by other news counts no more. */
const lookIn = (ms: number) => {
  const mine = ++turn;
  clearTimeout(timer);
  if (!look) return;
  timer = setTimeout(() => {
    void look?.().then((answers) => {
      if (mine !== turn || answers === undefined) return;
      if (answers || missed || !state.reachable) return heard(answers);
      missed = true;
      lookIn(CONFIRM_MS);
    });
  }, ms);
};
const heard = (reachable: boolean) => {
  missed = false;
  set({ reachable });
  lookIn(LOOK_MS[reachable ? 'reachable' : 'away']);
};

export const connection = {
  now: () => state,
  watch: (watcher: () => void) => {
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  },
  heard,
  /** A feed broke off, the network went or came, the page is seen again: no proof of anything, but a reason to look. */
  doubt: () => lookIn(0),
  /** Looks by itself until what it returns is called: a page that asks nothing hears nothing of a server that has gone. */
  keepLooking: (given: Look) => {
    look = given;
    lookIn(LOOK_MS.reachable);
    return () => {
      look = undefined;
      clearTimeout(timer);
    };
  },
  waits: (by: 1 | -1) => set({ waiting: state.waiting + by }),
};

/** Says that it lives, without a token and without asking the database. */
export const LIVE = '/health/live';

/** Whether anybody answers at an address within five seconds. */
export const answers = async (address: string): Promise<boolean> => {
  try {
    const { status } = await fetch(address, {
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(5_000),
    });
    return status < 500;
  } catch {
    return false;
  }
};
