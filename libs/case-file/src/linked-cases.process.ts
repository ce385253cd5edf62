import type { FactMessage, Process } from '@resguardo/eventing';

/** A command for the other case's stream. */
export interface MirrorCommand {
  readonly name: 'noteCaseLinked' | 'noteCaseUnlinked' | 'noteFactsDistinct' | 'noteFactsSame';
  readonly caseId: string;
  readonly input: Readonly<Record<string, string>>;
  readonly occurredAt: string;
}

const mirrors = (message: FactMessage): readonly MirrorCommand[] => {
  const { type, data, caseId, meta } = message;
  const other = data['otherCaseId'];
  if (typeof other !== 'string' || data['mirrored'] === true) return [];
  const say = (name: MirrorCommand['name'], more: Readonly<Record<string, unknown>> = {}): readonly MirrorCommand[] => [
    {
      name,
      caseId: other,
      input: { otherCaseId: caseId, ...(more as Record<string, string>) },
      occurredAt: meta.occurredAt,
    },
  ];
  switch (type) {
    case 'CaseLinked':
      return say('noteCaseLinked', { linkKind: data['linkKind'], urgency: data['urgency'] });
    case 'CaseUnlinked':
      return say('noteCaseUnlinked', { unlinkReason: data['unlinkReason'] });
    case 'FactsConfirmedDistinct':
      return say('noteFactsDistinct');
    case 'FactsConfirmedSame':
      return say('noteFactsSame', { leadCaseId: data['leadCaseId'] });
    // Everything else on the stream is not about another case.
    default:
      return [];
  }
};

/** C-4: what is said of two cases on one stream is written on the other. Said twice it is written once; what was mirrored is not sent back. */
export const linkedCases: Process<object, MirrorCommand> = {
  name: 'linked_cases',
  start: {},
  concerns: (message) => mirrors(message).length > 0,
  evolve: (state) => state,
  react: (message) => mirrors(message),
};
