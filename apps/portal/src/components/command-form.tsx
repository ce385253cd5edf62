import { Button, Checkbox, Group, NativeSelect, Radio, Textarea, TextInput } from '@mantine/core';
import { allCommands, type Field, type Fields, commandErrors, mutationDocument } from '@resguardo/contracts';
import { type FormEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import { Dialog } from './dialog.js';
import { client } from '../client.js';
import { connection } from '../connection.js';
import { draftOf, drafts, dropDraft, folioOfCase, keepDraft } from '../drafts.js';
import { fromLocal, toLocal } from '../format.js';
import { type Key, useLanguage, useSay } from '../i18n/language.js';
import { needsConfirmation } from '../places.js';
import { Person } from '../staff.js';
import type { CommandResult } from '../types.js';
import { useWords } from '../words.js';
import { RuleText } from './rule-text.js';
import { Notice, serviceKey } from './states.js';

export interface Choice {
  readonly value: string;
  readonly label: string;
}
const REPORTING = ['receiveReport', 'addReport'];
/** What the page already knows and never asks again, by name of the field. */
export type Known = Readonly<Record<string, unknown>>;
export type Accepted = Extract<CommandResult, { __typename: 'Accepted' }>;
type Values = Record<string, unknown>;
interface Wrong {
  readonly path: string;
  readonly problem: string;
}
type Outcome =
  | {
      readonly kind: 'answered';
      readonly result: CommandResult;
      /** The account that was named. */
      readonly staffId?: string;
    }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'reused' }
  | { readonly kind: 'away'; readonly service: string | undefined }
  | { readonly kind: 'refusedByDoor'; readonly code: string };

const PROBLEMS: Readonly<Record<string, Key>> = {
  required: 'problem.required',
  unknown: 'problem.unknown',
  'not-a-code': 'problem.choose',
  'not-a-boolean': 'problem.choose',
  'not-an-instant': 'problem.instant',
  'not-a-day': 'problem.day',
  'not-a-count': 'problem.count',
  'not-a-reference': 'problem.reference',
  'not-a-digest': 'problem.digest',
  'not-text': 'problem.required',
  'too-long': 'problem.tooLong',
  'too-many': 'problem.tooMany',
  'looks-like-content': 'problem.content',
  'curp-length': 'problem.curp',
  curp: 'problem.curp',
  phone: 'problem.phone',
  future: 'problem.future',
  'nothing-said': 'problem.nothingSaid',
};

const at = (values: Values, path: string): unknown =>
  path.split('.').reduce<unknown>((inside, name) => (inside as Values | undefined)?.[name], values);
const put = (values: Values, path: string, value: unknown): Values => {
  const [first, ...rest] = path.split('.') as [string, ...string[]];
  return {
    ...values,
    [first]: rest.length ? put((values[first] as Values | undefined) ?? {}, rest.join('.'), value) : value,
  };
};

/** What is sent: nothing for what was left empty, so that "not said" never becomes "no". */
const built = (fields: Fields, values: Values): Values =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => {
      const value = one(field, values[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );

const one = (field: Field, value: unknown): unknown => {
  switch (field.kind) {
    case 'group': {
      const inside = built(field.fields!, (value as Values | undefined) ?? {});
      return field.optional && Object.keys(inside).length === 0 ? undefined : inside;
    }
    case 'many': {
      const list = (Array.isArray(value) ? value : [])
        .map((item) => one(field.item!, item))
        .filter((item) => item !== undefined);
      return field.optional && list.length === 0 ? undefined : list;
    }
    case 'flag':
      return typeof value === 'boolean' ? value : undefined;
    case 'count':
      return value === undefined || value === '' ? undefined : Number(value);
    case 'instant':
      return value === undefined || value === '' ? undefined : (fromLocal(value as string) ?? value);
    case 'code':
    case 'day':
    case 'ref':
    case 'digest':
    case 'text':
      return typeof value !== 'string' || value.trim() === '' ? undefined : value.trim();
  }
};

/** A value as commands have it, in the shape that the fields of the form keep. */
const shown = (field: Field, value: unknown): unknown => {
  if (value === undefined || value === null) return undefined;
  switch (field.kind) {
    case 'instant':
      return typeof value === 'string' ? toLocal(value) : value;
    case 'count':
      return String(value);
    case 'group':
      return shownAll(field.fields!, value as Values);
    case 'many':
      return Array.isArray(value) ? value.map((item) => shown(field.item!, item)) : value;
    case 'code':
    case 'day':
    case 'ref':
    case 'digest':
    case 'text':
    case 'flag':
      return value;
  }
};
const shownAll = (fields: Fields, values: Values): Values =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => (name in values ? [[name, shown(field, values[name])]] : [])),
  );

