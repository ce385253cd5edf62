import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useAsk } from '../ask.js';
import { Action } from '../components/actions.js';
import type { Accepted } from '../components/command-form.js';
import { DataTable } from '../components/data-table.js';
import { RequestContent } from '../components/request-content.js';
import { RuleText } from '../components/rule-text.js';
import { Answer, Empty, Incomplete, Panel, Receipt, serviceKey } from '../components/states.js';
import { ACCESSES, BREAK_GLASS_PENDING, REFUSALS } from '../documents.js';
import { endOfDay, fromLocal } from '../format.js';
import { type Key, useSay } from '../i18n/language.js';
import { useMe } from '../me.js';
import type { AccessPage, BreakGlassUse, RefusalPage } from '../types.js';
import { Person, useStaff } from '../staff.js';
import { useWords } from '../words.js';
import { useCase } from './case.js';

const KINDS = ['VIEWED', 'DENIED', 'EXPORTED', 'RETRIED', 'SET_ASIDE'] as const;

export function AuditPage() {
  const say = useSay();
  const me = useMe();
  return (
    <>
      <h1>{say('nav.audit')}</h1>
      <p>{say('audit.lead')}</p>
      <div className="stack">
        {me.role === 'SUPERVISOR' && <Glass />}
        <Log />
      </div>
    </>
  );
}

/** The log of one case, for its Child Protection representative and for supervisors. */
export function CaseAccessTab() {
  const { view } = useCase();
  return <Log caseId={view.caseId} />;
}

