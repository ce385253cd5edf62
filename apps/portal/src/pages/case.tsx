import { Button } from '@mantine/core';
import { allCommands } from '@resguardo/contracts';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { NavLink, Outlet, useLocation, useOutletContext, useParams } from 'react-router';
import { useAgainUntil, useAsk } from '../ask.js';
import type { Accepted, Choice } from '../components/command-form.js';
import { Action } from '../components/actions.js';
import { Answer, Incomplete, Notice, Receipt, TroubleNotice } from '../components/states.js';
import { CASE } from '../documents.js';
import { nameCase } from '../drafts.js';
import { type Key, useSay } from '../i18n/language.js';
import { useMe } from '../me.js';
import { nothingToActOn } from '../nothing-to-act-on.js';
import { Person } from '../staff.js';
import type { CaseView, Me } from '../types.js';
import { useWords } from '../words.js';

export interface OnCase {
  readonly view: CaseView;
  readonly me: Me;
  /** What the caller may do in this case. */
  readonly permissions: readonly string[];
  readonly choices: Readonly<Record<string, readonly Choice[]>>;
  /** Whether a command would find nothing in this case to act on. */
  readonly nothing: (command: string) => boolean;
  /** After a command: read again at least up to its revision. */
  readonly accepted: (result: Accepted) => void;
  readonly changedBy: (revision: number) => void;
}

export const useCase = () => useOutletContext<OnCase>();

const TABS: readonly (readonly [path: string, key: Key])[] = [
  ['', 'tab.summary'],
  ['linea', 'tab.timeline'],
  ['entrevista', 'tab.interview'],
  ['relatos', 'tab.retellings'],
  ['equipo', 'tab.team'],
  ['canalizaciones', 'tab.referrals'],
  ['cierre', 'tab.closing'],
];

/** For those whom the door is closed to: a supervisor lets the first person of their agency in (C-9), danger breaks the glass (R-704). */
const AT_THE_DOOR = ['addTeamMember', 'useBreakGlass'] as const;

export function CasePage() {
  const { caseId = '' } = useParams();
  return <Loaded key={caseId} caseId={caseId} />;
}

function Loaded({ caseId }: { caseId: string }) {
  const say = useSay();
  const me = useMe();
  const [atLeast, setAtLeast] = useState<number>();
  const asked = useAsk<{ case: CaseView | null }>(CASE, { caseId }, false, atLeast === undefined ? {} : { atLeast });
  const { again } = asked;
  const changedBy = useCallback(
    (revision: number) => {
      setAtLeast((known) => Math.max(known ?? 0, revision));
      again();
    },
    [again],
  );
  // Access for danger ends at a moment: the page asks again just after it, and the server closes it.
  const until = asked.data?.case?.via === 'BREAK_GLASS' ? asked.data.case.until : null;
  useEffect(() => {
    if (!until) return;
    const left = Date.parse(until) - Date.now();
    if (left <= 0) return;
    const timer = window.setTimeout(again, Math.min(left + 1_000, 2_147_483_647));
    return () => window.clearTimeout(timer);
  }, [until, again]);
  // An answer that came before what was said was in it is not the last word; nor is one without a case that may be opened.
  useAgainUntil(
    asked.loading || asked.trouble || !asked.data ? undefined : asked.data.case !== null && !asked.data.case.behind,
    again,
  );
  const [last, setLast] = useState<Accepted>();
  /** What opened the case: its form is gone with the door. */
  const [atTheDoor, setAtTheDoor] = useState<Accepted>();
  const accepted = useCallback(
    (result: Accepted) => {
      setLast(result);
      changedBy(result.revision);
    },
    [changedBy],
  );

  if (asked.trouble?.kind === 'denied')
    return (
      <>
        <h1>{say('tab.case')}</h1>
        {/* What ends one's own access (a sealed interview, leaving the team) is confirmed all the same. */}
        {last && <Receipt commandId={last.commandId} />}
        <TroubleNotice trouble={asked.trouble} what={say('tab.case')} />
        {AT_THE_DOOR.some((command) => me.permissions.includes(allCommands[command]!.may)) && (
          <div className="panel" data-section="access" style={{ marginTop: '1rem' }}>
            {AT_THE_DOOR.filter((command) => me.permissions.includes(allCommands[command]!.may)).map((command) => (
              <Action
                key={command}
                command={command}
                caseId={caseId}
                onAccepted={(result) => {
                  setAtTheDoor(result);
                  accepted(result);
                }}
              />
            ))}
          </div>
        )}
      </>
    );
  return (
    <Answer asked={asked} what={say('tab.case')}>
      {({ case: view }) =>
        view ? (
          <>
            {atTheDoor && <Receipt commandId={atTheDoor.commandId} focus />}
            <Found view={view} me={me} accepted={accepted} changedBy={changedBy} />
          </>
        ) : (
          <>
            <h1>{say('tab.case')}</h1>
            <Notice tone="partial" title={say('state.comes')} role="status">
              <p>{say('state.comesWhy')}</p>
              <Button variant="default" size="xs" onClick={again}>
                {say('action.retry')}
              </Button>
            </Notice>
          </>
        )
      }
    </Answer>
  );
}

