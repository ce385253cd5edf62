import { setTimeout as delay } from 'node:timers/promises';
import type { Offsets } from './feed-position.js';

/** One of those who follow a feed in this process, each from its own place. */
export interface Member<Batch> {
  /** Next offset that it wants, by partition; it moves while it takes. */
  readonly offsets: Offsets;
  /** Takes what it does not have yet of a batch, in the order of the calls. Never rejects. */
  take(partition: number, batch: Batch): Promise<void>;
  /** Aborts when it takes no more. */
  readonly over: AbortSignal;
}

/** What a consumer serves: where it has to read, and who takes what it reads. */
export interface Served<Batch> {
  /** The earliest offset that is still wanted of a partition. */
  expected(partition: number): number;
  /** The topic was made anew and ends at `end`: whoever stands behind that reads on at `first`. True when there was somebody. */
  restart(partition: number, end: number, first: number): boolean;
  /**
   * Gives the batch to all, or seeks when somebody lacks what is before it. Resolves when there may be another one.
   * @param first its first offset
   * @param next the offset after it
   */
  take(partition: number, batch: Batch, first: number, next: number): Promise<void>;
  /** How a partition is read again from `expected`; undefined when it cannot be sought any more. */
  seekWith(seek: ((partition: number) => void) | undefined): void;
}

/** Reads the topic for those it serves, through whatever happens, until `over`; resolves when nothing of it is left. */
export type Consume<Batch> = (served: Served<Batch>, over: AbortSignal) => Promise<void>;

/** Messages that somebody may be behind, or ahead, and still share: for so few nobody waits long. */
const NEAR = 1_000;
/** For whom the others have waited so long after the first was done: it reads on alone. Milliseconds. */
const PATIENCE_MS = 1_000;
/** How often one that reads alone looks whether it may share again. Milliseconds. */
const LOOK_MS = 1_000;

interface Reading<Batch> {
  isNear(member: Member<Batch>): boolean;
  /** Resolves when the member is over, or goes elsewhere. */
  carry(member: Member<Batch>): Promise<void>;
  /** The member goes elsewhere. */
  leave(member: Member<Batch>): void;
}

/**
 * One consumer for all who follow the same feed in this process: the brokers are asked once, and what came is read once. Who is far from
 * the others (filled anew, or slower) has a consumer alone until it is near again, so that nobody waits for it.
 */
export const fanOut = <Batch>(
  consume: Consume<Batch>,
  { near = NEAR, patienceMs = PATIENCE_MS, lookMs = LOOK_MS } = {},
) => {
  let shared: Reading<Batch> | undefined;
  /** Of consumers that serve nobody any more. */
  const ending = new Set<Promise<void>>();
  /** Batches that somebody is taking. */
  const takes = new Map<Member<Batch>, number>();
  const taken = async (member: Member<Batch>, partition: number, batch: Batch): Promise<void> => {
    takes.set(member, (takes.get(member) ?? 0) + 1);
    await member.take(partition, batch);
    const left = takes.get(member)! - 1;
    if (left > 0) takes.set(member, left);
    else takes.delete(member);
  };

  const open = (): Reading<Batch> => {
    /** With what ends their stay. */
    const members = new Map<Member<Batch>, () => void>();
    const empty = new AbortController();
    const at = (member: Member<Batch>, partition: number): number => member.offsets.get(partition) ?? 0;
    const partitions = (): readonly number[] => [
      ...new Set([...members.keys()].flatMap(({ offsets }) => [...offsets.keys()])),
    ];
    const expected = (partition: number): number =>
      members.size === 0 ? 0 : Math.min(...[...members.keys()].map((member) => at(member, partition)));
    let seek: ((partition: number) => void) | undefined;
    /** From where a partition was read again because something was missing. */
    const sought = new Map<number, number>();
    const served: Served<Batch> = {
      expected,
      seekWith: (how) => {
        seek = how;
        sought.clear();
      },
      restart: (partition, end, first) => {
        const behind = [...members.keys()].filter((member) => at(member, partition) > end);
        for (const { offsets } of behind) offsets.set(partition, first);
        return behind.length > 0;
      },
      take: async (partition, batch, first, next) => {
        const place = expected(partition);
        if (first > place && sought.get(partition) !== place) {
          // Nothing may be skipped. Only when it is so again, the messages between are gone from the topic.
          sought.set(partition, place);
          seek?.(partition);
          return;
        }
        sought.delete(partition);
        const taking = new Set(members.keys());
        if (taking.size === 0) return;
        const turns = [...taking].map((member) => taken(member, partition, batch).then(() => taking.delete(member)));
        await Promise.race(turns);
        if (taking.size > 0) {
          const patience = new AbortController();
          await Promise.race([
            Promise.all(turns),
            delay(patienceMs, undefined, { signal: patience.signal }).catch(() => {}),
          ]);
          patience.abort();
        }
        for (const slow of taking) reading.leave(slow);
        // Somebody came meanwhile.
        if (members.size > 0 && expected(partition) < next) seek?.(partition);
      },
    };
    const reading: Reading<Batch> = {
      isNear: (member) =>
        !takes.has(member) &&
        [...new Set([...partitions(), ...member.offsets.keys()])].reduce(
          (sum, partition) => sum + Math.abs(expected(partition) - at(member, partition)),
          0,
        ) <= near,
      carry: (member) =>
        new Promise((resolve) => {
          const leaves = () => reading.leave(member);
          const before = new Map(
            [...partitions(), ...member.offsets.keys()].map((partition) => [partition, expected(partition)]),
          );
          const isFirst = members.size === 0;
          members.set(member, () => {
            member.over.removeEventListener('abort', leaves);
            resolve();
          });
          if (!isFirst) for (const [partition, place] of before) if (at(member, partition) < place) seek?.(partition);
          if (member.over.aborted) leaves();
          else member.over.addEventListener('abort', leaves, { once: true });
        }),
      leave: (member) => {
        const ends = members.get(member);
        members.delete(member);
        if (members.size === 0) {
          if (shared === reading) shared = undefined;
          ending.add(ended);
          empty.abort();
        }
        ends?.();
      },
    };
    const ended: Promise<void> = Promise.resolve()
      .then(() => consume(served, empty.signal))
      .finally(() => ending.delete(ended));
    return reading;
  };

  /** Until it may share: then it goes there first, and its own consumer ends after it. */
  const alone = async (member: Member<Batch>): Promise<void> => {
    const own = open();
    const look = setInterval(() => {
      shared ??= own;
      if (shared === own || shared.isNear(member)) {
        clearInterval(look);
        if (shared !== own) own.leave(member);
      }
    }, lookMs);
    await own.carry(member).finally(() => clearInterval(look));
  };

  return {
    /** Until the member is over, and every consumer that serves nobody any more has left. */
    follow: async (member: Member<Batch>): Promise<void> => {
      while (!member.over.aborted) {
        if (!shared) await (shared = open()).carry(member);
        else if (shared.isNear(member)) await shared.carry(member);
        else await alone(member);
      }
      await Promise.all(ending);
    },
  };
};
