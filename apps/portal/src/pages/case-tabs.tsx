import { allCommands } from '@resguardo/contracts';
import { Actions } from '../components/actions.js';
import { DataTable } from '../components/data-table.js';
import { Due } from '../components/due.js';
import { Empty, Panel } from '../components/states.js';
import { useSay } from '../i18n/language.js';
import { Person, useNameOf } from '../staff.js';
import { useWords } from '../words.js';
import { Sealed } from './case-timeline.js';
import { useCase } from './case.js';

export function RetellingsTab() {
  const say = useSay();
  const words = useWords();
  const { view, permissions, choices, nothing, accepted } = useCase();
  const { retellings } = view;
  const hearings = choices;
  return (
    <>
      <Panel title={say('retellings.title')}>
        <p style={{ marginTop: 0 }}>
          {say('retellings.words', { count: retellings.count, officials: retellings.officials })}
        </p>
        {retellings.list.length === 0 ? (
          <Empty>{say('retellings.none')}</Empty>
        ) : (
          <DataTable
            label={say('retellings.title')}
            caption={say('retellings.caption')}
            rows={[...retellings.list].sort((a, b) => a.occurredAt.localeCompare(b.occurredAt))}
            keyOf={({ eventId }) => eventId}
            columns={[
              {
                label: say('retellings.when'),
                names: true,
                cell: (one) => <time dateTime={one.occurredAt}>{words.instant(one.occurredAt)}</time>,
              },
              { label: words.field('actKind'), cell: (one) => words.code(one.actKind) },
              {
                label: say('retellings.who'),
                cell: (one) => [one.agency, one.role].filter(Boolean).map(words.code).join(' · ') || '—',
              },
              { label: words.field('placeKind'), cell: (one) => words.code(one.placeKind) },
              { label: words.field('personsPresent'), cell: (one) => one.persons ?? '—' },
              { label: words.field('needed'), cell: (one) => words.value(one.needed) },
            ]}
          />
        )}
      </Panel>
      <Panel title={say('retellings.exams')}>
        {view.exams.length === 0 ? (
          <Empty>{say('retellings.noExams')}</Empty>
        ) : (
          <ul className="bare bordered">
            {view.exams.map((exam) => (
              <li key={exam.eventId}>
                {words.code(exam.step)} {exam.kind && <>· {words.code(exam.kind)}</>} · {words.code(exam.agency)} ·{' '}
                <time dateTime={exam.occurredAt}>{words.instant(exam.occurredAt)}</time>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <h2 className="day">{say('case.actions')}</h2>
      <Actions
        place="retellings"
        caseId={view.caseId}
        permissions={permissions}
        choices={hearings}
        nothing={nothing}
        onAccepted={accepted}
      />
    </>
  );
}

export function TeamTab() {
  const say = useSay();
  const words = useWords();
  const { view, me, permissions, choices, nothing, accepted } = useCase();
  const nameOf = useNameOf();
  // Each agency takes its own people off a case, nobody else's (C-9).
  const own = view.team.filter(({ agency }) => agency === me.agency);
  const staff = own.map((one) => ({
    value: one.staffId,
    label: `${nameOf(one.staffId)} · ${words.code(one.agency)}`,
  }));
  return (
    <>
      <div className="grid2">
        <Panel title={say('team.responsible')}>
          <p style={{ margin: 0 }}>
            <strong>{words.code(view.responsible)}</strong>
          </p>
          {view.responsibilityOfferedTo && (
            <p>{say('team.offered', { to: words.code(view.responsibilityOfferedTo) })}</p>
          )}
        </Panel>
        <Panel title={say('team.representation')}>
          <dl className="fact">
            <dt>{say('case.representative')}</dt>
            <dd>
              {view.representative ? <Person id={view.representative.staffId} /> : say('case.notYet')}
              {view.representationKind && ` · ${words.code(view.representationKind)}`}
            </dd>
            <dt>{say('summary.adviser')}</dt>
            <dd>{view.adviser ? <Person id={view.adviser.staffId} /> : say('case.notYet')}</dd>
            <dt>{say('summary.support')}</dt>
            <dd>{view.supportPersonRelation ? words.code(view.supportPersonRelation) : say('case.notYet')}</dd>
          </dl>
        </Panel>
      </div>
      <Panel title={say('team.members')}>
        {view.team.length === 0 ? (
          <Empty>{say('team.none')}</Empty>
        ) : (
          <DataTable
            label={say('team.members')}
            rows={view.team}
            keyOf={(one) => `${one.staffId}:${one.role}`}
            columns={[
              { label: words.field('staffId'), names: true, cell: (one) => <Person id={one.staffId} /> },
              { label: say('summary.agency'), cell: (one) => words.code(one.agency) },
              { label: words.field('role'), cell: (one) => words.code(one.role) },
              { label: say('team.since'), cell: (one) => words.instant(one.since) },
            ]}
          />
        )}
      </Panel>
      <h2 className="day">{say('case.actions')}</h2>
      <Actions
        place="team"
        section="team"
        caseId={view.caseId}
        permissions={permissions}
        choices={choices}
        nothing={nothing}
        onAccepted={accepted}
        except={['removeTeamMember']}
      />
      <Actions
        place="team"
        section="team"
        title={say('team.remove')}
        caseId={view.caseId}
        permissions={permissions}
        choices={{ ...choices, ...(staff.length > 0 && { staffId: staff }) }}
        nothing={nothing}
        onAccepted={accepted}
        except={['addTeamMember']}
      />
      {(['responsibility', 'representation', 'guardians', 'competence', 'reviews'] as const).map((section) => (
        <Actions
          key={section}
          place="team"
          section={section}
          caseId={view.caseId}
          permissions={permissions}
          choices={choices}
          nothing={nothing}
          onAccepted={accepted}
        />
      ))}
    </>
  );
}

export function ReferralsTab() {
  const say = useSay();
  const words = useWords();
  const { view, me, permissions, choices, nothing, accepted } = useCase();
  return (
    <>
      <Panel title={say('tab.referrals')}>
        {view.referrals.length === 0 ? (
          <Empty>{say('referrals.none')}</Empty>
        ) : (
          <ul className="bare bordered">
            {view.referrals.map((one) => (
              <li key={one.referralId}>
                <strong>
                  {words.code(one.from)} → {words.code(one.to)}
                </strong>{' '}
                · {one.service && <>{words.code(one.service)} · </>}
                {one.urgent && <>{words.code('URGENT')} · </>}
                {words.code(one.state)}
                <span className="meta">
                  <time dateTime={one.madeAt}>{words.instant(one.madeAt)}</time>
                  {one.answeredAt && <> · {say('referrals.answered', { at: words.instant(one.answeredAt) })}</>}
                </span>
                {one.due && one.state === 'WAITING' && <Due term={one.due} />}
                {[one.from, one.to].some((agency) => agency === me.agency) && (
                  <Sealed caseId={view.caseId} eventId={one.eventId} label={say('referrals.read')} />
                )}
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <h2 className="day">{say('case.actions')}</h2>
      <Actions
        place="referrals"
        caseId={view.caseId}
        permissions={permissions}
        choices={choices}
        nothing={nothing}
        onAccepted={accepted}
      />
    </>
  );
}

export function ClosingTab() {
  const say = useSay();
  const words = useWords();
  const { view, permissions, choices, nothing, accepted } = useCase();
  const { closing } = view;
  return (
    <>
      <Panel title={say('tab.closing')}>
        <p style={{ marginTop: 0 }}>
          <strong>{words.code(closing.state)}</strong>
          {closing.kind && <> · {words.code(closing.kind)}</>}
        </p>
        {closing.state === 'OPEN' && <Empty>{say('closing.open')}</Empty>}
        {closing.state === 'OPEN' && !permissions.includes(allCommands['proposeClosure']!.may) && (
          <p className="meta">{say('closing.whoProposes')}</p>
        )}
        <dl className="fact">
          {closing.proposedAt && (
            <>
              <dt>{words.code('PROPOSED')}</dt>
              <dd>{words.instant(closing.proposedAt)}</dd>
            </>
          )}
          {closing.notifiedAt && (
            <>
              <dt>{words.code('NOTIFIED')}</dt>
              <dd>{words.instant(closing.notifiedAt)}</dd>
            </>
          )}
          {closing.challengeUntil && (
            <>
              <dt>{say('closing.challengeUntil')}</dt>
              <dd>
                {words.instant(closing.challengeUntil)} ({words.relative(closing.challengeUntil)})
              </dd>
            </>
          )}
          {closing.closedAt && (
            <>
              <dt>{words.code('CLOSED')}</dt>
              <dd>{words.instant(closing.closedAt)}</dd>
            </>
          )}
        </dl>
        <p className="meta">{say('closing.neverLapses')}</p>
      </Panel>
      <h2 className="day">{say('case.actions')}</h2>
      <Actions
        place="closing"
        caseId={view.caseId}
        permissions={permissions}
        choices={choices}
        nothing={nothing}
        onAccepted={accepted}
      />
    </>
  );
}