function Found({ view, ...rest }: { view: CaseView } & Pick<OnCase, 'me' | 'accepted' | 'changedBy'>) {
  const say = useSay();
  const words = useWords();
  const { me } = rest;
  // On a narrow screen the row of tabs is wider than the page: where one is must be in sight.
  const tabList = useRef<HTMLUListElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    const here = tabList.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (here && tabList.current) tabList.current.scrollLeft = here.offsetLeft - tabList.current.offsetLeft - 24;
  }, [pathname]);
  useEffect(() => nameCase(view.caseId, view.folio), [view.caseId, view.folio]);
  const choices = useMemo(() => choicesOf(view, words), [view, words]);
  const nothing = (command: string) => nothingToActOn(command, view, me);
  const tabs: readonly (readonly [string, Key])[] =
    me.role === 'REPRESENTATIVE' || me.permissions.includes('audit:read') ? [...TABS, ['accesos', 'tab.access']] : TABS;
  return (
    <>
      <section className="casehead" aria-label={say('case.header')}>
        <h1 style={{ margin: 0, fontSize: '1.25rem' }}>{say('case.title', { folio: view.folio })}</h1>
        <dl>
          {view.ageBand && (
            <div>
              <dt>{say('cases.age')}</dt>
              <dd>{words.code(view.ageBand)}</dd>
            </div>
          )}
          <div>
            <dt>{say('cases.responsible')}</dt>
            <dd>{words.code(view.responsible)}</dd>
          </div>
          <div>
            <dt>{say('case.representative')}</dt>
            <dd>{view.representative ? <Person id={view.representative.staffId} /> : say('case.notYet')}</dd>
          </div>
          <div>
            <dt>{say('cases.stage')}</dt>
            <dd>{words.code(view.interview.stage)}</dd>
          </div>
          <div>
            <dt>{say('cases.state')}</dt>
            <dd>{words.code(view.state)}</dd>
          </div>
        </dl>
        <nav aria-label={say('case.tabs')}>
          <ul className="tabs" ref={tabList}>
            {tabs.map(([path, key]) => (
              <li key={path}>
                <NavLink to={path} end>
                  {say(key)}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
      </section>
      <div className="stack">
        {view.via === 'BREAK_GLASS' && (
          <Notice tone="refused" title={say('case.glass', { until: words.instant(view.until) })}>
            <p>{say('case.glassWhy')}</p>
          </Notice>
        )}
        {view.via === 'SUPERVISION' && <Notice tone="plain" title={say('case.supervision')} />}
        {view.erased && <Notice tone="plain" title={say('case.erased')} />}
        {view.participationWithdrawn && <Notice tone="partial" title={say('case.withdrawn')} />}
        <Incomplete since={view.incompleteSince} behind={view.behind} />
        <Outlet context={{ view, choices, nothing, permissions: view.permissions, ...rest } satisfies OnCase} />
      </div>
    </>
  );
}

/** What a form may offer instead of asking people to type an id: the things of this case, in words. */
const choicesOf = (view: CaseView, words: ReturnType<typeof useWords>): Readonly<Record<string, readonly Choice[]>> => {
  const listed = (list: readonly Choice[]) => (list.length > 0 ? list : undefined);
  const made: Record<string, readonly Choice[] | undefined> = {
    interviewId: view.interview.interviewId
      ? [
          {
            value: view.interview.interviewId,
            label: `${words.code(view.interview.stage)} · ${words.instant(view.interview.slotStart)}`,
          },
        ]
      : undefined,
    questionId: listed(
      view.interview.questions.map((question, i) => ({
        value: question.questionId,
        label: `${i + 1} · ${words.code(question.agency)}${question.decision ? ` · ${words.code(question.decision)}` : ''}`,
      })),
    ),
    referralId: listed(
      view.referrals
        .filter(({ state }) => state === 'WAITING' || state === 'ACCEPTED')
        .map((one) => ({
          value: one.referralId,
          label: `${words.code(one.from)} → ${words.code(one.to)} · ${words.instant(one.madeAt)}`,
        })),
    ),
    otherCaseId: listed(view.links.map((one) => ({ value: one.caseId, label: one.folio ?? one.caseId }))),
    leadCaseId: listed([
      { value: view.caseId, label: view.folio },
      ...view.links.map((one) => ({ value: one.caseId, label: one.folio ?? one.caseId })),
    ]),
    sameActAs: listed(
      view.retellings.list.map((one) => ({
        value: one.eventId,
        label: `${words.code(one.actKind)} · ${words.instant(one.occurredAt)}`,
      })),
    ),
    erasureId: listed(
      view.pending
        .filter(({ what }) => what === 'ERASURE')
        .map((one) => ({ value: one.subjectId, label: words.instant(one.since) })),
    ),
    offerId: listed(
      view.pending
        .filter(({ what }) => what === 'RESPONSIBILITY')
        .map((one) => ({ value: one.subjectId, label: words.code(one.askedByAgency) })),
    ),
    glassId: listed(
      view.pending
        .filter(({ what }) => what === 'BREAK_GLASS_REVIEW')
        .map((one) => ({ value: one.subjectId, label: words.instant(one.since) })),
    ),
  };
  return Object.fromEntries(Object.entries(made).filter(([, list]) => list)) as Record<string, readonly Choice[]>;
};
