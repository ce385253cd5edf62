/** What the status line shows: whether the server answers, and how many commands have no answer yet. */
export interface ConnectionState {
  readonly reachable: boolean;
  readonly live: boolean;
  readonly waiting: number;
}

let state: ConnectionState = { reachable: true, live: false, waiting: 0 };
const watchers = new Set<() => void>();
const set = (next: Partial<ConnectionState>) => {
  const merged = { ...state, ...next };
  if (merged.reachable === state.reachable && merged.live === state.live && merged.waiting === state.waiting) return;
  state = merged;
  watchers.forEach((watcher) => watcher());
};

export const connection = {
  now: () => state,
  watch: (watcher: () => void) => {
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  },
  heard: (reachable: boolean) => set({ reachable }),
  live: (live: boolean) => set({ live }),
  waits: (by: 1 | -1) => set({ waiting: state.waiting + by }),
};
