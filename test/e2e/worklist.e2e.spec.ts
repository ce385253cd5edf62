import { validInput } from './support/inputs.js';
import { OFFICERS, openCase, type People, peopleOf, SUPERVISORS } from './support/people.js';
import { removeFolder, type Standalone, startStandalone, temporaryFolder } from './support/standalone.js';

const MY_DAY = `{ myDay { terms { caseId term { key dueAt } } moreTerms tasks { caseId task { command missing } } } }`;
const CASE = 'query ($caseId: ID!, $atLeast: Int!) { case(caseId: $caseId, atLeast: $atLeast) { behind } }';
const CASES = `{ cases(first: 100) { edges { node { caseId overdue nextDue { key dueAt } } } } }`;

describe('what waits for somebody', () => {
  const dataFolder = temporaryFolder();
  let product: Standalone;
  let people: People;
  beforeAll(async () => {
    product = await startStandalone(dataFolder, { args: ['--empty'] });
    people = peopleOf(product);
  }, 60_000);
  afterAll(async () => {
    await product.stop();
    removeFolder(dataFolder);
  });
  const day = async (username: string) => (await people.read(username, MY_DAY)).data.myDay;

  it('a list of cases names the same next term as the day of whoever reads both; a supervisor’s day has what is missing', async () => {
    const { caseId, revision } = await people.done(OFFICERS.CHILD_PROTECTION, 'receiveReport', {
      input: { state: '17' },
    });
    // Both lists follow; this answer waits for them.
    await people.read(OFFICERS.CHILD_PROTECTION, CASE, { caseId, atLeast: revision });
    const mine = await day(OFFICERS.CHILD_PROTECTION);
    const { data } = await people.read(OFFICERS.CHILD_PROTECTION, CASES);
    const [{ node }] = data.cases.edges;
    expect([node.caseId, node.nextDue]).toEqual([caseId, mine.terms[0].term]);
    expect([mine.tasks.length > 0, mine.moreTerms]).toEqual([true, false]);
    expect((await day(SUPERVISORS.CHILD_PROTECTION)).tasks).toEqual(mine.tasks);
    expect((await day(SUPERVISORS.HEALTH)).tasks).toEqual([]);
  });

  it('a list by next term is in the order of the terms that its reader is shown', async () => {
    const username = OFFICERS.CHILD_PROTECTION;
    const occurredAt = new Date(Date.now() - 3 * 3_600_000).toISOString();
    const older = await people.done(username, 'receiveReport', { occurredAt, input: { state: '17' } });
    const { revision } = await people.done(username, 'withholdGuardianNotice', {
      caseId: older.caseId,
      input: validInput('withholdGuardianNotice'),
    });
    await people.read(username, CASE, { caseId: older.caseId, atLeast: revision });
    const { data } = await people.read(username, CASES);
    const nodes = data.cases.edges.map(({ node }: any) => node) as { caseId: string; nextDue: { dueAt: string } }[];
    const due = nodes.map(({ nextDue }) => nextDue.dueAt);
    expect(due).toEqual([...due].sort());
    // By the terms that everybody may know of it would be the first.
    expect(nodes.at(-1)!.caseId).toBe(older.caseId);
  });

  it('more terms than are shown are said to be more', async () => {
    for (let many = 0; many < 8; many++) {
      const { caseId } = await openCase(people);
      await people.read(OFFICERS.CHILD_PROTECTION, CASE, { caseId, atLeast: 0 });
    }
    const { terms, moreTerms } = await day(OFFICERS.CHILD_PROTECTION);
    expect([terms.length, moreTerms]).toEqual([20, true]);
    expect(terms.map(({ term }: { term: { dueAt: string } }) => term.dueAt)).toEqual(
      terms.map(({ term }: { term: { dueAt: string } }) => term.dueAt).sort(),
    );
  });
});
