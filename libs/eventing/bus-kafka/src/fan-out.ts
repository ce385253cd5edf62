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

/** What was read of one partition. */
export interface Fetched<Batch> {
  readonly partition: number;
  readonly batch: Batch;
  /** Its first offset. */
  readonly first: number;
  /** The offset after it. */
  readonly next: number;
  /** Where the partition ended when it was asked for. */
  readonly end: number;
}

/** Whom a consumer serves. */
export interface Served<Batch> {
  /** The earliest offset that is still wanted of a partition. */
  expected(partition: number): number;
  /**
   * Gives it to all; partitions side by side. False when it was given to nobody, because something before it is missing: then it is read again
   * from `expected`. Resolves when there may be another one of this partition.
   */
  take(fetched: Fetched<Batch>): Promise<boolean>;
  /** How a partition is read again from `expected`: false when it cannot be now. Never throws. Undefined when the consumer has ended. */
  seekWith(seek: ((partition: number) => boolean) | undefined): void;
}

/** Reads the topic for those it serves, through whatever happens, until `over`; resolves when nothing of it is left. */
export type Consume<Batch> = (served: Served<Batch>, over: AbortSignal) => Promise<void>;

export interface FanOutOptions {
  /** Messages that somebody may be behind, or ahead, and still share: for so few nobody waits long. */
  readonly near?: number;
  /** How long the others wait for one of them; then it reads on alone. Milliseconds. */
  readonly patienceMs?: number;
  /** How often one that reads alone looks whether it may share again; twice as long each time it was too slow. Milliseconds. */
  readonly lookMs?: number;
  /** How long a partition has to end before what was read of it, until it is believed to have been made anew. Milliseconds. */
  readonly doubtMs?: number;
  /** Told that a partition was made anew: it is read from its beginning. */
  readonly onAnew?: (partition: number, end: number) => void;
}

interface Reading<Batch> {
  isNear(member: Member<Batch>): boolean;
  /** Resolves when the member is over, or goes elsewhere; with what is left to wait for, if it was the last one. */
  carry(member: Member<Batch>): Promise<{ readonly ending?: Promise<void> }>;
  /** The member goes elsewhere. */
  leave(member: Member<Batch>): void;
}

/** Between two looks at a partition that ends before what was read of it. Milliseconds. */
const LOOK_AGAIN_MS = 50;
const MOST_DOUBLINGS = 6;

/**
 * One consumer for all who follow the same feed in this process: the brokers are asked once, and what came is read once. Who is far from
 * the others (filled anew, or slower) has a consumer alone until it is near again, so that nobody waits for it.
 */
