import { Button, Group, Radio } from '@mantine/core';
import { SET_ASIDE_REASONS, type SetAsideReason } from '@resguardo/contracts';
import { type FormEvent, useState } from 'react';
import { Link } from 'react-router';
import { Dialog } from '../components/dialog.js';
import { troubleOf, useAsk } from '../ask.js';
import { client } from '../client.js';
import { DataTable } from '../components/data-table.js';
import { Answer, Empty, Notice, Panel, serviceKey } from '../components/states.js';
import { connection } from '../connection.js';
import { INTEGRITY, RETRY_PARKED_CASE, SET_PARKED_CASE_ASIDE } from '../documents.js';
import { type Key, useSay } from '../i18n/language.js';
import { useMe } from '../me.js';
import type { FollowerIntegrity, Integrity, ParkedCase, RepairResult } from '../types.js';
import { useWords } from '../words.js';
import { Copies, History } from './upkeep.js';

const MAY_REPAIR = 'integrity:repair';

/** What people call a view or a process; a new one is called what it is until it has words. */
const FOLLOWERS: Readonly<Record<string, Key>> = {
  timeline_entries: 'follower.timeline_entries',
  case_card: 'follower.case_card',
  access_log: 'follower.access_log',
  refusal_log: 'follower.refusal_log',
  glass_log: 'follower.glass_log',
  case_parts: 'follower.case_parts',
  linked_cases: 'follower.linked_cases',
  linked_interviews: 'follower.linked_interviews',
  erased_keys: 'follower.erased_keys',
  erasure: 'follower.erasure',
  relay: 'follower.relay',
  counted_case: 'follower.counted_case',
};
const followerKey = ({ name, kind }: FollowerIntegrity): Key =>
  FOLLOWERS[name] ?? (kind === 'PROCESS' ? 'follower.process' : 'follower.view');

/** One case that stands still, and where. */
interface Standing {
  readonly service: string;
  readonly follower: FollowerIntegrity;
  readonly parked: ParkedCase;
}
type Act = 'retry' | 'aside';

export function IntegrityPage() {
  const say = useSay();
  const words = useWords();
  const asked = useAsk<{ integrity: Integrity }>(INTEGRITY);
  return (
    <>
      <h1>{say('nav.integrity')}</h1>
      <p>{say('integrity.lead')}</p>
      <div className="stack">
        <Answer asked={asked} what={say('nav.integrity')}>
          {({ integrity }) => (
            <>
              <div className="row between">
                <p className="meta" style={{ margin: 0 }}>
                  <span>
                    {say('integrity.at')} <time dateTime={integrity.at}>{words.instant(integrity.at)}</time>
                  </span>
                </p>
                <Button size="xs" variant="default" aria-busy={asked.loading} onClick={asked.again}>
                  {say('integrity.again')}
                </Button>
              </div>
              {/* Nothing below can be relied on then. */}
              {integrity.history?.broken && <History {...integrity} />}
              <Silent services={integrity.services} />
              <StandingCases services={integrity.services} again={asked.again} />
              <Followers services={integrity.services} />
              {!integrity.history?.broken && <History {...integrity} />}
              <Copies services={integrity.services} />
            </>
          )}
        </Answer>
        <Meaning />
      </div>
    </>
  );
}

/** Services of which nothing is known now; the others are shown below all the same. */
function Silent({ services }: Pick<Integrity, 'services'>) {
  const say = useSay();
  return services
    .filter(({ condition }) => condition !== 'ANSWERED')
    .map(({ service, condition }) => (
      <Notice
        key={service}
        tone="partial"
        role="status"
        title={say(condition === 'AWAY' ? 'state.away' : 'integrity.failed', { service: say(serviceKey(service)) })}
      >
        <p>{say('integrity.silentWhy')}</p>
      </Notice>
    ));
}

