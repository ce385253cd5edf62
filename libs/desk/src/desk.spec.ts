import { randomUUID } from 'node:crypto';
import { fact, flag, intent, recordedFact } from '@resguardo/contracts';
import type { EventStore, NewEvent } from '@resguardo/eventing';
import { keeper } from '@resguardo/eventing';
import { memoryEventStore } from '@resguardo/eventing/testing';
import type { Caller } from '@resguardo/identity';
import type { Capability } from './capability.js';
import { caseAccessOver } from './case-access.js';
import { Desk } from './desk.js';

const caseId = randomUUID();
const stream = `case-${caseId}`;
const clock = () => new Date().toISOString();
const officer: Caller = {
  sub: 'officer-1',
  username: 'officer',
  role: 'OFFICER',
  agency: 'HEALTH',
  states: ['17'],
  expiresAt: 2_000_000_000,
  tokenId: 't',
};
const capability: Capability = {
  name: 'steps',
  commands: {
    takeStep: intent({ capability: 'case-file', may: 'case:record', on: 'case', input: { yes: flag() } }),
    // From outside, by folio: an act, the end of one's own access, a fact.
    addTeamMember: intent({ capability: 'case-file', may: 'case:team', on: 'anyone', input: { yes: flag() } }),
    endBreakGlass: intent({ capability: 'case-file', may: 'case:team', on: 'anyone', input: { yes: flag() } }),
    tell: recordedFact({ capability: 'case-file', may: 'case:record', input: { yes: flag() } }),
  },
  facts: { StepTaken: fact({ kind: 'CASE', cls: 'D0', fields: {} }) },
  decider: {
    initialState: {},
    evolve: (state: object) => state,
    decide: () => [{ type: 'StepTaken', data: {} }],
  },
};

let store: EventStore;
const other = (type: string, data: object): NewEvent => ({
  id: randomUUID(),
  type,
  schemaVersion: 1,
  data: data as NewEvent['data'],
  meta: {
    ...{ caseId, actor: 'somebody', agency: 'HEALTH', role: 'SUPERVISOR', occurredAt: clock() },
    ...{ commandId: randomUUID(), command: 'other', digest: '' },
  },
});
const types = async () => (await store.read(stream)).events.map(({ type }) => type);

beforeEach(async () => {
  store = keeper(memoryEventStore(), { clock });
  await store.append(
    stream,
    [
      other('CaseOpened', { sourceAgency: 'HEALTH', state: '17' }),
      other('TeamMemberAdded', { staffId: 'officer-1', agency: 'HEALTH', role: 'OFFICER' }),
    ],
    'none',
  );
});
/** Whose first append finds that something else was appended before it. */
const deskBehind = (first: NewEvent): Desk => {
  let came = false;
  return new Desk({
    store: {
      ...store,
      append: async (to, ...rest) => {
        if (to === stream && !came) {
          came = true;
          await store.append(stream, [first], 'any');
        }
        return store.append(to, ...rest);
      },
    },
    clock,
    capabilities: [capability],
    access: caseAccessOver(store, clock),
    digestKey: Buffer.alloc(32, 1),
    seal: ({ data }) => Promise.resolve({ data: data as NewEvent['data'] }),
    sealingService: () => 'coordination',
    caseOfFolio: async () => undefined,
  });
};
const say = () => ({ caseId, commandId: randomUUID(), input: { yes: true } });

describe('D2, R-701: what is decided again after a conflict', () => {
  it('is done when the caller is still on the team', async () => {
    const desk = deskBehind(other('StepTaken', {}));
    expect(await desk.execute('takeStep', say(), officer)).toMatchObject({ kind: 'accepted', revision: 3 });
  });

  it('is refused, and the refusal is on record, when the caller was taken off the team meanwhile', async () => {
    const desk = deskBehind(other('TeamMemberRemoved', { staffId: 'officer-1' }));
    expect(await desk.execute('takeStep', say(), officer)).toMatchObject({
      kind: 'refused',
      refusal: { rule: 'R-701', code: 'E-NEED' },
    });
    expect(await types()).toEqual(['CaseOpened', 'TeamMemberAdded', 'TeamMemberRemoved']);
    const { events } = await store.read(`oversight-${caseId}`);
    expect(events.map(({ type }) => type)).toEqual(['CommandRefused']);
  });
});

describe('R-706: whom a conflict of interest keeps out', () => {
  const shutOut = { kind: 'refused', refusal: { rule: 'R-706', code: 'E-CONFLICT' } };
  const conflict = other('ConflictOfInterestDeclared', { who: 'STAFF', staffId: 'officer-1' });
  it('says no act of the case from outside either, and that is on record', async () => {
    await store.append(stream, [conflict], 'any');
    const desk = deskBehind(other('StepTaken', {}));
    expect(await desk.execute('addTeamMember', say(), officer)).toMatchObject(shutOut);
    expect(await desk.execute('takeStep', say(), officer)).toMatchObject(shutOut);
    expect((await store.read(`oversight-${caseId}`)).events.map(({ data }) => data['command'])).toEqual([
      'addTeamMember',
      'takeStep',
    ]);
  });
  it('nor when the conflict is declared while the act waits', async () =>
    expect(await deskBehind(conflict).execute('addTeamMember', say(), officer)).toMatchObject(shutOut));
  it('tells a fact all the same (M-1), and gives access back', async () => {
    await store.append(stream, [conflict], 'any');
    const desk = deskBehind(other('StepTaken', {}));
    const told = { ...say(), occurredAt: clock() };
    expect(await desk.execute('tell', told, officer)).toMatchObject({ kind: 'accepted' });
    expect(await desk.execute('endBreakGlass', say(), officer)).toMatchObject({ kind: 'accepted' });
  });
});
