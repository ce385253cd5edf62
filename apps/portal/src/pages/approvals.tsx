import { allCommands } from '@resguardo/contracts';
import { useState } from 'react';
import { useAsk } from '../ask.js';
import { Action } from '../components/actions.js';
import type { Accepted, Known } from '../components/command-form.js';
import { RequestContent } from '../components/request-content.js';
import { Answer, Empty, Panel, Receipt } from '../components/states.js';
import { APPROVALS } from '../documents.js';
import { useSay } from '../i18n/language.js';
import { useMe } from '../me.js';
import type { Approval } from '../types.js';
import { useWords } from '../words.js';

/** Which mutations decide what waits, and which of their fields the request already answers. */
const decisions = ({ what, subjectId }: Approval): readonly (readonly [command: string, known: Known])[] => {
  switch (what) {
    case 'ADDITIONAL_INTERVIEW':
      return [
        ['approveAdditionalInterview', { requestId: subjectId }],
        ['denyAdditionalInterview', { requestId: subjectId }],
        ['recordImpactOpinion', { requestId: subjectId }],
      ];
    case 'BREAK_GLASS_REVIEW':
      return [['reviewBreakGlass', { glassId: subjectId }]];
    case 'SAME_FACTS':
      return [
        ['confirmFactsDistinct', { otherCaseId: subjectId }],
        ['confirmFactsSame', { otherCaseId: subjectId }],
        ['unlinkCase', { otherCaseId: subjectId }],
      ];
    case 'ERASURE':
      return [
        ['approveErasure', { erasureId: subjectId }],
        ['rejectErasure', { erasureId: subjectId }],
      ];
    case 'RESPONSIBILITY':
      return [
        ['acceptResponsibility', { offerId: subjectId }],
        ['declineResponsibility', { offerId: subjectId }],
      ];
    default:
      return [];
  }
};

export function ApprovalsPage() {
  const say = useSay();
  const words = useWords();
  const asked = useAsk<{ approvals: Approval[] }>(APPROVALS);
  const [decided, setDecided] = useState<{ readonly approval: Approval; readonly result: Accepted }>();
  return (
    <>
      <h1>{say('nav.approvals')}</h1>
      <p>{say('approvals.lead')}</p>
      {/* What is decided leaves the list: its receipt stays. */}
      {decided && (
        <Receipt
          key={decided.result.commandId}
          commandId={decided.result.commandId}
          about={`${words.code(decided.approval.what)} · ${decided.approval.folio}`}
          focus
        />
      )}
      <Answer asked={asked} what={say('nav.approvals')}>
        {({ approvals }) =>
          approvals.length === 0 ? (
            <Panel title={say('approvals.waiting')}>
              <Empty>{say('approvals.none')}</Empty>
            </Panel>
          ) : (
            <ol className="bare" style={{ gap: '1rem' }}>
              {approvals.map((approval) => (
                <li key={approval.eventId}>
                  <One
                    approval={approval}
                    onAccepted={(result) => {
                      // Until then the form confirms it, and has the keyboard.
                      asked.follow(
                        (now) => now.approvals.find(({ eventId }) => eventId === approval.eventId),
                        () => setDecided({ approval, result }),
                      );
                    }}
                  />
                </li>
              ))}
            </ol>
          )
        }
      </Answer>
    </>
  );
}

function One({ approval, onAccepted }: { approval: Approval; onAccepted: (result: Accepted) => void }) {
  const say = useSay();
  const words = useWords();
  const me = useMe();
  const possible = decisions(approval).filter(
    ([command]) => command in allCommands && me.permissions.includes(allCommands[command]!.may),
  );
  const cases = [
    { value: approval.caseId, label: approval.folio },
    ...(approval.what === 'SAME_FACTS' ? [{ value: approval.subjectId, label: say('approvals.otherCase') }] : []),
  ];
  return (
    <Panel title={`${words.code(approval.what)} · ${approval.folio}`}>
      <dl className="fact">
        <dt>{say('approvals.asked')}</dt>
        <dd>
          {words.code(approval.askedByAgency)} · {words.instant(approval.since)}
        </dd>
        {approval.due && (
          <>
            <dt>{say('approvals.due')}</dt>
            <dd>
              {approval.overdue && <strong>▲ {words.code('OVERDUE')} · </strong>}
              {words.relative(approval.due)}, {words.instant(approval.due)}
            </dd>
          </>
        )}
        <dt>{say('approvals.must')}</dt>
        <dd>{approval.must.map(words.holder).join('; ') || '—'}</dd>
        <dt>{say('approvals.given')}</dt>
        <dd>{approval.given.map(words.holder).join('; ') || say('approvals.nobodyYet')}</dd>
      </dl>
      {!approval.canAct && (
        <p>
          {say(
            approval.whyNot === 'OWN_REQUEST'
              ? 'approvals.own'
              : approval.whyNot === 'ALREADY_DECIDED'
                ? 'approvals.already'
                : 'approvals.others',
          )}
        </p>
      )}
      {approval.canAct && (
        <>
          <RequestContent about={approval} open={say('approvals.read')} logged={say('approvals.readLogged')} />
          {possible.map(([command, known]) => (
            <Action
              key={command}
              command={command}
              caseId={approval.caseId}
              known={known}
              choices={{ leadCaseId: cases }}
              onAccepted={onAccepted}
            />
          ))}
        </>
      )}
    </Panel>
  );
}
