import { Button, NativeSelect, TextInput } from '@mantine/core';
import { ruleBook } from '@resguardo/contracts';
import { type ReactNode, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useAsk } from '../ask.js';
import { Action } from '../components/actions.js';
import { Answer, Empty, Incomplete, Panel } from '../components/states.js';
import { ACCESSES, BREAK_GLASS_PENDING, REFUSALS } from '../documents.js';
import { fromLocal } from '../format.js';
import { type Key, useSay } from '../i18n/language.js';
import { useMe } from '../me.js';
import type { AccessPage, BreakGlassUse, RefusalPage } from '../types.js';
import { Person } from '../staff.js';
import { useWords } from '../words.js';
import { useCase } from './case.js';

const KINDS = ['VIEWED', 'DENIED', 'EXPORTED'] as const;

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
  return (
    <Answer asked={asked} what={say('audit.glass')}>
      {({ breakGlassPending }) => (
        <Panel title={say('audit.glass')}>
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
                    <Action
                      command="reviewBreakGlass"
                      caseId={use.caseId}
                      known={{ glassId: use.glassId }}
                      onAccepted={() => window.setTimeout(asked.again, 400)}
                    />
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
    ...(of('hasta') && { to: fromLocal(`${of('hasta')}T23:59`) }),
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
          <TextInput
            label={words.field('staffId')}
            value={of('persona')}
            onChange={(event) => put('persona', event.currentTarget.value.trim())}
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

/** One page of a log after another; another filter begins again. */
function Pages({
  filter,
  children,
}: {
  filter: object;
  children: (variables: object, next: (cursor: string | null) => ReactNode) => ReactNode;
}) {
  const say = useSay();
  const key = JSON.stringify(filter);
  const [at, setAt] = useState<{ key: string; after?: string | undefined }>({ key });
  const after = at.key === key ? at.after : undefined;
  return children({ filter, first: 50, ...(after && { after }) }, (cursor) => (
    <div className="row" style={{ marginTop: '.75rem' }}>
      {after && (
        <Button variant="default" size="xs" onClick={() => setAt({ key })}>
          {say('cases.first')}
        </Button>
      )}
      {cursor && (
        <Button variant="default" size="xs" onClick={() => setAt({ key, after: cursor })}>
          {say('audit.more')}
        </Button>
      )}
    </div>
  ));
}

const Accesses = ({ filter }: { filter: object }) => (
  <Pages filter={filter}>{(variables, next) => <AccessTable variables={variables} next={next} />}</Pages>
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
            <div className="scroll" tabIndex={0} role="group" aria-label={say('audit.reads')}>
              <table className="data">
                <thead>
                  <tr>
                    <th scope="col">{say('audit.when')}</th>
                    <th scope="col">{say('audit.who')}</th>
                    <th scope="col">{say('audit.what')}</th>
                    <th scope="col">{say('audit.case')}</th>
                    <th scope="col">{say('audit.purpose')}</th>
                    <th scope="col">{say('audit.classes')}</th>
                  </tr>
                </thead>
                <tbody>
                  {accesses.entries.map((entry) => (
                    <tr key={entry.eventId}>
                      <td>
                        <time dateTime={entry.at}>{words.instant(entry.at)}</time>
                      </td>
                      <th scope="row">
                        <Person id={entry.actor} withId />
                        <span className="meta">
                          {words.code(entry.role)} · {words.code(entry.agency)}
                        </span>
                      </th>
                      <td>
                        {say(`audit.${entry.kind}` as Key)}: {words.operation(entry.operation)}
                        {entry.underBreakGlass && <span className="meta">{words.code('BREAK_GLASS')}</span>}
                        {entry.rule && <RuleText rule={entry.rule} code={entry.code} />}
                        {entry.exported !== null && (
                          <span className="meta">{say('audit.exported', { count: entry.exported })}</span>
                        )}
                      </td>
                      <td>{entry.cases.map((one) => one.folio ?? one.caseId).join(', ') || '—'}</td>
                      <td>{words.code(entry.purpose)}</td>
                      <td>{entry.classes.join(' ') || '—'}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {next(accesses.pageInfo.hasNextPage ? accesses.pageInfo.endCursor : null)}
        </Panel>
      )}
    </Answer>
  );
}

const Refusals = ({ filter }: { filter: object }) => (
  <Pages filter={filter}>{(variables, next) => <RefusalTable variables={variables} next={next} />}</Pages>
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
            <div className="scroll" tabIndex={0} role="group" aria-label={say('audit.refusals')}>
              <table className="data">
                <thead>
                  <tr>
                    <th scope="col">{say('audit.when')}</th>
                    <th scope="col">{say('audit.who')}</th>
                    <th scope="col">{say('audit.what')}</th>
                    <th scope="col">{say('audit.case')}</th>
                    <th scope="col">{say('audit.rule')}</th>
                  </tr>
                </thead>
                <tbody>
                  {refusals.entries.map((entry) => (
                    <tr key={entry.eventId}>
                      <td>
                        <time dateTime={entry.at}>{words.instant(entry.at)}</time>
                      </td>
                      <th scope="row">
                        <Person id={entry.actor} withId />
                        <span className="meta">
                          {words.code(entry.role)} · {words.code(entry.agency)}
                        </span>
                      </th>
                      <td>{words.command(entry.command)}</td>
                      <td>{entry.case?.folio ?? entry.case?.caseId ?? '—'}</td>
                      <td>
                        <RuleText rule={entry.rule} code={entry.code} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {next(refusals.pageInfo.hasNextPage ? refusals.pageInfo.endCursor : null)}
        </Panel>
      )}
    </Answer>
  );
}

/** The rule in words: a supervisor reads what was not allowed, not a code. */
function RuleText({ rule, code }: { rule: string; code: string | null }) {
  const { language } = useWords();
  const title = ruleBook[rule]?.title[language];
  return (
    <>
      {title && <span>{title}</span>}
      <span className="meta">
        {rule} {code}
      </span>
    </>
  );
}
