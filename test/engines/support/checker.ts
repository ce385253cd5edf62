import { canonical, type Json, type RecordedEvent, uuidv5, type WireMessage } from '@resguardo/eventing';

/** A command that was answered: from here on it must not be lost, and must not be there twice (D12). */
export interface Acknowledged {
  /** Subject of whoever said it. */
  readonly actor: string;
  readonly command: string;
  readonly commandId: string;
  /** When it happened, where that was said: it stays so, however late it arrives. */
  readonly occurredAt?: string;
  /** Where it ends on the timeline; undefined where it was kept first. */
  readonly at?: { readonly caseId: string; readonly revision: number };
}

/**
 * What is wrong with a history, given what was answered. Each command is there once: its events have the ids that follow from it, one behind the
 * other, up to the revision that was told. No stream has a gap, no id is there twice.
 */
export const commandFindings = (
  answered: readonly Acknowledged[],
  history: readonly RecordedEvent[],
): readonly string[] => {
  const found: string[] = [];
  const byCommand = new Map<string, RecordedEvent[]>();
  const next = new Map<string, number>();
  const ids = new Set<string>();
  for (const event of history) {
    const { id, stream, revision, meta } = event;
    if (ids.has(id)) found.push(`event ${id} is in the store twice`);
    ids.add(id);
    if (revision !== (next.get(stream) ?? 0))
      found.push(`${stream} goes on at ${revision}, not ${next.get(stream) ?? 0}`);
    next.set(stream, revision + 1);
    const command = `${meta.actor} ${meta.commandId}`;
    const known = byCommand.get(command);
    if (known) known.push(event);
    else byCommand.set(command, [event]);
  }
  for (const { actor, command, commandId, occurredAt, at } of answered) {
    const what = `${command} ${commandId}`;
    const events = byCommand.get(`${actor} ${commandId}`) ?? [];
    const first = events[0];
    if (!first) {
      found.push(`${what} was acknowledged and is not in the store`);
      continue;
    }
    if (events.some(({ id }, index) => id !== uuidv5(actor, commandId, String(index))))
      found.push(`${what} is in the store more than once`);
    if (events.some(({ stream, revision }, index) => stream !== first.stream || revision !== first.revision + index))
      found.push(`${what} is not in one piece`);
    const last = events.at(-1)!;
    if (at && (last.stream !== `case-${at.caseId}` || last.revision !== at.revision))
      found.push(
        `${what} was acknowledged at ${at.revision} of case-${at.caseId}, and is at ${last.revision} of ${last.stream}`,
      );
    if (occurredAt !== undefined && first.meta.occurredAt !== occurredAt)
      found.push(`${what} happened at ${occurredAt}, and is dated ${first.meta.occurredAt}`);
  }
  return found;
};

/** A record as it lies in a feed. */
export interface FeedRecord extends WireMessage {
  readonly partition: number;
  readonly offset: string;
}

const place = (reader: string, { partition, offset }: Pick<FeedRecord, 'partition' | 'offset'>): string =>
  `feed-${reader} ${partition}@${offset}`;
const wholeOf = ({ key, headers, value }: WireMessage): string =>
  canonical({ key, headers, value: value === null ? null : value.toString() } as unknown as Json);

/** What a reader must find: per stream every revision, as the table in contracts gives it to that reader. */
export interface Told {
  readonly stream: string;
  readonly revision: number;
  readonly partition: number;
  readonly wire: WireMessage;
}

/**
 * What is wrong with a feed, given what must be there, stream by stream in order of its revisions. A record may come again, the same to the last
 * character, once everything before it is there. `byHand`: records (`partition@offset`) that a test put there itself.
 */
export const feedFindings = (
  reader: string,
  told: readonly Told[],
  records: readonly FeedRecord[],
  byHand: ReadonlySet<string> = new Set(),
): { readonly found: readonly string[]; readonly repeats: number } => {
  const found: string[] = [];
  let repeats = 0;
  const expected = new Map<
    string,
    { readonly stream: string; readonly revision: number; readonly partition: number }
  >();
  const ends = new Map<string, number>();
  for (const { stream, revision, partition, wire } of told) {
    expected.set(wholeOf(wire), { stream, revision, partition });
    ends.set(stream, revision + 1);
  }
  const next = new Map<string, number>();
  for (const record of records) {
    if (byHand.has(`${record.partition}@${record.offset}`)) continue;
    const known = expected.get(wholeOf(record));
    if (!known) found.push(`${place(reader, record)} is not what the store has for this reader`);
    else {
      const due = next.get(known.stream) ?? 0;
      if (known.partition !== record.partition)
        found.push(`${place(reader, record)} is in another partition than its case`);
      if (known.revision < due) repeats++;
      else if (known.revision > due)
        found.push(`${place(reader, record)}: ${known.stream} has ${known.revision} before ${due}`);
      next.set(known.stream, Math.max(due, known.revision + 1));
    }
  }
  for (const [stream, end] of ends)
    if ((next.get(stream) ?? 0) < end)
      found.push(`feed-${reader} ends ${stream} at ${(next.get(stream) ?? 0) - 1}, the store at ${end - 1}`);
  return { found, repeats };
};

/** Rows of a view by key, as they lie in the table. */
export type Rows = readonly (Readonly<Record<string, unknown>> & { readonly key: string })[];

/** What is wrong with a view, given the same view filled anew. */
export const rowFindings = (view: string, used: Rows, anew: Rows): readonly string[] => {
  const texts = (rows: Rows) =>
    new Map(rows.map((row) => [row.key, canonical(JSON.parse(JSON.stringify(row)) as Json)]));
  const [left, right] = [texts(used), texts(anew)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
    left.get(key) === right.get(key)
      ? []
      : [
          `${view} ${key}: ${!left.has(key) ? 'is missing' : !right.has(key) ? 'is there without reason' : 'is another when it is filled anew'}`,
        ],
  );
};
