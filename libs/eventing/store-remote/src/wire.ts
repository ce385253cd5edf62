import type { NewEvent, RecordedEvent } from '@resguardo/eventing';
import { z } from 'zod';

/** Header in which a service says, signed, who it is, what it asks, and for whom. */
export const SERVICE_HEADER = 'resguardo-service';

/** Why the keeper said no. Each is a code of its own, so that nobody mistakes one for another; `conflict` is the only one to decide again. */
export const REFUSALS = {
  /** The service's signature, its time, its audience or the request it is bound to does not hold. */
  'service-not-believed': 401,
  /** The very same signed request was served before. */
  replayed: 401,
  /** The caller's token is not good, or the statement is too old. */
  'caller-not-believed': 401,
  /** Neither a token nor a statement, or both: nobody knows who speaks. */
  'nobody-speaks': 401,
  /** This service does not speak for callers of that agency or role. */
  'may-not-bring': 403,
  /** Actor, agency or role of an event is not that of the caller. */
  'not-who-speaks': 403,
  'may-not-write': 403,
  /** What is offered is not what was decided. */
  'not-decided': 403,
  'may-not-read': 403,
  'may-not-follow': 403,
  /** This call is not for whoever speaks, or not without their token. */
  'may-not-ask': 403,
  'not-found': 404,
  conflict: 409,
  /** An event with this id is there already, with another content. */
  'id-taken': 409,
  'too-large': 413,
  malformed: 422,
} as const;
export type RefusalCode = keyof typeof REFUSALS;

/** The keeper cannot answer now. Of `unavailable` the outcome is unknown; of the others nothing was done. */
export const AWAY = { unavailable: 503, 'cannot-judge-caller': 503, stopping: 503, failed: 500 } as const;
export type AwayCode = keyof typeof AWAY;

export interface Problem {
  readonly path: string;
  readonly problem: string;
}

/** Whom a service has verified, and when; said where the caller's own token is no longer, or never was, at hand (D11). */
export const Statement = z.strictObject({
  actor: z.string().regex(/^[A-Za-z0-9:._-]{1,120}$/),
  agency: z.string().regex(/^[A-Z_]{1,40}$/),
  role: z.string().regex(/^[A-Z_]{1,40}$/),
  /** INEGI keys of the states the account is for. */
  states: z
    .array(z.string().regex(/^\d{2}$/))
    .max(40)
    .optional(),
  /** UTC, ISO 8601. */
  verifiedAt: z.iso.datetime(),
  /** Of the token that was verified; a process has none. */
  tokenId: z.string().min(1).max(200).optional(),
});
export type Statement = z.infer<typeof Statement>;

const Name = z.string().min(1).max(200);
const Box = z.strictObject({
  v: z.number().int().positive(),
  key: Name,
  iv: z.string().max(64),
  tag: z.string().max(64),
  text: z.string(),
});
const Meta = z.strictObject({
  caseId: Name,
  actor: Name,
  agency: Name,
  role: Name,
  commandId: Name,
  command: Name,
  digest: z.string().max(200),
  occurredAt: z.string().max(40),
  knownAt: z.string().max(40).optional(),
  violationOf: z.array(Name).max(100).optional(),
  dropped: z.array(Name).max(20).optional(),
});
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const Offered = z.strictObject({
  id: Name,
  type: Name,
  schemaVersion: z.number().int().positive(),
  data: z.custom<NewEvent['data']>(isObject),
  sealed: z.record(Name, Box).optional(),
  meta: Meta,
});

/** What an append may say. Neither hash nor time of recording: those are the keeper's to give (D6). */
export const Append = z.strictObject({
  expected: z.union([z.literal('none'), z.literal('any'), z.number().int().min(-1).max(2_147_483_647)]),
  events: z.array(Offered).min(1).max(500),
  /** Proof that just this was decided (`warrantsWith`). */
  warrant: z.string().max(100).optional(),
});

/** A stream's name as it stands in an address. */
export const STREAM = /^[A-Za-z0-9][A-Za-z0-9:._-]{0,199}$/;
export const POSITION = /^[A-Za-z0-9][A-Za-z0-9:._/-]{0,99}$/;

export interface ReadAnswer {
  readonly revision: number;
  readonly events: readonly RecordedEvent[];
}
export interface AppendAnswer {
  readonly revision: number;
  readonly position: string;
}
/** One line of a followed stream; without events it says that the keeper is still there. */
export interface FollowLine {
  readonly events?: readonly RecordedEvent[];
  readonly upTo?: string;
}

export const pathOfStream = (stream: string): string => `/streams/${encodeURIComponent(stream)}`;
export const EVENTS_PATH = '/events';
/** What a service asks another to do, by name. */
export const CALLS_PATH = '/calls';
