import { useCallback, useEffect, useRef, useState } from 'react';
import type { CombinedError } from 'urql';
import { client } from './client.js';

/** What went wrong, in the terms of a page: `denied` names who can grant; `away` names the service; `missing` is no error of the machine. */
export interface Trouble {
  readonly kind: 'denied' | 'missing' | 'away' | 'unreachable' | 'failed' | 'limited';
  readonly code: string;
  readonly rule?: string;
  readonly whoCanGrant?: readonly string[];
  readonly service?: string;
}

export const troubleOf = (error: CombinedError): Trouble => {
  const found = error.graphQLErrors[0]?.extensions ?? {};
  const code = typeof found['code'] === 'string' ? found['code'] : error.networkError ? 'NETWORK' : 'INTERNAL';
  const who = Array.isArray(found['whoCanGrant']) ? (found['whoCanGrant'] as string[]) : undefined;
  const rest = {
    code,
    ...(typeof found['rule'] === 'string' && { rule: found['rule'] }),
    ...(who && { whoCanGrant: who }),
    ...(typeof found['service'] === 'string' && { service: found['service'] }),
  };
  if (error.networkError && error.graphQLErrors.length === 0) return { kind: 'unreachable', ...rest };
  if (['E-NEED', 'FORBIDDEN', 'E-CONFLICT', 'E-PURPOSE'].includes(code)) return { kind: 'denied', ...rest };
  if (code === 'SERVICE_AWAY') return { kind: 'away', ...rest };
  if (['NOT_FOUND'].includes(code)) return { kind: 'missing', ...rest };
  if (['RATE_LIMITED', 'TOO_MUCH'].includes(code)) return { kind: 'limited', ...rest };
  return { kind: 'failed', ...rest };
};

export interface Asked<T> {
  readonly data: T | undefined;
  readonly trouble: Trouble | undefined;
  readonly loading: boolean;
  /** Asks again, keeping what is shown until the answer is here. */
  readonly again: () => void;
  /**
   * After a command: asks again until what `of` finds in the answer is another than now, then calls `then`. Lists follow what is
   * recorded, mostly within a moment; after a minute they are left as they are, and `then` is called all the same.
   */
  readonly follow: (of: (data: T) => unknown, then?: () => void) => void;
}

/** What a page waits for in the answer to its question. */
interface Followed<T> {
  readonly of: (data: T) => unknown;
  readonly then: (() => void) | undefined;
  readonly was: string;
  attempts: number;
}
const FOLLOW_TIMES = 7;

/** Soon at first, then seldom: each answer is on record as a look at the case. Milliseconds. */
const pauseBefore = (attempt: number): number => Math.min(30_000, 500 * 2 ** attempt);
const MOST_ATTEMPTS = 20;

/**
 * Asks again while the answer is not the last word, and not for ever.
 * @param here whether it is; undefined while nothing is known
 */
export const useAgainUntil = (here: boolean | undefined, again: () => void): void => {
  const attempts = useRef(0);
  useEffect(() => {
    if (here) attempts.current = 0;
    if (here !== false || attempts.current >= MOST_ATTEMPTS) return;
    const timer = window.setTimeout(again, pauseBefore(attempts.current++));
    return () => window.clearTimeout(timer);
  }, [here, again]);
};

/**
 * One question to the server. Another question forgets the old answer; asking again does not.
 * `besides`: variables that say how fresh the answer must be; they change nothing of what is asked.
 */
export const useAsk = <T>(document: string, variables: object = {}, pause = false, besides: object = {}): Asked<T> => {
  const key = JSON.stringify([document, variables]);
  const [state, setState] = useState<{
    key: string;
    data?: T | undefined;
    trouble?: Trouble | undefined;
    loading: boolean;
  }>({
    key,
    loading: !pause,
  });
  const [turn, setTurn] = useState(0);
  const latest = useRef(variables);
  latest.current = { ...variables, ...besides };

  useEffect(() => {
    if (pause) return;
    let stopped = false;
    setState((old) => (old.key === key ? { ...old, loading: true } : { key, loading: true }));
    void client
      .query<T>(document, latest.current as never)
      .toPromise()
      .then(({ data, error }) => {
        if (stopped) return;
        setState(
          error
            ? (old) => ({
                key,
                data: old.key === key ? old.data : undefined,
                trouble: troubleOf(error),
                loading: false,
              })
            : { key, data: data as T, loading: false },
        );
      });
    return () => {
      stopped = true;
    };
  }, [key, turn, pause, document]);

  const again = useCallback(() => setTurn((n) => n + 1), []);
  const followed = useRef<Followed<T> | undefined>(undefined);
  const { data } = state;
  const follow = useCallback(
    (of: (data: T) => unknown, then?: () => void) => {
      if (data !== undefined) followed.current = { of, then, was: JSON.stringify(of(data) ?? null), attempts: 0 };
      again();
    },
    [data, again],
  );
  useEffect(() => {
    const waits = followed.current;
    if (!waits || state.loading) return;
    if (waits.attempts === FOLLOW_TIMES || !state.data || JSON.stringify(waits.of(state.data) ?? null) !== waits.was) {
      followed.current = undefined;
      waits.then?.();
      return;
    }
    const timer = window.setTimeout(again, pauseBefore(waits.attempts++));
    return () => window.clearTimeout(timer);
  }, [state, again]);
  const current = state.key === key ? state : { loading: !pause };
  return {
    data: (current as typeof state).data,
    trouble: (current as typeof state).trouble,
    loading: current.loading,
    again,
    follow,
  };
};