function StandingCases({ services, again }: Pick<Integrity, 'services'> & { again: () => void }) {
  const say = useSay();
  const words = useWords();
  const me = useMe();
  const mayRepair = me.permissions.includes(MAY_REPAIR);
  const [wish, setWish] = useState<{ readonly act: Act; readonly standing: Standing }>();
  const [busy, setBusy] = useState<string>();
  const [told, setTold] = useState<{ readonly key: number; readonly what: Told }>();

  const rows = services.flatMap(({ service, followers }) =>
    followers.flatMap((follower) => follower.parked.map((parked) => ({ service, follower, parked }))),
  );
  const inAll = services.flatMap(({ followers }) => followers).reduce((sum, { parkedInAll }) => sum + parkedInAll, 0);
  const all = services.every(
    ({ condition, followers }) => condition === 'ANSWERED' && followers.every(({ gaps }) => gaps === 0),
  );

  const repair = async ({ service, follower, parked }: Standing, reason?: SetAsideReason) => {
    setWish(undefined);
    setBusy(parked.id);
    connection.waits(1);
    const input = { service, follower: follower.name, parked: parked.id, revision: parked.revision };
    const { data, error } = await client
      .mutation<Partial<Record<'retryParkedCase' | 'setParkedCaseAside', RepairResult>>>(
        reason ? SET_PARKED_CASE_ASIDE : RETRY_PARKED_CASE,
        { input, ...(reason && { reason }) },
      )
      .toPromise();
    connection.waits(-1);
    setBusy(undefined);
    const outcome = (data?.retryParkedCase ?? data?.setParkedCaseAside)?.outcome;
    setTold({
      key: Date.now(),
      what: outcome
        ? { outcome, service, act: reason ? 'aside' : 'retry' }
        : { code: error ? troubleOf(error).code : 'INTERNAL' },
    });
    again();
  };

  return (
    <Panel title={say('integrity.standing')}>
      <div className="stack">
        {told && <Outcome key={told.key} told={told.what} />}
        {rows.length === 0 ? (
          <Empty>{say(all ? 'integrity.none' : 'integrity.noneHere')}</Empty>
        ) : (
          <DataTable
            label={say('integrity.standing')}
            caption={say('integrity.standingWhy')}
            rows={rows}
            keyOf={({ service, parked }) => `${service} ${parked.id}`}
            columns={[
              {
                label: say('integrity.where'),
                names: true,
                cell: ({ service, follower }) => (
                  <>
                    {say(serviceKey(service))}
                    <span className="meta">{say(followerKey(follower))}</span>
                  </>
                ),
              },
              // Whoever administers the system is told of no case.
              ...(me.role === 'ADMINISTRATOR'
                ? []
                : [
                    {
                      label: say('audit.case'),
                      cell: ({ parked }: Standing) =>
                        parked.case ? (
                          <Link to={`/casos/${parked.case.caseId}`}>
                            {parked.case.folio ?? say('integrity.noFolio')}
                          </Link>
                        ) : (
                          say('integrity.otherCase')
                        ),
                    },
                  ]),
              {
                label: say('integrity.fact'),
                cell: ({ parked }) => (
                  <>
                    <FactKind parked={parked} />
                    <span className="meta">{say('integrity.number', { n: parked.revision + 1 })}</span>
                  </>
                ),
              },
              {
                label: say('integrity.why'),
                cell: ({ parked }) => (
                  <>
                    {say(`integrity.error.${parked.error}` as Key)}
                    <span className="meta">{say('integrity.tries', { count: parked.tries })}</span>
                  </>
                ),
              },
              {
                label: say('integrity.since'),
                cell: ({ parked }) => (
                  <>
                    <time dateTime={parked.since}>{words.instant(parked.since)}</time>
                    <span className="meta">{say('integrity.waiting', { count: parked.waiting })}</span>
                  </>
                ),
              },
              ...(mayRepair
                ? [
                    {
                      label: say('integrity.acts'),
                      cell: (standing: Standing) => {
                        const about = `${say(serviceKey(standing.service))}, ${say(followerKey(standing.follower))}`;
                        const waits = busy === standing.parked.id;
                        return (
                          <Group gap="xs">
                            {(standing.follower.leavesOut ? (['retry', 'aside'] as const) : (['retry'] as const)).map(
                              (act) => (
                                <Button
                                  key={act}
                                  size="xs"
                                  variant="default"
                                  data-act={act}
                                  aria-busy={waits}
                                  aria-label={`${say(`integrity.${act}`)}: ${about}`}
                                  onClick={() => busy === undefined && setWish({ act, standing })}
                                >
                                  {say(`integrity.${act}`)}
                                </Button>
                              ),
                            )}
                          </Group>
                        );
                      },
                    },
                  ]
                : []),
            ]}
          />
        )}
        {rows.length < inAll && (
          <p className="meta" style={{ margin: 0 }}>
            {say('integrity.more', { shown: rows.length, count: inAll })}
          </p>
        )}
        {rows.length > 0 && !mayRepair && (
          <p className="meta" style={{ margin: 0 }}>
            {say('integrity.whoRepairs')}
          </p>
        )}
      </div>
      {/* It stays where it is when it closes: else the keyboard would not be given back to the button. */}
      <Dialog
        opened={wish !== undefined}
        onClose={() => setWish(undefined)}
        title={wish && say(`integrity.${wish.act}.title`)}
      >
        {wish && (
          <Confirm
            act={wish.act}
            standing={wish.standing}
            onClose={() => setWish(undefined)}
            onYes={(reason) => void repair(wish.standing, reason)}
          />
        )}
      </Dialog>
    </Panel>
  );
}

