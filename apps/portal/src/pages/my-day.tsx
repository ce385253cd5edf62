import { Button } from '@mantine/core';
import { useState, useSyncExternalStore } from 'react';
import { Link } from 'react-router';
import { useAsk } from '../ask.js';
import { Action } from '../components/actions.js';
import { Due, mostPressing, TermLine } from '../components/due.js';
import { KeptHere } from '../components/kept.js';
import { Answer, Empty, Incomplete, Panel } from '../components/states.js';
import { MY_DAY } from '../documents.js';
import { drafts, dropDraft, watchDrafts } from '../drafts.js';
import { useSay } from '../i18n/language.js';
import { useMe } from '../me.js';
import { formOf } from '../places.js';
import type { MyDay } from '../types.js';
import { useWords } from '../words.js';

/** The moment of the last visit of this account on this machine; no content, only a time. */
const sinceLastVisit = (actor: string, now: string): string | undefined => {
  const name = `resguardo.visit.${actor}`;
  const held = sessionStorage.getItem(name);
  if (held !== null) return held || undefined;
  const last = localStorage.getItem(name) ?? '';
  sessionStorage.setItem(name, last);
  localStorage.setItem(name, now);
  return last || undefined;
};

export function MyDayPage() {
  const say = useSay();
  const words = useWords();
  const me = useMe();
  const [since] = useState(() => sinceLastVisit(me.actor, me.now));
  const asked = useAsk<{ myDay: MyDay }>(MY_DAY, since ? { since } : {}, !me.pages.includes('MY_DAY'));
  useSyncExternalStore(watchDrafts, () => drafts().length);
  const mine = drafts();

  if (!me.pages.includes('MY_DAY')) return <Welcome />;
  return (
    <>
      <h1>{say('nav.myDay')}</h1>
      <Answer asked={asked} what={say('nav.myDay')}>
        {({ myDay }) => (
          <div className="stack">
            <Incomplete since={myDay.incompleteSince} />
            <KeptHere />
            <Panel title={say('day.terms')}>
              {myDay.terms.length === 0 ? (
                <Empty>
                  {say('day.noTerms')}{' '}
                  {myDay.nextTerm && (
                    <>
                      {say('day.next')} <Link to={`/casos/${myDay.nextTerm.caseId}`}>{myDay.nextTerm.folio}</Link>:{' '}
                      {words.term(myDay.nextTerm.term.key)}, <Due term={myDay.nextTerm.term} plain />
                    </>
                  )}
                </Empty>
              ) : (
                <ol className="bare bordered">
                  {myDay.terms.map(({ caseId, folio, term }, i) => (
                    <li key={`${caseId}:${term.key}:${i}`}>
                      <Link to={`/casos/${caseId}`}>{folio}</Link> ·{' '}
                      <TermLine
                        term={term}
                        plain={i !== mostPressing(myDay.terms.map((one) => one.term))}
                        caseId={caseId}
                        permissions={me.permissions}
                        // Whether the interview has its date is said in the case.
                        planned
                      />
                    </li>
                  ))}
                </ol>
              )}
              {myDay.moreTerms && (
                <p style={{ marginBottom: 0 }}>
                  <Link to="/casos">{say('day.moreTerms')}</Link>
                </p>
              )}
            </Panel>
            <div className="grid2">
              <Panel title={say('day.referrals')}>
                {myDay.referrals.length === 0 ? (
                  <Empty>{say('day.noReferrals')}</Empty>
                ) : (
                  <ul className="bare bordered">
                    {myDay.referrals.map(({ caseId, folio, canOpen, referral }) => (
                      <li key={referral.referralId}>
                        {canOpen ? (
                          <Link to={formOf('answerReferral', caseId)!}>{folio}</Link>
                        ) : (
                          <strong>{folio}</strong>
                        )}{' '}
                        {say('day.referralFrom', { from: words.code(referral.from) })}
                        {referral.service && <> · {words.code(referral.service)}</>}
                        {referral.urgent && <> · {words.code('URGENT')}</>}
                        {referral.due && (
                          <>
                            <br />
                            <Due term={referral.due} plain />
                          </>
                        )}
                        {!canOpen && <p className="meta">{say('day.askSupervisor')}</p>}
                      </li>
                    ))}
                  </ul>
                )}
              </Panel>
              <Panel title={say('day.rounds')}>
                {myDay.rounds.length === 0 ? (
                  <Empty>{say('day.noRounds')}</Empty>
                ) : (
                  <ul className="bare bordered">
                    {myDay.rounds.map(({ caseId, folio, canOpen, closesAt, urgent }) => (
                      <li key={caseId}>
                        {canOpen ? (
                          <Link to={formOf('submitQuestions', caseId)!}>{folio}</Link>
                        ) : (
                          <strong>{folio}</strong>
                        )}
                        {urgent && <> · {words.code('URGENT')}</>}
                        {closesAt && (
                          <>
                            <br />
                            {say('day.roundCloses', { when: words.relative(closesAt), at: words.instant(closesAt) })}
                          </>
                        )}
                      </li>
                    ))}
                  </ul>
                )}
              </Panel>
              <Panel title={say('day.tasks')}>
                {myDay.tasks.length === 0 ? (
                  <Empty>{say('day.noTasks')}</Empty>
                ) : (
                  <ul className="bare bordered">
                    {myDay.tasks.map(({ caseId, folio, task: { command, eventId, missing } }) => (
                      <li key={eventId ?? `${caseId}:${command}`}>
                        <Link to={formOf(command, caseId)!}>{folio}</Link> · {words.command(command)}
                        {missing.length > 0 && <p className="meta">{missing.map(words.field).join(' · ')}</p>}
                      </li>
                    ))}
                  </ul>
                )}
              </Panel>
              <Panel title={say('day.changed')}>
                {myDay.changed.length === 0 ? (
                  <Empty>{say(since ? 'day.nothingNew' : 'day.firstVisit')}</Empty>
                ) : (
                  <ul className="bare bordered" aria-live="polite">
                    {myDay.changed.map(({ caseId, folio, entries, lastAt }) => (
                      <li key={caseId}>
                        <Link to={`/casos/${caseId}/linea`}>{folio}</Link> · {say('day.newFacts', { count: entries })} ·{' '}
                        <time dateTime={lastAt}>{words.instant(lastAt)}</time>
                      </li>
                    ))}
                  </ul>
                )}
              </Panel>
              <Panel title={say('day.drafts')}>
                {mine.length === 0 ? (
                  <Empty>{say('day.noDrafts')}</Empty>
                ) : (
                  <ul className="bare bordered">
                    {mine.map(([id, draft]) => (
                      <li key={id}>
                        <Link to={draft.path}>{words.command(draft.command)}</Link>
                        {draft.about && <> · {draft.about}</>}{' '}
                        <Button
                          size="compact-xs"
                          variant="default"
                          aria-label={`${say('day.dropDraft')}: ${words.command(draft.command)} ${draft.about ?? ''}`}
                          onClick={() => dropDraft(id)}
                        >
                          {say('day.dropDraft')}
                        </Button>
                      </li>
                    ))}
                  </ul>
                )}
              </Panel>
            </div>
            {/* C-9: the first person of an agency is put on a team by folio: before that nobody of it can open the case. */}
            {me.permissions.includes('case:team') && (
              <Panel title={say('day.team')}>
                <p style={{ marginTop: 0 }}>{say('day.teamWhy')}</p>
                <Action command="addTeamMember" folio />
              </Panel>
            )}
          </div>
        )}
      </Answer>
    </>
  );
}

/** Roles without a day of cases (administration, analysis). */
function Welcome() {
  const say = useSay();
  const me = useMe();
  return (
    <>
      <h1>{say('app.title')}</h1>
      <p>{say(me.pages.includes('INTERMEDIARIES') ? 'welcome.administrator' : 'welcome.analyst')}</p>
      {me.pages.includes('NATIONAL_FIGURES') && (
        <p>
          <Link to="/tablero">{say('nav.figures')}</Link>
        </p>
      )}
      {me.pages.includes('INTERMEDIARIES') && (
        <p>
          <Link to="/intermediarios">{say('nav.intermediaries')}</Link>
        </p>
      )}
      {me.pages.includes('INTEGRITY') && (
        <p>
          <Link to="/integridad">{say('nav.integrity')}</Link>
        </p>
      )}
    </>
  );
}
