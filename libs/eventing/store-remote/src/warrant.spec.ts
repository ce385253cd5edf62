import { randomUUID } from 'node:crypto';
import type { NewEvent } from '@resguardo/eventing';
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
  const warrant = warrants.warrantOf(stream, [decided]);
  const altered: readonly (readonly [string, string, readonly NewEvent[]])[] = [
    ['another code', stream, [{ ...decided, data: { ...decided.data, needed: 'changed' } }]],
    ['a stamp left out', stream, [{ ...decided, meta: { ...decided.meta, violationOf: ['R-013'] } }]],
    ['another time', stream, [{ ...decided, meta: { ...decided.meta, occurredAt: '2026-01-01T00:00:00.000Z' } }]],
    ['another case', `case-${randomUUID()}`, [decided]],
    ['one more', stream, [decided, fact()]],
    ['none of it', stream, []],
  ];

  it.each(altered)('%s is not what was decided', (_what, where, events) =>
    expect(warrants.covers(warrant, where, events)).toBe(false),
  );
  it('sealed words are the service’s own', () =>
    expect(warrants.covers(warrant, stream, [{ ...decided, sealed: {} }])).toBe(true));
  it('no proof, a strange one and one of another key prove nothing', () => {
    const other = warrantsWith(Buffer.alloc(32, 8)).warrantOf(stream, [decided]);
    expect([undefined, '', 'x', other].map((one) => warrants.covers(one, stream, [decided]))).toEqual([
      ...[false, false, false, false],
    ]);
  });

  it('the keeper refuses what was not decided, also from whom the table would let write it', async () => {
    const server = await replica(memoryEventStore(), {
      decided: ({ stream: where, events, warrant: shown }) => warrants.covers(shown, where, events),
    });
    const client = clientOf('health', [server.address], { token: 'u-health HEALTH OFFICER' });
    try {
      const refused = await client.append(stream, [decided], 'none').catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(KeeperRefused);
      expect((refused as KeeperRefused).code).toBe('not-decided');
      expect(await client.append(stream, [decided], 'none', warrant)).toMatchObject({ revision: 0 });
    } finally {
      client.close();
      await server.stop();
    }
  });
});
