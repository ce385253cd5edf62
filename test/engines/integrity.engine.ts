import { partitionOf, topicOf } from '@resguardo/bus-kafka';
import { encode } from '@resguardo/bus-messages';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { type Distributed, startDistributed } from '../../infra/distributed/index.js';
import { PROGRAMS } from '../../infra/programs.js';
import { validInput } from '../e2e/support/inputs.js';
import {
  ADMINISTRATOR,
  fillTeam,
  OFFICERS,
  openCase,
  type People,
  peopleOf,
  subjectOf,
  SUPERVISORS,
} from '../e2e/support/people.js';
import { refuseRows } from '../e2e/support/parked.js';
import { removeFolder, temporaryFolder } from '../e2e/support/standalone.js';
import { until } from '../support/until.js';

const TIMELINE = `query ($caseId: ID!, $atLeast: Int) { timeline(caseId: $caseId, atLeast: $atLeast, first: 100) {
  revision behind incompleteSince entries { type } } }`;
const INTEGRITY = `{ integrity { services { service condition followers { name kind condition behind parked {
  id case { caseId folio } revision factType since error tries waiting } } } } }`;
const RETRY = 'mutation ($input: ParkedCaseInput!) { retryParkedCase(input: $input) { outcome } }';
const ASIDE = `mutation ($input: ParkedCaseInput!, $reason: SetAsideReason!) {
  setParkedCaseAside(input: $input, reason: $reason) { outcome } }`;

interface Parked {
  readonly id: string;
  readonly case: { readonly caseId: string; readonly folio: string } | null;
  readonly revision: number;
  readonly factType: string | null;
  readonly since: string;
  readonly error: string;
  readonly tries: number;
  readonly waiting: number;
}
interface Follower {
  readonly name: string;
  readonly condition: string;
  readonly behind: number | null;
  readonly parked: readonly Parked[];
}
interface Service {
  readonly service: string;
  readonly condition: string;
  readonly followers: readonly Follower[];
}

/** What the health service follows with; each stands still at a message that it cannot read. */
const HEALTH = ['timeline_entries', 'case_card', 'erased_keys'];

