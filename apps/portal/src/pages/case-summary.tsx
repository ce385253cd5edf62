import { allCommands } from '@resguardo/contracts';
import { useState } from 'react';
import { Link } from 'react-router';
import { Action, Actions } from '../components/actions.js';
import { IdentityPanel } from '../components/identity-panel.js';
import { LinkCase } from '../components/link-case.js';
import { DataTable } from '../components/data-table.js';
import { mostPressing, TermLine } from '../components/due.js';
import { RuleText } from '../components/rule-text.js';
import { Empty, Panel } from '../components/states.js';
import { useSay } from '../i18n/language.js';
import { formOf } from '../places.js';
import { Person } from '../staff.js';
import type { Task } from '../types.js';
import { useWords } from '../words.js';
import { useCase } from './case.js';

export function SummaryTab() {
  const say = useSay();
  const words = useWords();
  const { view, permissions, choices, nothing, accepted } = useCase();
  const open = view.terms.filter(({ state }) => ['RUNNING', 'OVERDUE', 'BREACHED', 'PAUSED'].includes(state));
  const pressing = mostPressing(open);
  const avoidable = view.retellings.list.filter(({ needed }) => needed === false).length;
  return (
    <>
      <Panel title={say('summary.terms')}>
        {open.length === 0 ? (
          <Empty>{say('summary.noTerms')}</Empty>
        ) : (
          <ol className="bare bordered">
            {open.map((term, i) => (
              <li key={`${term.key}${i}`}>
                <TermLine
                  term={term}
                  plain={i !== pressing}
                  caseId={view.caseId}
                  permissions={permissions}
                  planned={view.interview.stage !== 'NOT_PLANNED'}
                />
              </li>
            ))}
          </ol>
        )}
      </Panel>
      <Tasks />
      {view.firstSteps.some(({ done }) => !done) && (
        <Panel title={say('summary.firstSteps')}>
          <ol className="plain">
            {view.firstSteps.map((step) => {
              const to = formOf(step.command, view.caseId);
              const may = permissions.includes(allCommands[step.command]?.may ?? '');
              return (
                <li key={step.command}>
                  <span aria-hidden="true">{step.done ? '✓ ' : '○ '}</span>
                  {to && !step.done && may ? (
                    <Link to={to}>{words.command(step.command)}</Link>
                  ) : (
                    words.command(step.command)
                  )}{' '}
                  <span className="meta">
                    <span>
                      {words.code(step.agency)} · {say(step.done ? 'summary.done' : 'summary.toDo')}
                    </span>
                    <RuleText rule={step.rule} />
                  </span>
                </li>
              );
            })}
          </ol>
        </Panel>
      )}
      <Panel title={say('summary.board')}>
        <DataTable
          label={say('summary.board')}
          rows={view.board}
          keyOf={({ agency }) => agency}
          columns={[
            {
              label: say('summary.agency'),
              names: true,
              cell: ({ agency }) => (
                <>
                  {words.code(agency)}
                  {agency === view.responsible && <span className="meta"> {say('summary.responsible')}</span>}
                </>
              ),
            },
            {
              label: say('summary.last'),
              cell: (row) =>
                row.notApplicable ? (
                  say('summary.notApplicable')
                ) : row.lastAt ? (
                  <>
                    {row.lastType ? words.fact(row.lastType) : words.code(row.lastKind)}
                    <br />
                    <time className="meta" dateTime={row.lastAt}>
                      {words.instant(row.lastAt)}
                    </time>
                  </>
                ) : (
                  say('summary.nothingYet')
                ),
            },
            {
              label: say('summary.duties'),
              cell: ({ duties }) =>
                duties.length === 0 ? (
                  say('summary.noDuties')
                ) : (
                  <ul className="bare">
                    {duties.map((term, i) => (
                      <li key={`${term.key}${i}`}>
                        <TermLine term={{ ...term, agency: null }} plain again />
                      </li>
                    ))}
                  </ul>
                ),
            },
          ]}
        />
      </Panel>
      <div className="grid2">
        <Panel title={say('summary.child')}>
          <p style={{ marginTop: 0 }}>{say('summary.retellings', { count: view.retellings.count, avoidable })}</p>
          <dl className="fact">
            <dt>{say('summary.channel')}</dt>
            <dd>{words.code(view.channel)}</dd>
            <dt>{say('summary.opened')}</dt>
            <dd>{words.instant(view.openedAt)}</dd>
            <dt>{say('summary.adviser')}</dt>
            <dd>{view.adviser ? <Person id={view.adviser.staffId} /> : say('case.notYet')}</dd>
            <dt>{say('summary.support')}</dt>
            <dd>{view.supportPersonRelation ? words.code(view.supportPersonRelation) : say('case.notYet')}</dd>
            {view.childUnidentified && (
              <>
                <dt>{say('summary.identity')}</dt>
                <dd>{say('summary.unidentified')}</dd>
              </>
            )}
          </dl>
        </Panel>
        <IdentityPanel caseId={view.caseId} />
        <Panel title={say('summary.links')}>
          {view.links.length === 0 ? (
            <Empty>{say('summary.noLinks')}</Empty>
          ) : (
            <ul className="bare bordered">
              {view.links.map((link) => (
                <li key={link.caseId}>
                  {link.canOpen ? (
                    <Link to={`/casos/${link.caseId}`}>{link.folio ?? link.caseId}</Link>
                  ) : (
                    <strong>{link.folio ?? say('summary.reserved')}</strong>
                  )}
                  {' · '}
                  {words.code(link.linkKind)} · {words.code(link.sameFacts)}
                  {link.leadCaseId && (
                    <> · {say(link.leadCaseId === view.caseId ? 'summary.leadHere' : 'summary.leadThere')}</>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Panel>
      </div>
      <h2 className="day">{say('case.actions')}</h2>
      <Actions
        place="summary"
        // A pending task has its form beside it.
        except={['linkCase', ...new Set(view.tasks.map(({ command }) => command))]}
        caseId={view.caseId}
        permissions={permissions}
        choices={choices}
        nothing={nothing}
        onAccepted={accepted}
      />
      {permissions.includes('case:coordinate') && <LinkCase caseId={view.caseId} onAccepted={accepted} />}
    </>
  );
}

/** What is missing, each with the form that says it; done ones stay until one leaves, with what the form answered. */
function Tasks() {
  const say = useSay();
  const words = useWords();
  const { view, permissions, choices, accepted } = useCase();
  const [done, setDone] = useState<readonly Task[]>([]);
  const keyOf = ({ command, eventId }: Task) => eventId ?? command;
  const isOpen = (task: Task) => view.tasks.some((one) => keyOf(one) === keyOf(task));
  const tasks = [...view.tasks, ...done.filter((task) => !isOpen(task))];
  if (tasks.length === 0) return null;
  return (
    <Panel title={say('summary.tasks')}>
      <p style={{ marginTop: 0 }}>{say('summary.tasksWhy')}</p>
      <ul className="bare bordered">
        {tasks.map((task) => (
          <li key={keyOf(task)}>
            <strong>
              {say(task.command === 'completeReport' ? 'task.report' : 'task.search', {
                at: words.instant(task.since),
              })}
            </strong>{' '}
            <span className="meta">{words.code(task.agency)}</span>
            {isOpen(task) && task.missing.length > 0 && (
              <p className="meta" style={{ margin: '.2rem 0' }}>
                {say('task.missing', { what: task.missing.map(words.field).join(' · ') })}
                {task.missing.includes('urgency') && <> {say('task.urgent')}</>}
              </p>
            )}
            {permissions.includes(allCommands[task.command]?.may ?? '') && (
              <Action
                command={task.command}
                caseId={view.caseId}
                choices={choices}
                onAccepted={(result) => {
                  setDone([...done.filter((one) => keyOf(one) !== keyOf(task)), task]);
                  accepted(result);
                }}
                {...(task.eventId && { known: { reportId: task.eventId }, askOnly: task.missing })}
              />
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