/** What was said, as its form keeps it. */
export const sheetOf = (
  command: string,
  said: { readonly input: Values; readonly occurredAt: string | null; readonly knownAt: string | null },
) => ({
  // What has a page of its own is kept as it was said.
  values: allCommands[command] ? shownAll(allCommands[command].input, said.input) : said.input,
  ...(said.occurredAt && { occurredAt: toLocal(said.occurredAt) }),
  ...(said.knownAt && { knownAt: toLocal(said.knownAt) }),
});
/** Name of one form on a page that has several of the same command: what the page knows for it tells them apart. */
export const anchorOf = (command: string, known: Known = {}): string =>
  [command, ...Object.values(known).filter((value) => typeof value === 'string')].map(encodeURIComponent).join('~');

/** Whether everything that a page knew for an earlier form it knows alike now. */
const fits = (earlier: string, known: Known): boolean =>
  Object.entries(JSON.parse(earlier) as Known).every(
    ([name, value]) => JSON.stringify(known[name]) === JSON.stringify(value),
  );

export type Kept = Omit<Extract<CommandResult, { __typename: 'Kept' }>, '__typename'>;

/** Of what one's own agency keeps until the timeline can be reached (D12). */
export function KeptNotice({ kept, children }: { readonly kept: Kept; readonly children?: ReactNode }) {
  const say = useSay();
  const words = useWords();
  return (
    <Notice tone="partial" title={say('result.kept')} focus>
      <p>{say('result.keptWhy', { at: words.instant(kept.keptAt) })}</p>
      {children}
      <p className="meta">{say('result.receipt', { id: kept.commandId })}</p>
    </Notice>
  );
}

/** Draft of words that came back: the form of the command takes them up wherever it stands. */
export const refillSlot = (command: string, caseId?: string): string =>
  `back:${command}:${command === 'receiveReport' ? 'new' : (caseId ?? 'folio')}`;

