import { once } from 'node:events';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import rpc from '@eventstore/db-client/generated/status_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import pb from '@eventstore/db-client/generated/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import {
  type Appended,
  type DoubleLog,
  type ExpectedRevision,
  MAX_APPEND,
  type Proposed,
  type Written,
} from './double-log.js';
import type { TestCertificates } from './certificates.js';

export interface DoubleOptions {
  readonly log: DoubleLog;
  /** With TLS; plain without. */
  readonly certificates?: TestCertificates;
  /** User and password, as `name:password`. Only with TLS: a client without it drops them. */
  readonly users?: readonly string[];
  /** A free one unless given. */
  readonly port?: number;
}

export interface DoubleServer {
  readonly port: number;
  /** As a kill -9: connections end in the middle of whatever they did. The log stays. */
  kill(): void;
}

const WINDOW = 32;
/** What stands in a position for "there is none" and for "the end". */
const NO_POSITION = 18_446_744_073_709_551_615n;
const TICKS = 10_000n;

interface Refusal {
  readonly code: status;
  readonly details: string;
  readonly metadata?: Metadata;
}
const refusal = (code: status, details: string, exception?: string, more: Record<string, string> = {}): Refusal => {
  const metadata = new Metadata();
  if (exception) metadata.set('exception', exception);
  for (const [key, value] of Object.entries(more)) metadata.set(key, value);
  return { code, details, metadata };
};
const accessDenied = () => refusal(status.PERMISSION_DENIED, 'Access Denied', 'access-denied');
const streamDeleted = (stream: string) =>
  refusal(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, 'stream-deleted', {
    'stream-name': stream,
  });

const text = (bytes: Uint8Array | string): string => Buffer.from(bytes as Uint8Array).toString('utf8');
const named = (name: string) => {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(new TextEncoder().encode(name));
  return identifier;
};

const proposed = (message: InstanceType<typeof pb.AppendReq.ProposedMessage>): Proposed => ({
  id: message.getId()!.getString(),
  type: message.getMetadataMap().get('type')!,
  contentType: message.getMetadataMap().get('content-type')!,
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
});

const shown = ({ position, stream, revision, id, type, contentType, data, metadata }: Written) => {
  const record = new pb.ReadResp.ReadEvent.RecordedEvent();
  const uuid = new shared.UUID();
  uuid.setString(id);
  record.setId(uuid);
  record.setStreamIdentifier(named(stream));
  record.setStreamRevision(String(revision));
  record.setCommitPosition(String(position));
  record.setPreparePosition(String(position));
  record.getMetadataMap().set('type', type).set('content-type', contentType);
  record.getMetadataMap().set('created', String(BigInt(Date.now()) * TICKS));
  record.setData(data);
  record.setCustomMetadata(metadata);
  const event = new pb.ReadResp.ReadEvent();
  event.setEvent(record);
  event.setCommitPosition(String(position));
  const answer = new pb.ReadResp();
  answer.setEvent(event);
  return answer;
};

type ReadCall = ServerWritableStream<InstanceType<typeof pb.ReadReq>, InstanceType<typeof pb.ReadResp>>;
type ReadOptions = InstanceType<typeof pb.ReadReq.Options>;

/** Awaits the reader: a client that does not read holds the server back. */
const send = async (call: ReadCall, answer: InstanceType<typeof pb.ReadResp>): Promise<void> => {
  if (call.cancelled || call.write(answer)) return;
  const stop = new AbortController();
  const { signal } = stop;
  await Promise.race(['drain', 'cancelled', 'close'].map((event) => once(call, event, { signal }))).catch(
    () => undefined,
  );
  stop.abort();
};

const matcher = (options: ReadOptions): ((record: Written) => boolean) => {
  const filter = options.getFilter();
  if (!filter) return () => true;
  const byName = filter.getStreamIdentifier();
  const expression = byName ?? filter.getEventType()!;
  const prefixes = expression.getPrefixList();
  const regex = expression.getRegex() ? new RegExp(expression.getRegex()) : undefined;
  return ({ stream, type }) => {
    const name = byName ? stream : type;
    return regex ? regex.test(name) : prefixes.some((prefix) => name.startsWith(prefix));
  };
};

/** First record of a read of everything, or that comes after `from`. */
const startIn = (records: readonly Written[], options: ReadOptions, inclusive: boolean): number => {
  const all = options.getAll()!;
  if (all.hasStart()) return 0;
  if (all.hasEnd()) return records.length;
  const from = BigInt(all.getPosition()!.getCommitPosition());
  const found = records.findIndex(({ position }) => (inclusive ? position >= from : position > from));
  return found < 0 ? records.length : found;
};

