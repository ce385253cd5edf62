import type { FactMessage, Projection } from '@resguardo/eventing';
import { type Quarter, quarterOf, settledAt } from './quarter.js';

/**
 * What is counted of one case, under its pseudonym: codes and quarters, no day and no text. A quarter is that in which a fact was
 * recorded, which nothing that arrives later can change (C-8).
 */
export interface CountedCase {
  readonly opened?: Quarter;
  readonly state: string;
  readonly channel: string;
  /** Of each forensic interview that was held. */
  readonly interviews: readonly Quarter[];
  /** The quarter that ran when its last fact was recorded: those before it were settled by then. */
  readonly settled?: Quarter;
}

/** a category like any other. */
export const UNKNOWN = 'UNKNOWN';

const TYPES = ['CaseOpened', 'ReportReceived', 'ReportCompleted', 'ForensicInterviewConducted'];

const evolve = (before: CountedCase, { type, data, meta }: FactMessage): CountedCase => {
  const row = { ...before, settled: settledAt(meta.recordedAt ?? meta.occurredAt) };
  const said = (name: string): string => (typeof data[name] === 'string' ? data[name] : UNKNOWN);
  const recorded = quarterOf(meta.recordedAt ?? meta.occurredAt);
  // The first that is said within the quarter: a later report is another way in, and no other case; and what comes out would be the same
  // if it had to be counted anew.
  const inTime = row.opened === undefined || row.opened === recorded;
  const channel = row.channel === UNKNOWN && inTime ? said('channel') : row.channel;
  switch (type) {
    case 'CaseOpened':
      return { ...row, opened: recorded, state: said('state'), channel };
    case 'ReportReceived':
    case 'ReportCompleted':
      return { ...row, channel };
    case 'ForensicInterviewConducted':
      return { ...row, interviews: [...row.interviews, recorded] };
    default:
      return row;
  }
};

/** A row per case and pseudonym: all that the service insights keeps of it. */
export const countedCases: Projection<CountedCase> = {
  name: 'counted_case',
  version: 2,
  keyOf: ({ stream, type, caseId }) => (stream.startsWith('case-') && TYPES.includes(type) ? caseId : undefined),
  start: { state: UNKNOWN, channel: UNKNOWN, interviews: [] },
  evolve,
  columns: {
    opened: { type: 'text', of: ({ opened }) => opened },
    state: { type: 'text', of: ({ state }) => state },
    channel: { type: 'text', of: ({ channel }) => channel },
    interviewed: { type: 'text', of: ({ interviews }) => interviews[0] },
    /** How many interviews were held by the end of the quarter of the first. */
    interviews_then: {
      type: 'integer',
      of: ({ interviews }) => interviews.filter((quarter) => quarter === interviews[0]).length,
    },
    settled: { type: 'text', of: ({ settled }) => settled },
  },
  indexes: [['opened'], ['interviewed'], ['settled']],
};
