import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { AGENCIES, couldBeFolio } from '@resguardo/contracts';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Link, useLocation, useNavigate, useSearchParams } from 'react-router';
import { useAsk } from '../ask.js';
import { Action } from '../components/actions.js';
import { DataTable } from '../components/data-table.js';
import { Due, mostPressing } from '../components/due.js';
import { Answer, Empty, Incomplete } from '../components/states.js';
import { CASES } from '../documents.js';
import { useSay } from '../i18n/language.js';
import { useMe } from '../me.js';
import { casesFor } from '../places.js';
import type { CasePage, CaseRow } from '../types.js';
import { useWords } from '../words.js';

const SORTS = ['NEXT_DUE', 'CHANGED', 'OPENED', 'FOLIO'] as const;
const STAGES = ['NOT_PLANNED', 'PLANNED', 'IN_PROGRESS', 'INTERRUPTED', 'CONDUCTED'] as const;

/** The one row whose term calls out. */
const pressing = ({ edges }: CasePage) => edges[mostPressing(edges.map(({ node }) => node.nextDue))]?.node.caseId;

/**
 * Search first; every filter lies in the address, so that a list can be come back to. A folio says nothing about the child. What may be a name
 * is not written there, where the browser keeps it: it stays with this entry of its history.
 */
export function CasesPage() {
  const say = useSay();
  const words = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const of = (name: string) => search.get(name) ?? '';
  const location = useLocation();
  const typed = of('texto') || ((location.state as { readonly text?: string } | null)?.text ?? '');
  const [text, setText] = useState(typed);
  useEffect(() => setText(typed), [typed]);
  const sort = SORTS.find((known) => known === of('orden')) ?? 'NEXT_DUE';
  const filter = {
    ...(typed && { text: typed }),
    ...(of('responsable') && { responsible: of('responsable') }),
    ...(of('etapa') && { stage: of('etapa') }),
    ...(of('estado') && { state: of('estado') }),
    ...(of('vencidos') && { overdue: true }),
    ...(of('cerrados') ? { closed: of('cerrados') === 'si' } : {}),
    ...(of('mios') && { mine: true }),
  };
  const after = of('desde');
  const asked = useAsk<{ cases: CasePage }>(CASES, { filter, sort, first: 25, ...(after && { after }) });

  const put = (changes: Record<string, string>) => {
    const next = new URLSearchParams(search);
    next.delete('desde');
    for (const [name, value] of Object.entries(changes))
      if (value) next.set(name, value);
      else next.delete(name);
    setSearch(next, { state: location.state });
  };
  // What turns or orders the list goes while the answer comes: the keyboard stays with the list.
  const results = useRef<HTMLDivElement>(null);
  const turn = (changes: Record<string, string>) => {
    put(changes);
    results.current?.focus();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate(...casesFor(text, search));
  };
  const order = (key: (typeof SORTS)[number]) =>
    ({
      now: sort !== key ? 'none' : key === 'CHANGED' || key === 'OPENED' ? 'descending' : 'ascending',
      choose: () => turn({ orden: key }),
    }) as const;

  return (
    <>
      <h1>{say('nav.cases')}</h1>
      <div className="stack">
        <form className="panel" role="search" aria-label={say('cases.filters')} onSubmit={submit}>
          <div className="row" style={{ alignItems: 'flex-end' }}>
            <TextInput
              label={say('cases.text')}
              description={say('cases.textHelp')}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <NativeSelect
              label={say('cases.responsible')}
              value={of('responsable')}
              onChange={(event) => put({ responsable: event.currentTarget.value })}
              data={[
                { value: '', label: say('cases.all') },
                ...AGENCIES.map((value) => ({ value, label: words.code(value) })),
              ]}
            />
            <NativeSelect
              label={say('cases.stage')}
              value={of('etapa')}
              onChange={(event) => put({ etapa: event.currentTarget.value })}
              data={[
                { value: '', label: say('cases.all') },
                ...STAGES.map((value) => ({ value, label: words.code(value) })),
              ]}
            />
            <NativeSelect
              label={say('cases.closed')}
              value={of('cerrados')}
              onChange={(event) => put({ cerrados: event.currentTarget.value })}
              data={[
                { value: '', label: say('cases.all') },
                { value: 'no', label: say('cases.openOnly') },
                { value: 'si', label: say('cases.closedOnly') },
              ]}
            />
            <Checkbox
              label={say('cases.overdue')}
              checked={Boolean(of('vencidos'))}
              onChange={(event) => put({ vencidos: event.currentTarget.checked ? 'si' : '' })}
              mb={8}
            />
            <Button type="submit">{say('action.search')}</Button>
          </div>
        </form>
        <div role="group" aria-label={say('cases.results')} tabIndex={-1} ref={results}>
          <Answer asked={asked} what={say('nav.cases')}>
            {({ cases }) => (
              <section className="panel" aria-label={say('cases.results')} aria-busy={asked.loading || undefined}>
                <Incomplete since={cases.incompleteSince} />
                <p role="status" style={{ marginTop: 0 }}>
                  {say('cases.count', { count: cases.totalVisible })}
                </p>
                {cases.edges.length === 0 ? (
                  <>
                    <Empty>
                      {say('cases.none')}{' '}
                      {me.pages.includes('REPORT') && <Link to="/reportar">{say('cases.reserved')}</Link>}
                    </Empty>
                    {typed && !couldBeFolio(typed) && <p>{say('cases.notAFolio')}</p>}
                    {typed && couldBeFolio(typed) && (
                      <>
                        <p>{say('cases.notMine')}</p>
                        {/* The door of R-704 for whoever has only the folio. */}
                        {me.permissions.includes('oversight:break-glass') && (
                          <Action
                            command="useBreakGlass"
                            folio
                            onAccepted={({ caseId }) => void (caseId && navigate(`/casos/${caseId}`))}
                          />
                        )}
                      </>
                    )}
                  </>
                ) : (
                  <DataTable
                    label={say('cases.results')}
                    caption={say('cases.caption')}
                    rows={cases.edges.map(({ node }) => node)}
                    keyOf={({ caseId }) => caseId}
                    columns={[
                      {
                        label: say('cases.folio'),
                        names: true,
                        sort: order('FOLIO'),
                        cell: (row) => (
                          <>
                            <Link to={`/casos/${row.caseId}`}>{row.folio}</Link>
                            {row.closed && <span className="meta"> {words.code('CLOSED')}</span>}
                            {row.via !== 'OWN_TEAM' && <span className="meta"> {words.code(row.via)}</span>}
                          </>
                        ),
                      },
                      // Known of few: a column without a value says nothing.
                      ...(cases.edges.some(({ node }) => node.ageBand)
                        ? [{ label: say('cases.age'), cell: (row: CaseRow) => words.code(row.ageBand) }]
                        : []),
                      { label: say('cases.state'), cell: (row) => words.code(row.state) },
                      { label: say('cases.responsible'), cell: (row) => words.code(row.responsible) },
                      { label: say('cases.stage'), cell: (row) => words.code(row.stage) },
                      {
                        label: say('cases.nextDue'),
                        sort: order('NEXT_DUE'),
                        cell: (row) => (
                          <>
                            {row.nextDue ? (
                              <>
                                {words.term(row.nextDue.key)}
                                <br />
                                <Due term={row.nextDue} plain={row.caseId !== pressing(cases)} />
                              </>
                            ) : (
                              '—'
                            )}
                            {row.overdue > 1 && (
                              <span className="meta">{say('cases.moreOverdue', { count: row.overdue })}</span>
                            )}
                          </>
                        ),
                      },
                      {
                        label: say('cases.changed'),
                        sort: order('CHANGED'),
                        cell: (row) => <time dateTime={row.changedAt}>{words.instant(row.changedAt)}</time>,
                      },
                    ]}
                  />
                )}
                <div className="row" style={{ marginTop: '1rem' }}>
                  {after && (
                    <Button variant="default" onClick={() => turn({})}>
                      {say('cases.first')}
                    </Button>
                  )}
                  {cases.pageInfo.hasNextPage && (
                    <Button variant="default" onClick={() => turn({ desde: cases.pageInfo.endCursor ?? '' })}>
                      {say('cases.more')}
                    </Button>
                  )}
                </div>
              </section>
            )}
          </Answer>
        </div>
      </div>
    </>
  );
}
