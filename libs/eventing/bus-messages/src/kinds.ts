import type { DataClass, FactSpec, Fields, Service } from '@resguardo/contracts';
import {
  AFFILIATIONS,
  AGENCIES,
  code,
  count,
  DATA_CLASSES,
  digest,
  FACT_KINDS,
  fieldsFor,
  flag,
  instant,
  many,
  optional,
  readingOf,
  ref,
  ROLES,
  STEP_TAKEN,
} from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';

/** Type of a message that says no more than that there is a revision (D4). */
export const WITHHELD = 'Withheld';

/** What one kind of message holds for one reading service, when one of these agencies recorded the fact. */
export interface Variant {
  readonly agencies: readonly string[];
  readonly fields: Fields;
}

/** One kind of message on one feed: a fact as the reader may know it, a step of which it learns no more, or a withheld revision. */
export interface Kind {
  readonly type: string;
  /** Today's version. Older ones are read for ever: oversight gets facts as stored, and what was sent to a feed stays there as it was sent. */
  readonly version: number;
  /** Who recorded it and when, without the case, which is in the envelope. None where nothing is told. */
  readonly meta?: Fields;
  /** Empty where there is no content. */
  readonly variants: readonly Variant[];
  /** Classes of the boxes the fact may have. */
  readonly classes: readonly DataClass[];
  /** Of the whole fact; run on what the reader was given of it. */
  readonly upcasts: FactSpec['upcasts'];
  /** Version of the content of boxes. */
  readonly boxVersion: number;
}

/** A stream's name is longer than an id: `access-<actor>-<yyyymm>`. */
export const streamField = { ...ref(), max: 120 };
const times = { occurredAt: instant(), recordedAt: instant() };

/** Whole provenance. `digest` is left out where there is none. */
const provenance = (whole: boolean): Fields => ({
  actor: ref(),
  agency: code(AFFILIATIONS),
  role: code(ROLES),
  commandId: ref(),
  command: ref(),
  digest: optional(digest()),
  knownAt: optional(instant()),
  violationOf: optional(many(ref())),
  dropped: optional(many(code(DATA_CLASSES), DATA_CLASSES.length)),
  // Oversight recomputes the chain (D6): it cannot do without. Nobody else is given it; feeds that were filled before may still have it.
  hash: whole ? digest() : optional(digest()),
  ...times,
});

/** One sealed box; what is in it is nobody's business but the owner's. */
export const boxFields = (boxVersion: number): Fields => ({ v: count('D0', 1, boxVersion) });

const sealedClasses = ({ fields, sealedUpcasts }: FactSpec): readonly DataClass[] =>
  DATA_CLASSES.filter(
    // An old shape may have had boxes that today's has no field for.
    (cls) => sealedUpcasts.length > 0 || Object.values(fields).some((field) => field.sealed && field.cls === cls),
  );

/** What a service gets of a fact of this type; undefined when it never gets any content. */
export const kindOf = (service: Service, type: string, spec: FactSpec): Kind | undefined => {
  const variants: { agencies: string[]; names: string; fields: Fields }[] = [];
  for (const agency of AFFILIATIONS) {
    // What another decided may be this service's own matter (`ownField`): then it is given as if its agency had written it.
    const owner = [agency, ...(spec.ownField ? AGENCIES : [])].find((one) =>
      ['whole', 'content'].includes(readingOf(service, type, agency, one)),
    );
    if (owner === undefined) continue;
    const names = fieldsFor(service, type, agency, owner);
    const alike = variants.find((variant) => variant.names === names.join());
    if (alike) alike.agencies.push(agency);
    else
      variants.push({
        agencies: [agency],
        names: names.join(),
        fields: Object.fromEntries(names.map((name) => [name, spec.fields[name]!])),
      });
  }
  if (variants.length === 0) return undefined;
  const version = spec.upcasts.length + 1;
  const anonymous = service === 'insights';
  return {
    type,
    version,
    meta: anonymous ? { agency: code(AFFILIATIONS), ...times } : provenance(service === 'oversight'),
    variants: variants.map(({ agencies, fields }) => ({ agencies, fields })),
    classes: anonymous ? [] : sealedClasses(spec),
    upcasts: spec.upcasts,
    boxVersion: spec.sealedUpcasts.length + 1,
  };
};

const plain = { version: 1, classes: [], upcasts: [], boxVersion: 1 };

const stepOf = (service: Service): Kind | undefined => {
  const specs = Object.entries(allFacts)
    .filter(([type]) => AFFILIATIONS.some((agency) => readingOf(service, type, agency) === 'step'))
    .map(([, spec]) => spec);
  if (specs.length === 0) return undefined;
  const fields = {
    kind: code(FACT_KINDS.filter((kind) => specs.some((spec) => spec.kind === kind))),
    cls: code(DATA_CLASSES.filter((cls) => specs.some((spec) => spec.cls === cls))),
    accountGiven: optional(flag()),
    ...(specs.some((spec) => spec.closedTo) && { closedTo: optional(ref()) }),
  };
  return { ...plain, type: STEP_TAKEN, meta: times, variants: [{ agencies: [''], fields }] };
};

const kindsFor = (service: Service): Readonly<Record<string, Kind>> => {
  const facts = Object.keys(allFacts)
    .sort()
    .flatMap((type) => kindOf(service, type, allFacts[type]!) ?? []);
  // Oversight gets every fact, to sign it; a fact of a type that is unknown here stops it rather than being passed over (D6).
  const withheld: readonly Kind[] = service === 'oversight' ? [] : [{ ...plain, type: WITHHELD, variants: [] }];
  return Object.fromEntries(
    [...facts, ...[stepOf(service) ?? []].flat(), ...withheld].map((kind) => [kind.type, kind]),
  );
};

const kinds = new Map<Service, Readonly<Record<string, Kind>>>();

/** Every kind of message on a service's feed, by type. */
export const kindsOf = (service: Service): Readonly<Record<string, Kind>> => {
  const known = kinds.get(service) ?? kindsFor(service);
  kinds.set(service, known);
  return known;
};
