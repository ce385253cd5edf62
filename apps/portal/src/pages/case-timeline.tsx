import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { PURPOSES } from '../purposes.js';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { client } from '../client.js';
import { type Trouble, troubleOf, useAgainUntil } from '../ask.js';
import { Action } from '../components/actions.js';
import { RuleText } from '../components/rule-text.js';
import { FactPicker } from '../components/fact-picker.js';
import { DetailView } from '../components/detail-view.js';
import { Empty, Incomplete, Loading, Notice, Receipt, TroubleNotice } from '../components/states.js';
import { CASE_CHANGED, DETAIL, TIMELINE } from '../documents.js';
import { dayKey, endOfDay, fromLocal, longDay } from '../format.js';
import { useSay } from '../i18n/language.js';
import { restOf, sentenceOf } from '../sentence.js';
import { Person } from '../staff.js';
import type { Detail, TimelineEntry, TimelinePage } from '../types.js';
import { useWords } from '../words.js';
import { useCase } from './case.js';

interface Filter {
  readonly agencies: readonly string[];
  readonly kinds: readonly string[];
  readonly from: string;
  readonly to: string;
}
const NONE: Filter = { agencies: [], kinds: [], from: '', to: '' };

/** The newest pages, one after the other. */
const pagesUpTo = async (many: number, variables: object) => {
  const found: TimelinePage[] = [];
  let after: string | null = null;
  do {
    const asked: object = after === null ? variables : { ...variables, after };
    const answer = await client.query<{ timeline: TimelinePage | null }>(TIMELINE, asked as never).toPromise();
    if (answer.error) return { found, error: answer.error };
    const page: TimelinePage | null = answer.data?.timeline ?? null;
    if (page) found.push(page);
    after = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null && found.length < many);
  return { found };
};

