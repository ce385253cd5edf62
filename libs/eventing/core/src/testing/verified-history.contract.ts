import { generateKeyPairSync } from 'node:crypto';
import type { Auditable } from '../auditable.js';
import type { CheckpointStore } from '../checkpoint.js';
import { checkpointSigner } from '../checkpoint.js';
import type { Position, RecordedEvent } from '../event-store.js';
import { keeper } from '../keeper.js';
import { verifyHistory } from '../verify.js';
import { someEvent } from './event-store.contract.js';

/** A change of the past by somebody who can write where the events lie. Numbers count the events from 1, in their order. */
export interface Tampering {
  /** Changes one event's plain data and leaves its hash. */
  alter(position: number): Promise<void>;
  /** Changes one character of a sealed box. */
  alterSealed(position: number): Promise<void>;
  remove(...positions: number[]): Promise<void>;
  /** Two events change places. */
  swap(one: number, other: number): Promise<void>;
  /** Writes these events, and nothing else, as if they had always been the history: positions, heads and counts agree. */
  rewrite(events: readonly RecordedEvent[]): Promise<void>;
}

export interface OpenHistory {
  readonly store: Auditable;
  readonly checkpoints: CheckpointStore;
  readonly tamper: Tampering;
  close(): Promise<void>;
}

const clock = () => '2026-03-02T10:00:00.000Z';

/** What verifying promises over every store (D6): a clean history passes, each kind of tampering is named. */
export const verifiedHistoryContract = (name: string, open: () => Promise<OpenHistory>): void =>
  describe(`verified history: ${name}`, () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    let at: OpenHistory;
    /** Positions of the nine events, by their number. */
    let positions: readonly Position[];
    /** Of an event that is missing, where positions count; elsewhere nobody can know it. */
    const known = (number: number) => (at.store.after(undefined) === undefined ? undefined : positions[number]);
    beforeEach(async () => {
      at = await open();
      const kept = keeper(at.store, { clock });
      // Numbers 1 to 9: a0 a1 b0 c0 a2 | b1 c1 a3 b2
      for (const stream of ['a', 'a', 'b', 'c', 'a']) await kept.append(stream, [someEvent()], 'any');
      await checkpointSigner(at.store, { privateKey, checkpoints: at.checkpoints }).sign();
      for (const stream of ['b', 'c', 'a', 'b']) await kept.append(stream, [someEvent()], 'any');
      positions = ['', ...(await everything()).map(({ position }) => position)];
    });
    afterEach(() => at.close());
    const sign = () => checkpointSigner(at.store, { privateKey, checkpoints: at.checkpoints }).sign();
    const verify = () => verifyHistory(at.store, { checkpoints: at.checkpoints, publicKey });
    const everything = async () => {
      const events: RecordedEvent[] = [];
      for await (const batch of at.store.scan()) events.push(...batch);
      return events;
    };

    it('a clean history passes with counts and the length of its unsigned tail', async () => {
      expect(await verify()).toEqual({ events: 9, streams: 3, unsigned: 4 });
      expect(await sign()).toMatchObject({ number: 2, from: positions[6], to: positions[9], count: 4 });
      expect(await sign()).toBeUndefined();
      expect(await verify()).toEqual({ events: 9, streams: 3, unsigned: 0 });
    });

    it('the scan goes on after a position', async () => {
      const rest: Position[] = [];
      for await (const batch of at.store.scan(positions[6])) rest.push(...batch.map(({ position }) => position));
      expect(rest).toEqual(positions.slice(7));
    });

    it('what lies after a place is counted, and when the first of it was recorded is told', async () => {
      expect(await at.store.behind(undefined)).toEqual({ events: 9, since: clock() });
      expect(await at.store.behind(positions[6])).toEqual({ events: 3, since: clock() });
      expect(await at.store.behind(positions[9])).toEqual({ events: 0 });
    });

    it.each([1, 4, 5, 8, 9])('altered, number %i: named', async (number) => {
      const event = (await everything())[number - 1]!;
      await at.tamper.alter(number);
      const { broken } = await verify();
      const { stream, revision, position } = event;
      expect(broken).toEqual({ stream, revision, position, eventId: event.id, why: 'altered' });
    });

    it('an altered sealed box is named without a key to it', async () => {
      await at.tamper.alterSealed(7);
      expect((await verify()).broken).toMatchObject({
        stream: 'c',
        revision: 1,
        position: positions[7],
        why: 'altered',
      });
    });

    it.each([
      ['the first of all', 1, 'a', 0],
      ['one in the middle', 5, 'a', 2],
      ['the last of a stream', 8, 'a', 3],
      ['the last of all', 9, 'b', 2],
    ] as const)('removed, %s: named', async (_, number, stream, revision) => {
      await at.tamper.remove(number);
      expect((await verify()).broken).toEqual({ stream, revision, position: known(number), why: 'missing' });
    });

    it('a removed stream is named by its first event', async () => {
      await at.tamper.remove(4, 7);
      expect((await verify()).broken).toEqual({ stream: 'c', revision: 0, position: known(4), why: 'missing' });
    });

    it('two events of one stream that changed places are named', async () => {
      await at.tamper.swap(6, 9);
      expect((await verify()).broken).toMatchObject({
        stream: 'b',
        revision: 2,
        position: positions[6],
        why: 'moved',
      });
    });

    it('events of two streams that changed places under a signature are not what was signed', async () => {
      await at.tamper.swap(3, 4);
      expect((await verify()).broken).toEqual({
        position: positions[1],
        to: positions[5],
        checkpoint: 1,
        why: 'not what was signed',
      });
    });

    it('a history written anew, with all hashes and counts right, is not what was signed', async () => {
      const events = (await everything()).filter(({ stream }) => stream !== 'c');
      await at.tamper.rewrite(events.map((event, index) => ({ ...event, position: positions[index + 1]! })));
      expect((await verify()).broken).toEqual({
        position: positions[1],
        to: positions[5],
        checkpoint: 1,
        why: 'not what was signed',
      });
    });

    it('a signed tail that was cut off, with all counts right, is missed', async () => {
      await sign();
      await at.tamper.rewrite((await everything()).slice(0, 7));
      expect(await verify()).toMatchObject({
        events: 7,
        unsigned: 2,
        broken: { position: positions[6], to: positions[9], checkpoint: 2, why: 'not what was signed' },
      });
    });

    it('a forged or missing checkpoint is named', async () => {
      await sign();
      const [first, second] = await at.checkpoints.all();
      const over = (all: readonly NonNullable<typeof first>[]) =>
        verifyHistory(at.store, { checkpoints: { all: async () => all }, publicKey });
      const forged = { ...first!, count: first!.count + 1 };
      expect((await over([forged, second!])).broken).toMatchObject({ checkpoint: 1, why: 'checkpoint forged' });
      expect((await over([second!])).broken).toMatchObject({ checkpoint: 2, why: 'checkpoint missing' });
      expect(await over([first!])).toEqual({ events: 9, streams: 3, unsigned: 4 });
      const stranger = generateKeyPairSync('ed25519').publicKey;
      const byStranger = await verifyHistory(at.store, { checkpoints: at.checkpoints, publicKey: stranger });
      expect(byStranger.broken).toMatchObject({ checkpoint: 1, why: 'checkpoint forged' });
    });

    it('of two signers one keeps its checkpoint', async () => {
      const made = await Promise.all([sign(), sign(), sign()]);
      expect(made.filter(Boolean)).toHaveLength(1);
      expect(await at.checkpoints.all()).toHaveLength(2);
      expect((await verify()).broken).toBeUndefined();
    });
  });