type Told =
  | { readonly outcome: RepairResult['outcome']; readonly service: string; readonly act: Act }
  | { readonly code: string };

/** What came of an order; the keyboard is taken there, because the row may be gone. */
function Outcome({ told }: { told: Told }) {
  const say = useSay();
  if ('code' in told)
    return (
      <Notice tone="error" title={say('integrity.unknown')} focus>
        <p>{say('integrity.unknownWhy')}</p>
        <p className="meta">{say('state.code', { code: told.code })}</p>
      </Notice>
    );
  const { outcome, service, act } = told;
  switch (outcome) {
    case 'GOES_ON':
      return (
        <Notice tone="good" title={say('integrity.goesOn')} focus>
          <p>{say(act === 'aside' ? 'integrity.goesOnWithout' : 'integrity.goesOnWhole')}</p>
        </Notice>
      );
    case 'STILL_STANDS':
      return (
        <Notice tone="refused" title={say('integrity.stillStands')} focus>
          <p>{say(act === 'aside' ? 'integrity.standsLater' : 'integrity.stillStandsWhy')}</p>
        </Notice>
      );
    case 'NOT_STANDING':
      return (
        <Notice tone="plain" title={say('integrity.notStanding')} focus>
          <p>{say('integrity.notStandingWhy')}</p>
        </Notice>
      );
    case 'NOT_ALLOWED':
      return (
        <Notice tone="refused" title={say('integrity.notAllowed')} focus>
          <p>{say('integrity.notAllowedWhy')}</p>
        </Notice>
      );
    case 'NOT_RECORDED':
      return (
        <Notice tone="error" title={say('integrity.notRecorded')} focus>
          <p>{say('integrity.notRecordedWhy')}</p>
        </Notice>
      );
    case 'AWAY':
      return (
        <Notice tone="partial" title={say('state.away', { service: say(serviceKey(service)) })} focus>
          <p>{say('integrity.unknownWhy')}</p>
        </Notice>
      );
  }
}

function FactKind({ parked: { factType, error } }: { parked: ParkedCase }) {
  const say = useSay();
  const words = useWords();
  if (factType) return words.fact(factType);
  return say(error === 'UNREADABLE' ? 'integrity.factUnread' : 'integrity.factUnknown');
}

