import { createServer, type Server, type Socket } from 'node:net';

/** What a broker does with one produce request for a partition. */
export type Answer =
  /** Stores and says so. */
  | 'ok'
  /** Stores and says so once `release` was called. */
  | 'held'
  /** Stores nothing; says that it leads no longer. By then another broker leads, and a partition `after` has its messages. */
  | { readonly moved: number; readonly after?: number }
  /** Stores, and its connection breaks before it can say so. */
  | 'stored, then gone'
  /** Stores nothing; answers without naming any partition. */
  | 'says nothing';

export interface ScriptedBrokers {
  readonly brokers: string[];
  /** Values by partition, as they were stored, duplicates included. */
  readonly stored: ReadonlyMap<number, readonly string[]>;
  /** Largest number of requests for one partition that were under way at once. */
  readonly mostInFlight: () => number;
  /** Another broker leads from now on, and the one before says so to who asks it. */
  move(partition: number, to: number): void;
  /** Breaks the connections of a broker and takes no other, as if it had died. */
  die(node: number): Promise<void>;
  /** Listens again where it did. */
  rise(node: number): Promise<void>;
  /** What was held is stored and acknowledged, for whoever is still there to hear it. */
  release(): void;
  /** Requests that came to a broker that did not lead. */
  readonly turnedAway: () => number;
  close(): Promise<void>;
}

const API = { produce: 0, metadata: 3, versions: 18 } as const;
const NOT_LEADER = 6;

/**
 * Brokers that speak as much of Kafka's protocol as a producer needs, in its oldest versions, and do what the script says: nothing
 * depends on time. One topic; the leader of partition p is broker p modulo their number until the script moves it.
 * @param script answers by partition, in the order of the requests; `ok` when it has run out
 */
