import { randomUUID } from 'node:crypto';
import { type Distributed, startDistributed } from '../../infra/distributed/index.js';
import { validInput } from '../e2e/support/inputs.js';
import {
  caseReadyToPlan,
  fillTeam,
  OFFICERS,
  openCase,
  type Outcome,
  type People,
  peopleOf,
  plan,
  registerIntermediary,
  subjectOf,
  SUPERVISORS,
} from '../e2e/support/people.js';
import { removeFolder, temporaryFolder } from '../e2e/support/standalone.js';
import { until } from '../support/until.js';

const FOUR = Object.values(OFFICERS);
const TIMELINE = 'query ($caseId: ID!, $atLeast: Int) { timeline(caseId: $caseId, atLeast: $atLeast) { behind } }';

describe('two replicas of coordination', () => {
  const folder = temporaryFolder();
  let all: Distributed;
  let people: People;
  beforeAll(async () => {
    all = await startDistributed({ folder, twice: ['coordination'] });
    people = peopleOf({ url: all.gateway.url, dataFolder: folder });
    await registerIntermediary(people);
  }, 240_000);
  afterAll(async () => {
    await all?.stop();
    removeFolder(folder);
  });

  const reached = (username: string, caseId: string, revision: number) =>
    until(`revision ${revision} for ${username}`, async () => {
      const { data } = await people.read(username, TIMELINE, { caseId, atLeast: revision });
      return (data?.timeline && !data.timeline.behind) || undefined;
    });

  it('R-002: of forty plans at once, decided by both, one is accepted and 39 refused', async () => {
    const { caseId } = await caseReadyToPlan(people);
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, i) => people.say(FOUR[i % 4]!, 'planInterview', { caseId, input: plan() })),
    );
    const named = outcomes.map(({ __typename, rule }) => (__typename === 'Refused' ? rule! : __typename)).sort();
    expect(named).toEqual(['Accepted', ...Array.from({ length: 39 }, () => 'R-002')]);
  });

  it('D5: whoever is taken off a case by one of them is let in by neither, and whoever is put on it by both', async () => {
    const { caseId } = await openCase(people);
    const token = people.token;
    const through = (url: string) => peopleOf({ url, dataFolder: folder }, token);
    const replicas = [all.services.coordination.url, all.replicas.coordination!.url].map(through);
    const staffId = subjectOf(OFFICERS.HEALTH);
    const mayRead = async () => {
      const { data, errors } = await people.read(OFFICERS.HEALTH, 'query ($id: ID!) { case(caseId: $id) { folio } }', {
        id: caseId,
      });
      return data?.case ? 'read' : errors?.[0]?.extensions?.['code'];
    };
    // The agency asks one of the two, and it is not known which.
    for (const replica of [...replicas, ...replicas]) {
      await replica.done(SUPERVISORS.HEALTH, 'addTeamMember', { caseId, input: { staffId, role: 'OFFICER' } });
      const { revision } = await replica.done(OFFICERS.HEALTH, 'makeReferral', {
        caseId,
        input: validInput('makeReferral', { to: 'PROSECUTOR' }),
      });
      await reached(OFFICERS.HEALTH, caseId, revision!);
      expect(await mayRead()).toBe('read');
      await replica.done(SUPERVISORS.HEALTH, 'removeTeamMember', { caseId, input: { staffId } });
      expect(await mayRead()).toBe('E-NEED');
    }
  }, 60_000);

  it('D12: each is killed during load: what was acknowledged is there once, in every agency, and has the same acceptance when said again', async () => {
    const cases = await Promise.all(
      FOUR.map(async () => {
        const { caseId } = await openCase(people);
        await fillTeam(people, caseId);
        return caseId;
      }),
    );
    const said: { username: string; caseId: string; commandId: string; outcome?: Outcome }[] = [];
    let loading = true;
    const load = FOUR.map(async (username, i) => {
      for (let many = 0; loading; many++) {
        const caseId = cases[(i + many) % cases.length]!;
        const one: (typeof said)[number] = { username, caseId, commandId: randomUUID() };
        said.push(one);
        const occurredAt = new Date().toISOString();
        const { data } = await people.answer(username, 'recordRetelling', {
          ...{ caseId, commandId: one.commandId, occurredAt, input: validInput('recordRetelling') },
        });
        // No answer is none: it is said again below, under the same id.
        if (data?.result) one.outcome = data.result as Outcome;
        Object.assign(one, { occurredAt });
      }
    });
    const since = async (many: number) => {
      for (const goal = said.filter(({ outcome }) => outcome).length + many; ;) {
        if (said.filter(({ outcome }) => outcome).length >= goal) return;
        await people.read(OFFICERS.HEALTH, '{ me { actor } }');
      }
    };
    try {
      await since(20);
      await all.services.coordination.kill();
      await since(20);
      await all.services.coordination.start();
      await since(20);
      await all.replicas.coordination!.kill();
      await since(20);
      await all.replicas.coordination!.start();
      await since(20);
    } finally {
      loading = false;
      await Promise.all(load);
    }

    const heads = new Map<string, number>();
    for (const { username, caseId, commandId, outcome, ...rest } of said) {
      const again = await people.done(username, 'recordRetelling', {
        ...{ caseId, commandId, input: validInput('recordRetelling') },
        ...(rest as { occurredAt: string }),
      });
      if (outcome?.__typename === 'Accepted')
        expect([again.repeated, again.revision]).toEqual([true, outcome.revision]);
      heads.set(caseId, Math.max(heads.get(caseId) ?? -1, again.revision!));
    }
    for (const [caseId, head] of heads)
      for (const username of FOUR) {
        let retellings = 0;
        let after: string | undefined;
        await reached(username, caseId, head);
        do {
          const { data } = await people.read(
            username,
            `query ($caseId: ID!, $after: String) { timeline(caseId: $caseId, first: 100, after: $after) {
              entries { type } pageInfo { endCursor hasNextPage } } }`,
            { caseId, after },
          );
          retellings += (data.timeline.entries as { type: string }[]).filter(
            ({ type }) => type === 'RetellingRecorded',
          ).length;
          after = data.timeline.pageInfo.hasNextPage ? data.timeline.pageInfo.endCursor : undefined;
        } while (after);
        expect([username, retellings]).toEqual([username, said.filter((one) => one.caseId === caseId).length]);
      }
  }, 240_000);
});
