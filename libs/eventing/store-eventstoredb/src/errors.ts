import { StoreUnavailable } from '@resguardo/eventing';

/** What the client throws: one of its own errors, with `type`, or a raw gRPC error, with `code` alone. */
export interface ClientError extends Error {
  readonly type?: string;
  readonly code?: number;
  readonly details?: string;
}

/** One append held more bytes than the server takes at once. Nothing was kept; saying it again does not help. */
export class AppendTooLarge extends RangeError {
  constructor(
    readonly stream: string,
    /** In bytes: the server's own limit. */
    readonly limit: number,
  ) {
    super(`stream ${stream}: one append holds more than the ${limit} bytes that the event store takes at once`);
    this.name = 'AppendTooLarge';
  }
}

export const isOf = (error: unknown, type: string): boolean => (error as ClientError).type === type;

/** What went wrong, for a person who runs the program. Theirs are empty, or speak of gRPC. */
const reason = ({ type, code, details, message }: ClientError): string => {
  const said = details ?? message;
  if (type === 'access-denied')
    return 'it refuses this user and password, or its access lists do not let this user do that';
  if (type === 'deadline-exceeded' || type === 'timeout') return 'it did not answer in time';
  if (type === 'not-leader') return 'another node of its cluster leads now';
  if (/certificate|self.signed|unable to verify/i.test(said))
    return `its certificate is not by an authority that is known here (${said}); name the authority's file with tlsCAFile`;
  if (type === 'unavailable' || code === 14) return `it is away (${said})`;
  return said || 'for no reason that it gave';
};

/** @param what what was tried, as in "the event store could not be read" */
export const unavailable = (what: string, cause: unknown): StoreUnavailable =>
  cause instanceof StoreUnavailable
    ? cause
    : new StoreUnavailable(`the event store ${what}: ${reason(cause as ClientError)}`, { cause });
