import type { AllStreamSubscription, EventStoreDBClient, Position as LogPosition } from '@eventstore/db-client';
import { START, streamNameFilter } from '@eventstore/db-client';
import type { AllStreamResolvedEvent } from '@eventstore/db-client';
import { isSomewhere } from './event-format.js';

/** A checkpoint comes each time the server has looked at this many windows (of 32 records) without a match. */
const CHECKPOINT_EVERY = 32;
/** Events that the client holds beyond the batch: more would only take memory. */
const AHEAD = 64;

/** The server was silent for longer than it may be. */
export class Silent extends Error {
  override readonly name = 'Silent';
}

export interface Walk {
  /**
   * The next 1 to `limit` events, as many as there are until the server says that it has caught up, then what comes. None: the server
   * has caught up and nothing came for `quietMs`; `toItsEnd`, and this was all; or `stop` aborted.
   * @throws what ended the subscription; Silent when the server says nothing while it should
   */
  next(stop: AbortSignal): Promise<readonly AllStreamResolvedEvent[]>;
  close(): void;
}

/**
 * The log after `from`, as far as streams with one of `prefixes` go. Pulled, not pushed: while nobody asks, the server is held back.
 * @param passed told of places up to which there is nothing more for us, once everything before was handed out and the next was asked for
 */
export const walk = (
  client: EventStoreDBClient,
  {
    from,
    prefixes,
    limit,
    quietMs,
    toItsEnd = false,
    passed = () => {},
  }: {
    readonly from: LogPosition | undefined;
    readonly prefixes: readonly string[];
    readonly limit: number;
    readonly quietMs: number;
    /** Hand out what lay there when the server said that it had caught up, and no more. */
    readonly toItsEnd?: boolean;
    readonly passed?: (position: LogPosition) => void;
  },
): Walk => {
  let hand: AllStreamResolvedEvent[] = [];
  let asked = false;
  let caughtUp = false;
  /** Before the server said that it had caught up, of those not handed out yet. */
  let before = 0;
  let ended: Error | undefined;
  let wake = () => {};

  const subscription: AllStreamSubscription = client.subscribeToAll(
    {
      fromPosition: from ?? START,
      filter: streamNameFilter({
        prefixes: [...prefixes],
        checkpointInterval: CHECKPOINT_EVERY,
        checkpointReached: async (_, position) => {
          // Events that were sent before it may still lie in between; and a server that caught up without ever finding a match says
          // "the end", from where nothing would ever come.
          if (asked && hand.length === 0 && subscription.readableLength === 0 && isSomewhere(position))
            passed(position);
          wake();
        },
      }),
    },
    { highWaterMark: Math.min(limit, AHEAD) },
  );
  const over = (error?: Error) => {
    ended ??= error ?? new Error('the subscription ended');
    wake();
  };
  subscription.on('error', over);
  subscription.on('end', () => over());
  subscription.on('close', () => over());
  subscription.on('readable', () => wake());
  subscription.on('caughtUp', () => {
    if (!caughtUp) before = hand.length + subscription.readableLength;
    caughtUp = true;
    wake();
  });

  const pull = (): void => {
    while (hand.length < limit) {
      const event = subscription.read() as AllStreamResolvedEvent | null;
      if (event === null) return;
      hand.push(event);
    }
  };
  const sign = (stop: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => {
      const done = (came: boolean) => () => {
        clearTimeout(timer);
        stop.removeEventListener('abort', stopped);
        wake = () => {};
        resolve(came);
      };
      const stopped = done(true);
      const timer = setTimeout(done(false), quietMs);
      wake = done(true);
      stop.addEventListener('abort', stopped);
    });

  return {
    async next(stop) {
      asked = true;
      try {
        for (let signOfLife = true; !stop.aborted; signOfLife = await sign(stop)) {
          pull();
          if (toItsEnd && caughtUp) {
            const events = hand.splice(0, before);
            before -= events.length;
            return events;
          }
          if (hand.length === limit || (hand.length > 0 && (caughtUp || ended || !signOfLife))) {
            const events = hand;
            hand = [];
            return events;
          }
          if (ended) throw ended;
          if (!signOfLife && !caughtUp) throw new Silent(`no answer in ${quietMs} ms`);
          if (!signOfLife) return [];
        }
        return [];
      } finally {
        asked = false;
      }
    },
    close(): void {
      // What it says from now on is nobody's business; unheard, it would end the process.
      subscription.on('error', () => {});
      subscription.unsubscribe().catch(() => undefined);
    },
  };
};