const follow = async (call: ReadCall, log: DoubleLog): Promise<void> => {
  const options = call.request.getOptions()!;
  const filter = options.getFilter();
  const matches = matcher(options);
  const window = filter?.hasMax() ? filter.getMax() : WINDOW;
  const interval = window * (filter?.getCheckpointintervalmultiplier() ?? 1);
  const all = options.getAll()!;
  let next = startIn(log.records, options, false);
  /** The last place that was told: nothing, when there was no match since the start. */
  let told = all.hasPosition()
    ? BigInt(all.getPosition()!.getCommitPosition())
    : next > 0
      ? log.records[next - 1]!.position
      : -1n;
  let lastCheckpoint = -1n;
  let considered = 0;

  const checkpoint = async (at: bigint): Promise<void> => {
    // "Nothing yet" is written as the end, and then every later one counts as older.
    const position = at < 0n ? NO_POSITION : at;
    if (!filter || position <= lastCheckpoint) return;
    lastCheckpoint = position;
    const reached = new pb.ReadResp.Checkpoint();
    reached.setCommitPosition(String(position));
    reached.setPreparePosition(String(position));
    const answer = new pb.ReadResp();
    answer.setCheckpoint(reached);
    await send(call, answer);
  };

  const confirmation = new pb.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(crypto.randomUUID());
  const confirmed = new pb.ReadResp();
  confirmed.setConfirmation(confirmation);
  await send(call, confirmed);

  if (next < log.records.length) {
    while (next < log.records.length && !call.cancelled) {
      const page = log.records.slice(next, next + window);
      for (const record of page.filter(matches)) {
        await send(call, shown(record));
        told = record.position;
      }
      considered += page.length;
      next += page.length;
      if (next < log.records.length && considered >= interval) {
        considered %= interval;
        if (told < page[0]!.position) told = page[0]!.position;
        await checkpoint(told);
      }
    }
    await checkpoint(told);
  }
  const caughtUp = new pb.ReadResp();
  caughtUp.setCaughtUp(new pb.ReadResp.CaughtUp());
  await send(call, caughtUp);

  considered = 0;
  while (!call.cancelled) {
    if (next === log.records.length) {
      const stop = new AbortController();
      const ended = () => stop.abort();
      call.once('cancelled', ended);
      await once(log.changed, 'changed', { signal: stop.signal }).catch(() => undefined);
      call.off('cancelled', ended);
      continue;
    }
    const record = log.records[next++]!;
    considered++;
    if (matches(record)) await send(call, shown(record));
    if (considered % interval === 0) await checkpoint(record.position);
  }
};

const read = async (call: ReadCall, log: DoubleLog): Promise<void> => {
  const options = call.request.getOptions()!;
  const count = BigInt(options.getCount());
  const backwards = options.getReadDirection() === 1;
  const asked = options.getStream();
  let found: readonly Written[];
  if (asked) {
    const name = text(asked.getStreamIdentifier()!.getStreamName_asU8());
    const held = log.stream(name);
    if (held === 'deleted') throw streamDeleted(name);
    if (held === undefined) {
      const missing = new pb.ReadResp.StreamNotFound();
      missing.setStreamIdentifier(named(name));
      const answer = new pb.ReadResp();
      answer.setStreamNotFound(missing);
      return send(call, answer);
    }
    const from = asked.hasRevision() ? BigInt(asked.getRevision()) : undefined;
    if (backwards) found = held.filter(({ revision }) => from === undefined || revision <= from).toReversed();
    else found = asked.hasEnd() ? [] : held.filter(({ revision }) => revision >= (from ?? 0n));
  } else {
    const matches = matcher(options);
    const start = startIn(log.records, options, true);
    const records = backwards ? log.records.slice(0, start).toReversed() : log.records.slice(start);
    found = records.filter(matches);
  }
  for (const record of found.slice(0, Number(count > BigInt(found.length) ? BigInt(found.length) : count))) {
    if (call.cancelled) return;
    await send(call, shown(record));
  }
};

