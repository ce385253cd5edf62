import type { CommandOf } from '@resguardo/contracts';
import { registerCommands } from '@resguardo/contracts';
import type { NewRegisterFact, RegisterFact } from '@resguardo/contracts/timeline';
import type { Decider, Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import { ACCEPTED_TRAINING } from '@resguardo/contracts/timeline';
import { addMonths, localDay } from './time.js';

/** months for which training counts. */
export const TRAINING_MONTHS = 24;

export interface Entry {
  readonly intermediaryId: string;
  readonly profession: 'PSYCHOLOGIST' | 'PSYCHIATRIST' | 'OTHER_TRAINED' | 'OTHER';
  readonly trainingKind: 'NICHD' | 'NICHD_REVISED' | 'EQUIVALENT' | 'OTHER';
  readonly trainedOn: string;
  readonly active: boolean;
}

/** One entry per person of the register; the id is the staff id of the account. */
export type Register = readonly Entry[];

/** What the register said of one intermediary when it was asked; it goes into the fact. */
export interface Credential extends Entry {
  readonly trainingAccepted: boolean;
  /** Last day of the training's validity. */
  readonly validUntil: string;
}

const changed = (register: Register, id: string, change: Partial<Entry>): Register =>
  register.map((entry) => (entry.intermediaryId === id ? { ...entry, ...change } : entry));

export const evolveRegister = (register: Register, fact: RegisterFact): Register => {
  const { intermediaryId } = fact.data;
  switch (fact.type) {
    case 'IntermediaryRegistered': {
      const { profession, trainingKind, trainedOn } = fact.data;
      return [...register, { intermediaryId, profession, trainingKind, trainedOn, active: true }];
    }
    case 'TrainingRenewed':
      return changed(register, intermediaryId, {
        trainingKind: fact.data.trainingKind,
        trainedOn: fact.data.trainedOn,
      });
    case 'IntermediarySuspended':
      return changed(register, intermediaryId, { active: false });
    case 'IntermediaryReinstated':
      return changed(register, intermediaryId, { active: true });
  }
};

/** The credential of one intermediary as the register stands; null when it knows no such person. */
export const snapshotOf = (register: Register, intermediaryId: string): Credential | null => {
  const entry = register.find((known) => known.intermediaryId === intermediaryId);
  if (!entry) return null;
  return {
    ...entry,
    trainingAccepted: ACCEPTED_TRAINING.some((kind) => kind === entry.trainingKind),
    validUntil: addMonths(entry.trainedOn, TRAINING_MONTHS),
  };
};

/** May this intermediary hold a session on this day? The day is `YYYY-MM-DD` in the zone of the case. */
export const inDateOn = ({ active, profession, trainingAccepted, validUntil, trainedOn }: Credential, day: string) =>
  active && profession !== 'OTHER' && trainingAccepted && trainedOn <= day && day <= validUntil;

type Command = CommandOf<typeof registerCommands>;

const trainedInTheFuture = ({ at }: Command, trainedOn: string): Refusal | undefined =>
  trainedOn > localDay(at, 'UTC') ? refuse('R-004', 'E-REG-FUTURE', { trainedOn }) : undefined;

const registered = (register: Register, intermediaryId: string): Refusal | undefined =>
  register.some((entry) => entry.intermediaryId === intermediaryId)
    ? undefined
    : refuse('R-004', 'E-REG-UNKNOWN', { intermediary: intermediaryId });

export const registerDecider: Decider<Register, Command, NewRegisterFact, RegisterFact> = {
  initialState: [],
  evolve: evolveRegister,
  decide: (command, register) => {
    switch (command.name) {
      case 'registerIntermediary': {
        const { staffId, profession, trainingKind, trainedOn } = command.input;
        if (register.some((entry) => entry.intermediaryId === staffId))
          return refuse('R-004', 'E-REG-KNOWN', { intermediary: staffId });
        return (
          trainedInTheFuture(command, trainedOn) ?? [
            {
              type: 'IntermediaryRegistered',
              data: { intermediaryId: staffId, staffId, profession, trainingKind, trainedOn },
            },
          ]
        );
      }
      case 'renewTraining': {
        const { intermediaryId, trainingKind, trainedOn } = command.input;
        return (
          registered(register, intermediaryId) ??
          trainedInTheFuture(command, trainedOn) ?? [
            { type: 'TrainingRenewed', data: { intermediaryId, trainingKind, trainedOn } },
          ]
        );
      }
      case 'suspendIntermediary': {
        const { intermediaryId, reason } = command.input;
        return (
          registered(register, intermediaryId) ?? [{ type: 'IntermediarySuspended', data: { intermediaryId, reason } }]
        );
      }
      case 'reinstateIntermediary': {
        const { intermediaryId } = command.input;
        return registered(register, intermediaryId) ?? [{ type: 'IntermediaryReinstated', data: { intermediaryId } }];
      }
    }
  },
};
