import { type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { canonical } from '@resguardo/eventing';
import { z } from 'zod';
import { CopiedTable } from './table-copy.js';

/** What a backup or a restore will not go on with, in words for whoever sits before it. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** How far a history goes. */
const Head = z.object({
  /** Of its last event; '0' before the first. */
  position: z.string().regex(/^\d+(:\d+)?$/),
  /** The last signed checkpoint over it (D6). */
  checkpoint: z.object({ number: z.number().int(), to: z.string(), signature: z.string() }).nullable(),
  /** To whom the event store belongs in which the events lie; absent where they lie among the tables. */
  owner: z.string().optional(),
});

/** What a backup is: written last, so a folder without it is none. */
export const Manifest = z.object({
  format: z.literal('resguardo-backup/1'),
  id: z.uuid(),
  /** Whose it is; `single` of the single process. */
  service: z.string(),
  /** When it was begun (UTC, ISO 8601): everything in it is of one moment after that. */
  takenAt: z.iso.datetime(),
  /** Of who keeps the history. */
  head: Head.nullable(),
  tables: z.array(CopiedTable),
});
export type Manifest = z.infer<typeof Manifest>;

/**
 * What a restored history asks of an agency's own copy: made by who restored the history, for that agency alone. It names cases by their
 * pseudonyms, and nothing that the agency did not write itself.
 */
export const Demands = z.object({
  format: z.literal('resguardo-restored/1'),
  service: z.string(),
  /** The backup that was restored, and how far its history goes. */
  restored: z.object({ id: z.uuid(), takenAt: z.iso.datetime(), head: Head }),
  /** Every case that was erased, by the timeline and by the list that is kept outside the backups. */
  erased: z.array(z.object({ caseId: z.string(), erasureId: z.string(), at: z.iso.datetime() })),
  /** Names of the keys under which the agency sealed what lies in the history. */
  keys: z.array(z.string()),
});
export type Demands = z.infer<typeof Demands>;

const Signed = z.object({ said: z.unknown(), signature: z.string() });

export const writeSigned = (file: string, said: Manifest | Demands, key: KeyObject): void =>
  writeFileSync(
    file,
    `${JSON.stringify({ said, signature: sign(null, Buffer.from(canonical(said)), key).toString('base64') }, null, 2)}\n`,
    { flag: 'wx', mode: 0o600 },
  );

/** @throws Refused when it is not there, of another form, or signed by nobody who is known */
export const readSigned = <Said>(file: string, shape: z.ZodType<Said>, keys: readonly KeyObject[]): Said => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Refused(
      `${file}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'cannot be read'}`,
    );
  }
  try {
    const { said, signature } = Signed.parse(JSON.parse(text));
    const bytes = Buffer.from(canonical(said));
    if (keys.some((key) => verify(null, bytes, key, Buffer.from(signature, 'base64')))) return shape.parse(said);
  } catch (error) {
    throw new Refused(`${file}: is not of the form that this program writes`, { cause: error });
  }
  throw new Refused(`${file}: was altered, or was signed with a key that is not known here`);
};
