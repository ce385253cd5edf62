import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { AGENCIES } from '@resguardo/contracts';
import { type FormEvent, useEffect, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useAsk } from '../ask.js';
import { Due } from '../components/due.js';
import { Answer, Empty, Incomplete } from '../components/states.js';
import { CASES } from '../documents.js';
import { useSay } from '../i18n/language.js';
import { useMe } from '../me.js';
import type { CasePage } from '../types.js';
import { useWords } from '../words.js';

const SORTS = ['NEXT_DUE', 'CHANGED', 'OPENED', 'FOLIO'] as const;
const STAGES = ['NOT_PLANNED', 'PLANNED', 'IN_PROGRESS', 'INTERRUPTED', 'CONDUCTED'] as const;

/** Search first; every filter lies in the address, so that a list can be come back to. A folio says nothing about the child. */
export function CasesPage() {
  const say = useSay();
  const words = useWords();
  const me = useMe();
  const [search, setSearch] = useSearchParams();
  const of = (name: string) => search.get(name) ?? '';
  const [text, setText] = useState(of('texto'));
  useEffect(() => setText(search.get('texto') ?? ''), [search]);
  const sort = SORTS.find((known) => known === of('orden')) ?? 'NEXT_DUE';
  const filter = {
    ...(of('texto') && { text: of('texto') }),
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
    setSearch(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    put({ texto: text.trim() });
  };
  const column = (key: (typeof SORTS)[number], label: string) => (
    <th
      scope="col"
      aria-sort={sort === key ? (key === 'CHANGED' || key === 'OPENED' ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" onClick={() => put({ orden: key })}>
        {label}
        <span aria-hidden="true">{sort === key ? (key === 'CHANGED' || key === 'OPENED' ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );

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
        <Answer asked={asked} what={say('nav.cases')}>
          {({ cases }) => (
            <section className="panel" aria-label={say('cases.results')} aria-busy={asked.loading || undefined}>
              <Incomplete since={cases.incompleteSince} />
              <p role="status" style={{ marginTop: 0 }}>
                {say('cases.count', { count: cases.totalVisible })}
              </p>
              {cases.edges.length === 0 ? (
                <Empty>
                  {say('cases.none')}{' '}
                  {me.pages.includes('REPORT') && <Link to="/reportar">{say('cases.reserved')}</Link>}
                </Empty>
              ) : (
                <div className="scroll" tabIndex={0} role="group" aria-label={say('cases.results')}>
                  <table className="data">
                    <caption>{say('cases.caption')}</caption>
                    <thead>
                      <tr>
                        {column('FOLIO', say('cases.folio'))}
                        <th scope="col">{say('cases.age')}</th>
                        <th scope="col">{say('cases.state')}</th>
                        <th scope="col">{say('cases.responsible')}</th>
                        <th scope="col">{say('cases.stage')}</th>
                        {column('NEXT_DUE', say('cases.nextDue'))}
                        {column('CHANGED', say('cases.changed'))}
                      </tr>
                    </thead>
                    <tbody>
                      {cases.edges.map(({ node }) => (
                        <tr key={node.caseId}>
                          <th scope="row">
                            <Link to={`/casos/${node.caseId}`}>{node.folio}</Link>
                            {node.closed && <span className="meta"> {words.code('CLOSED')}</span>}
                            {node.via !== 'OWN_TEAM' && <span className="meta"> {words.code(node.via)}</span>}
                          </th>
                          <td>{words.code(node.ageBand)}</td>
                          <td>{words.code(node.state)}</td>
                          <td>{words.code(node.responsible)}</td>
                          <td>{words.code(node.stage)}</td>
                          <td>
                            {node.nextDue ? (
                              <>
                                {words.term(node.nextDue.key)}
                                <br />
                                <Due term={node.nextDue} />
                              </>
                            ) : (
                              '—'
                            )}
                            {node.overdue > 1 && (
                              <span className="meta">{say('cases.moreOverdue', { count: node.overdue })}</span>
                            )}
                          </td>
                          <td>
                            <time dateTime={node.changedAt}>{words.instant(node.changedAt)}</time>
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              )}
              <div className="row" style={{ marginTop: '1rem' }}>
                {after && (
                  <Button variant="default" onClick={() => put({})}>
                    {say('cases.first')}
                  </Button>
                )}
                {cases.pageInfo.hasNextPage && (
                  <Button
                    variant="default"
                    onClick={() => {
                      const next = new URLSearchParams(search);
                      next.set('desde', cases.pageInfo.endCursor ?? '');
                      setSearch(next);
                    }}
                  >
                    {say('cases.more')}
                  </Button>
                )}
              </div>
            </section>
          )}
        </Answer>
      </div>
    </>
  );
}