const appendAnswer = (answer: Appended, expected: ExpectedRevision, stream: string) => {
  if (answer.kind === 'deleted') throw streamDeleted(stream);
  if (answer.kind === 'too large')
    throw refusal(
      status.INVALID_ARGUMENT,
      `Maximum Append Size of ${MAX_APPEND} Exceeded.`,
      'maximum-append-size-exceeded',
      { 'maximum-append-size': String(MAX_APPEND) },
    );
  const response = new pb.AppendResp();
  if (answer.kind === 'kept') {
    const success = new pb.AppendResp.Success();
    if (answer.revision < 0n) success.setNoStream(new shared.Empty());
    else success.setCurrentRevision(String(answer.revision));
    if (answer.position === undefined) success.setNoPosition(new shared.Empty());
    else {
      const position = new pb.AppendResp.Position();
      position.setCommitPosition(String(answer.position));
      position.setPreparePosition(String(answer.position));
      success.setPosition(position);
    }
    response.setSuccess(success);
    return response;
  }
  const wrong = new pb.AppendResp.WrongExpectedVersion();
  if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
  else wrong.setExpectedRevision(String(expected));
  if (answer.current === undefined) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(answer.current));
  response.setWrongExpectedVersion(wrong);
  return response;
};

const batchAnswer = (answer: Appended | 'timeout' | 'access denied', expected: ExpectedRevision, stream: string) => {
  const response = new pb.BatchAppendResp();
  response.setStreamIdentifier(named(stream));
  const failed = (name: string, message: { serializeBinary(): Uint8Array }) => {
    const details = new any.Any();
    details.pack(message.serializeBinary(), `event_store.client.${name}`);
    const error = new rpc.Status();
    error.setDetails(details);
    response.setError(error);
    return response;
  };
  if (answer === 'timeout') return failed('Timeout', new shared.Timeout());
  if (answer === 'access denied') return failed('AccessDenied', new shared.AccessDenied());
  if (answer.kind === 'deleted') {
    const deleted = new shared.StreamDeleted();
    deleted.setStreamIdentifier(named(stream));
    return failed('StreamDeleted', deleted);
  }
  if (answer.kind === 'too large') {
    const exceeded = new shared.MaximumAppendSizeExceeded();
    exceeded.setMaxappendsize(MAX_APPEND);
    return failed('MaximumAppendSizeExceeded', exceeded);
  }
  if (answer.kind === 'wrong') {
    const wrong = new shared.WrongExpectedVersion();
    const empty = new shared.Empty() as never;
    if (expected === 'any') wrong.setExpectedAny(empty);
    else if (expected === 'stream_exists') wrong.setExpectedStreamExists(empty);
    else if (expected === 'no_stream') wrong.setExpectedNoStream(empty);
    else wrong.setExpectedStreamPosition(String(expected));
    if (answer.current === undefined) wrong.setCurrentNoStream(empty);
    else wrong.setCurrentStreamRevision(String(answer.current));
    return failed('WrongExpectedVersion', wrong);
  }
  const success = new pb.BatchAppendResp.Success();
  if (answer.revision < 0n) success.setNoStream(new shared.Empty() as never);
  else success.setCurrentRevision(String(answer.revision));
  if (answer.position === undefined) success.setNoPosition(new shared.Empty() as never);
  else {
    const position = new shared.AllStreamPosition();
    position.setCommitPosition(String(answer.position));
    position.setPreparePosition(String(answer.position));
    success.setPosition(position);
  }
  response.setSuccess(success);
  return response;
};

/**
 * A double of EventStoreDB on the client's own gRPC definitions. It is no database and proves nothing of one; it answers as a real
 * server of version 24.6 was seen to, above all where that is surprising.
 */