export function TimelineTab() {
  const say = useSay();
  const words = useWords();
  const { view, permissions, choices, accepted, changedBy } = useCase();
  const [filter, setFilter] = useState<Filter>(NONE);
  const [knownOn, setKnownOn] = useState('');
  const [pages, setPages] = useState<readonly TimelinePage[]>([]);
  const [trouble, setTrouble] = useState<Trouble>();
  const [loading, setLoading] = useState(true);
  const [turn, setTurn] = useState(0);
  const [fresh, setFresh] = useState<readonly TimelineEntry[]>([]);
  const [ended, setEnded] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const asking = useRef(0);
  const shownFor = useRef<object | undefined>(undefined);
  const read = useRef(0);
  read.current = pages.length;
  /** What was said here must be in the answer. */
  const atLeast = useRef<number | undefined>(undefined);
  const { caseId } = view;

  const variables = useMemo(
    () => ({
      caseId,
      first: 50,
      filter: {
        ...(filter.agencies.length && { agencies: filter.agencies }),
        ...(filter.kinds.length && { kinds: filter.kinds }),
        ...(filter.from && { from: fromLocal(`${filter.from}T00:00`) }),
        ...(filter.to && { to: endOfDay(filter.to) }),
      },
      ...(knownOn && { knownOn: endOfDay(knownOn) }),
    }),
    [caseId, filter, knownOn],
  );

  useEffect(() => {
    const mine = ++asking.current;
    setLoading(true);
    // Asked again, as many pages as were read: what is corrected or retracted in an older one shows there.
    const many = shownFor.current === variables ? Math.max(1, read.current) : 1;
    void pagesUpTo(many, { ...variables, atLeast: atLeast.current }).then(({ found, error }) => {
      if (mine !== asking.current) return;
      setLoading(false);
      if (error) {
        const said = troubleOf(error);
        setTrouble(said);
        if (said.kind === 'denied') setPages([]);
        return;
      }
      setTrouble(undefined);
      shownFor.current = variables;
      setPages(found);
      setFresh([]);
    });
  }, [variables, turn]);

  const readUpTo = (revision: number) => {
    atLeast.current = Math.max(atLeast.current ?? 0, revision);
    setTurn((n) => n + 1);
  };
  const again = useCallback(() => setTurn((n) => n + 1), []);
  useAgainUntil(loading || trouble || !pages[0] ? undefined : !pages[0].behind, again);

  const more = async () => {
    const after = pages.at(-1)?.pageInfo.endCursor;
    const { data, error } = await client
      .query<{ timeline: TimelinePage | null }>(TIMELINE, { ...variables, after } as never)
      .toPromise();
    if (error) setTrouble(troubleOf(error));
    else if (data?.timeline) {
      brought.current = new Set(data.timeline.entries.map(({ revision }) => revision));
      setPages((known) => [...known, data.timeline!]);
    }
  };

  // What others record shows at once. A feed that ends is taken up again from its last revision with the token of that
  // moment; the case is asked again too, so that access which has ended closes the page.
  const start = pages[0]?.revision;
  const asOf = Boolean(variables.knownOn);
  const since = useRef<number | undefined>(undefined);
  if (start !== undefined) since.current = Math.max(start, since.current ?? -1);
  const listening = start !== undefined && !asOf;
  useEffect(() => {
    if (!listening) return;
    let again: number | undefined;
    const calm = attempt === 0 ? undefined : window.setTimeout(() => setEnded(false), 3_000);
    const { unsubscribe } = client
      .subscription<{ caseChanged: TimelineEntry }>(CASE_CHANGED, { caseId, after: since.current ?? -1 } as never)
      .subscribe(({ data, error }) => {
        if (error) {
          if (again !== undefined) return;
          window.clearTimeout(calm);
          setEnded(true);
          again = window.setTimeout(
            () => {
              changedBy(since.current ?? -1);
              setAttempt((n) => n + 1);
            },
            Math.min(30_000, 2_000 * 2 ** Math.min(attempt, 4)),
          );
          return;
        }
        const entry = data?.caseChanged;
        if (!entry) return;
        setEnded(false);
        since.current = entry.revision;
        setFresh((known) => (known.some(({ revision }) => revision === entry.revision) ? known : [entry, ...known]));
        changedBy(entry.revision);
      });
    return () => {
      window.clearTimeout(again);
      window.clearTimeout(calm);
      unsubscribe();
    };
  }, [caseId, listening, changedBy, attempt]);

  const entries = useMemo(() => {
    const all = new Map<number, TimelineEntry>();
    for (const entry of pages.flatMap((page) => page.entries)) all.set(entry.revision, entry);
    const passes = (entry: TimelineEntry) =>
      (filter.agencies.length === 0 || (entry.agency !== null && filter.agencies.includes(entry.agency))) &&
      (filter.kinds.length === 0 || filter.kinds.includes(entry.kind));
    for (const entry of fresh.filter(passes)) all.set(entry.revision, entry);
    return [...all.values()].sort((a, b) => b.occurredAt.localeCompare(a.occurredAt) || b.revision - a.revision);
  }, [pages, fresh, filter]);
  const days = useMemo(() => {
    const grouped = new Map<string, TimelineEntry[]>();
    for (const entry of entries)
      grouped.set(dayKey(entry.occurredAt), [...(grouped.get(dayKey(entry.occurredAt)) ?? []), entry]);
    return [...grouped];
  }, [entries]);

  // An older page takes the keyboard to its first entry: the button goes with the last one, and stands below what it brought.
  const brought = useRef<ReadonlySet<number> | undefined>(undefined);
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    const older = brought.current;
    brought.current = undefined;
    if (!older) return;
    const first = entries.find(({ revision }) => older.has(revision));
    const entry = first && list.current?.querySelector<HTMLElement>(`[data-revision="${first.revision}"]`);
    (entry ?? list.current)?.focus();
  }, [entries]);

  const summary = useRef<HTMLElement>(null);
  const page = pages.at(-1);
  const chosen = [...filter.agencies, ...filter.kinds, filter.from, filter.to, knownOn].filter(Boolean).length;
  return (
    <>
      <details className="panel more">
        <summary ref={summary}>
          {say('timeline.filters')}
          {chosen > 0 && <span className="meta"> · {say('timeline.filtersOn', { count: chosen })}</span>}
        </summary>
        <div className="inside stack">
          <div className="grid2">
            <Checkbox.Group
              label={say('timeline.agencies')}
              value={[...filter.agencies]}
              onChange={(agencies) => setFilter({ ...filter, agencies })}
            >
              <div className="row" style={{ marginTop: 6 }}>
                {(pages[0]?.agencies ?? []).map((agency) => (
                  <Checkbox key={agency} value={agency} label={words.code(agency)} />
                ))}
              </div>
            </Checkbox.Group>
            <Checkbox.Group
              label={say('timeline.kinds')}
              value={[...filter.kinds]}
              onChange={(kinds) => setFilter({ ...filter, kinds })}
            >
              <div className="row" style={{ marginTop: 6 }}>
                {(pages[0]?.kinds ?? []).map((kind) => (
                  <Checkbox key={kind} value={kind} label={words.code(kind)} />
                ))}
              </div>
            </Checkbox.Group>
          </div>
          <div className="row" style={{ alignItems: 'flex-end' }}>
            <TextInput
              type="date"
              label={say('timeline.from')}
              value={filter.from}
              onChange={(event) => setFilter({ ...filter, from: event.currentTarget.value })}
            />
            <TextInput
              type="date"
              label={say('timeline.to')}
              value={filter.to}
              onChange={(event) => setFilter({ ...filter, to: event.currentTarget.value })}
            />
            <TextInput
              type="date"
              label={say('timeline.knownOn')}
              description={say('timeline.knownOnHelp')}
              value={knownOn}
              onChange={(event) => setKnownOn(event.currentTarget.value)}
            />
          </div>
        </div>
      </details>
      {(chosen > 0 || (page && entries.length === 0)) && (
        <div>
          <Button
            variant="default"
            onClick={() => {
              setFilter(NONE);
              setKnownOn('');
              // The button goes with what it takes away: the keyboard would be lost.
              summary.current?.focus();
            }}
          >
            {say('timeline.clear')}
          </Button>
        </div>
      )}
      <FactPicker
        permissions={permissions}
        caseId={caseId}
        choices={choices}
        onAccepted={(result) => {
          accepted(result);
          readUpTo(result.revision);
        }}
      />
      {trouble && <TroubleNotice trouble={trouble} what={say('tab.timeline')} again={again} />}
      {ended && (
        <Notice tone="partial" title={say('timeline.liveEnded')} role="status">
          <Button variant="default" size="xs" onClick={() => setAttempt((n) => n + 1)}>
            {say('action.retry')}
          </Button>
        </Notice>
      )}
      <p className="meta" role="status" aria-live="polite" style={{ margin: 0 }}>
        {fresh.length > 0 && say('timeline.fresh', { count: fresh.length })}
      </p>
      {asOf && <Notice tone="partial" title={say('timeline.asOf', { day: words.day(variables.knownOn) })} />}
      {loading && pages.length === 0 && !trouble && <Loading title={say('tab.timeline')} lines={6} />}
      {page && (
        <section
          className="panel"
          aria-label={say('tab.timeline')}
          aria-busy={loading || undefined}
          tabIndex={-1}
          ref={list}
        >
          <Incomplete since={page.incompleteSince} behind={page.behind} />
          {entries.length === 0 && <Empty>{say('timeline.none')}</Empty>}
          {days.map(([day, list]) => (
            <section key={day} aria-label={longDay(list[0]!.occurredAt, words.language)}>
              <h2 className="day">{longDay(list[0]!.occurredAt, words.language)}</h2>
              <ol className="entries">
                {list.map((entry) => (
                  <Entry
                    key={entry.revision}
                    entry={entry}
                    fresh={fresh.some(({ revision }) => revision === entry.revision)}
                    entries={entries}
                    done={readUpTo}
                  />
                ))}
              </ol>
            </section>
          ))}
          {page.pageInfo.hasNextPage && (
            <Button variant="default" onClick={() => void more()}>
              {say('timeline.more')}
            </Button>
          )}
        </section>
      )}
    </>
  );
}

