import { allCommands } from '@resguardo/contracts';
import { Link } from 'react-router';
import { useSay } from '../i18n/language.js';
import { useMe } from '../me.js';
import { formOf, metBy, pathOf } from '../places.js';
import type { DueTime } from '../types.js';
import { useWords } from '../words.js';
import { RuleText } from './rule-text.js';

const ICON: Readonly<Record<string, string>> = {
  RUNNING: '◷',
  OVERDUE: '▲',
  BREACHED: '■',
  MET: '✓',
  MET_LATE: '✓',
  PAUSED: '‖',
};

/** Which of the terms calls out: the overdue one that is nearest, and no other. -1 when none is overdue. */
export const mostPressing = (terms: readonly (DueTime | null)[]): number =>
  terms.reduce(
    (found, term, i) =>
      !term ||
      !['OVERDUE', 'BREACHED'].includes(term.state) ||
      (found >= 0 && (terms[found]!.dueAt ?? '') >= (term.dueAt ?? ''))
        ? found
        : i,
    -1,
  );

/** A legal term: time left in words and the instant itself; state by sign and word, never by colour alone. */
export function Due({ term, plain }: { term: DueTime; plain?: boolean }) {
  const say = useSay();
  const words = useWords();
  const pressing = ['OVERDUE', 'BREACHED'].includes(term.state) && !plain;
  return (
    <span>
      <span style={{ color: pressing ? '#b42318' : undefined, fontWeight: pressing ? 650 : undefined }}>
        <span aria-hidden="true">{ICON[term.state] ?? '◷'} </span>
        {words.code(term.state)}
      </span>
      {term.dueAt && (
        <>
          {' · '}
          {['RUNNING', 'OVERDUE', 'BREACHED'].includes(term.state) && `${words.relative(term.dueAt)}, `}
          <time dateTime={term.dueAt}>{words.instant(term.dueAt)}</time>
        </>
      )}
      {term.breachAt && term.breachAt !== term.dueAt && term.state !== 'MET' && (
        <span className="meta"> {say('due.breach', { at: words.instant(term.breachAt) })}</span>
      )}
    </span>
  );
}

/** What has to be done: the term's name, the rule, and who must do it. */
export function TermLine({
  term,
  plain = false,
  caseId,
  permissions,
  planned = false,
  again = false,
}: {
  term: DueTime;
  plain?: boolean;
  /** With the case and what the person may do in it, the line leads to the form that meets the term. */
  caseId?: string;
  permissions?: readonly string[];
  /** The interview has its date, or may have: what is left of that term is said where it is planned and held. */
  planned?: boolean;
  /** The page has the term with its rule already. */
  again?: boolean;
}) {
  const say = useSay();
  const words = useWords();
  const me = useMe();
  const mine = (term.agency === null || term.agency === me.agency) && term.state !== 'PAUSED';
  // A plan is held, a round is answered once: what of it is left for whom stands with the interview.
  const inInterview = (planned && term.key === 'interview') || term.key === 'question_round';
  const said = inInterview || !mine ? [] : metBy(term.key);
  const leads = said
    .filter((command) => permissions?.includes(allCommands[command]!.may))
    .flatMap((command) => (caseId ? [[words.command(command), formOf(command, caseId)!] as const] : []));
  if (inInterview && mine && caseId && permissions) leads.push([say('tab.interview'), pathOf('interview', caseId)]);
  const key = words.term(term.key);
  return (
    <>
      <strong>{key}</strong>
      {term.agency && <> · {words.code(term.agency)}</>}
      <br />
      <Due term={term} plain={plain} />
      {!again && (
        <span className="meta">
          <RuleText rule={term.rule} />
        </span>
      )}
      {leads.map(([label, to], i) => (
        <span key={to}>
          {i === 0 ? say('due.todo') : ` ${say('due.or')}`} <Link to={to}>{label}</Link>
        </span>
      ))}
    </>
  );
}
