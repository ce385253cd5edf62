import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type { Browser, Page } from 'playwright-core';
import { type Distributed, startDistributed } from '../../infra/distributed/index.js';
import { entered, launch } from '../browser/support/browser.js';
import { journeys } from '../browser/support/journeys.js';
import { fillTeam, OFFICERS, openCase, type People, peopleOf, subjectOf, SUPERVISORS } from '../e2e/support/people.js';
import { removeFolder, temporaryFolder } from '../e2e/support/standalone.js';
import { canaryPlanter, searchFor } from '../support/canaries.js';
import { until } from '../support/until.js';
import { itOnOwn } from './support/not-run.js';
import {
  isStoreGiven,
  onStore,
  startStoreServer,
  storeLabel as label,
  type StoreServer,
} from './support/eventstoredb.js';

const TIMELINE = `query ($caseId: ID!, $atLeast: Int) { timeline(caseId: $caseId, atLeast: $atLeast, first: 100) {
  behind entries { type occurredAt } } }`;
const KEPT = '{ kept { commandId state } }';
const FOUR = Object.values(OFFICERS);
const isFull = process.env['RESGUARDO_FULL'] === '1';
/** How long the store is away at the least; however short, something was said to each agency meanwhile. */
const AWAY_MS = isFull ? 30_000 : 0;

interface Entry {
  readonly type: string;
  readonly occurredAt: string;
}

