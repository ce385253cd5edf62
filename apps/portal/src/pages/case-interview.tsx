import { allCommands, PERMISSIONS } from '@resguardo/contracts';
import { useState } from 'react';
import { Link } from 'react-router';
import { Action, Actions } from '../components/actions.js';
import type { Known } from '../components/command-form.js';
import { DataTable } from '../components/data-table.js';
import { RuleText } from '../components/rule-text.js';
import { Empty, Notice, Panel } from '../components/states.js';
import { useSay, type Key } from '../i18n/language.js';
import { formOf, placeOf } from '../places.js';
import { Person } from '../staff.js';
import { useWords } from '../words.js';
import { useCase } from './case.js';
import { Sealed } from './case-timeline.js';

/** What answers a condition of the session (C-16): where the page leads whoever may say it. */
const ANSWERED_BY: Readonly<Record<string, string>> = {
  representative: 'assignRepresentative',
  intermediary: 'assignIntermediary',
  evidence: 'decideAnticipatedEvidence',
  round: 'submitQuestions',
  filter: 'filterQuestion',
  assent: 'recordChildAssent',
  preference: 'recordRecordingPreference',
  stabilisation: 'endStabilisation',
  interpreter: 'assignInterpreter',
};
const STEPS = ['NOT_PLANNED', 'PLANNED', 'ROUND', 'READY', 'IN_PROGRESS', 'CONDUCTED', 'SEALED'] as const;