function Glass() {
  const say = useSay();
  const words = useWords();
  const asked = useAsk<{ breakGlassPending: BreakGlassUse[] }>(BREAK_GLASS_PENDING);
  const [reviewed, setReviewed] = useState<{ readonly use: BreakGlassUse; readonly result: Accepted }>();
  return (
    <Answer asked={asked} what={say('audit.glass')}>
      {({ breakGlassPending }) => (
        <Panel title={say('audit.glass')}>
          {/* What is reviewed leaves the list: its receipt stays. */}
          {reviewed && (
            <Receipt
              key={reviewed.result.commandId}
              commandId={reviewed.result.commandId}
              about={reviewed.use.folio ?? reviewed.use.caseId}
              focus
            />
          )}
          {breakGlassPending.length === 0 ? (
            <Empty>{say('audit.noGlass')}</Empty>
          ) : (
            <ul className="bare bordered">
              {breakGlassPending.map((use) => (
                <li key={use.glassId}>
                  <strong>{use.folio ?? use.caseId}</strong> · <Person id={use.staffId} /> ·{' '}
                  {words.code(use.staffAgency)} · {words.code(use.danger)}
                  <span className="meta">
                    <time dateTime={use.usedAt}>{words.instant(use.usedAt)}</time>
                    <span>
                      {say('audit.reviewDue', {
                        when: words.relative(use.reviewDue),
                        at: words.instant(use.reviewDue),
                      })}
                    </span>
                    {use.overdue && <strong>▲ {words.code('OVERDUE')}</strong>}
                  </span>
                  {use.canReview ? (
                    <>
                      <RequestContent about={use} open={say('audit.glassWhy')} logged={say('audit.glassWhyLogged')} />
                      <Action
                        command="reviewBreakGlass"
                        caseId={use.caseId}
                        known={{ glassId: use.glassId }}
                        onAccepted={(result) => {
                          asked.follow(
                            (now) => now.breakGlassPending.find(({ glassId }) => glassId === use.glassId),
                            () => setReviewed({ use, result }),
                          );
                        }}
                      />
                    </>
                  ) : (
                    <p className="meta">{say('approvals.others')}</p>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Panel>
      )}
    </Answer>
  );
}

function Log({ caseId }: { caseId?: string }) {
  const say = useSay();
  const words = useWords();
  const people = [...useStaff()].sort((a, b) => a.name.localeCompare(b.name, words.language));
  const [search, setSearch] = useSearchParams();
  const of = (name: string) => search.get(name) ?? '';
  const put = (name: string, value: string) => {
    const next = new URLSearchParams(search);
    if (value) next.set(name, value);
    else next.delete(name);
    setSearch(next, { replace: true });
  };
  const shared = {
    ...(caseId && { caseId }),
    ...(of('persona') && { actor: of('persona') }),
    ...(of('desde') && { from: fromLocal(`${of('desde')}T00:00`) }),
    ...(of('hasta') && { to: endOfDay(of('hasta')) }),
  };
  const kind = KINDS.find((known) => known === of('tipo'));
  return (
    <>
      <form
        className="panel"
        role="search"
        aria-label={say('audit.filters')}
        onSubmit={(event) => event.preventDefault()}
      >
        <div className="row" style={{ alignItems: 'flex-end' }}>
          <NativeSelect
            label={say('audit.who')}
            value={of('persona')}
            onChange={(event) => put('persona', event.currentTarget.value)}
            data={[
              { value: '', label: say('audit.anybody') },
              ...people.map(({ staffId, name }) => ({ value: staffId, label: name })),
            ]}
          />
          <NativeSelect
            label={say('audit.what')}
            value={kind ?? ''}
            onChange={(event) => put('tipo', event.currentTarget.value)}
            data={[
              { value: '', label: say('cases.all') },
              ...KINDS.map((value) => ({ value, label: say(`audit.${value}` as Key) })),
            ]}
          />
          <TextInput
            type="date"
            label={say('timeline.from')}
            value={of('desde')}
            onChange={(event) => put('desde', event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label={say('timeline.to')}
            value={of('hasta')}
            onChange={(event) => put('hasta', event.currentTarget.value)}
          />
        </div>
      </form>
      <Accesses filter={{ ...shared, ...(kind && { kind }) }} />
      <Refusals filter={shared} />
    </>
  );
}

/** One page of a log after another; another filter begins again. The keyboard stays with the log while its page is turned. */
function Pages({
  label,
  filter,
  children,
}: {
  label: string;
  filter: object;
  children: (variables: object, next: (cursor: string | null) => ReactNode) => ReactNode;
}) {
  const say = useSay();
  const key = JSON.stringify(filter);
  const [at, setAt] = useState<{ key: string; after?: string | undefined }>({ key });
  const after = at.key === key ? at.after : undefined;
  const log = useRef<HTMLDivElement>(null);
  const turn = (to: { after?: string }) => {
    setAt({ key, ...to });
    log.current?.focus();
  };
  return (
    <div role="group" aria-label={label} tabIndex={-1} ref={log}>
      {children({ filter, first: 50, ...(after && { after }) }, (cursor) => (
        <div className="row" style={{ marginTop: '.75rem' }}>
          {after && (
            <Button variant="default" size="xs" onClick={() => turn({})}>
              {say('cases.first')}
            </Button>
          )}
          {cursor && (
            <Button variant="default" size="xs" onClick={() => turn({ after: cursor })}>
              {say('audit.more')}
            </Button>
          )}
        </div>
      ))}
    </div>
  );
}

const Accesses = ({ filter }: { filter: object }) => (
  <Pages label={useSay()('audit.reads')} filter={filter}>
    {(variables, next) => <AccessTable variables={variables} next={next} />}
  </Pages>
);

function AccessTable({ variables, next }: { variables: object; next: (cursor: string | null) => ReactNode }) {
  const say = useSay();
  const words = useWords();
  const asked = useAsk<{ accesses: AccessPage }>(ACCESSES, variables);
  return (
    <Answer asked={asked} what={say('audit.reads')}>
      {({ accesses }) => (
        <Panel title={say('audit.reads')}>
          <Incomplete since={accesses.incompleteSince} />
          {accesses.entries.length === 0 ? (
            <Empty>{say('audit.none')}</Empty>
          ) : (
            <DataTable
              label={say('audit.reads')}
              rows={accesses.entries}
              keyOf={({ eventId }) => eventId}
              columns={[
                {
                  label: say('audit.when'),
                  cell: (entry) => <time dateTime={entry.at}>{words.instant(entry.at)}</time>,
                },
                {
                  label: say('audit.who'),
                  names: true,
                  cell: (entry) => <Who actor={entry.actor} role={entry.role} agency={entry.agency} />,
                },
                {
                  label: say('audit.what'),
                  cell: (entry) => (
                    <>
                      {say(`audit.${entry.kind}` as Key)}
                      {entry.service ? '' : `: ${words.operation(entry.operation)}`}
                      {entry.underBreakGlass && <span className="meta">{words.code('BREAK_GLASS')}</span>}
                      {entry.rule && <RuleText rule={entry.rule} />}
                      {entry.service && (
                        <span className="meta">
                          <span>{say(serviceKey(entry.service))}</span>
                          {entry.code && <span>{words.code(entry.code)}</span>}
                        </span>
                      )}
                      {entry.exported !== null && (
                        <span className="meta">{say('audit.exported', { count: entry.exported })}</span>
                      )}
                    </>
                  ),
                },
                {
                  label: say('audit.case'),
                  cell: (entry) => entry.cases.map((one) => one.folio ?? one.caseId).join(', ') || '—',
                },
                { label: say('audit.purpose'), cell: (entry) => words.code(entry.purpose) },
                { label: say('audit.classes'), cell: (entry) => entry.classes.map(words.dataClass).join(', ') || '—' },
              ]}
            />
          )}
          {next(accesses.pageInfo.hasNextPage ? accesses.pageInfo.endCursor : null)}
        </Panel>
      )}
    </Answer>
  );
}

const Refusals = ({ filter }: { filter: object }) => (
  <Pages label={useSay()('audit.refusals')} filter={filter}>
    {(variables, next) => <RefusalTable variables={variables} next={next} />}
  </Pages>
);

function RefusalTable({ variables, next }: { variables: object; next: (cursor: string | null) => ReactNode }) {
  const say = useSay();
  const words = useWords();
  const asked = useAsk<{ refusals: RefusalPage }>(REFUSALS, variables);
  return (
    <Answer asked={asked} what={say('audit.refusals')}>
      {({ refusals }) => (
        <Panel title={say('audit.refusals')}>
          <Incomplete since={refusals.incompleteSince} />
          {refusals.entries.length === 0 ? (
            <Empty>{say('audit.noRefusals')}</Empty>
          ) : (
            <DataTable
              label={say('audit.refusals')}
              rows={refusals.entries}
              keyOf={({ eventId }) => eventId}
              columns={[
                {
                  label: say('audit.when'),
                  cell: (entry) => <time dateTime={entry.at}>{words.instant(entry.at)}</time>,
                },
                {
                  label: say('audit.who'),
                  names: true,
                  cell: (entry) => <Who actor={entry.actor} role={entry.role} agency={entry.agency} />,
                },
                { label: say('audit.what'), cell: (entry) => words.command(entry.command) },
                { label: say('audit.case'), cell: (entry) => entry.case?.folio ?? entry.case?.caseId ?? '—' },
                { label: say('audit.rule'), cell: (entry) => <RuleText rule={entry.rule} /> },
              ]}
            />
          )}
          {next(refusals.pageInfo.hasNextPage ? refusals.pageInfo.endCursor : null)}
        </Panel>
      )}
    </Answer>
  );
}

/** Whoever looked, as a supervisor has to know them: also by the id of the account. */
function Who({ actor, role, agency }: { actor: string; role: string; agency: string }) {
  const words = useWords();
  return (
    <>
      <Person id={actor} withId />
      <span className="meta">
        {words.code(role)} · {words.code(agency)}
      </span>
    </>
  );
}
