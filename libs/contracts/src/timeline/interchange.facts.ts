import { URGENCIES, YES_NO_UNKNOWN } from '../codes.js';
import type { FactOf, FactSpecs, NewFactOf } from '../facts.js';
import { fact } from '../facts.js';
import { code, count, digest, flag, instant, many, optional, ref, sealed, text } from '../fields.js';

/** What a platform says of an incident beside its type; the report's own annotations, in our words. */
export const PLATFORM_TAGS = [
  'SEXTORTION',
  'SOLICITATION',
  'BETWEEN_CHILDREN',
  'SPAM',
  'SADISTIC_ONLINE_EXPLOITATION',
  'VIRAL_BATCH',
] as const;

/** Nobody is named, or somebody is, and no person has confirmed yet that it is this child (C-15). */
export const PLATFORM_CHILD = ['UNIDENTIFIED', 'UNCONFIRMED'] as const;
export const FILE_RELEVANCES = ['REPORTED', 'SUPPLEMENTAL', 'NOT_SAID'] as const;
/** Grades of the industry's scale, kept for the prosecutor alone. */
export const FILE_GRADES = ['A1', 'A2', 'B1', 'B2'] as const;
export const FILE_MARKS = [
  'DRAWING_OR_VIRTUAL',
  'POTENTIAL_MEME',
  'VIRAL',
  'POSSIBLY_SELF_MADE',
  'PHYSICAL_HARM',
  'VIOLENCE',
  'ANIMAL',
  'LIVE_STREAMED',
  'INFANT',
  'GENERATED',
] as const;

/** Lines `place: value` of the platform's own words and references. Text, never links. */
const lines = () => optional(many(text('D6p', 4000), 400));

const without = (old: Readonly<Record<string, unknown>>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(old).filter(([name]) => !names.includes(name)));

/** What a platform report brings. What points at accounts, files, people and places is the prosecutor's (D6p). */
export const interchangeFacts = {
  PlatformReportReceived: fact({
    kind: 'REPORT',
    cls: 'D0',
    fields: {
      /** Pseudonym of the report; the same for all cases that it makes. */
      reportKey: ref('D6'),
      /** Digest of the document in canonical form: the same document again is recognised by it. */
      document: digest('D6'),
      victimNumber: count('D6', 1, 50),
      victimCount: count('D6', 0, 50),
      child: code(PLATFORM_CHILD, 'D1'),
      urgency: code(URGENCIES),
      /** The reported account is said to be a child's too: they are spoken of without blame. */
      reportedIsChild: flag('D4'),
      tags: optional(sealed(many(code(PLATFORM_TAGS, 'D4'), PLATFORM_TAGS.length))),
      incidentAt: optional(sealed(instant('D4'))),
      /** Why the platform asks for haste. */
      escalation: optional(text('D4r', 4000)),
      /** The report's number with the clearing house. */
      reference: optional(text('D6p', 40)),
      incident: lines(),
      places: lines(),
      reporter: lines(),
      accounts: lines(),
      otherAuthorities: lines(),
      remarks: lines(),
    },
  }),
  /** The number of a report became known after the report itself. */
  PlatformReportReferenced: fact({
    kind: 'REPORT',
    cls: 'D6',
    substantive: false,
    fields: { reportKey: ref('D6'), document: digest('D6'), reference: text('D6p', 40) },
  }),
  /** A file that the platform holds. Its digests and flags; never the file. */
  PlatformFileReported: fact({
    kind: 'EVIDENCE',
    cls: 'D6',
    fields: {
      reportKey: ref('D6'),
      fileKey: ref('D6'),
      /** Digests of the documents that told of it, in canonical form. */
      documents: many(digest('D6'), 20),
      // Whoever has the image has these: in clear they would tie an erased case to it (C-13).
      md5: optional(sealed(digest('D6'))),
      sha1: optional(sealed(digest('D6'))),
      sha256: optional(sealed(digest('D6'))),
      sha512: optional(sealed(digest('D6'))),
      viewedByPlatform: code(YES_NO_UNKNOWN, 'D6'),
      metadataViewedByPlatform: code(YES_NO_UNKNOWN, 'D6'),
      publiclyAvailable: code(YES_NO_UNKNOWN, 'D6'),
      relevance: code(FILE_RELEVANCES, 'D6'),
      otherHashes: optional(many(text('D6', 2000), 50)),
      reference: optional(text('D6p', 200)),
      fileName: optional(text('D6p', 1000)),
      originalName: optional(text('D6p', 1000)),
      location: optional(text('D6p', 4000)),
      uploadedAt: optional(sealed(instant('D6p'))),
      grade: optional(sealed(code(FILE_GRADES, 'D6p'))),
      marks: optional(sealed(many(code(FILE_MARKS, 'D6p'), FILE_MARKS.length))),
      traces: lines(),
      remarks: lines(),
    },
    // A step cannot seal: what the first version has in clear is read by nobody any more.
    upcasts: [(old) => without(old, ['md5', 'sha1', 'sha256', 'sha512'])],
  }),
} satisfies FactSpecs;
export type NewInterchangeFact = NewFactOf<typeof interchangeFacts>;
export type InterchangeFact = FactOf<typeof interchangeFacts>;
