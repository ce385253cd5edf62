import type { FactMessage, Feed, Message } from '../feed.js';
import type { JsonObject } from '../event-store.js';
import { wakeup } from '../wait.js';

/** A feed that says what the spec pushes into it: duplicates, gaps and disorder included. Positions are indexes into `pushed`. */
export interface PushedFeed extends Feed {
  readonly pushed: readonly Message[];
  push(...messages: readonly Message[]): void;
  reread?: Feed['reread'];
}

export const pushedFeed = (): PushedFeed => {
  const pushed: Message[] = [];
  const news = wakeup();
  return {
    pushed,
    push: (...messages) => {
      pushed.push(...messages);
      news.wake();
    },
    follow: async (_reader, from, each, stop, limit = 1000) => {
      let next = Number(from ?? 0);
      while (!stop.aborted) {
        const messages = pushed.slice(next, next + limit);
        if (messages.length === 0) await news.next(60_000, stop);
        else {
          await each(messages, String(next + messages.length));
          next += messages.length;
        }
      }
    },
  };
};

/** A fact of case `caseId` with invented provenance. Its stream is `case-<caseId>`. */
export const factMessage = (caseId: string, revision: number, type: string, data: JsonObject = {}): FactMessage => ({
  caseId,
  withheld: false,
  stream: `case-${caseId}`,
  revision,
  position: '0',
  id: `${caseId}-${revision}`,
  type,
  schemaVersion: 1,
  data,
  meta: {
    caseId,
    actor: 'officer-1',
    agency: 'HEALTH',
    role: 'OFFICER',
    commandId: `command-${caseId}-${revision}`,
    command: 'say',
    digest: '',
    occurredAt: '2026-01-01T12:00:00.000Z',
    recordedAt: '2026-01-01T12:00:00.000Z',
  },
});