describe('what stands still in one agency’s service is seen and mended in oversight', () => {
  const folder = temporaryFolder();
  let all: Distributed;
  let people: People;
  let caseId: string;
  let folio: string;
  let head: number;
  beforeAll(async () => {
    all = await startDistributed({ folder });
    people = peopleOf({ url: all.gateway.url, dataFolder: folder });
    ({ caseId, folio } = await openCase(people));
    await fillTeam(people, caseId);
    const { revision } = await people.done(OFFICERS.HEALTH, 'recordPrivacyNotice', {
      caseId,
      input: validInput('recordPrivacyNotice'),
    });
    head = revision!;
  }, 240_000);
  afterAll(async () => {
    await all?.stop();
    removeFolder(folder);
  });

  const overview = async (username: string): Promise<readonly Service[]> => {
    const { data, errors } = await people.read(username, INTEGRITY);
    if (errors) throw new Error(JSON.stringify(errors));
    return data.integrity.services;
  };
  const followersIn = (services: readonly Service[], of: string) =>
    services.find(({ service }) => service === of)!.followers;
  const parkedIn = (services: readonly Service[]) =>
    services.flatMap(({ service, followers }) =>
      followers.flatMap(({ name, parked }) => parked.map((one) => ({ service, follower: name, ...one }))),
    );
  const order = async (query: string, username: string, variables: object) => {
    const { data, errors } = await people.read(username, query, variables);
    return errors ? errors[0]!.extensions?.code : Object.values<{ outcome: string }>(data)[0]!.outcome;
  };
  const timelineOf = (username: string, revision: number) =>
    until(`revision ${revision} for ${username}`, async () => {
      const { data, errors } = await people.read(username, TIMELINE, { caseId, atLeast: revision });
      if (errors) throw new Error(JSON.stringify(errors));
      return data.timeline.behind ? undefined : data.timeline;
    });
  const typesOf = ({ entries }: { entries: readonly { type: string }[] }) => entries.map(({ type }) => type);

  /** A message about the case's next revision, put on a service's feed by hand, that says more than a message may. */
  const garble = async (reader: 'health', revision: number) => {
    const place = { caseId, stream: `case-${caseId}`, revision, position: '0', id: crypto.randomUUID() };
    const { key, headers, value } = encode({ ...place, withheld: true }, reader);
    const producer = new Kafka({ ...all.kafka.connection(), logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    const garbled = JSON.stringify({ ...(JSON.parse(value) as object), surplus: 'of a newer program' });
    await producer.send({
      topic: topicOf(reader),
      messages: [{ key, headers, value: garbled, partition: partitionOf(caseId) }],
    });
    await producer.disconnect();
  };

  it('everything up to date: each service says of its own followers that it is', async () => {
    await timelineOf(OFFICERS.HEALTH, head);
    const services = await until('all of them up to date', async () => {
      const found = await overview(ADMINISTRATOR);
      const conditions = found.flatMap(({ followers }) => followers.map(({ condition }) => condition));
      return conditions.every((one) => one === 'UP_TO_DATE') ? found : undefined;
    });
    expect(services.map(({ service, condition }) => [service, condition])).toEqual(
      PROGRAMS.map((service) => [service, 'ANSWERED']),
    );
    expect(followersIn(services, 'health').map(({ name, behind }) => [name, behind])).toEqual(
      HEALTH.map((name) => [name, 0]),
    );
    expect(followersIn(services, 'oversight').map(({ name }) => name)).toContain('access_log');
    const names = followersIn(services, 'coordination').map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['linked_cases', 'relay']));
  });

  it('D4: a case parked in one service is seen in oversight, tried in vain, set aside with a reason, and goes on; no other service is touched', async () => {
    await garble('health', head + 1);
    const told = await until('the parked case', async () => {
      const parked = parkedIn(await overview(ADMINISTRATOR));
      return parked.length === HEALTH.length ? parked : undefined;
    });
    expect(told.map(({ service, follower, ...one }) => [service, follower, one.revision, one.error, one.case])).toEqual(
      HEALTH.map((follower) => ['health', follower, head + 1, 'UNREADABLE', null]),
    );
    expect(JSON.stringify(told)).not.toMatch(new RegExp(`${caseId}|${folio}|surplus|newer program`));
    // A supervisor of an agency of the case is told which it is.
    const known = parkedIn(await overview(SUPERVISORS.PROSECUTOR));
    expect(known.map((one) => one.case?.folio)).toEqual(HEALTH.map(() => folio));

    const input = ({ follower, id, revision }: (typeof told)[number]) => ({
      input: { service: 'health', follower, parked: id, revision },
    });
    for (const username of [OFFICERS.HEALTH, SUPERVISORS.HEALTH])
      expect(await order(RETRY, username, input(told[0]!))).toBe('FORBIDDEN');
    for (const one of told) expect(await order(RETRY, ADMINISTRATOR, input(one))).toBe('STILL_STANDS');
    const tried = parkedIn(await overview(ADMINISTRATOR));
    // What acts on facts is tried again by itself, too.
    for (const { follower, tries } of tried)
      expect([follower, follower === 'erased_keys' ? tries >= 2 : tries === 2]).toEqual([follower, true]);

    // The names of cases are of one service: at another they are nobody's.
    const elsewhere = { input: { ...input(told[0]!).input, service: 'prosecution' } };
    expect(await order(ASIDE, ADMINISTRATOR, { ...elsewhere, reason: 'TOLD_ANOTHER_WAY' })).toBe('NOT_STANDING');
    const aside = (one: (typeof told)[number]) =>
      order(ASIDE, ADMINISTRATOR, { ...input(one), reason: 'TOLD_ANOTHER_WAY' });
    // Not what the timeline does not have; and what acts on facts (here: destroys keys) leaves none out.
    for (const one of told) expect(await aside(one)).toBe('NOT_ALLOWED');
    // The fact itself takes the place of what could not be read, and one view cannot take it in.
    const database = new Client({ connectionString: all.databases.health });
    await database.connect();
    const accept = await refuseRows(database, 'RetellingRecorded');
    await people.done(OFFICERS.PROSECUTOR, 'recordRetelling', { caseId, input: validInput('recordRetelling') });
    await until('only the timeline stands', async () => {
      const standing = parkedIn(await overview(ADMINISTRATOR));
      return (
        standing.map(({ follower, error }) => `${follower} ${error}`).join() === 'timeline_entries NOT_STORABLE' ||
        undefined
      );
    });
    const view = told.find(({ follower }) => follower === 'timeline_entries')!;
    expect(await aside(view)).toBe('GOES_ON');
    expect(parkedIn(await overview(ADMINISTRATOR))).toEqual([]);
    expect(await aside(view)).toBe('NOT_STANDING');
    await accept();
    await database.end();

    // The fact of that revision is on the timeline and in the views of the others; in this one it is missing, what follows is there.
    const { revision } = await people.done(OFFICERS.HEALTH, 'recordRightsExplained', {
      caseId,
      input: validInput('recordRightsExplained'),
    });
    expect(revision).toBe(head + 2);
    const [here, there] = [
      await timelineOf(OFFICERS.HEALTH, revision!),
      await timelineOf(OFFICERS.CHILD_PROTECTION, revision!),
    ];
    expect([typesOf(here).includes('RetellingRecorded'), typesOf(here).includes('RightsExplained')]).toEqual([
      false,
      true,
    ]);
    expect(typesOf(there)).toEqual(expect.arrayContaining(['RetellingRecorded', 'RightsExplained']));
    expect([here.incompleteSince, there.incompleteSince]).toEqual([view.since, null]);
    // Also after a start.
    await all.services.health.kill();
    await all.services.health.start();
    const again = await timelineOf(OFFICERS.HEALTH, revision!);
    expect([again.incompleteSince, typesOf(again)]).toEqual([here.incompleteSince, typesOf(here)]);
  });

  it('R-705: who ordered it, of which service and why, is on record for the supervisors of the agencies in the case', async () => {
    const query = `query ($caseId: ID!, $kind: AccessKind!) { accesses(filter: { caseId: $caseId, kind: $kind }) {
      entries { actor role service code operation } } }`;
    const by = { actor: subjectOf(ADMINISTRATOR), role: 'ADMINISTRATOR', service: 'health' };
    // Of what was not allowed, too.
    const orders = { RETRIED: HEALTH.length, SET_ASIDE: HEALTH.length + 1 };
    for (const [kind, operation, code] of [
      ['RETRIED', 'retryParkedCase', null],
      ['SET_ASIDE', 'setParkedCaseAside', 'TOLD_ANOTHER_WAY'],
    ] as const)
      expect(
        await until(`the records of ${kind}`, async () => {
          const { data } = await people.read(SUPERVISORS.HEALTH, query, { caseId, kind });
          return data.accesses.entries.length >= orders[kind] ? data.accesses.entries : undefined;
        }),
      ).toEqual(Array.from({ length: orders[kind] }, () => ({ ...by, operation, code })));
  });

  it('a service that is away is named, the others are shown, and what is ordered of it is not said to be done', async () => {
    await all.services.prosecution.kill();
    const services = await overview(ADMINISTRATOR);
    expect(services.map(({ service, condition, followers }) => [service, condition, followers.length > 0])).toEqual(
      PROGRAMS.map((service) => (service === 'prosecution' ? [service, 'AWAY', false] : [service, 'ANSWERED', true])),
    );
    const input = { service: 'prosecution', follower: 'timeline_entries', parked: 'any', revision: 1 };
    expect(await order(RETRY, ADMINISTRATOR, { input })).toBe('AWAY');
    await all.services.prosecution.start();
    expect(await order(RETRY, ADMINISTRATOR, { input })).toBe('NOT_STANDING');
  });

  it('coordination away: it is named, too; nothing is ordered that could not be put on record', async () => {
    await all.services.coordination.kill();
    const services = await overview(ADMINISTRATOR);
    expect(services.map(({ service, condition }) => [service, condition])).toEqual(
      PROGRAMS.map((service) => [service, service === 'coordination' ? 'AWAY' : 'ANSWERED']),
    );
    // Its facts do not come while it is away; a message that was on its way does.
    await garble('health', head + 3);
    const [parked] = await until('the parked case', async () => {
      const found = parkedIn(await overview(ADMINISTRATOR));
      return found.length === HEALTH.length ? found : undefined;
    });
    const { follower, id, revision } = parked!;
    const input = { service: 'health', follower, parked: id, revision };
    expect(await order(ASIDE, ADMINISTRATOR, { input, reason: 'TOLD_ANOTHER_WAY' })).toBe('NOT_RECORDED');
    expect(parkedIn(await overview(ADMINISTRATOR))).toHaveLength(HEALTH.length);
    await all.services.coordination.start();
    // On record, and there is nothing on the timeline that could be set aside.
    expect(await order(ASIDE, ADMINISTRATOR, { input, reason: 'TOLD_ANOTHER_WAY' })).toBe('NOT_ALLOWED');
  });
});