export function CommandForm({
  command,
  caseId,
  folio,
  known = {},
  suggested = {},
  choices = {},
  onAccepted,
  onKept,
  intro,
  askOnly,
}: {
  command: string;
  caseId?: string;
  /** Ask for the folio of the case (facts about a case one is not on the team of). */
  folio?: boolean;
  known?: Known;
  /** Filled in at the start, and the person may change it. */
  suggested?: Known;
  choices?: Readonly<Record<string, readonly Choice[]>>;
  onAccepted?: (result: Accepted) => void;
  /** It is with one's own agency, not on the timeline yet (D12). */
  onKept?: (result: Kept) => void;
  intro?: ReactNode;
  /** Show these fields first, the rest under "more". */
  askOnly?: readonly string[];
}) {
  const spec = allCommands[command];
  if (!spec) throw new Error(`no command ${command}`);
  const say = useSay();
  const words = useWords();
  const { language } = useLanguage();
  const id = useId();
  const place = `${command}:${caseId ?? (folio ? 'folio' : 'new')}:`;
  const slot = place + JSON.stringify(known);
  // What was begun in this case when the page knew less (no plan yet, say) goes on here. Without a case it may be about another child.
  const earlier = () =>
    caseId
      ? drafts().find(([name]) => name !== slot && name.startsWith(place) && fits(name.slice(place.length), known))
      : undefined;
  const refill = refillSlot(command, caseId);
  const fresh = () => ({
    commandId: crypto.randomUUID() as string,
    values: Object.fromEntries(
      Object.entries(spec.input).map(([name, field]) => [
        name,
        shown(
          field,
          known[name] ??
            suggested[name] ??
            (choices[name]?.length === 1 && field.kind === 'ref' && !field.optional
              ? choices[name][0]!.value
              : undefined),
        ),
      ]),
    ) as Values,
    occurredAt: toLocal(new Date().toISOString()),
    knownAt: '',
    folio: '',
  });
  type Sheet = ReturnType<typeof fresh>;
  const knownValues = () =>
    Object.fromEntries(
      Object.entries(spec.input).flatMap(([name, field]) =>
        known[name] === undefined ? [] : [[name, shown(field, known[name])]],
      ),
    );
  const [sheet, setSheet] = useState<Sheet>(() => {
    const draft = draftOf(refill) ?? draftOf(slot) ?? earlier()?.[1];
    const empty = fresh();
    return draft
      ? {
          ...empty,
          commandId: draft.commandId,
          values: { ...empty.values, ...draft.values, ...knownValues() },
          occurredAt: draft.occurredAt ?? empty.occurredAt,
          knownAt: draft.knownAt ?? '',
          folio: draft.folio ?? '',
        }
      : empty;
  });
  const [restored] = useState(() => (draftOf(refill) ?? draftOf(slot) ?? earlier()) !== undefined);
  const [wrong, setWrong] = useState<readonly Wrong[]>([]);
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const summary = useRef<HTMLDivElement>(null);
  const confirmed = useRef(false);

  useEffect(() => {
    if (wrong.length) summary.current?.focus();
  }, [wrong]);

  const change = (next: Sheet) => {
    setSheet(next);
    if (outcome?.kind === 'answered') setOutcome(undefined);
    dropDraft(refill);
    const before = earlier();
    if (before) dropDraft(before[0]);
    const about = folioOfCase(caseId);
    keepDraft(slot, {
      ...(about && { about }),
      commandId: next.commandId,
      values: next.values,
      occurredAt: next.occurredAt,
      knownAt: next.knownAt,
      folio: next.folio,
      command,
      // With the form's name: who comes back to the draft finds it unfolded.
      path: `${window.location.pathname}#${anchorOf(command, known)}`,
    });
  };

  const input = useMemo(() => built(spec.input, sheet.values), [spec, sheet.values]);
  const askCase = folio === true && spec.on === 'anyone';

  const checked = (): readonly Wrong[] => {
    const found: Wrong[] = commandErrors(spec, input).map(({ path, problem }) => ({ path, problem }));
    if (askCase && sheet.folio.trim() === '') found.unshift({ path: 'folio', problem: 'required' });
    if (spec.mark === 'fact') {
      const occurred = fromLocal(sheet.occurredAt);
      if (!occurred) found.unshift({ path: 'occurredAt', problem: 'not-an-instant' });
      else if (Date.parse(occurred) > Date.now() + 60_000) found.unshift({ path: 'occurredAt', problem: 'future' });
    }
    return found;
  };

  const send = async () => {
    setBusy(true);
    setOutcome(undefined);
    connection.waits(1);
    const variables = {
      ...(spec.on === 'case' ? { caseId } : {}),
      ...(spec.on === 'anyone' ? (askCase ? { folio: sheet.folio.trim() } : { caseId }) : {}),
      commandId: sheet.commandId,
      ...(spec.mark === 'fact'
        ? { occurredAt: fromLocal(sheet.occurredAt), ...(sheet.knownAt && { knownAt: fromLocal(sheet.knownAt) }) }
        : {}),
      ...(Object.keys(spec.input).length ? { input } : {}),
      locale: language === 'es' ? 'ES' : 'EN',
    };
    const { data, error } = await client
      .mutation<{ result: CommandResult }>(mutationDocument(command, spec), variables)
      .toPromise();
    connection.waits(-1);
    setBusy(false);
    if (data?.result) {
      const { staffId } = input;
      setOutcome({ kind: 'answered', result: data.result, ...(typeof staffId === 'string' && { staffId }) });
      if (data.result.__typename === 'Accepted' || data.result.__typename === 'Kept') {
        for (const name of [slot, refill, earlier()?.[0]]) if (name) dropDraft(name);
        setSheet(fresh());
        setWrong([]);
      }
      if (data.result.__typename === 'Accepted') onAccepted?.(data.result);
      if (data.result.__typename === 'Kept') onKept?.(data.result);
      return;
    }
    const first = error?.graphQLErrors[0];
    const code = first?.extensions?.['code'];
    if (code === 'BAD_USER_INPUT') {
      const fields = (first?.extensions?.['fields'] as Wrong[] | undefined) ?? [];
      setWrong(fields.length ? fields : [{ path: '', problem: 'unknown' }]);
    } else if (code === 'COMMAND_ID_REUSED') setOutcome({ kind: 'reused' });
    else if (code === 'SERVICE_AWAY')
      setOutcome({ kind: 'away', service: first?.extensions?.['service'] as string | undefined });
    else if (typeof code === 'string' && !['INTERNAL_SERVER_ERROR', 'TRY_AGAIN', 'RATE_LIMITED'].includes(code))
      setOutcome({ kind: 'refusedByDoor', code });
    else setOutcome({ kind: 'unknown' });
  };

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (busy) return;
    const found = checked();
    setWrong(found);
    if (found.length) return;
    if (needsConfirmation(command) && !confirmed.current) return setConfirming(true);
    confirmed.current = false;
    void send();
  };

  // A report is a fact of its own: its moment is when it came in, not when the child was hurt; legal terms run from it.
  const moment = say(
    REPORTING.includes(command)
      ? 'form.receivedAt'
      : command === 'completeReport'
        ? 'form.learnedAt'
        : 'form.occurredAt',
  );
  const fieldId = (path: string) => `${id}-${path.replaceAll('.', '-')}`;
  const told = ({ path, problem }: Wrong): string => {
    const field = path
      .split('.')
      .filter((part) => !/^\d+$/.test(part))
      .reduce<Field | undefined>((inside, name) => (inside?.fields ?? spec.input)[name], undefined);
    return say(PROBLEMS[problem] ?? 'problem.unknown', { min: field?.min ?? 0, max: field?.max ?? 0 });
  };
  const problemOf = (path: string): string | undefined => {
    const found = wrong.find((item) => item.path === path || item.path.startsWith(`${path}.`));
    return found && told(found);
  };
  const nameOf = (path: string) =>
    path === 'occurredAt'
      ? moment
      : path === 'folio' || path === 'knownAt'
        ? say(`form.${path}` as Key)
        : path === ''
          ? words.command(command)
          : words.field(
              path
                .split('.')
                .filter((part) => !/^\d+$/.test(part))
                .at(-1)!,
            );

  const draw = (fields: Fields, prefix = ''): ReactNode[] =>
    Object.entries(fields)
      .filter(([name]) => prefix !== '' || !(name in known))
      .map(([name, field]) => (
        <FieldInput
          key={name}
          id={fieldId(prefix + name)}
          path={prefix + name}
          name={name}
          field={field}
          value={at(sheet.values, prefix + name)}
          set={(value) => change({ ...sheet, values: put(sheet.values, prefix + name, value) })}
          problem={field.kind === 'group' ? undefined : problemOf(prefix + name)}
          choices={choices[name]}
          inside={field.kind === 'group' ? draw(field.fields!, `${prefix + name}.`) : undefined}
        />
      ));

  const result = outcome?.kind === 'answered' ? outcome.result : undefined;
  /** A form that was sent as it stood has no draft, and none is spoken of. */
  const withDraft = (key: Key): string =>
    (draftOf(refill) ?? draftOf(slot) ?? earlier()) ? `${say(key)} ${say('form.kept')}` : say(key);
  const main = askOnly
    ? Object.fromEntries(Object.entries(spec.input).filter(([name]) => askOnly.includes(name)))
    : spec.input;
  const rest = askOnly
    ? Object.fromEntries(Object.entries(spec.input).filter(([name]) => !askOnly.includes(name)))
    : {};

  return (
    <form
      data-command={command}
      onSubmit={submit}
      noValidate
      aria-label={Object.keys(known).length === 0 ? words.command(command) : undefined}
      className="stack"
    >
      {intro}
      {words.commandHelp(command) && <p style={{ margin: 0 }}>{words.commandHelp(command)}</p>}
      {restored && !outcome && (
        <p className="meta" style={{ margin: 0 }}>
          {say('form.restored')}
        </p>
      )}
      {wrong.length > 0 && (
        <div className="notice" data-tone="error" role="alert" tabIndex={-1} ref={summary}>
          <p>
            <strong>{say('form.errors', { count: wrong.length })}</strong>
          </p>
          <ul className="plain">
            {wrong.map(({ path, problem }) => (
              <li key={`${path}:${problem}`}>
                <a
                  href={`#${fieldId(path)}`}
                  onClick={(event) => {
                    event.preventDefault();
                    // What is wrong with no field in particular is mended from the first on.
                    const led = path || (Object.keys(main).find((name) => !(name in known)) ?? '');
                    const target =
                      document.getElementById(fieldId(led)) ??
                      document.getElementById(fieldId(led.replace(/\.\d+.*$/, '')));
                    (target?.matches('input,select,textarea')
                      ? target
                      : target?.querySelector<HTMLElement>('input,select,textarea,button')
                    )?.focus();
                  }}
                >
                  {nameOf(path)}: {told({ path, problem })}
                </a>
              </li>
            ))}
          </ul>
        </div>
      )}
      {askCase && (
        <TextInput
          className="field"
          id={fieldId('folio')}
          label={say('form.folio')}
          description={say('form.folioHelp')}
          value={sheet.folio}
          error={problemOf('folio')}
          onChange={(event) => change({ ...sheet, folio: event.currentTarget.value })}
        />
      )}
      {spec.mark === 'fact' && (
        <TextInput
          className="field"
          type="datetime-local"
          id={fieldId('occurredAt')}
          label={moment}
          description={`${command === 'completeReport' ? '' : `${say('form.occurredAtHelp')} `}${say('form.zone')}`}
          value={sheet.occurredAt}
          error={problemOf('occurredAt')}
          onChange={(event) => change({ ...sheet, occurredAt: event.currentTarget.value })}
        />
      )}
      {draw(main)}
      {Object.keys(rest).length > 0 && (
        <details className="more" open={wrong.some(({ path }) => path.split('.')[0]! in rest) || undefined}>
          <summary>{say('form.more')}</summary>
          <div className="inside stack">{draw(rest)}</div>
        </details>
      )}
      {/* What completes a report asks when it became known already. */}
      {spec.mark === 'fact' && command !== 'completeReport' && (
        <details className="more" open={sheet.knownAt !== '' || undefined}>
          <summary>{say('form.knownAtAdd')}</summary>
          <div className="inside">
            <TextInput
              className="field"
              type="datetime-local"
              id={fieldId('knownAt')}
              label={say('form.knownAt')}
              description={say('form.zone')}
              value={sheet.knownAt}
              onChange={(event) => change({ ...sheet, knownAt: event.currentTarget.value })}
            />
          </div>
        </details>
      )}
      <div className="row">
        <Button type="submit" loading={false} aria-disabled={busy || undefined}>
          {busy
            ? say('form.sending')
            : outcome?.kind === 'unknown' || outcome?.kind === 'away' || result?.__typename === 'Busy'
              ? say('form.again')
              : say(spec.mark === 'fact' ? 'form.record' : 'form.submit')}
        </Button>
      </div>
      <div aria-live="polite">
        {result?.__typename === 'Accepted' && (
          <Notice tone="good" title={say(spec.mark === 'fact' ? 'result.recorded' : 'result.accepted')} focus>
            {outcome?.kind === 'answered' && outcome.staffId && (
              <p>
                {words.field('staffId')}: <Person id={outcome.staffId} />
              </p>
            )}
            {result.folio && <p>{say('result.folio', { folio: result.folio })}</p>}
            {result.repeated && <p>{say('result.repeated')}</p>}
            {result.violations.length > 0 && (
              <>
                <p>{say('result.violations')}</p>
                <ul className="plain">
                  {result.violations.map(({ rule, text }) => (
                    <li key={rule}>
                      {text} ({rule})
                    </li>
                  ))}
                </ul>
              </>
            )}
            <p className="meta">{say('result.receipt', { id: result.commandId })}</p>
          </Notice>
        )}
        {result?.__typename === 'Refused' && (
          <Notice tone="refused" title={say('result.refused')} focus>
            <p data-part="because">{result.because}</p>
            <p data-part="instead">
              <strong>{say('result.instead')}</strong> {result.instead}
            </p>
            <p className="meta">
              <span>{say('result.source', { source: result.source })}</span>
              <RuleText rule={result.rule} />
              <span>{say('state.code', { code: result.code })}</span>
            </p>
            <p className="meta">{say('result.refusalKept')}</p>
          </Notice>
        )}
        {result?.__typename === 'Kept' && <KeptNotice kept={result} />}
        {result?.__typename === 'Busy' && (
          <Notice tone="partial" title={say('result.busy')} focus>
            <p>{say('result.busyWhy')}</p>
          </Notice>
        )}
        {outcome?.kind === 'unknown' && (
          <Notice tone="partial" title={say('result.unknown')} focus>
            <p>{withDraft('result.unknownWhy')}</p>
          </Notice>
        )}
        {outcome?.kind === 'away' && (
          <Notice tone="partial" title={say('state.away', { service: say(serviceKey(outcome.service)) })} focus>
            <p>{withDraft('result.awayWhy')}</p>
          </Notice>
        )}
        {outcome?.kind === 'reused' && (
          <Notice tone="error" title={say('result.reused')} focus>
            <p>{say('result.reusedWhy')}</p>
            <Button
              variant="default"
              size="xs"
              onClick={() => {
                change({ ...sheet, commandId: crypto.randomUUID() });
                setOutcome(undefined);
              }}
            >
              {say('result.reusedNew')}
            </Button>
          </Notice>
        )}
        {outcome?.kind === 'refusedByDoor' && (
          <Notice tone="error" title={say(outcome.code === 'NOT_FOUND' ? 'result.noCase' : 'result.notYours')} focus>
            <p>{say('result.nothingRecorded')}</p>
            <p className="meta">{say('state.code', { code: outcome.code })}</p>
          </Notice>
        )}
      </div>
      <Dialog
        opened={confirming}
        onClose={() => setConfirming(false)}
        title={say('confirm.title', { what: words.command(command) })}
      >
        <div className="stack">
          <p style={{ margin: 0 }}>{say('confirm.effects')}</p>
          <ul className="plain">
            <li>{say('confirm.staysForEver')}</li>
            <li>{say('confirm.seenByTeam')}</li>
            {needsConfirmation(command) === 'erasure' && <li>{say('confirm.erasure')}</li>}
            {needsConfirmation(command) === 'closing' && <li>{say('confirm.closing')}</li>}
          </ul>
          <Summary fields={spec.input} input={input} known={known} choices={choices} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setConfirming(false)}>
              {say('action.back')}
            </Button>
            <Button
              onClick={() => {
                confirmed.current = true;
                setConfirming(false);
                submit();
              }}
            >
              {say('confirm.yes')}
            </Button>
          </Group>
        </div>
      </Dialog>
    </form>
  );
}

