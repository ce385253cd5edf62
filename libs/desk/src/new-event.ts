import type { Service } from '@resguardo/contracts';
import type { CommandContext, NewEvent, NewFact, Provenance, SealedBox } from '@resguardo/eventing';
import { uuidv5 } from '@resguardo/eventing';

/** Which command of whom a fact came from; `digest` tells a repetition from a reuse (D12). */
export interface Origin {
  readonly command: string;
  readonly context: CommandContext;
  readonly digest: string;
}

/** Seals by class, before the append (D5). */
export type Seal = (fact: {
  readonly caseId: string;
  readonly service: Service;
  readonly type: string;
  readonly eventId: string;
  readonly data: object;
}) => Promise<{
  readonly data: NewEvent['data'];
  readonly sealed?: Readonly<Record<string, SealedBox>>;
  readonly dropped?: readonly string[];
}>;

export const provenanceOf = (
  { command, context, digest }: Origin,
  occurredAt: string,
  violationOf?: readonly string[],
): Provenance => {
  const { caseId, commandId, by, knownAt } = context;
  return {
    caseId,
    actor: by.actor,
    agency: by.agency,
    role: by.role,
    commandId,
    command,
    digest,
    occurredAt,
    ...(knownAt && { knownAt }),
    ...(violationOf?.length && { violationOf }),
  };
};

/** A decided fact as it is appended: its id derived, its provenance stamped, its sealed fields in boxes of `service`. */
export const newEvent = async (
  { type, data, occurredAt, violationOf }: NewFact,
  index: number,
  schemaVersion: number,
  origin: Origin,
  service: Service,
  seal: Seal,
): Promise<NewEvent> => {
  const { caseId, commandId, by, occurredAt: said } = origin.context;
  const id = uuidv5(by.actor, commandId, String(index));
  const boxed = await seal({ caseId, service, type, eventId: id, data });
  return {
    id,
    type,
    schemaVersion,
    data: boxed.data,
    ...(boxed.sealed && { sealed: boxed.sealed }),
    meta: {
      ...provenanceOf(origin, occurredAt ?? said, violationOf),
      ...(boxed.dropped && { dropped: boxed.dropped }),
    },
  };
};
