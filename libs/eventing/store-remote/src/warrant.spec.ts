import { randomUUID } from 'node:crypto';
import type { Expected, NewEvent } from '@resguardo/eventing';
import { RevisionConflict } from '@resguardo/eventing';
import { memoryEventStore } from '@resguardo/eventing/testing';
import { KeeperRefused, warrantsWith } from './index.js';
import type { Who } from './testing/facts.js';
import { offeredFact } from './testing/facts.js';
import { clientOf, replica } from './testing/served.js';

const officer: Who = { actor: 'u-health', agency: 'HEALTH', role: 'OFFICER' };
const warrants = warrantsWith(Buffer.alloc(32, 7));
const caseId = randomUUID();
const stream = `case-${caseId}`;
const fact = (): NewEvent => offeredFact('RetellingRecorded', caseId, officer);

describe('ADR 17: what was decided, and nothing else, is appended', () => {
  const decided = fact();
  const warrant = warrants.warrantOf(stream, [decided], 'none');
  const altered: readonly (readonly [string, string, readonly NewEvent[]])[] = [
    ['another code', stream, [{ ...decided, data: { ...decided.data, needed: 'changed' } }]],
    ['a stamp left out', stream, [{ ...decided, meta: { ...decided.meta, violationOf: ['R-013'] } }]],
    ['another time', stream, [{ ...decided, meta: { ...decided.meta, occurredAt: '2026-01-01T00:00:00.000Z' } }]],
    ['another case', `case-${randomUUID()}`, [decided]],
    ['one more', stream, [decided, fact()]],
    ['none of it', stream, []],
  ];

  it.each(altered)('%s is not what was decided', (_what, where, events) =>
    expect(warrants.covers(warrant, where, events, 'none')).toBe(false),
  );
  it('sealed words are the service’s own', () =>
    expect(warrants.covers(warrant, stream, [{ ...decided, sealed: {} }], 'none')).toBe(true));
  it.each<Expected>(['any', -1, 0, 1])('%s is not where it was decided', (expected) =>
    expect(warrants.covers(warrant, stream, [decided], expected)).toBe(false),
  );
  it('no proof, a strange one and one of another key prove nothing', () => {
    const other = warrantsWith(Buffer.alloc(32, 8)).warrantOf(stream, [decided], 'none');
    expect([undefined, '', 'x', other].map((one) => warrants.covers(one, stream, [decided], 'none'))).toEqual([
      ...[false, false, false, false],
    ]);
  });

  /** A keeper that asks for proof, and an agency's service before it. */
  const asked = async <T>(work: (client: ReturnType<typeof clientOf>) => Promise<T>): Promise<T> => {
    const server = await replica(memoryEventStore(), {
      decided: ({ stream: where, events, expected, warrant: shown }) => warrants.covers(shown, where, events, expected),
    });
    const client = clientOf('health', [server.address], { token: 'u-health HEALTH OFFICER' });
    try {
      return await work(client);
    } finally {
      client.close();
      await server.stop();
    }
  };
  const codeOf = (error: unknown) => (error instanceof KeeperRefused ? error.code : error);

  it('the keeper refuses what was not decided, also from whom the table would let write it', () =>
    asked(async (client) => {
      expect(await client.append(stream, [decided], 'none').catch(codeOf)).toBe('not-decided');
      expect(await client.append(stream, [decided], 'none', warrant)).toMatchObject({ revision: 0 });
    }));

  it('R-001, C-2: of two decided on the same revision one is appended; the other is decided again, and has no other way in', () =>
    asked(async (client) => {
      const other = fact();
      const second = warrants.warrantOf(stream, [other], 'none');
      await client.append(stream, [decided], 'none', warrant);
      for (const expected of ['any', 0] as const)
        expect(await client.append(stream, [other], expected, second).catch(codeOf)).toBe('not-decided');
      // What `AgencyDesk` asks the ruling again for.
      await expect(client.append(stream, [other], 'none', second)).rejects.toThrow(RevisionConflict);
      const again = warrants.warrantOf(stream, [other], 0);
      expect(await client.append(stream, [other], 0, again)).toMatchObject({ revision: 1 });
    }));

  it('D12: said twice with its proof it is kept once, also after the stream moved on', () =>
    asked(async (client) => {
      const first = await client.append(stream, [decided], 'none', warrant);
      const next = fact();
      await client.append(stream, [next], 0, warrants.warrantOf(stream, [next], 0));
      expect(await client.append(stream, [decided], 'none', warrant)).toEqual(first);
    }));
});