export function InterviewTab() {
  const say = useSay();
  const words = useWords();
  const { view, me, permissions, choices, nothing, accepted } = useCase();
  const [kept, setKept] = useState<string>();
  const { interview } = view;
  const { stage, round, conditions } = interview;
  const known = interview.interviewId ? { interviewId: interview.interviewId } : {};
  const at = interview.record
    ? 6
    : stage === 'CONDUCTED' || stage === 'CONDUCTED_ELSEWHERE'
      ? 5
      : stage === 'IN_PROGRESS' || stage === 'INTERRUPTED'
        ? 4
        : stage === 'PLANNED'
          ? conditions.every(({ met }) => met)
            ? 3
            : 2
          : stage === 'PLANNED_ELSEWHERE'
            ? 1
            : 0;
  // What the session waits for; afterwards it would only look like something left undone.
  const before = at < 5;
  const requests = interview.exceptions.filter(({ state }) => state === 'PENDING');
  const exceptionChoices = {
    ...choices,
    ...(interview.exceptions.length > 0 && {
      requestId: interview.exceptions.map((one) => ({
        value: one.requestId,
        label: `${words.code(one.agency)} · ${words.instant(one.requestedAt)} · ${words.code(one.state)}`,
      })),
    }),
  };
  const session = { venueKind: interview.venueKind ?? undefined };
  const ofStage: readonly string[] =
    stage === 'NOT_PLANNED'
      ? ['plan']
      : stage === 'PLANNED'
        ? ['questions', 'child', 'session', 'plan']
        : stage === 'IN_PROGRESS' || stage === 'INTERRUPTED'
          ? ['session', 'child']
          : ['record', 'exception'];
  // What was just confirmed stays where it was said, also when the step that it made has moved on.
  const now = kept && !ofStage.includes(kept) ? [...ofStage, kept] : ofStage;
  const later = ['plan', 'questions', 'filter', 'child', 'session', 'record', 'exception'].filter(
    (name) => !now.includes(name),
  );
  const shared = { caseId: view.caseId, permissions, nothing };
  const ofSection: Readonly<Record<string, { known?: Known; suggested?: Known; choices?: typeof choices }>> = {
    plan: { known, suggested: { intermediaryId: interview.intermediary ?? undefined } },
    questions: { known },
    filter: { known },
    child: { suggested: known, choices: exceptionChoices },
    session: { suggested: { ...session, ...known } },
    record: { suggested: known },
    exception: {
      choices: exceptionChoices,
      suggested: requests.length === 1 ? { requestId: requests[0]!.requestId } : {},
    },
  };
  const forms = (section: string) => (
    <Actions
      key={section}
      {...shared}
      place="interview"
      section={section}
      choices={choices}
      onAccepted={(result) => {
        if (now.includes(section)) setKept(section);
        accepted(result);
      }}
      {...ofSection[section]}
    />
  );
  return (
    <>
      <Panel title={say('tab.interview')}>
        <p style={{ marginTop: 0 }} data-part="stage">
          {stage === 'NOT_PLANNED' && say('interview.notPlanned')}
          {stage === 'PLANNED' &&
            say('interview.planned', {
              at: words.instant(interview.slotStart),
              place: words.code(interview.venueKind),
              agency: words.code(interview.plannedBy),
            })}
          {stage === 'IN_PROGRESS' && say('interview.inProgress')}
          {stage === 'INTERRUPTED' && say('interview.interrupted')}
          {stage === 'CONDUCTED' &&
            say('interview.conducted', { at: words.instant(interview.heldAt), more: interview.additionalHeld })}
          {stage.endsWith('_ELSEWHERE') && say('interview.elsewhere')}
        </p>
        {before && interview.intermediary && (
          <p>
            {say('interview.people')} <Person id={interview.intermediary} />
            {interview.slotEnd && ` · ${say('interview.until', { at: words.instant(interview.slotEnd) })}`}
          </p>
        )}
        {at >= 5 && (
          <Notice tone="plain" title={say('interview.notAgain')}>
            <p>{say(interview.record ? 'interview.notAgainWhy' : 'interview.sealNext')}</p>
          </Notice>
        )}
        <ol className="stepper" aria-label={say('interview.steps')}>
          {STEPS.map((step, i) => (
            <li key={step} data-done={i < at || undefined} aria-current={i === at ? 'step' : undefined}>
              {say(`step.${step}` as Key)}
              <span className="meta">
                {i < at ? `✓ ${say('summary.done')}` : i === at ? `● ${say('step.now')}` : ''}
              </span>
            </li>
          ))}
        </ol>
      </Panel>
      {before && (
        <div className="grid2">
          <Panel title={say('interview.conditions')}>
            {conditions.length === 0 ? (
              <Empty>{say('interview.noConditions')}</Empty>
            ) : (
              <ul className="bare bordered">
                {conditions.map((condition) => (
                  <li key={condition.key}>
                    <span aria-hidden="true">{condition.met ? '✓ ' : '○ '}</span>
                    {words.term(condition.key)}
                    {' · '}
                    <strong>{say(condition.met ? 'interview.met' : 'interview.missing')}</strong>
                    <span className="meta">
                      <RuleText rule={condition.rule} />
                      {condition.at && <span>{words.instant(condition.at)}</span>}
                      {!condition.met && <Answers condition={condition.key} />}
                    </span>
                  </li>
                ))}
              </ul>
            )}
            {stage === 'PLANNED' && conditions.some(({ met }) => !met) && <p>{say('interview.blocked')}</p>}
          </Panel>
          <Panel title={say('interview.round')}>
            {round ? (
              <>
                <p style={{ marginTop: 0 }}>
                  {round.closed
                    ? say('interview.roundClosed')
                    : say('interview.roundOpen', {
                        at: words.instant(round.closesAt),
                        when: round.closesAt ? words.relative(round.closesAt) : '',
                      })}
                  {round.shortened && ` ${say('interview.roundShortened')}`}
                </p>
                <DataTable
                  label={say('interview.round')}
                  rows={round.agencies}
                  keyOf={({ agency }) => agency}
                  columns={[
                    { label: say('summary.agency'), names: true, cell: (one) => words.code(one.agency) },
                    {
                      label: say('interview.answer'),
                      cell: (one) => (
                        <>
                          {one.answer === 'DECLINED' ? say('interview.noQuestions') : words.code(one.answer)}
                          {one.at && <span className="meta">{words.instant(one.at)}</span>}
                        </>
                      ),
                    },
                  ]}
                />
              </>
            ) : (
              <Empty>{say('interview.noRound')}</Empty>
            )}
          </Panel>
        </div>
      )}
      {now.map(forms)}
      {interview.questions.length > 0 && (
        <Panel title={say('interview.questions')}>
          <ol className="bare bordered">
            {interview.questions.map((question, i) => (
              <li key={question.questionId} data-question={question.questionId}>
                <p style={{ margin: 0 }}>
                  <strong>
                    {say('interview.question', { n: i + 1 })} · {words.code(question.agency)}
                  </strong>{' '}
                  · {question.decision ? words.code(question.decision) : say('interview.undecided')}
                  {question.reasonCode && <span className="meta">{words.code(question.reasonCode)}</span>}
                  {question.objected && <span className="meta">{say('interview.objected')}</span>}
                </p>
                <Sealed caseId={view.caseId} eventId={question.eventId} label={say('interview.readQuestions')} />
                {question.decisionEventId && question.decision === 'REWORDED' && (
                  <Sealed
                    caseId={view.caseId}
                    eventId={question.decisionEventId}
                    label={say('interview.readReworded')}
                  />
                )}
                {permissions.includes('interview:conduct') && (
                  <Action
                    command="filterQuestion"
                    caseId={view.caseId}
                    known={{ ...known, questionId: question.questionId }}
                    onAccepted={accepted}
                  />
                )}
                {permissions.includes('interview:contribute') &&
                  question.agency === me.agency &&
                  question.decision &&
                  question.decision !== 'ACCEPTED' && (
                    <Action
                      command="objectToFilter"
                      caseId={view.caseId}
                      known={{ ...known, questionId: question.questionId }}
                      onAccepted={accepted}
                    />
                  )}
              </li>
            ))}
          </ol>
        </Panel>
      )}
      {interview.record && (
        <Panel title={say('interview.record')}>
          <dl className="fact">
            <dt>{say('interview.sealedAt')}</dt>
            <dd>{words.instant(interview.record.sealedAt)}</dd>
            {interview.record.digest && (
              <>
                <dt>{words.field('digest')}</dt>
                <dd>
                  <code>{interview.record.digest}</code>
                </dd>
              </>
            )}
            <dt>{say('interview.sharedWith')}</dt>
            <dd>{interview.record.sharedWith.length ? interview.record.sharedWith.map(words.code).join(', ') : '—'}</dd>
          </dl>
        </Panel>
      )}
      {interview.exceptions.length > 0 && (
        <Panel title={say('interview.exceptions')}>
          <ul className="bare bordered">
            {interview.exceptions.map((one) => (
              <li key={one.requestId} data-request={one.requestId}>
                <strong>{words.code(one.agency)}</strong> · {words.instant(one.requestedAt)} · {words.code(one.state)}
                <span className="meta">
                  {say('interview.approvals', { list: one.approvals.map(words.code).join(', ') || '—' })} ·{' '}
                  {say(one.impactOpinion ? 'interview.opinionYes' : 'interview.opinionNo')}
                  {one.expiresAt && <> · {say('interview.expires', { at: words.instant(one.expiresAt) })}</>}
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <details className="panel more" data-more>
        <summary>{say('case.more')}</summary>
        <div className="inside stack">{later.map(forms)}</div>
      </details>
    </>
  );
}

/** The next step of a condition that is missing: its form for who may, otherwise whose it is. */
function Answers({ condition }: { condition: string }) {
  const say = useSay();
  const words = useWords();
  const { view, permissions, nothing } = useCase();
  const command = ANSWERED_BY[condition];
  const place = command && placeOf(command)?.place;
  // Whose part is done waits for others: the round says for whom.
  if (!command || !place || nothing(command)) return null;
  const { may } = allCommands[command]!;
  if (!permissions.includes(may)) {
    const holders = (PERMISSIONS[may] ?? []).map((holder) => holder.split('@').reverse().join(':'));
    return <span>{say('interview.belongsTo', { who: holders.map(words.holder).join('; ') })}</span>;
  }
  return place === 'interview' ? (
    <button type="button" className="textual" onClick={() => unfold(command)}>
      {words.command(command)}
    </button>
  ) : (
    <Link to={formOf(command, view.caseId)!}>{words.command(command)}</Link>
  );
}

/** Opens the form of a command on this page and takes the keyboard there. */
const unfold = (command: string) => {
  const found = document.querySelector<HTMLDetailsElement>(`details[data-action="${command}"]`);
  if (!found) return;
  for (let at: HTMLElement | null = found; at; at = at.parentElement)
    if (at instanceof HTMLDetailsElement) at.open = true;
  found.querySelector('summary')?.focus();
};
