import { oversightFacts } from '@resguardo/contracts/timeline';
import type { FactMessage, Projection } from '@resguardo/eventing';
import { upcast } from '@resguardo/eventing';

/** One use of break-glass and what became of it. Its reason is sealed: the reviewer opens it by `eventId`. */
export interface GlassRow {
  readonly glassId: string;
  readonly caseId: string;
  readonly eventId: string;
  readonly staffId: string;
  readonly staffAgency: string;
  readonly danger: string;
  readonly usedAt: string;
  readonly until: string;
  readonly reviewDue: string;
  readonly endedAt?: string;
  readonly verdict?: string;
  readonly reviewedBy?: string;
  readonly reviewedAt?: string;
}

const TYPES = ['BreakGlassUsed', 'BreakGlassEnded', 'BreakGlassReviewed'] as const;
type Type = (typeof TYPES)[number];
const isOurs = (type: string): type is Type => TYPES.some((known) => known === type);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const glassIdOf = (message: FactMessage): string | undefined =>
  isOurs(message.type) ? text(upcast(message, oversightFacts[message.type])['glassId']) : undefined;

const evolve = (before: GlassRow | undefined, message: FactMessage): GlassRow | undefined => {
  const { type, meta, id, caseId } = message;
  if (!isOurs(type)) return before;
  const data = upcast(message, oversightFacts[type]);
  switch (type) {
    case 'BreakGlassUsed':
      return {
        glassId: text(data['glassId']),
        caseId,
        eventId: id,
        staffId: text(data['staffId']),
        staffAgency: text(data['staffAgency']),
        danger: text(data['danger']),
        usedAt: meta.occurredAt,
        until: text(data['until']),
        reviewDue: text(data['reviewDue']),
      };
    case 'BreakGlassEnded':
      return before && { ...before, endedAt: meta.occurredAt };
    case 'BreakGlassReviewed':
      return (
        before && {
          ...before,
          verdict: text(data['verdict']),
          reviewedBy: meta.actor,
          reviewedAt: meta.occurredAt,
        }
      );
  }
};

/** which uses of break-glass wait for their review, and what was found of the others. */
export const glassLog: Projection<GlassRow> = {
  name: 'glass_log',
  version: 1,
  keyOf: glassIdOf,
  evolve,
  columns: {
    pending: { type: 'boolean', of: ({ reviewedAt }) => reviewedAt === undefined },
    staff_agency: { type: 'text', of: ({ staffAgency }) => staffAgency },
    case_id: { type: 'text', of: ({ caseId }) => caseId },
    review_due: { type: 'timestamptz', of: ({ reviewDue }) => reviewDue },
  },
  indexes: [['pending', 'review_due'], ['case_id']],
};
