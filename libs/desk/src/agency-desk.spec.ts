import { randomUUID } from 'node:crypto';
import { code, fact, flag, intent, recordedFact, text } from '@resguardo/contracts';
import type { EventStore, Expected, NewEvent } from '@resguardo/eventing';
import { memoryEventStore } from '@resguardo/eventing/testing';
import { keeper, refuse, StoreUnavailable } from '@resguardo/eventing';
import { type Caller, noAccess } from '@resguardo/identity';
import type { AgencyDeskParts } from './agency-desk.js';
import { AgencyDesk } from './agency-desk.js';
import type { Capability } from './capability.js';
import type { Seal } from './new-event.js';
import { Desk } from './desk.js';
import type { Said } from './said.js';

const officer: Caller = {
  sub: 'officer-1',
  username: 'officer',
  role: 'OFFICER',
  agency: 'HEALTH',
  states: ['17'],
  expiresAt: 2_000_000_000,
  tokenId: 't',
};
const commands = {
  noteStep: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: { how: code(['SPOKEN', 'WRITTEN']), words: text('D4r', 200) },
  }),
  stopSteps: intent({ capability: 'case-file', may: 'case:record', on: 'anyone', input: { stop: flag() } }),
};
const facts = {
  StepNoted: fact({ kind: 'CASE', cls: 'D0', fields: { how: code(['SPOKEN', 'WRITTEN']), words: text('D4r', 200) } }),
  StepsStopped: fact({ kind: 'CASE', cls: 'D0', fields: {} }),
};
/** Notes what is said; once stopped, a second stop is refused. */
const capability: Capability = {
  name: 'steps',
  commands,
  facts,
  decider: {
    initialState: { stopped: false },
    evolve: (state: { stopped: boolean }, { type }: { type: string }) =>
      type === 'StepsStopped' ? { stopped: true } : state,
    decide: ({ name, input }: any, { stopped }: { stopped: boolean }) => {
      seen.push(JSON.stringify(input));
      if (name === 'noteStep') return [{ type: 'StepNoted', data: input }];
      return stopped ? refuse('R-902', 'E-STOPPED') : [{ type: 'StepsStopped', data: {} }];
    },
  },
};

let seen: string[] = [];
let store: EventStore;
let shown: (readonly [given: string | undefined, made: string])[];
/** What is plain of what was decided, as somebody who keeps the timeline sees it. */
const warrants = (stream: string, events: readonly NewEvent[], expected: Expected) =>
  JSON.stringify([
    stream,
    expected,
    events.map(({ id, type, data, meta: { violationOf } }) => ({ id, type, data, violationOf })),
  ]);
let lost: number;
let away: boolean;
let parts: AgencyDeskParts<Caller>;
let desk: AgencyDesk<Caller>;
const caseId = randomUUID();
const seal =
  (service: string): Seal =>
  ({ data: { words, ...data } }: any) =>
    Promise.resolve({
      data,
      ...(words && { sealed: { D4r: { v: 1, key: `${caseId}/D4r/${service}`, iv: '', tag: '', text: words } } }),
    });
const clock = () => new Date().toISOString();

beforeEach(async () => {
  seen = [];
  shown = [];
  lost = 0;
  away = false;
  store = keeper(memoryEventStore(), { clock });
  const shared = new Desk({
    store,
    clock,
    capabilities: [capability],
    access: {
      exists: async () => true,
      stateOf: async () => noAccess,
      check: () => Promise.reject(new Error('nobody asks')),
    },
    digestKey: Buffer.alloc(32, 1),
    seal: seal('coordination'),
    sealingService: () => 'coordination',
    warrantOf: warrants,
    caseOfFolio: async () => undefined,
  });
  parts = {
    commands,
    service: 'health',
    rule: (name, said, by) => (away ? Promise.reject(new StoreUnavailable('away')) : shared.rule(name, said, by)),
    append: async (_by, stream, events, expected, warrant) => {
      shown.push([warrant, warrants(stream, events, expected)]);
      const kept = await store.append(stream, events, expected);
      if (lost-- > 0) throw new StoreUnavailable('the answer was lost');
      return kept;
    },
    seal: seal('health'),
    textKey: Buffer.alloc(32, 2),
    clock,
    get deadlineMs() {
      return away ? 50 : 10_000;
    },
  };
  desk = new AgencyDesk<Caller>(parts);
});
const said = (words: string, commandId = randomUUID()): Said => ({
  caseId,
  commandId,
  occurredAt: '2026-03-02T10:00:00.000Z',
  input: { how: 'SPOKEN', words },
});
const kept = async (): Promise<readonly NewEvent[]> => (await store.read(`case-${caseId}`)).events;

