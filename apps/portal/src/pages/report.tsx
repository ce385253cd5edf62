import { Button } from '@mantine/core';
import { REPORT_QUESTIONS } from '@resguardo/contracts';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { ChildSearchForm, type Searched } from '../components/child-search.js';
import { type Accepted, CommandForm, type Kept, KeptNotice } from '../components/command-form.js';
import { Notice } from '../components/states.js';
import { drafts } from '../drafts.js';
import { useSay } from '../i18n/language.js';
import { useMe } from '../me.js';

const FIRST = ['state', ...REPORT_QUESTIONS, 'riskFlags', 'identity', 'summary'] as const;

/** The search that a draft of a report was begun with. */
const resumed = ({ searchId, matchId, identity }: Readonly<Record<string, unknown>>): Searched => ({
  ...(typeof searchId === 'string' && { searchId }),
  ...(typeof matchId === 'string' && { matchId }),
  identity: (identity as Searched['identity'] | undefined) ?? {},
  unavailable: false,
});

/** First ask whether the child is known, then receive the report; nothing about the child is mandatory. */
export function ReportPage() {
  const say = useSay();
  const me = useMe();
  const [searched, setSearched] = useState<Searched>();
  const left = drafts().find(([, draft]) => draft.command === 'receiveReport')?.[1];
  const [done, setDone] = useState<Accepted>();
  const [kept, setKept] = useState<Kept>();
  const over = done ?? kept;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // What was kept takes the focus itself.
    if (searched || done) heading.current?.focus();
  }, [searched, done]);

  if (!me.permissions.includes('case:report'))
    return (
      <>
        <h1>{say('nav.report')}</h1>
        <Notice tone="plain" title={say('state.denied', { what: say('nav.report') })}>
          <p>{say('state.deniedNobody')}</p>
        </Notice>
      </>
    );
  const another = (
    <Button
      variant="default"
      size="xs"
      onClick={() => {
        setDone(undefined);
        setKept(undefined);
        setSearched(undefined);
      }}
    >
      {say('report.another')}
    </Button>
  );
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {say('nav.report')}
      </h1>
      <ol
        className="stepper"
        aria-label={say('report.steps')}
        style={{ maxWidth: '34rem', marginBottom: '1rem', gridTemplateColumns: 'repeat(3, 1fr)' }}
      >
        {(['report.step1', 'report.step2', 'report.step3'] as const).map((key, i) => {
          const at = over ? 2 : searched ? 1 : 0;
          return (
            <li key={key} data-done={i < at || undefined} aria-current={i === at ? 'step' : undefined}>
              {say(kept && key === 'report.step3' ? 'report.step3Kept' : key)}
            </li>
          );
        })}
      </ol>
      {!searched && !over && left && (
        <Notice tone="plain" title={say('report.left')}>
          <p>{say('report.leftWhy')}</p>
          <Button variant="default" onClick={() => setSearched(resumed(left.values))}>
            {say('report.resume')}
          </Button>
        </Notice>
      )}
      {!searched && !over && (
        <ChildSearchForm onDone={setSearched} doneLabel={say('report.goOn')} skipLabel={say('report.unidentified')} />
      )}
      {searched && !over && (
        <div className="panel stack">
          {searched.unavailable && (
            <Notice tone="partial" title={say('search.down')}>
              <p>{say('search.downWhy')}</p>
            </Notice>
          )}
          {searched.matchId && <Notice tone="plain" title={say('report.linked')} />}
          <CommandForm
            command="receiveReport"
            known={{
              ...(searched.searchId && { searchId: searched.searchId }),
              ...(!searched.searchId && { searchId: undefined }),
              matchId: searched.matchId,
            }}
            suggested={{ identity: searched.identity, state: me.states.length === 1 ? me.states[0] : undefined }}
            askOnly={FIRST}
            onAccepted={setDone}
            onKept={setKept}
          />
          <div>
            <Button variant="subtle" onClick={() => setSearched(undefined)}>
              {say('report.back')}
            </Button>
          </div>
        </div>
      )}
      {kept && (
        <KeptNotice kept={kept}>
          <p>{another}</p>
        </KeptNotice>
      )}
      {done && (
        <Notice tone="good" title={say('report.done', { folio: done.folio ?? '' })} role="status">
          <p>{say('report.next')}</p>
          {done.violations.length > 0 && (
            <p>{done.violations.map(({ rule, text }) => `${text} (${rule})`).join(' · ')}</p>
          )}
          <p className="row">
            {done.caseId && <Link to={`/casos/${done.caseId}`}>{say('report.open')}</Link>}
            {another}
          </p>
          <p className="meta">{say('result.receipt', { id: done.commandId })}</p>
        </Notice>
      )}
    </>
  );
}