describe(`services apart with the timeline on ${label}, coordination twice`, () => {
  const folder = temporaryFolder();
  let server: StoreServer;
  let all: Distributed;
  let people: People;
  const canaries = canaryPlanter();
  beforeAll(async () => {
    server = await startStoreServer(join(folder, 'log'));
    all = await startDistributed({
      folder: join(folder, 'data'),
      store: onStore(server.url),
      twice: ['coordination'],
    });
    people = peopleOf({ url: all.gateway.url, dataFolder: join(folder, 'data') });
  }, 240_000);
  afterAll(async () => {
    await all?.stop();
    await server?.close();
    removeFolder(folder);
  });

  /** Of each agency, oldest first, when it has got there. */
  const timelineOf = (username: string, caseId: string, revision: number): Promise<readonly Entry[]> =>
    until(`revision ${revision} for ${username}`, async () => {
      const { data } = await people.read(username, TIMELINE, { caseId, atLeast: revision });
      return data?.timeline && !data.timeline.behind ? [...data.timeline.entries].reverse() : undefined;
    });
  const shared = async (): Promise<string> => {
    const { caseId } = await openCase(people, canaries.input('receiveReport', { state: '17' }));
    await fillTeam(people, caseId);
    return caseId;
  };
  const told = (caseId: string) => ({
    caseId,
    commandId: randomUUID(),
    occurredAt: new Date(Date.now() - 60_000).toISOString(),
    input: canaries.input('recordRetelling'),
  });

  if (isFull || isStoreGiven)
    describe('the child tells it once: the main job of each role, in a browser', () => {
      const opened = new Map<string, Promise<Page>>();
      const pageOf = (username: string): Promise<Page> => {
        const product = { url: all.gateway.url, dataFolder: join(folder, 'data') };
        const known = opened.get(username) ?? entered(browser, product, username).then(({ page }) => page);
        opened.set(username, known);
        return known;
      };
      let browser: Browser;
      beforeAll(async () => {
        browser = await launch();
      });
      afterAll(() => browser?.close());
      journeys(() => ({ url: all.gateway.url, pageOf, subjectOf, canaries }));
    });

  it('either replica keeps it without the other, and every agency reads it over Kafka', async () => {
    const caseId = await shared();
    const first = await people.done(OFFICERS.HEALTH, 'recordRetelling', told(caseId));
    await all.services.coordination.kill();
    const second = await people.done(OFFICERS.PROSECUTOR, 'recordRetelling', told(caseId));
    await all.services.coordination.start();
    await all.replicas.coordination!.kill();
    const third = await people.done(OFFICERS.VICTIMS_COMMISSION, 'recordRetelling', told(caseId));
    await all.replicas.coordination!.start();
    expect([second.revision, third.revision]).toEqual([first.revision! + 1, first.revision! + 2]);
    for (const username of FOUR) {
      const types = (await timelineOf(username, caseId, third.revision!)).map(({ type }) => type);
      expect([username, types.slice(first.revision)]).toEqual([username, Array(3).fill('RetellingRecorded')]);
    }
  }, 120_000);

  itOnOwn(
    'EVENTSTOREDB_URL',
    'D12: the event store away: facts and reports are taken and kept, a wish is not, reading goes on, and all arrives once, in order, with its true time',
    async () => {
      const caseId = await shared();
      const before = await people.done(OFFICERS.HEALTH, 'recordRetelling', told(caseId));
      for (const username of FOUR) await timelineOf(username, caseId, before.revision!);
      const [kept, reports]: [ReturnType<typeof told>[], Parameters<People['say']>[]] = [[], []];
      await server.restart!(async () => {
        const end = Date.now() + AWAY_MS;
        do {
          const fact = told(caseId);
          expect(await people.say(OFFICERS.HEALTH, 'recordRetelling', fact)).toMatchObject({ __typename: 'Kept' });
          // Said again while it waits: it waits once.
          expect(await people.say(OFFICERS.HEALTH, 'recordRetelling', fact)).toMatchObject({ __typename: 'Kept' });
          kept.push(fact);
          const { caseId: _, ...report } = {
            ...told(''),
            input: { state: '17', summary: canaries.text('receiveReport.summary') },
          };
          reports.push([OFFICERS.PROSECUTOR, 'receiveReport', report]);
          expect(await people.say(...reports.at(-1)!)).toMatchObject({ __typename: 'Kept' });
          // One is decided in coordination, the other enters through the agency.
          for (const wish of ['makeReferral', 'declineQuestions']) {
            const { data, errors } = await people.answer(OFFICERS.CHILD_PROTECTION, wish, {
              caseId,
              input: canaries.input(wish),
            });
            expect([wish, data?.result?.__typename, errors?.[0]?.extensions?.code]).toEqual([wish, 'Busy', undefined]);
          }
        } while (Date.now() < end);
        for (const { url } of [all.services.coordination, all.replicas.coordination!]) {
          const [ready, live] = await Promise.all(['ready', 'live'].map((what) => fetch(`${url}/health/${what}`)));
          expect([live!.status, ready!.status, await ready!.json()]).toMatchObject([
            ...[200, 503],
            { parts: { database: 'ready', store: 'away' }, why: 'the event store does not answer' },
          ]);
        }
        // Reading goes on by the last known team.
        const { data: read, errors } = await people.read(OFFICERS.HEALTH, TIMELINE, { caseId });
        expect([errors, read?.timeline?.entries.length]).toEqual([undefined, before.revision! + 1]);
        const { data } = await people.read(OFFICERS.HEALTH, KEPT);
        expect(data.kept).toEqual(kept.map(({ commandId }) => ({ commandId, state: 'WAITING' })));
      });
      const last = before.revision! + kept.length;
      for (const username of FOUR) {
        const entries = await timelineOf(username, caseId, last);
        expect([username, entries.slice(before.revision! + 1)]).toEqual([
          username,
          kept.map(({ occurredAt }) => ({ type: 'RetellingRecorded', occurredAt })),
        ]);
      }
      await until('nothing is kept any more', async () => {
        const answers = await Promise.all(FOUR.map((username) => people.read(username, KEPT)));
        return answers.every(({ data }) => data?.kept.length === 0) || undefined;
      });
      // Who read meanwhile is on record, as of then.
      await until('the record of the reading', async () => {
        const { data } = await people.read(
          SUPERVISORS.HEALTH,
          '{ accesses(first: 100, filter: {}) { entries { task } } }',
        );
        return JSON.stringify(data).includes('last-known-team') || undefined;
      });
      // The same again gets the answer that it would have had.
      for (const report of reports)
        expect(await people.say(...report)).toMatchObject({ __typename: 'Accepted', repeated: true });
      for (const [i, fact] of kept.entries())
        expect(await people.say(OFFICERS.HEALTH, 'recordRetelling', fact)).toMatchObject({
          __typename: 'Accepted',
          repeated: true,
          revision: before.revision! + 1 + i,
        });
    },
    240_000,
  );

  itOnOwn(
    'EVENTSTOREDB_URL',
    'D5: of what was sealed the event store holds nothing in clear, in whatever form; a leak that is planted there is found by the same search',
    async () => {
      expect([...new Set(canaries.planted.map(({ where }) => where))]).toEqual(
        expect.arrayContaining(['givenNames', 'curp', 'phones'].map((field) => `receiveReport.identity.${field}`)),
      );
      const held = () => server.held!();
      const says = (words: string) => held().some(({ bytes }) => bytes.includes(words));
      // It keeps what happened, and the boxes: what it holds can be found.
      expect(['RetellingRecorded', '"sealed"'].filter((words) => !says(words))).toEqual([]);
      const search = searchFor(canaries.planted);
      expect(held().flatMap(search)).toEqual([]);
      const { where, value } = canaries.planted.find((one) => one.where === 'receiveReport.summary')!;
      const client = EventStoreDBClient.connectionString(server.url);
      await client.appendToStream('planted', jsonEvent({ type: 'Planted', data: { words: value } }));
      await client.dispose();
      const found = held()
        .flatMap(search)
        .filter((leak) => leak.where === where);
      expect(found.map(({ haystack, form }) => `${form} in ${haystack}`)).toEqual(
        expect.arrayContaining(['raw in records of the store']),
      );
      expect(
        found.filter(({ haystack, form }) => haystack === 'file of the store' && /^base64/.test(form)),
      ).not.toEqual([]);
    },
  );
});
