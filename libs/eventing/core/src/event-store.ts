/** A value that survives `JSON.parse(JSON.stringify(x))` unchanged: no dates, no bigint, no undefined. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** Opaque to everyone but the store that gave it. It grows along `follow`; compare it with nothing. */
export type Position = string;

/** The revision of a stream that does not exist. The first event of a stream has revision 0. */
export const NO_STREAM = -1;

/** `none`: the stream must not exist. `any`: append after whatever is there. A number: the last revision must be that one. */
export type Expected = number | 'none' | 'any';

/** AES-256-GCM output for all sealed fields of one data class of one event (D5). `v` is the schema version of its content. */
export interface SealedBox {
  readonly v: number;
  /** Which key: `caseId/class/service`. */
  readonly key: string;
  readonly iv: string;
  readonly tag: string;
  readonly text: string;
}

/** Who said it, for which agency, on which case, and why (D11, D12). Stamped from credentials, never from a payload. */
export interface Provenance {
  readonly caseId: string;
  /** Subject of the verified token, or `process:<name>`. */
  readonly actor: string;
  readonly agency: string;
  readonly role: string;
  /** The command that led here; with `actor` and `digest` it makes saying it twice harmless (D12). */
  readonly commandId: string;
  readonly command: string;
  /** Keyed digest of the command's input: the same id with another input is refused. */
  readonly digest: string;
  /** When it happened (UTC, ISO 8601). Rules compare this one. */
  readonly occurredAt: string;
  /** The recorder's claim of when they learnt of it. */
  readonly knownAt?: string;
  /** Rules that the fact violated (M-1): a fact is never refused, it is stamped. */
  readonly violationOf?: readonly string[];
  /** Classes whose sealed fields were dropped because the case's keys are destroyed (C-13); the codes stay. */
  readonly dropped?: readonly string[];
  /** Given by the keeper: never goes back within a stream. */
  readonly recordedAt?: string;
  /** SHA-256 of the previous hash of the stream and this event in canonical form; given by the keeper (D6). */
  readonly hash?: string;
  /**
   * W3C trace context of the append, while somebody traces; given by the keeper, so that whatever follows the fact joins the trace of the
   * request that caused it. It says nothing of the case: no rule reads it, no hash covers it, no page shows it.
   */
  readonly traceparent?: string;
}

export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  /** Plain, coarse codes only. What identifies lies in `sealed` or in the vault. */
  readonly data: JsonObject;
  readonly sealed?: Readonly<Record<string, SealedBox>>;
  readonly meta: Provenance;
}

export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
}

/** The stream is no longer where the writer thought. Nothing was kept. */
export class RevisionConflict extends Error {
  constructor(
    readonly stream: string,
    readonly expected: Expected,
    readonly actual?: number,
  ) {
    super(`stream ${stream}: expected ${expected}, found ${actual ?? 'another revision'}`);
    this.name = 'RevisionConflict';
  }
}

/** The store did not answer in time or is away; the outcome of an append is unknown. Read the stream before saying so to anyone. */
export class StoreUnavailable extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'StoreUnavailable';
  }
}

export interface EventStore {
  /**
   * Events of one stream from revision `from` (default 0) on, in order, and the stream's last revision.
   * An absent stream reads as no events at revision NO_STREAM; it is not an error.
   */
  read(stream: string, from?: number): Promise<{ events: readonly RecordedEvent[]; revision: number }>;

  /**
   * All of `events` or none, durable when it resolves. Resolves with the revision of the last one and the position after it.
   * @throws RevisionConflict when the stream is not at `expected`; nothing is kept.
   * @throws StoreUnavailable when the outcome is unknown or the store is away.
   */
  append(
    stream: string,
    events: readonly NewEvent[],
    expected: Expected,
  ): Promise<{ revision: number; position: Position }>;

  /**
   * Every event of every stream after `from`, in one order that never changes, in batches of 1 to `limit`, until `stop` aborts.
   * Awaits `each` before the next batch. Survives the loss of its connection: it goes on after the last batch for which `each` resolved.
   * Rejects only with what `each` rejected with.
   */
  follow(
    from: Position | undefined,
    each: (events: readonly RecordedEvent[]) => Promise<void>,
    stop: AbortSignal,
    limit?: number,
  ): Promise<void>;
}
