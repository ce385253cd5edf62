import type { DataClass } from './classes.js';
import type { Fields, InputOf, PlainOf } from './fields.js';

/** Groups by which people filter the timeline. */
export const FACT_KINDS = [
  'REPORT',
  'CASE',
  'TEAM',
  'REPRESENTATION',
  'INFORMATION',
  'REFERRAL',
  'INTERVIEW',
  'RETELLING',
  'EXAM',
  'HEARING',
  'EVIDENCE',
  'CARE',
  'CLOSING',
  'PRIVACY',
] as const;
export type FactKind = (typeof FACT_KINDS)[number];

/** A stored shape and how it became today's. The version of a fact is the number of its upcasts plus one. */
export interface FactSpec<F extends Fields = Fields> {
  readonly kind: FactKind;
  /** Class of the fact's existence: who may know that it happened at all (C-10). */
  readonly cls: DataClass;
  readonly fields: F;
  /** One step per old version, oldest first, over the plain fields. What was stored in the past is unknown to today's types. */
  readonly upcasts: readonly ((old: Record<string, unknown>) => Record<string, unknown>)[];
  /** The same for the content of sealed boxes, run after unsealing; one step per old version. */
  readonly sealedUpcasts: readonly ((old: Record<string, unknown>) => Record<string, unknown>)[];
  /** Counts as a substantive step of the case for R-902. */
  readonly substantive: boolean;
  /** Field that names the agency whose matter this is, when another decided it: it is that agency's own, as if it had written it. */
  readonly ownField?: string;
  /** Whom the fact keeps out of the case until it is retracted: each service has to know, whatever its people may read. */
  readonly closedTo?: (data: Readonly<Record<string, unknown>>) => string | undefined;
}

export const fact = <const F extends Fields>(
  spec: Pick<FactSpec<F>, 'kind' | 'cls' | 'fields'> &
    Partial<Pick<FactSpec<F>, 'upcasts' | 'sealedUpcasts' | 'substantive' | 'ownField' | 'closedTo'>>,
): FactSpec<F> => ({ upcasts: [], sealedUpcasts: [], substantive: true, ...spec });

export type FactSpecs = Readonly<Record<string, FactSpec>>;

/** New facts of a catalogue, with all fields in clear; the handler seals. */
export type NewFactOf<S extends FactSpecs> = {
  [T in keyof S & string]: {
    readonly type: T;
    readonly data: InputOf<S[T]['fields']>;
    readonly occurredAt?: string;
    readonly violationOf?: readonly string[];
  };
}[keyof S & string];

/** Who recorded a fact and when; the same shape as `FactAbout` of eventing. */
export interface About {
  readonly eventId: string;
  readonly revision: number;
  readonly commandId: string;
  readonly actor: string;
  readonly agency: string;
  readonly role: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly violationOf: readonly string[];
}

/** Facts of a catalogue as read back: plain fields only. */
export type FactOf<S extends FactSpecs> = {
  [T in keyof S & string]: {
    readonly type: T;
    readonly data: PlainOf<S[T]['fields']>;
    readonly about: About;
  };
}[keyof S & string];