export const scriptedBrokers = async (
  topic: string,
  { brokers: count, partitions }: { readonly brokers: number; readonly partitions: number },
  script: Readonly<Record<number, readonly Answer[]>>,
): Promise<ScriptedBrokers> => {
  const leaders = Array.from({ length: partitions }, (_, partition) => partition % count);
  const left = new Map(Object.entries(script).map(([partition, answers]) => [Number(partition), [...answers]]));
  const stored = new Map<number, string[]>();
  const inFlight = new Map<number, number>();
  let most = 0;
  let astray = 0;
  let released = false;
  const sockets = new Map<Socket, number>();
  const ports: number[] = [];

  const metadata = (): Buffer =>
    Buffer.concat([
      array(ports.map((port, node) => [i32(node), text('127.0.0.1'), i32(port), i16(-1)])),
      i32(0),
      array([
        [
          ...[i16(0), text(topic), Buffer.from([0])],
          array(
            leaders.map((leader, partition) => {
              const nodes = array(ports.map((_, node) => [i32(node)]));
              return [i16(0), i32(partition), i32(leader), nodes, nodes];
            }),
          ),
        ],
      ]),
    ]);

  /** undefined: the connection breaks. */
  const produce = (body: Reader, node: number): Buffer | undefined => {
    body.i16();
    body.i32();
    const answers = body.array(() => {
      body.text();
      return body.array(() => {
        const partition = body.i32();
        const values = valuesOf(body.bytes());
        const isAstray = leaders[partition] !== node;
        if (isAstray) astray++;
        const answer: Answer = isAstray ? { moved: leaders[partition]! } : (left.get(partition)?.shift() ?? 'ok');
        if (answer === 'ok' || answer === 'held' || answer === 'stored, then gone')
          stored.set(partition, [...(stored.get(partition) ?? []), ...values]);
        if (typeof answer === 'object') leaders[partition] = answer.moved;
        return { partition, answer };
      });
    });
    const named = answers.flat();
    if (named.some(({ answer }) => answer === 'stored, then gone')) return undefined;
    const said = named.filter(({ answer }) => answer !== 'says nothing');
    const entry = ({ partition, answer }: (typeof said)[number]) => [
      ...[i32(partition), i16(typeof answer === 'object' ? NOT_LEADER : 0), Buffer.alloc(8), Buffer.alloc(8, 0xff)],
    ];
    return Buffer.concat([array(said.length ? [[text(topic), array(said.map(entry))]] : []), i32(0)]);
  };

  const versions = (): Buffer =>
    Buffer.concat([
      i16(0),
      array([
        [i16(API.produce), i16(0), i16(2)],
        [i16(API.metadata), i16(0), i16(1)],
        [i16(API.versions), i16(0), i16(2)],
      ]),
      i32(0),
    ]);

  const serve =
    (node: number) =>
    (socket: Socket): void => {
      sockets.set(socket, node);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
      let waiting = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        waiting = Buffer.concat([waiting, chunk]);
        while (waiting.length >= 4 && waiting.length >= 4 + waiting.readInt32BE(0)) {
          const frame = waiting.subarray(4, 4 + waiting.readInt32BE(0));
          waiting = waiting.subarray(4 + frame.length);
          answerTo(frame, socket, node);
        }
      });
    };
  const answerTo = (frame: Buffer, socket: Socket, node: number): void => {
    const body = new Reader(frame);
    const api = body.i16();
    body.i16();
    const correlation = body.i32();
    body.text();
    const reply = (answer: Buffer | undefined): void => {
      if (!answer) socket.destroy();
      else socket.write(Buffer.concat([i32(4 + answer.length), i32(correlation), answer]));
    };
    if (api !== API.produce) return reply(api === API.metadata ? metadata() : versions());
    const partitions = partitionsOf(new Reader(body.rest()));
    for (const partition of partitions) {
      inFlight.set(partition, (inFlight.get(partition) ?? 0) + 1);
      most = Math.max(most, inFlight.get(partition)!);
    }
    const isTime = (): boolean =>
      partitions.every((partition) => {
        const next = left.get(partition)?.[0];
        if (next === 'held') return released;
        return typeof next !== 'object' || next.after === undefined || stored.has(next.after);
      });
    // Answered in a later turn: what a client sends without waiting is seen to be under way at once.
    const later = (): void => {
      if (!isTime()) return void setImmediate(later);
      for (const partition of partitions) inFlight.set(partition, inFlight.get(partition)! - 1);
      reply(produce(body, node));
    };
    setImmediate(later);
  };

  const servers: Server[] = [];
  for (let node = 0; node < count; node++) {
    const server = createServer(serve(node));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    ports.push((server.address() as { port: number }).port);
  }
  return {
    brokers: ports.map((port) => `127.0.0.1:${port}`),
    stored,
    move: (partition, to) => void (leaders[partition] = to),
    die: async (dead) => {
      const closed = new Promise((resolve) => servers[dead]!.close(resolve));
      for (const [socket, node] of sockets) if (node === dead) socket.destroy();
      await closed;
    },
    rise: (node) => new Promise((resolve) => servers[node]!.listen(ports[node], '127.0.0.1', () => resolve())),
    release: () => void (released = true),
    turnedAway: () => astray,
    mostInFlight: () => most,
    close: async () => {
      for (const socket of sockets.keys()) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
};

const partitionsOf = (body: Reader): readonly number[] => {
  body.i16();
  body.i32();
  return body
    .array(() => {
      body.text();
      return body.array(() => {
        const partition = body.i32();
        body.bytes();
        return partition;
      });
    })
    .flat();
};

/** Values of an uncompressed message set of format 1. */
const valuesOf = (set: Buffer): readonly string[] => {
  const values: string[] = [];
  for (let at = 0; at < set.length;) {
    const entry = new Reader(set.subarray(at + 12 + 14, at + 12 + set.readInt32BE(at + 8)));
    entry.bytes();
    values.push(entry.bytes().toString());
    at += 12 + set.readInt32BE(at + 8);
  }
  return values;
};

class Reader {
  private at = 0;
  constructor(private readonly from: Buffer) {}
  i16 = () => this.from.readInt16BE((this.at += 2) - 2);
  i32 = () => this.from.readInt32BE((this.at += 4) - 4);
  text = () => this.take(this.i16()).toString();
  bytes = () => this.take(this.i32());
  array = <T>(item: () => T): T[] => Array.from({ length: this.i32() }, item);
  rest = () => this.from.subarray(this.at);
  private take(length: number): Buffer {
    const end = this.at + Math.max(0, length);
    return this.from.subarray(this.at, (this.at = end));
  }
}

const i16 = (value: number): Buffer => {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
};
const i32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
};
const text = (value: string): Buffer => Buffer.concat([i16(Buffer.byteLength(value)), Buffer.from(value)]);
const array = (items: readonly (readonly Buffer[])[]): Buffer => Buffer.concat([i32(items.length), ...items.flat()]);
