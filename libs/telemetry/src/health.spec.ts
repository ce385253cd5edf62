import type { Follower } from './followers.js';
import { readiness } from './health.js';

const follower = (events: number, since?: string, parked = 0): Follower => ({
  name: 'case_card',
  kind: 'projection',
  service: 'coordination',
  behind: async () => ({ events, ...(since && { since }) }),
  parkedCases: async () => parked,
});
const NOW = Date.parse('2026-03-02T10:00:00.000Z');
const well = async () => {};
const away = () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:5432'));
const hangs = () => new Promise<void>(() => {});

describe('readiness', () => {
  let now = NOW;
  const ask = (parts: Parameters<typeof readiness>[0], followers: readonly Follower[] = []) =>
    readiness(parts, followers, () => now);
  beforeEach(() => (now = NOW));

  it('is ready when every part answers', async () =>
    expect(await ask({ database: well, store: well }, [follower(3, '2026-03-02T09:59:59.000Z')])()).toEqual({
      status: 'ready',
      parts: { database: 'ready', store: 'ready' },
      followers: [],
    }));

  it.each([
    ['refuses', away],
    ['hangs', hangs],
  ])('says which part is away, and no address, when it %s', async (_, part) => {
    const answer = await ask({ database: well, store: part })();
    expect(answer).toEqual({
      status: 'unwell',
      why: 'the event store does not answer',
      parts: { database: 'ready', store: 'away' },
      followers: [],
    });
  });

  it('a follower that is far behind, or has a parked case, is said and makes nothing unready', async () => {
    const answer = await ask({ database: well }, [
      follower(900, '2026-03-02T09:58:20.000Z'),
      follower(0, undefined, 2),
    ])();
    expect(answer).toMatchObject({
      status: 'ready',
      followers: [
        { name: 'case_card', secondsBehind: 100, parkedCases: 0 },
        { name: 'case_card', secondsBehind: 0, parkedCases: 2 },
      ],
    });
  });

  it('followers that cannot be asked are not taken for well', async () =>
    expect(await ask({ database: well }, [{ ...follower(0), behind: away }])()).toMatchObject({
      status: 'ready',
      why: 'how far the followers are is not known',
    }));

  it('asks once a second, however many ask', async () => {
    let asked = 0;
    const ready = ask({ database: async () => void asked++ });
    await Promise.all([ready(), ready(), ready()]);
    await ready();
    expect(asked).toBe(1);
    now += 1_000;
    await ready();
    expect(asked).toBe(2);
  });
});