describe('D5, D11: the desk of an agency', () => {
  it('the shared desk decides without the words; the agency seals them and appends', async () => {
    const answer = await desk.execute('noteStep', said('Palabras inventadas'), officer);
    expect(answer).toMatchObject({ kind: 'accepted', caseId, revision: 0, repeated: false });
    expect(seen).toHaveLength(1);
    expect(seen[0]).not.toContain('inventadas');
    const [event] = await kept();
    expect(event).toMatchObject({
      type: 'StepNoted',
      data: { how: 'SPOKEN' },
      sealed: { D4r: { key: `${caseId}/D4r/health`, text: 'Palabras inventadas' } },
      meta: { actor: 'officer-1', agency: 'HEALTH', command: 'noteStep' },
    });
    expect(Object.keys(event!.data)).toEqual(['how']);
  });

  // After each test: whatever was tried again, everything was offered where it had been decided.
  afterEach(() => {
    for (const [given, made] of shown) expect(given).toBe(made);
  });

  it('C-2: what was decided on a stream that has moved on is decided again there, and not appended as it was', async () => {
    let ruled = 0;
    const decided = new AgencyDesk<Caller>({
      ...parts,
      rule: async (name, what, by) => {
        const ruling = await parts.rule(name, what, by);
        // Somebody else comes first.
        if (ruled++ === 0) await desk.execute('noteStep', said('Antes'), officer);
        return ruling;
      },
    });
    expect(await decided.execute('noteStep', said('Después'), officer)).toMatchObject({
      kind: 'accepted',
      revision: 1,
    });
    expect(ruled).toBe(2);
    expect(shown.map(([given]) => JSON.parse(given!)[1])).toEqual(['none', 'none', 0]);
  });

  it('what it appends carries the proof of what was decided: the same in clear as what is appended', async () => {
    await desk.execute('noteStep', said('Palabras inventadas'), officer);
    expect(shown).toHaveLength(1);
    const [[given, made]] = shown as [[string, string]];
    expect(given).toBe(made);
    expect(given).not.toContain('inventadas');
  });

  it('D12: said twice it is done once, also after the stream moved on; with other words or by another caller the id is refused', async () => {
    const first = said('Lo mismo');
    await desk.execute('noteStep', first, officer);
    await desk.execute('noteStep', said('Otra cosa'), officer);
    expect(await desk.execute('noteStep', first, officer)).toMatchObject({ revision: 0, repeated: true });
    const other = { ...first, input: { how: 'SPOKEN', words: 'Otras palabras' } };
    expect(await desk.execute('noteStep', other, officer)).toEqual({ kind: 'reused' });
    expect(await desk.execute('noteStep', first, { ...officer, sub: 'officer-2' })).toEqual({ kind: 'reused' });
    expect(await kept()).toHaveLength(2);
  });

  it('D12: an append whose answer was lost is recognised, and done once', async () => {
    lost = 1;
    expect(await desk.execute('noteStep', said('Una vez'), officer)).toMatchObject({
      kind: 'accepted',
      revision: 0,
      repeated: true,
    });
    expect(await kept()).toHaveLength(1);
  });

  it('M-1: sixty at once beside others who write to the same case are all recorded', async () => {
    const others = Array.from({ length: 10 }, () =>
      desk.execute('stopSteps', { caseId, commandId: randomUUID(), input: { stop: true } }, officer),
    );
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, i) => desk.execute('noteStep', said(`Hecho ${i}`), officer)),
    );
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect((await Promise.all(others)).map(({ kind }) => kind).sort()).toEqual([
      'accepted',
      ...Array.from({ length: 9 }, () => 'refused'),
    ]);
  });

  it('a refusal of the shared desk is on record for oversight and comes back as it is', async () => {
    const stop = () => ({ caseId, commandId: randomUUID(), input: { stop: true } });
    await desk.execute('stopSteps', stop(), officer);
    expect(await desk.execute('stopSteps', stop(), officer)).toMatchObject({
      kind: 'refused',
      refusal: { rule: 'R-902', code: 'E-STOPPED' },
    });
    expect((await store.read(`oversight-${caseId}`)).events).toHaveLength(1);
  });

  it('what is wrong is said here, before anybody is asked', async () => {
    away = true;
    expect(await desk.execute('noteStep', { ...said('x'), input: { how: 'SUNG' } }, officer)).toMatchObject({
      kind: 'malformed',
      errors: [{ path: 'how' }, { path: 'words' }],
    });
  });

  it('says so when nobody decides', async () => {
    away = true;
    await expect(desk.execute('noteStep', said('x'), officer)).rejects.toThrow(StoreUnavailable);
  });

  describe('D12: while the timeline is away', () => {
    let waiting: { readonly name: string; readonly said: Said }[];
    let keeping: AgencyDesk<Caller>;
    beforeEach(() => {
      waiting = [];
      keeping = new AgencyDesk<Caller>({
        ...parts,
        deadlineMs: 300,
        keepAfterMs: 50,
        keep: async (name, what) => {
          waiting.push({ name, said: what });
          return '2026-03-02T10:00:01.000Z';
        },
        mustWait: async ({ caseId: about }) => waiting.some(({ said: { caseId: other } }) => other === about),
      });
    });

    it('a fact is kept, with its words, and a wish is not', async () => {
      away = true;
      const fact = said('Palabras inventadas');
      expect(await keeping.execute('noteStep', fact, officer)).toEqual({
        kind: 'kept',
        keptAt: '2026-03-02T10:00:01.000Z',
      });
      expect(waiting).toEqual([{ name: 'noteStep', said: fact }]);
      const wish = { caseId: randomUUID(), commandId: randomUUID(), input: { stop: true } };
      await expect(keeping.execute('stopSteps', wish, officer)).rejects.toThrow(StoreUnavailable);
      expect(waiting).toHaveLength(1);
    });

    it('what is said of the case afterwards waits behind it; what is said of another goes on', async () => {
      away = true;
      await keeping.execute('noteStep', said('Primero'), officer);
      away = false;
      expect(await keeping.execute('noteStep', said('Después'), officer)).toMatchObject({ kind: 'kept' });
      const wish = { caseId, commandId: randomUUID(), input: { stop: true } };
      expect(await keeping.execute('stopSteps', wish, officer)).toEqual({ kind: 'busy' });
      expect(await keeping.execute('noteStep', { ...said('Otro caso'), caseId: randomUUID() }, officer)).toMatchObject({
        kind: 'accepted',
      });
      expect(await kept()).toEqual([]);
    });

    it('an append of which the answer was lost is kept too, and done once when it is delivered', async () => {
      lost = 1_000;
      const fact = said('Una vez');
      expect(await keeping.execute('noteStep', fact, officer)).toMatchObject({ kind: 'accepted', repeated: true });
      expect(await kept()).toHaveLength(1);
    });

    it('of two at once on one case none overtakes the other', async () => {
      away = true;
      const first = keeping.execute('noteStep', said('Primero'), officer);
      const second = keeping.execute('noteStep', said('Segundo'), officer);
      expect(await first).toMatchObject({ kind: 'kept' });
      away = false;
      expect(await second).toMatchObject({ kind: 'kept' });
      expect(waiting.map(({ said: { input } }) => input?.['words'])).toEqual(['Primero', 'Segundo']);
    });

    it('malformed is not kept', async () => {
      away = true;
      expect(await keeping.execute('noteStep', { ...said('x'), input: {} }, officer)).toMatchObject({
        kind: 'malformed',
      });
      expect(waiting).toEqual([]);
    });
  });
});