/** What is about to be said. Sealed words are not repeated on the screen. */
function Summary({
  fields,
  input,
  known,
  choices,
}: {
  fields: Fields;
  input: Values;
  known: Known;
  choices: Readonly<Record<string, readonly Choice[]>>;
}) {
  const say = useSay();
  const words = useWords();
  return (
    <dl className="fact">
      {Object.entries(input)
        // An identifier that the page gave tells nobody anything; what a choice is called does.
        .filter(([name]) => !(name in known) || fields[name]?.kind !== 'ref' || choices[name])
        .map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{words.field(name)}</dt>
            <dd>
              {fields[name]?.kind === 'text' && typeof value === 'string' && value.length > 120
                ? say('form.characters', { count: value.length })
                : (choices[name]?.find((one) => one.value === value)?.label ?? words.value(value))}
            </dd>
          </div>
        ))}
    </dl>
  );
}

function FieldInput({
  id,
  path,
  name,
  field,
  value,
  set,
  problem,
  choices,
  inside,
}: {
  id: string;
  path: string;
  name: string;
  field: Field;
  value: unknown;
  set: (value: unknown) => void;
  problem: string | undefined;
  choices: readonly Choice[] | undefined;
  inside: ReactNode;
}) {
  const say = useSay();
  const words = useWords();
  const label = field.optional ? say('form.optional', { label: words.field(name) }) : words.field(name);
  const help = words.fieldHelp(name);
  const common = { id, label, error: problem, ...(help && { description: help }) };
  const text = typeof value === 'string' ? value : '';
  const wrap = (child: ReactNode) => (
    <div className="field" data-field={path}>
      {child}
    </div>
  );
  const codes = (list: readonly string[]): Choice[] =>
    list.map((item) => ({ value: item, label: words.codeIn(name, item) }));

  const select = (list: readonly Choice[]) =>
    list.length <= 4 && list.length > 0
      ? wrap(
          <Radio.Group {...common} value={text} onChange={set} id={id}>
            <div className="row" style={{ marginTop: 6 }}>
              {list.map((item) => (
                <Radio key={item.value} value={item.value} label={item.label} />
              ))}
              {field.optional && <Radio value="" label={say('form.notSaid')} />}
            </div>
          </Radio.Group>,
        )
      : wrap(
          <NativeSelect
            {...common}
            value={text}
            onChange={(event) => set(event.currentTarget.value)}
            data={[{ value: '', label: say(field.optional ? 'form.notSaid' : 'form.choose') }, ...list]}
          />,
        );

  switch (field.kind) {
    case 'group':
      return (
        <fieldset className="group" data-field={path} id={id}>
          <legend>{label}</legend>
          {help && <p className="meta">{help}</p>}
          <div className="stack">{inside}</div>
        </fieldset>
      );
    case 'code':
      return select(codes(field.codes ?? []));
    case 'flag':
      return wrap(
        <Radio.Group
          {...common}
          value={typeof value === 'boolean' ? String(value) : ''}
          onChange={(picked) => set(picked === '' ? undefined : picked === 'true')}
        >
          <div className="row" style={{ marginTop: 6 }}>
            <Radio value="true" label={say('form.yes')} />
            <Radio value="false" label={say('form.no')} />
            {field.optional && <Radio value="" label={say('form.notSaid')} />}
          </div>
        </Radio.Group>,
      );
    case 'instant':
      return wrap(
        <TextInput
          {...common}
          type="datetime-local"
          description={help ? `${help} ${say('form.zone')}` : say('form.zone')}
          value={text}
          onChange={(event) => set(event.currentTarget.value)}
        />,
      );
    case 'day':
      return wrap(
        <TextInput {...common} type="date" value={text} onChange={(event) => set(event.currentTarget.value)} />,
      );
    case 'count':
      return wrap(
        <TextInput
          {...common}
          inputMode="numeric"
          styles={{ input: { maxWidth: 160 } }}
          value={text}
          onChange={(event) => set(event.currentTarget.value)}
        />,
      );
    case 'ref':
      return choices
        ? select(choices)
        : wrap(
            <TextInput
              {...common}
              value={text}
              autoComplete="off"
              onChange={(event) => set(event.currentTarget.value)}
            />,
          );
    case 'digest':
      return wrap(
        <TextInput
          {...common}
          value={text}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => set(event.currentTarget.value.toLowerCase())}
        />,
      );
    case 'text':
      return wrap(
        (field.max ?? 0) > 200 ? (
          <>
            <Textarea {...common} value={text} onChange={(event) => set(event.currentTarget.value)} />
            <p className="meta" style={{ margin: '2px 0 0' }}>
              {say('form.left', { count: (field.max ?? 4000) - text.length })}
            </p>
          </>
        ) : (
          <TextInput {...common} value={text} autoComplete="off" onChange={(event) => set(event.currentTarget.value)} />
        ),
      );
    case 'many': {
      const list = Array.isArray(value) ? (value as unknown[]) : [];
      const item = field.item!;
      const options = item.kind === 'code' ? codes(item.codes ?? []) : item.kind === 'ref' ? choices : undefined;
      if (options)
        return wrap(
          <Checkbox.Group {...common} value={list as string[]} onChange={set} id={id}>
            <div className="row" style={{ marginTop: 6 }}>
              {options.map((option) => (
                <Checkbox key={option.value} value={option.value} label={option.label} />
              ))}
              {options.length === 0 && <span>{say('form.nothingToChoose')}</span>}
            </div>
          </Checkbox.Group>,
        );
      const rows = list.length ? list : [''];
      return (
        <fieldset className="group field" data-field={path} id={id}>
          <legend>{label}</legend>
          {help && <p className="meta">{help}</p>}
          {problem && <p style={{ color: 'var(--mantine-color-error)', margin: '0 0 .4rem' }}>{problem}</p>}
          <div className="stack">
            {rows.map((row, i) => {
              const props = {
                'aria-label': say('form.item', { label: words.field(name), n: i + 1 }),
                value: typeof row === 'string' ? row : '',
                onChange: (event: { currentTarget: { value: string } }) =>
                  set(rows.map((old, at) => (at === i ? event.currentTarget.value : old))),
              };
              return (
                <div key={i} className="row" style={{ flexWrap: 'nowrap', alignItems: 'flex-start' }}>
                  <div style={{ flex: 1 }}>
                    {(item.max ?? 0) > 200 ? (
                      <Textarea {...props} minRows={1} />
                    ) : (
                      <TextInput
                        {...props}
                        type={item.kind === 'day' ? 'date' : item.kind === 'instant' ? 'datetime-local' : 'text'}
                      />
                    )}
                  </div>
                  {rows.length > 1 && (
                    <Button
                      variant="subtle"
                      size="sm"
                      aria-label={say('form.removeItem', { n: i + 1 })}
                      onClick={() => set(rows.filter((_, at) => at !== i))}
                    >
                      {say('form.remove')}
                    </Button>
                  )}
                </div>
              );
            })}
            <div>
              <Button variant="default" size="xs" onClick={() => set([...rows, ''])}>
                {say('form.add')}
              </Button>
            </div>
          </div>
        </fieldset>
      );
    }
  }
}