/** What an order does, before it is given. */
function Confirm({
  act,
  standing,
  onClose,
  onYes,
}: {
  act: Act;
  standing: Standing;
  onClose: () => void;
  onYes: (reason?: SetAsideReason) => void;
}) {
  const say = useSay();
  const words = useWords();
  const [reason, setReason] = useState<SetAsideReason>();
  const [missing, setMissing] = useState(false);
  const { service, follower, parked } = standing;
  const where = { service: say(serviceKey(service)), view: say(followerKey(follower)) };
  const effects: readonly Key[] =
    act === 'retry'
      ? ['integrity.retry.again', 'integrity.retry.nothing', 'integrity.recorded']
      : [
          'integrity.aside.view',
          'integrity.aside.history',
          'integrity.aside.marked',
          'integrity.aside.noWayBack',
          'integrity.recorded',
        ];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (act === 'aside' && !reason) {
      setMissing(true);
      // Where the answer is missing: on a small screen it is out of sight.
      event.currentTarget.querySelector<HTMLInputElement>('input[type=radio]')?.focus();
    } else onYes(act === 'aside' ? reason : undefined);
  };
  return (
    <form className="stack" data-act={act} onSubmit={submit} noValidate>
      <dl className="fact">
        <dt>{say('integrity.where')}</dt>
        <dd>{`${where.service}, ${where.view}`}</dd>
        <dt>{say('integrity.fact')}</dt>
        <dd>
          <FactKind parked={parked} />
          <span className="meta">{say('integrity.number', { n: parked.revision + 1 })}</span>
        </dd>
      </dl>
      <p style={{ margin: 0 }}>{say('confirm.effects')}</p>
      <ul className="plain">
        {effects.map((key) => (
          <li key={key}>{say(key, where)}</li>
        ))}
      </ul>
      {act === 'aside' && (
        <Radio.Group
          label={say('integrity.reason')}
          description={say('integrity.reasonHelp')}
          value={reason ?? ''}
          onChange={(value) => {
            setReason(SET_ASIDE_REASONS.find((known) => known === value));
            setMissing(false);
          }}
          withAsterisk
          {...(missing && { error: say('integrity.reasonMissing') })}
        >
          <div className="stack" style={{ gap: '.5rem', margin: '.5rem 0' }}>
            {SET_ASIDE_REASONS.map((one) => (
              <Radio key={one} value={one} label={words.code(one)} />
            ))}
          </div>
        </Radio.Group>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {say('action.back')}
        </Button>
        <Button type="submit">{say(`integrity.${act}.yes`)}</Button>
      </Group>
    </form>
  );
}

/** How far every follower of every service is: by name what is not up to date, the others in one line. */
function Followers({ services }: Pick<Integrity, 'services'>) {
  const say = useSay();
  const rows = services.filter(({ followers }) => followers.length > 0);
  if (rows.length === 0) return null;
  return (
    <Panel title={say('integrity.followers')}>
      <DataTable
        label={say('integrity.followers')}
        rows={rows}
        keyOf={({ service }) => service}
        columns={[
          { label: say('integrity.service'), names: true, cell: ({ service }) => say(serviceKey(service)) },
          { label: say('integrity.views'), cell: ({ followers }) => <Views followers={followers} /> },
        ]}
      />
    </Panel>
  );
}

function Views({ followers }: { followers: readonly FollowerIntegrity[] }) {
  const say = useSay();
  const current = followers.filter(({ condition }) => condition === 'UP_TO_DATE');
  return (
    <ul className="bare">
      {followers
        .filter(({ condition }) => condition !== 'UP_TO_DATE')
        .map((follower) => (
          <li key={follower.name}>
            <View follower={follower} />
          </li>
        ))}
      {current.length > 0 && (
        <li>
          <span aria-hidden="true">✓ </span>
          {say('integrity.condition.UP_TO_DATE')}: {current.map((one) => say(followerKey(one))).join(' · ')}
        </li>
      )}
    </ul>
  );
}

const MARKS = { UP_TO_DATE: '✓', BEHIND: '…', PARKED: '▲', GAPS: '▲', FEED_AWAY: '?' } as const;

function View({ follower }: { follower: FollowerIntegrity }) {
  const say = useSay();
  const words = useWords();
  const { condition, parkedInAll, gaps, behind, waitingSince } = follower;
  return (
    <>
      <span aria-hidden="true">{MARKS[condition]} </span>
      <strong>{say(followerKey(follower))}</strong>:{' '}
      {say(`integrity.condition.${condition}`, { count: condition === 'GAPS' ? gaps : parkedInAll })}
      {condition === 'PARKED' && gaps > 0 && (
        <span className="meta">{say('integrity.condition.GAPS', { count: gaps })}</span>
      )}
      {behind !== null && behind > 0 && (
        <span className="meta">
          <span>{say('integrity.facts', { count: behind })}</span>
          {waitingSince && (
            <span>
              {say('integrity.firstSince')} <time dateTime={waitingSince}>{words.instant(waitingSince)}</time>
            </span>
          )}
        </span>
      )}
    </>
  );
}

/** In plain words, for whoever comes here for the first time. */
function Meaning() {
  const say = useSay();
  return (
    <details className="panel">
      <summary>{say('integrity.help')}</summary>
      <ul className="plain" style={{ marginTop: '.6rem' }}>
        <li>{say('integrity.help.view')}</li>
        <li>{say('integrity.help.behind')}</li>
        <li>{say('integrity.help.standing')}</li>
        <li>{say('integrity.help.gaps')}</li>
        <li>{say('integrity.help.history')}</li>
        <li>{say('integrity.help.chain')}</li>
        <li>{say('integrity.help.copies')}</li>
      </ul>
    </details>
  );
}
