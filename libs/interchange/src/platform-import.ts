import { answeredOrKept, commandIdReused } from '@resguardo/desk';
import { StoreUnavailable } from '@resguardo/eventing';
import type { Caller } from '@resguardo/identity';
import { GraphQLError } from 'graphql';
import {
  type ImportedFile,
  type ImportError,
  type IntakeOptions,
  type PlatformIntake,
  refusedFiles,
  type SentFile,
  SET_LIMITS,
} from './platform-intake.js';

/** Name of the mutation. */
export const IMPORT = 'importPlatformReport';

export interface ImportInput {
  readonly files: readonly {
    readonly name: string;
    readonly content?: string | null | undefined;
    readonly base64?: string | null | undefined;
  }[];
  readonly reportId?: string | null | undefined;
  readonly state?: string | null | undefined;
}

/** A set as it was said. */
export interface SaidImport {
  readonly commandId: string;
  readonly input: ImportInput;
}

/** What became of a set, as its officer is told. */
export interface ImportAnswer {
  readonly files: readonly Omit<ImportedFile, 'concerned'>[];
  /** Documents that wait for their report, in all; absent where nobody was asked. */
  readonly waiting?: number;
  /** The files that are `KEPT` lie in the agency's own service, not with the intake yet (D12). */
  readonly kept?: { readonly commandId: string; readonly keptAt: string };
}

/** Takes a set from somebody who may import. */
export type Importing = (said: SaidImport, caller: Caller) => Promise<ImportAnswer>;

export interface InterchangeParts {
  readonly intake: PlatformIntake;
  /** Keeps an access record; durable before the answer leaves. */
  readonly recordAccess: (reading: {
    readonly caller: Caller;
    readonly operation: string;
    readonly cases: readonly string[];
    readonly classes: readonly ('D0' | 'D6p')[];
    readonly purpose: 'INTAKE';
    readonly via: 'intake';
  }) => Promise<void>;
}

const wrong = (message: string) => new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
/** A set that is a little too large is refused file by file, in words; of one that is no set at all nothing is looked at. */
const MOST_FILES = 5 * SET_LIMITS.files;
/** What of it counts, and no more: as it was checked it is taken, or kept. */
const inputOf = ({ files, reportId, state }: ImportInput): ImportInput => {
  if (files.length > MOST_FILES) throw wrong('Too many files.');
  return {
    files: files.map(({ name, content, base64 }) => {
      if (typeof content !== 'string' && typeof base64 !== 'string')
        throw wrong('A file has neither content nor base64.');
      return { name: name.slice(0, 200), ...(typeof content === 'string' ? { content } : { base64 }) };
    }),
    ...(reportId?.trim() && { reportId: reportId.trim() }),
    ...(state && { state }),
  };
};
const sentFile = ({ name, content, base64 }: ImportInput['files'][number]): SentFile => ({
  name,
  content: content ?? Buffer.from(base64 ?? '', 'base64'),
});
const optionsOf = ({ reportId, state }: ImportInput): IntakeOptions => ({
  ...(reportId && { reportId }),
  ...(state && { state }),
});
const importing = (caller: Caller, cases: readonly string[]) =>
  ({ caller, operation: IMPORT, cases, classes: ['D0'], purpose: 'INTAKE', via: 'intake' }) as const;

/** Where the intake is. @param importedAt when the officer said it, if that was earlier */
export const importHere =
  ({ intake, recordAccess }: InterchangeParts) =>
  async (said: Pick<SaidImport, 'input'>, caller: Caller, importedAt?: string): Promise<ImportAnswer> => {
    const input = inputOf(said.input);
    const files = await intake.import(input.files.map(sentFile), caller, {
      ...optionsOf(input),
      ...(importedAt && { importedAt }),
    });
    await recordAccess(importing(caller, [...new Set(files.flatMap(({ concerned }) => concerned))]));
    const waiting = await intake.waiting(caller.agency);
    return { files: files.map(({ concerned: _, ...told }) => told), waiting: waiting.length };
  };

export interface AgencyImportParts extends Pick<InterchangeParts, 'recordAccess'> {
  /** Asks the intake, in the caller's name. @throws StoreUnavailable when it does not answer */
  readonly take: (said: SaidImport, caller: Caller, importedAt: string) => Promise<ImportAnswer>;
  /** Durable when it resolves; with when. Undefined: its id was kept with another content. */
  readonly keep: (said: SaidImport, caller: Caller) => Promise<string | undefined>;
  /** A set that they imported earlier still waits: this one waits behind it. */
  readonly mustWait: (caller: Caller) => Promise<boolean>;
  /** Now, UTC, ISO 8601. */
  readonly clock: () => string;
  /** How long the intake is tried before a set is kept; milliseconds. */
  readonly keepAfterMs?: number;
}

const untaken = (name: string, outcome: 'KEPT' | 'REFUSED', error?: ImportError): ImportAnswer['files'][number] => ({
  ...{ name: name.slice(0, 200), outcome, folios: [], caseIds: [], warnings: [] },
  ...(error && { error }),
});
/** The intake was at another set, or had too many before it: nothing of this one was taken. */
const isBusy = ({ files }: ImportAnswer): boolean => files.every(({ error }) => error?.code === 'E-BUSY');

/** Of a set that was kept: why it is not with the intake now either. */
export const whyNotTaken = ({ files }: ImportAnswer): ImportError['code'] | undefined => {
  const codes = files.flatMap(({ error }) => error?.code ?? []);
  return codes.includes('E-BUSY') ? 'E-BUSY' : codes[0];
};

/** In the service of an agency: what is malformed is refused there, the rest goes to the intake, or is kept while that is away (D12). */
export const importThroughAgency =
  ({ take, keep, mustWait, recordAccess, clock, keepAfterMs }: AgencyImportParts): Importing =>
  async ({ commandId, input: given }, caller) => {
    const input = inputOf(given);
    const errors = refusedFiles(input.files.map(sentFile), caller, optionsOf(input));
    const sound = { commandId, input: { ...input, files: input.files.filter((_, i) => !errors[i]) } };
    /** Of all files, in the order in which they were sent. */
    const told = (rest: ImportAnswer['files']): ImportAnswer['files'] => {
      const next = rest.values();
      return input.files.map(({ name }, i) =>
        errors[i] ? untaken(name, 'REFUSED', errors[i]) : (next.next().value ?? untaken(name, 'KEPT')),
      );
    };
    if (sound.input.files.length === 0) {
      await recordAccess(importing(caller, []));
      return { files: told([]) };
    }
    const importedAt = clock();
    const answer = await answeredOrKept(
      async () => {
        const taken = await take(sound, caller, importedAt);
        // With sets of others, or with an attempt of theirs to which nobody answered: a report is not lost to that either.
        if (isBusy(taken)) throw new StoreUnavailable('the intake is busy');
        return { kind: 'taken', taken } as const;
      },
      {
        keep: () => keep(sound, caller),
        mustWait: () => mustWait(caller),
        ...(keepAfterMs !== undefined && { keepAfterMs }),
      },
    );
    switch (answer.kind) {
      case 'taken':
        return { ...answer.taken, files: told(answer.taken.files) };
      case 'kept':
        return { files: told([]), kept: { commandId, keptAt: answer.keptAt } };
      // Never busy: what cannot be said now is kept. Of an id that is taken this says so.
      case 'busy':
      case 'reused':
        throw commandIdReused();
    }
  };
