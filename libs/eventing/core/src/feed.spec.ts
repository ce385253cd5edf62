import type { RecordedEvent } from './event-store.js';
import { type Message, messageOf, storeFeed, withheldMessageOf } from './feed.js';
import { factMessage } from './testing/pushed-feed.js';

const event = (stream: string, revision: number, position: string): RecordedEvent => {
  const { caseId: _, withheld: __, ...recorded } = factMessage('a', revision, 'Said', { n: revision });
  return { ...recorded, stream, position };
};

const history = [
  event('case-a', 0, '1'),
  event('case-a', 1, '2'),
  event('access-officer-1', 0, '3'),
  event('access-officer-1', 1, '4'),
];

describe('feed of the store', () => {
  it('sends what the reader may see, the rest without content, and of foreign streams only how far it has come', async () => {
    const feed = storeFeed(
      {
        follow: async (from, each) => {
          await each(history.slice(Number(from ?? 0), 3));
          await each(history.slice(3));
        },
      },
      (event, reader) =>
        !event.stream.startsWith('case-')
          ? undefined
          : reader === 'home' && event.revision === 0
            ? messageOf(event)
            : withheldMessageOf(event),
    );
    const got: [readonly Message[], string][] = [];
    await feed.follow('home', undefined, async (...batch) => void got.push(batch), new AbortController().signal);
    expect(got).toEqual([
      [
        [
          { ...history[0], caseId: 'a', withheld: false },
          { caseId: 'a', stream: 'case-a', revision: 1, position: '2', id: 'a-1', withheld: true },
        ],
        '3',
      ],
      [[], '4'],
    ]);
  });

  it('maps an event once per reader, however many follow', async () => {
    const mapped: string[] = [];
    const feed = storeFeed({ follow: (_, each) => each(history.slice(0, 2)) }, (event, reader) => {
      mapped.push(`${reader} ${event.position}`);
      return messageOf(event);
    });
    const got: (readonly Message[])[] = [];
    for (const reader of ['home', 'home', 'oversight'])
      await feed.follow(reader, undefined, async (messages) => void got.push(messages), new AbortController().signal);
    expect(mapped).toEqual(['home 1', 'home 2', 'oversight 1', 'oversight 2']);
    expect(got[1]).toEqual(got[0]);
    expect(got[1]![0]).toBe(got[0]![0]);
    expect(got[2]![0]).not.toBe(got[0]![0]);
  });
});
