import { EventEmitter } from 'node:events';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

export interface Written {
  /** Offset in bytes: it grows, and nothing else can be said of it. */
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}
export type Proposed = Pick<Written, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;

/** A revision, or one of the names. */
export type ExpectedRevision = bigint | 'any' | 'no_stream' | 'stream_exists';
export type Appended =
  | { readonly kind: 'kept'; readonly revision: bigint; readonly position: bigint | undefined }
  | { readonly kind: 'wrong'; readonly current: bigint | undefined }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'too large' };

export const MAX_APPEND = 1_048_576;
const END_OF_STREAM = 9_223_372_036_854_775_807n;
/** Its own records come in between, as statistics do on a server: after every so many of others. */
const OWN_EVERY = 7;

/** The log of the double: what it holds outlives the server that shows it, and with `file` the process as well. */
export const doubleLog = (file?: string) => {
  const records: Written[] = [];
  const streams = new Map<string, Written[]>();
  const tombstones = new Set<string>();
  const changed = new EventEmitter().setMaxListeners(0);
  let end = 1_234n;
  let sinceOwn = 0;

  const hold = (record: Written): void => {
    records.push(record);
    const stream = streams.get(record.stream) ?? [];
    streams.set(record.stream, stream);
    if (record.type === '$streamDeleted') tombstones.add(record.stream);
    else stream.push(record);
    end = record.position + BigInt(60 + record.stream.length + record.data.length + record.metadata.length);
  };

  if (file && existsSync(file))
    for (const line of readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
      const { position, revision, data, metadata, ...rest } = JSON.parse(line);
      const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
      hold({
        ...rest,
        position: BigInt(position),
        revision: BigInt(revision),
        data: bytes(data),
        metadata: bytes(metadata),
      });
    }
  const out = file === undefined ? undefined : openSync(file, 'a');
  const durable = (written: readonly Written[]): void => {
    if (out === undefined) return;
    const lines = written.map(({ position, revision, data, metadata, ...rest }) => {
      const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
      const numbers = { position: String(position), revision: String(revision) };
      return `${JSON.stringify({ ...rest, ...numbers, data: text(data), metadata: text(metadata) })}\n`;
    });
    writeSync(out, lines.join(''));
    fsyncSync(out);
  };

  const write = (stream: string, events: readonly Proposed[], at?: bigint): readonly Written[] => {
    let revision = at ?? BigInt(streams.get(stream)?.length ?? 0);
    let position = end;
    const written = events.map((event): Written => {
      const record = { ...event, stream, revision: revision++, position };
      position += BigInt(60 + stream.length + event.data.length + event.metadata.length);
      return record;
    });
    durable(written);
    written.forEach(hold);
    return written;
  };
  const own = (): void => {
    const text = (value: string) => new TextEncoder().encode(value);
    const statistics = { contentType: 'application/json', data: text('{"proc-mem":1}'), metadata: text('') };
    write('$stats-127.0.0.1:2113', [{ ...statistics, id: crypto.randomUUID(), type: '$statsCollected' }]);
    write('somebody-else', [{ ...statistics, id: crypto.randomUUID(), type: 'NotOurs' }]);
  };
  if (records.length === 0) own();

  const outcome = (stream: string, events: readonly Proposed[], expected: ExpectedRevision): Appended => {
    const held = streams.get(stream) ?? [];
    const current = held.length === 0 ? undefined : BigInt(held.length - 1);
    const wrong: Appended = { kind: 'wrong', current };
    const kept = (last: Written | undefined): Appended => ({
      kind: 'kept',
      revision: last?.revision ?? current ?? -1n,
      position: last?.position,
    });
    const size = events.reduce(
      (sum, { type, data, metadata }) => sum + 2 * type.length + data.length + metadata.length,
      0,
    );
    if (size > MAX_APPEND) return { kind: 'too large' };
    if (tombstones.has(stream)) return { kind: 'deleted' };
    if (expected === 'stream_exists' && current === undefined) return wrong;
    if (expected === 'any' || expected === 'stream_exists') {
      if (events.length === 0) return kept(undefined);
      const known = events.map(({ id }) => held.find((one) => one.id === id));
      if (!known[0]) return kept(write(stream, events).at(-1));
      // Known at first and then not: it does not guess.
      return known.every(Boolean) ? kept(known.at(-1)) : wrong;
    }
    const at = expected === 'no_stream' ? -1n : expected;
    const last = current ?? -1n;
    if (at > last) return wrong;
    // Whoever names the revision where the stream now is, is believed: ids are not looked at.
    if (at === last) return kept(events.length === 0 ? undefined : write(stream, events).at(-1));
    const before = events.map(({ id }, index) => {
      const there = held[Number(at) + 1 + index];
      return there?.id === id ? there : undefined;
    });
    return before.every(Boolean) ? kept(before.at(-1)) : wrong;
  };

  return {
    records: records as readonly Written[],
    append(stream: string, events: readonly Proposed[], expected: ExpectedRevision): Appended {
      const answer = outcome(stream, events, expected);
      if (answer.kind === 'kept' && events.length > 0 && ++sinceOwn % OWN_EVERY === 0) own();
      changed.emit('changed');
      return answer;
    },
    /** What a read of the stream shows; `undefined`: nothing. Cut off by its metadata, as `$tb` says. */
    stream(name: string): readonly Written[] | 'deleted' | undefined {
      if (tombstones.has(name)) return 'deleted';
      const held = streams.get(name);
      const metadata = streams.get(`$$${name}`)?.at(-1);
      const from = metadata ? BigInt(JSON.parse(Buffer.from(metadata.data).toString('utf8')).$tb ?? 0) : 0n;
      const shown = held?.filter(({ revision }) => revision >= from);
      return shown && shown.length > 0 ? shown : undefined;
    },
    /** Hides all that the stream holds; `$all` goes on showing it. */
    softDelete(name: string): void {
      const data = new TextEncoder().encode(`{"$tb":"${END_OF_STREAM}"}`);
      const event = { type: '$metadata', contentType: 'application/json', data, metadata: new Uint8Array() };
      write(`$$${name}`, [{ ...event, id: crypto.randomUUID() }]);
      changed.emit('changed');
    },
    /** For ever. It leaves a record in the stream, in the name of nobody. */
    tombstone(name: string): void {
      const empty = { data: new Uint8Array(), metadata: new Uint8Array() };
      const event = {
        ...empty,
        id: crypto.randomUUID(),
        type: '$streamDeleted',
        contentType: 'application/octet-stream',
      };
      write(name, [event], END_OF_STREAM);
      changed.emit('changed');
    },
    changed,
    close(): void {
      if (out !== undefined) closeSync(out);
    },
  };
};
export type DoubleLog = ReturnType<typeof doubleLog>;