export const fanOut = <Batch>(
  consume: Consume<Batch>,
  { near = 1_000, patienceMs = 1_000, lookMs = 1_000, doubtMs = 3_000, onAnew = () => {} }: FanOutOptions = {},
) => {
  let shared: Reading<Batch> | undefined;
  /** Batches that somebody is taking. */
  const takes = new Map<Member<Batch>, number>();
  const taken = async (member: Member<Batch>, partition: number, batch: Batch): Promise<void> => {
    takes.set(member, (takes.get(member) ?? 0) + 1);
    await member.take(partition, batch);
    const left = takes.get(member)! - 1;
    if (left > 0) takes.set(member, left);
    else takes.delete(member);
  };
  /** How often somebody was too slow for the others. */
  const slowness = new WeakMap<Member<Batch>, number>();
  const at = ({ offsets }: Member<Batch>, partition: number): number => offsets.get(partition) ?? 0;

  const open = (): Reading<Batch> => {
    /** With what ends their stay. */
    const members = new Map<Member<Batch>, (left: { readonly ending?: Promise<void> }) => void>();
    const empty = new AbortController();
    const expected = (partition: number): number =>
      members.size === 0 ? 0 : Math.min(...[...members.keys()].map((member) => at(member, partition)));
    let seek: ((partition: number) => boolean) | undefined;
    /** From where a partition was read again because something was missing. */
    const sought = new Map<number, number>();
    /** Since when a partition ends before what was read of it. */
    const doubts = new Map<number, number>();
    /** Told when somebody comes, for each partition of which everybody takes a batch. */
    const comings = new Set<() => void>();

    /** Whether the partition is what it was. Right after it got another leader it may seem to end too early. */
    const isWhat = async ({ partition, end }: Fetched<Batch>): Promise<boolean> => {
      if ([...members.keys()].every((member) => at(member, partition) <= end)) {
        doubts.delete(partition);
        return true;
      }
      const since = doubts.get(partition) ?? performance.now();
      doubts.set(partition, since);
      if (performance.now() - since < doubtMs || [...members.keys()].some((member) => takes.has(member)))
        await delay(Math.min(doubtMs, LOOK_AGAIN_MS), undefined, { signal: empty.signal }).catch(() => {});
      else {
        onAnew(partition, end);
        // Also whoever stands before its end: what it has is of the partition that is gone.
        for (const { offsets } of members.keys()) offsets.set(partition, 0);
      }
      seek?.(partition);
      return false;
    };

    /** Until all have it, but for those who were too slow for the others and left. */
    const giveToAll = async (partition: number, batch: Batch): Promise<void> => {
      const taking = new Map<Member<Batch>, Promise<unknown>>();
      for (const member of members.keys())
        taking.set(
          member,
          taken(member, partition, batch).then(() => taking.delete(member)),
        );
      for (;;) {
        const waited = [...taking].filter(([member]) => members.has(member)).map(([, turn]) => turn);
        if (waited.length === 0) return;
        if (waited.length === members.size) {
          // As long as nobody has it, nobody waits for another; somebody may come.
          let heard = (): void => {};
          await Promise.race([...waited, new Promise<void>((resolve) => void comings.add((heard = resolve)))]);
          comings.delete(heard);
          continue;
        }
        const patience = new AbortController();
        await Promise.race([
          Promise.all(waited),
          delay(patienceMs, undefined, { signal: patience.signal }).catch(() => {}),
        ]);
        patience.abort();
        for (const slow of taking.keys()) {
          if (!members.has(slow)) continue;
          slowness.set(slow, (slowness.get(slow) ?? 0) + 1);
          reading.leave(slow);
        }
      }
    };

    const served: Served<Batch> = {
      expected,
      seekWith: (how) => {
        seek = how;
        sought.clear();
      },
      take: async (fetched) => {
        const { partition, batch, first, next } = fetched;
        if (members.size === 0 || !(await isWhat(fetched))) return false;
        const place = expected(partition);
        if (first > place && sought.get(partition) !== place) {
          // Nothing may be skipped. Only when it is so again, the messages between are gone from the topic.
          if (seek?.(partition)) sought.set(partition, place);
          return false;
        }
        sought.delete(partition);
        await giveToAll(partition, batch);
        // Somebody came meanwhile.
        if (members.size > 0 && expected(partition) < next) seek?.(partition);
        return true;
      },
    };

    const partitions = (): readonly number[] => [...members.keys()].flatMap(({ offsets }) => [...offsets.keys()]);
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
          const before = new Map(partitions().map((partition) => [partition, expected(partition)]));
          members.set(member, (left) => {
            member.over.removeEventListener('abort', leaves);
            resolve(left);
          });
          member.over.addEventListener('abort', leaves, { once: true });
          if (member.over.aborted) return leaves();
          for (const [partition, place] of before) if (at(member, partition) < place) seek?.(partition);
          for (const heard of comings) heard();
        }),
      leave: (member) => {
        const ends = members.get(member);
        if (!ends) return;
        members.delete(member);
        if (members.size > 0) return ends({});
        if (shared === reading) shared = undefined;
        empty.abort();
        ends({ ending: ended });
      },
    };
    const ended = Promise.resolve().then(() => consume(served, empty.signal));
    return reading;
  };

  /** Until it may share: then it goes there first, and its own consumer ends after it. */
  const alone = async (member: Member<Batch>): Promise<{ readonly ending?: Promise<void> }> => {
    const own = open();
    const look = setInterval(
      () => {
        if (!shared && !takes.has(member)) shared = own;
        if (shared === own) clearInterval(look);
        else if (shared?.isNear(member)) own.leave(member);
      },
      lookMs * 2 ** Math.min(slowness.get(member) ?? 0, MOST_DOUBLINGS),
    );
    return own.carry(member).finally(() => clearInterval(look));
  };

  return {
    /** Until the member is over, and every consumer that was there for it alone at the end has left. */
    follow: async (member: Member<Batch>): Promise<void> => {
      const endings: Promise<void>[] = [];
      while (!member.over.aborted) {
        const { ending } = await (!shared
          ? (shared = open()).carry(member)
          : shared.isNear(member)
            ? shared.carry(member)
            : alone(member));
        if (ending) endings.push(ending);
      }
      await Promise.all(endings);
    },
  };
};