/** Said by the case's head or by the entry itself. */
const SHOWN_ELSEWHERE = new Set(['commandId', 'mirrored', 'folio', 'zone', 'limitation', 'staffAgency']);

/** Facts about an account of the agencies, which is shown by its name. */
const NAMES_STAFF = new Set([
  'TeamMemberAdded',
  'TeamMemberRemoved',
  'ProtectionRepresentativeAssigned',
  'LegalAdviserAssigned',
  'LegalAdviserChanged',
]);

function Entry({
  entry,
  fresh,
  entries,
  done,
}: {
  entry: TimelineEntry;
  fresh: boolean;
  entries: readonly TimelineEntry[];
  done: (revision: number) => void;
}) {
  const say = useSay();
  const words = useWords();
  const { view, permissions, me, accepted } = useCase();
  const plain = restOf(entry).filter(
    ([name]) => !SHOWN_ELSEWHERE.has(name) && !/Ids?$|^sameActAs$|^fields$/.test(name),
  );
  const named = NAMES_STAFF.has(entry.type ?? '')
    ? ['staffId', 'formerStaffId'].flatMap((name) => {
        const id = entry.data?.[name];
        return typeof id === 'string' ? [[name, id] as const] : [];
      })
    : [];
  const corrected = entry.correctedBy && entries.find(({ eventId }) => eventId === entry.correctedBy);
  const mayCorrect =
    entry.eventId !== null &&
    permissions.includes('case:correct') &&
    (entry.own || (me.role === 'SUPERVISOR' && me.agency === entry.agency));
  const [receipt, setReceipt] = useState<string>();
  const after = (result: Parameters<typeof accepted>[0]) => {
    setReceipt(result.commandId);
    accepted(result);
    done(result.revision);
  };
  // The confirmation names the fact in words, and not by its id.
  const about = {
    caseId: view.caseId,
    known: { eventId: entry.eventId },
    choices: {
      eventId: [{ value: entry.eventId ?? '', label: sentenceOf(entry, words.language) }],
      ...(plain.length > 0 && { fieldName: plain.map(([value]) => ({ value, label: words.field(value) })) }),
    },
    onAccepted: after,
  };
  const aim = ['FactCorrected', 'FactRetracted'].includes(entry.type ?? '')
    ? entries.find(({ eventId }) => eventId !== null && eventId === entry.data?.['eventId'])
    : undefined;
  return (
    <li
      className={entry.retractedBy ? 'retracted' : undefined}
      data-fresh={fresh || undefined}
      data-type={entry.type ?? undefined}
      data-revision={entry.revision}
      tabIndex={-1}
      id={entry.eventId ? `hecho-${entry.eventId}` : undefined}
    >
      <p style={{ margin: 0 }}>
        <strong className="sentence">{sentenceOf(entry, words.language)}</strong>
        {entry.agency && <> · {words.code(entry.agency)}</>}
      </p>
      {named.length > 0 && (
        <p className="meta" style={{ margin: 0 }}>
          {named.map(([name, id]) => (
            <span key={name}>
              {words.field(name)}: <Person id={id} />
            </span>
          ))}
        </p>
      )}
      <p className="meta" style={{ margin: 0 }}>
        <time dateTime={entry.occurredAt}>{say('timeline.happened', { at: words.instant(entry.occurredAt) })}</time>
        {entry.knownAt && entry.knownAt !== entry.occurredAt && (
          <span>{say('timeline.known', { at: words.instant(entry.knownAt) })}</span>
        )}
        {entry.recordedAt.slice(0, 16) !== entry.occurredAt.slice(0, 16) && (
          <span>{say('timeline.recorded', { at: words.instant(entry.recordedAt) })}</span>
        )}
        {entry.actorRole && (
          <span>
            {entry.actor && !entry.actor.startsWith('process:') && (
              <>
                <Person id={entry.actor} /> ·{' '}
              </>
            )}
            {words.code(entry.actorRole)}
            {entry.own ? ` (${say('timeline.own')})` : ''}
          </span>
        )}
        {aim && (
          <span>
            {say('timeline.aim')}{' '}
            <a href={`#hecho-${aim.eventId}`}>
              {words.fact(aim.type ?? '')}, {words.instant(aim.occurredAt)}
            </a>
          </span>
        )}
        {entry.late && <strong>◷ {say('timeline.late')}</strong>}
        {entry.correctedBy && (
          <strong>
            ✎{' '}
            {corrected ? (
              <a href={`#hecho-${entry.correctedBy}`}>{say('timeline.corrected')}</a>
            ) : (
              say('timeline.corrected')
            )}
          </strong>
        )}
        {entry.retractedBy && (
          <strong>
            ✕ {say('timeline.retracted')} {entry.retractionReason && `(${words.code(entry.retractionReason)})`}
          </strong>
        )}
      </p>
      {entry.violations.length > 0 && (
        <p style={{ margin: '.25rem 0 0' }}>
          <span aria-hidden="true">⚠ </span>
          {say('timeline.violations')}{' '}
          {entry.violations.map((rule) => (
            <RuleText key={rule} rule={rule} />
          ))}
        </p>
      )}
      {plain.length > 0 && (
        <details className="more slight">
          <summary>{say('timeline.data', { count: plain.length })}</summary>
          <dl className="fact inside">
            {plain.map(([name, value]) => (
              <div key={name} style={{ display: 'contents' }}>
                <dt>{words.field(name)}</dt>
                <dd>{shownValue(name, value, words)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {entry.hasDetail && entry.eventId && !entry.retractedBy && (
        <Sealed caseId={view.caseId} eventId={entry.eventId} />
      )}
      {/* Retracting takes its own form away; its receipt stays. */}
      {receipt && entry.retractedBy && <Receipt commandId={receipt} focus />}
      {mayCorrect && !entry.retractedBy && (
        <details className="more slight">
          <summary>{say('timeline.correct')}</summary>
          <div className="inside">
            <Action command="correctFact" {...about} />
            <Action command="retractFact" {...about} />
          </div>
        </details>
      )}
    </li>
  );
}

/** Folded by default. Opening is a reading with a purpose, and the person is told that it is written down. */
export function Sealed({ caseId, eventId, label }: { caseId: string; eventId: string; label?: string }) {
  const say = useSay();
  const words = useWords();
  const { me } = useCase();
  const [purpose, setPurpose] = useState('');
  const [detail, setDetail] = useState<Detail>();
  const [trouble, setTrouble] = useState<Trouble>();
  const [busy, setBusy] = useState(false);
  const open = async () => {
    setBusy(true);
    const { data, error } = await client
      .query<{ detail: Detail }>(DETAIL, { caseId, eventId, purpose } as never)
      .toPromise();
    setBusy(false);
    if (error) setTrouble(troubleOf(error));
    else {
      setTrouble(undefined);
      setDetail(data?.detail);
    }
  };
  return (
    <details className="more" onToggle={(event) => !event.currentTarget.open && setDetail(undefined)}>
      <summary>{label ?? say('sealed.open')}</summary>
      <div className="inside stack">
        {!detail && (
          <form
            className="row"
            style={{ alignItems: 'flex-end' }}
            onSubmit={(event) => {
              event.preventDefault();
              if (purpose) void open();
            }}
          >
            <NativeSelect
              label={say('sealed.purpose')}
              description={say('sealed.logged')}
              value={purpose}
              onChange={(event) => setPurpose(event.currentTarget.value)}
              data={[
                { value: '', label: say('form.choose') },
                ...PURPOSES(me.role).map((value) => ({ value, label: words.code(value) })),
              ]}
            />
            <Button type="submit" variant="default" disabled={!purpose} aria-busy={busy}>
              {say('sealed.show')}
            </Button>
          </form>
        )}
        {trouble && <TroubleNotice trouble={trouble} what={say('sealed.what')} />}
        {detail && <DetailView detail={detail} again={() => void open()} />}
      </div>
    </details>
  );
}

/** States are keys of two digits, and a report's answers are told by the names of their questions. */
const shownValue = (name: string, value: unknown, words: ReturnType<typeof useWords>): string => {
  if (name === 'answered' && Array.isArray(value)) return value.map((one) => words.field(String(one))).join(' · ');
  if (name === 'factType') return words.fact(String(value));
  if (name === 'fieldName') return words.field(String(value));
  return /state$/i.test(name) ? words.code(String(value)) : words.value(value);
};