export const startDouble = async ({ log, certificates, users, port = 0 }: DoubleOptions): Promise<DoubleServer> => {
  const server = new Server();
  /** @throws Refusal */
  const admit = ({ metadata }: { readonly metadata: Metadata }): void => {
    if (!users || !certificates) return;
    const said = metadata.get('authorization')[0]?.toString();
    if (said === undefined) throw accessDenied();
    const known = users.some((user) => said === `Basic ${Buffer.from(user).toString('base64')}`);
    if (!known) throw refusal(status.UNAUTHENTICATED, 'Bad gRPC response. HTTP status code: 401');
  };

  server.addService(featuresService.ServerFeaturesService, {
    getSupportedMethods: (_: unknown, done: sendUnaryData<InstanceType<typeof features.SupportedMethods>>) => {
      const supported = new features.SupportedMethods();
      supported.setEventStoreServerVersion('24.6.0');
      for (const name of ['read', 'append', 'delete', 'tombstone', 'batchappend']) {
        const method = new features.SupportedMethod();
        method.setServiceName('event_store.client.streams.streams');
        method.setMethodName(name);
        supported.addMethods(method);
      }
      done(null, supported);
    },
  });

  server.addService(streamsService.StreamsService, {
    read(call: ReadCall) {
      const answered = async () => {
        admit(call);
        await (call.request.getOptions()!.hasSubscription() ? follow(call, log) : read(call, log));
      };
      answered().then(
        () => call.end(),
        (error: Refusal) => call.emit('error', error),
      );
    },

    append(
      call: ServerReadableStream<InstanceType<typeof pb.AppendReq>, InstanceType<typeof pb.AppendResp>>,
      done: sendUnaryData<InstanceType<typeof pb.AppendResp>>,
    ) {
      let stream = '';
      let expected: ExpectedRevision = 'any';
      const events: Proposed[] = [];
      call.on('data', (request: InstanceType<typeof pb.AppendReq>) => {
        const options = request.getOptions();
        if (options) {
          stream = text(options.getStreamIdentifier()!.getStreamName_asU8());
          if (options.hasRevision()) expected = BigInt(options.getRevision());
          else expected = options.hasNoStream() ? 'no_stream' : options.hasStreamExists() ? 'stream_exists' : 'any';
        } else events.push(proposed(request.getProposedMessage()!));
      });
      // A client that went away said only half of it.
      let cancelled = false;
      call.on('cancelled', () => (cancelled = true));
      call.on('end', () => {
        if (cancelled) return;
        try {
          admit(call);
          done(null, appendAnswer(log.append(stream, events, expected), expected, stream));
        } catch (error) {
          done(error as Refusal);
        }
      });
    },

    batchAppend(
      call: ServerDuplexStream<InstanceType<typeof pb.BatchAppendReq>, InstanceType<typeof pb.BatchAppendResp>>,
    ) {
      const pending = new Map<
        string,
        { stream: string; expected: ExpectedRevision; until: number; events: Proposed[] }
      >();
      call.on('data', (request: InstanceType<typeof pb.BatchAppendReq>) => {
        const correlation = request.getCorrelationId()!;
        const options = request.getOptions();
        if (options) {
          let expected: ExpectedRevision = 'any';
          if (options.hasStreamPosition()) expected = BigInt(options.getStreamPosition());
          else if (options.hasNoStream()) expected = 'no_stream';
          else if (options.hasStreamExists()) expected = 'stream_exists';
          const stream = text(options.getStreamIdentifier()!.getStreamName_asU8());
          const until = options.getDeadline()?.toDate().getTime() ?? Infinity;
          pending.set(correlation.getString(), { stream, expected, until, events: [] });
        }
        const append = pending.get(correlation.getString());
        if (!append) return;
        append.events.push(...request.getProposedMessagesList().map((message) => proposed(message as never)));
        if (!request.getIsFinal()) return;
        pending.delete(correlation.getString());
        const { stream, expected, until, events } = append;
        const answered = (): Appended | 'timeout' | 'access denied' => {
          try {
            admit(call);
          } catch {
            return 'access denied';
          }
          return until <= Date.now() ? 'timeout' : log.append(stream, events, expected);
        };
        const response = batchAnswer(answered(), expected, stream);
        response.setCorrelationId(correlation);
        call.write(response);
      });
      call.on('end', () => call.end());
    },

    delete(call: ServerUnaryCall<InstanceType<typeof pb.DeleteReq>, unknown>, done: sendUnaryData<unknown>) {
      try {
        admit(call);
        log.softDelete(text(call.request.getOptions()!.getStreamIdentifier()!.getStreamName_asU8()));
        done(null, new pb.DeleteResp());
      } catch (error) {
        done(error as Refusal);
      }
    },

    tombstone(call: ServerUnaryCall<InstanceType<typeof pb.TombstoneReq>, unknown>, done: sendUnaryData<unknown>) {
      try {
        admit(call);
        log.tombstone(text(call.request.getOptions()!.getStreamIdentifier()!.getStreamName_asU8()));
        done(null, new pb.TombstoneResp());
      } catch (error) {
        done(error as Refusal);
      }
    },
  } as never);

  const credentials = certificates
    ? ServerCredentials.createSsl(null, [
        { private_key: Buffer.from(certificates.key), cert_chain: Buffer.from(certificates.certificate) },
      ])
    : ServerCredentials.createInsecure();
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, at) => (error ? reject(error) : resolve(at))),
  );
  return { port: bound, kill: () => server.forceShutdown() };
};
