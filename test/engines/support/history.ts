import { AGENCIES, type Agency, allCommands, type CommandSpec, folioOf } from '@resguardo/contracts';
import { uuidv5 } from '@resguardo/eventing';
import { inventedCurp, inventedPhone, oneOfEachKind, validInput, whoMaySay } from '../../e2e/support/inputs.js';
import {
  ADMINISTRATOR,
  ADVISER,
  INTERMEDIARY,
  OFFICERS,
  REPRESENTATIVE,
  type Said,
  subjectOf,
  SUPERVISORS,
} from '../../e2e/support/people.js';
import { diceOf } from './dice.js';

export interface Saying {
  readonly username: string;
  readonly command: string;
  readonly said: Said & { readonly commandId: string };
}

/** What is said at one moment. */
export interface Step {
  readonly at: string;
  /** More than one: said at once. Which of them is taken first nobody decides; each adds one fact, and they do not touch each other. */
  readonly sayings: readonly Saying[];
  /** A process follows it and writes on another case: what is said next waits for that. */
  readonly isFollowed: boolean;
}

export interface HistoryCase {
  readonly caseId: string;
  readonly folio: string;
  readonly curp: string;
}

export interface History {
  readonly seed: number;
  readonly steps: readonly Step[];
  readonly cases: readonly HistoryCase[];
}

const BEGINS = Date.parse('2026-03-02T15:00:00.000Z');
const HOUR = 3_600_000;
/** From the first command to the last, apart from interviews. */
const LASTS = 60 * 24 * HOUR;
const iso = (at: number): string => new Date(at).toISOString();

type Field = CommandSpec['input'][string];
type Input = Readonly<Record<string, unknown>>;

/** One of every kind that can sign in says something or is refused it. */
const EVERYBODY = oneOfEachKind().map(({ username }) => username);

/** Said about the case as it is said there, so that ids can be told before anything was answered (D12). */
interface Earlier {
  readonly username: string;
  readonly command: string;
  readonly commandId: string;
  readonly step: Saying;
}
const eventOf = ({ username, commandId }: Earlier, index = 0): string =>
  uuidv5(subjectOf(username), commandId, String(index));
const interviewOf = ({ username, commandId }: Earlier): string => uuidv5('interview', subjectOf(username), commandId);

/** Which earlier command an id in an input is of, by field and, where that is not enough, command. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  referralId: ['makeReferral'],
  offerId: ['offerResponsibility'],
  declinedId: ['declineCompetence'],
  viewId: ['recordChildView'],
  hearingId: ['recordHearingScheduled'],
  reportId: ['addReport'],
  'answerAttendanceSupport.requestId': ['recordAttendanceSupportRequested'],
  'decideInvestigativeAct.requestId': ['recordActRequested'],
  'shareRecord.requestId': ['requestRecordAccess'],
  'denyRecordAccess.requestId': ['requestRecordAccess'],
  'recordImpactOpinion.requestId': ['requestAdditionalInterview'],
  'approveAdditionalInterview.requestId': ['requestAdditionalInterview'],
  'denyAdditionalInterview.requestId': ['requestAdditionalInterview'],
};

/** Left out, and why. */
const NEVER: readonly string[] = [
  // Made by the story of a case.
  'receiveReport',
  // Each service that runs destroys keys of its own and says so: one process has one to say it, several have several, in any order (C-13).
  'approveErasure',
  // Of the register, not of a case.
  'registerIntermediary',
  'renewTraining',
  'suspendIntermediary',
  'reinstateIntermediary',
];
/** What a process carries to a tied case is said by the story of the two alone, so that it is known when to wait for it. */
const CARRIED: readonly string[] = [
  'confirmFactsSame',
  'confirmFactsDistinct',
  'unlinkCase',
  'correctFact',
  'retractFact',
  'planInterview',
  'cancelInterview',
  'startInterview',
  'continueInterview',
  'interruptInterview',
  'recordInterviewConducted',
  'recordInterviewHeld',
];
const COMMANDS = Object.keys(allCommands).filter(
  (name) => allCommands[name]!.on !== 'process' && !NEVER.includes(name),
);
/** Whom a command brings onto a case. */
const JOINS: Readonly<Record<string, (input: Input) => string>> = {
  addTeamMember: ({ staffId }) => usernameOf(staffId),
  assignRepresentative: () => REPRESENTATIVE,
  assignLegalAdviser: () => ADVISER,
  planInterview: () => INTERMEDIARY,
};
const usernameOf = (staffId: unknown): string => EVERYBODY.find((username) => subjectOf(username) === staffId)!;
/** Each adds one fact, whatever was said before. */
const AT_ONCE = ['recordPrivacyNotice', 'recordRightsExplained', 'recordStatusInformation'] as const;

interface Turn {
  readonly username: string;
  readonly command: string;
  readonly input: Input;
  readonly occurredAt?: string;
  /** What follows it is said a minute or so later, and before anything else. */
  readonly soon?: boolean;
  readonly isFollowed?: boolean;
}

/** A case as it is being written. */
interface Writing extends HistoryCase {
  readonly opener: Agency;
  readonly earlier: Earlier[];
  readonly story: Generator<Turn, void, Earlier>;
  readonly isTied: boolean;
  /** User names of those who were asked onto it. */
  readonly team: Set<string>;
  told?: Earlier;
}

/**
 * What all agencies say on some cases in two months, the same for the same seed: reports, teams, interviews from plan to seal, ties between
 * cases of one child, and beside them any command there is, with any input that its declaration allows. Nothing in it depends on an answer.
 */
export const historyOf = (
  seed: number,
  { commands, cases }: { readonly commands: number; readonly cases: number },
): History => {
  const dice = diceOf(seed);
  const steps: Step[] = [];
  const written: Writing[] = [];
  let now = BEGINS;
  let said = 0;
  let serial = 0;

  const words = (path: string): string => `Palabras inventadas ${++serial} para ${path}`;

  /** An id that stands for something on this case: usually of what the field asks for. */
  const refFor = (command: string, name: string, about: Writing): string => {
    const last = (...of: readonly string[]): Earlier | undefined => {
      const found = about.earlier.filter((one) => of.includes(one.command));
      return found.length > 0 ? dice.oneOf(found) : undefined;
    };
    switch (name) {
      case 'interviewId': {
        const plan = last('planInterview');
        return plan ? interviewOf(plan) : 'v1';
      }
      case 'questionId': {
        const asked = last('submitQuestions');
        return asked ? `${interviewOf(asked)}.1` : 'v1';
      }
      case 'glassId':
        return last('useBreakGlass')?.commandId ?? 'v1';
      case 'erasureId':
        return last('requestErasure')?.commandId ?? 'v1';
      case 'eventId':
        return about.earlier.length > 0 ? eventOf(dice.oneOf(about.earlier), dice.below(2)) : 'v1';
      case 'staffId':
      case 'intermediaryId':
      case 'givenBy':
      case 'explainedBy':
        return subjectOf(name === 'intermediaryId' && dice.chance(0.8) ? INTERMEDIARY : dice.oneOf(EVERYBODY));
      case 'otherCaseId':
      case 'leadCaseId':
        return dice.oneOf(written).caseId;
      default: {
        const asks = last(...(ANSWERS[`${command}.${name}`] ?? ANSWERS[name] ?? []));
        return asks ? eventOf(asks) : 'v1';
      }
    }
  };

  const valueOf = (command: string, name: string, field: Field, about: Writing): unknown => {
    switch (field.kind) {
      case 'code':
        return dice.oneOf(field.codes!);
      case 'flag':
        return dice.chance(0.5);
      case 'instant':
        return iso(now + (name === 'newFactKnownAt' ? -dice.below(400) : dice.below(300) - 20) * HOUR);
      case 'day':
        return iso(BEGINS - (2_000 + dice.below(4_000)) * 24 * HOUR).slice(0, 10);
      case 'count': {
        const least = field.min ?? 0;
        return least + dice.below(Math.min(120, (field.max ?? 120) - least + 1));
      }
      case 'ref':
        return refFor(command, name, about);
      case 'digest':
        return dice
          .below(2 ** 30)
          .toString(16)
          .padStart(64, '0');
      case 'text':
        switch (field.format) {
          case 'curp':
            return inventedCurp(++serial);
          case 'phone':
            return inventedPhone(++serial % 9_000);
          case 'time':
            return `${String(7 + dice.below(12)).padStart(2, '0')}:30`;
          default:
            return words(name).slice(0, field.max);
        }
      case 'many':
        return field.item!.kind === 'code'
          ? dice.someOf(field.item!.codes!, 1 + dice.below(Math.min(3, field.max ?? 3)))
          : Array.from({ length: 1 + dice.below(2) }, () => valueOf(command, name, field.item!, about));
      case 'group':
        return inputOf(command, field.fields!, about);
    }
  };
  const inputOf = (command: string, fields: CommandSpec['input'], about: Writing): Input =>
    Object.fromEntries(
      Object.entries(fields)
        .filter(([, field]) => !field.optional || dice.chance(0.35))
        .map(([name, field]) => [name, valueOf(command, name, field, about)]),
    );
  /** An input that validation takes, varied. */
  const varied = (command: string, about: Writing): Input => {
    const spec = allCommands[command]!;
    const input = inputOf(command, spec.input, about);
    return spec.saysOneOf?.every((name) => input[name] === undefined) ? { ...input, urgency: 'ORDINARY' } : input;
  };

  const idOf = (n: number): string => uuidv5('differential', String(seed), String(n));
  const saying = (
    { username, command, input, occurredAt }: Turn,
    about: HistoryCase | undefined,
    more: Partial<Said> = {},
  ): Saying => {
    const spec = allCommands[command]!;
    const byFolio = spec.on === 'anyone' && dice.chance(0.08);
    return {
      username,
      command,
      said: {
        commandId: idOf(said++),
        ...(about && (byFolio ? { folio: about.folio } : { caseId: about.caseId })),
        ...(spec.mark === 'fact' && { occurredAt: occurredAt ?? happened() }),
        input,
        ...more,
      },
    };
  };
  /** Mostly just now; one in five is told late; one in a hundred claims what is still to come. */
  const happened = (): string =>
    iso(
      dice.chance(0.01)
        ? now + HOUR
        : dice.chance(0.2)
          ? now - (1 + dice.below(14 * 24)) * HOUR
          : now - dice.below(10) * 60_000,
    );
  const say = (sayings: readonly Saying[], about: Writing | undefined, isFollowed = false): void => {
    steps.push({ at: iso(now), sayings, isFollowed });
    about?.earlier.push(...sayings.map((step) => ({ ...step, commandId: step.said.commandId, step })));
  };

  /** The way of a case as the law wants it; whether it is gone to the end is open. */
  const storyOf = function* (
    about: Omit<Writing, 'story'>,
    tiedTo: Writing | undefined,
  ): Generator<Turn, void, Earlier> {
    const { opener, caseId } = about;
    for (const agency of AGENCIES)
      if (agency !== opener && (agency === 'CHILD_PROTECTION' || dice.chance(0.85)))
        yield {
          username: SUPERVISORS[agency],
          command: 'addTeamMember',
          input: { staffId: subjectOf(OFFICERS[agency]), role: 'OFFICER' },
        };
    // told by another agency than the one of whom it keeps out, and sometimes taken back.
    if (dice.chance(0.2)) {
      const declared = yield {
        username: OFFICERS.PROSECUTOR,
        command: 'recordConflictOfInterest',
        input: { who: 'OTHER_OFFICIAL', staffId: subjectOf(OFFICERS.HEALTH) },
        occurredAt: iso(now),
      };
      if (dice.chance(0.4))
        yield {
          username: OFFICERS.PROSECUTOR,
          command: 'retractFact',
          input: validInput('retractFact', { eventId: eventOf(declared) }),
        };
    }
    const isFollowed = true;
    const byChildProtection = { username: OFFICERS.CHILD_PROTECTION, isFollowed } as const;
    if (tiedTo) {
      const other = { otherCaseId: tiedTo.caseId };
      const same = dice.chance(0.7);
      yield same
        ? {
            ...byChildProtection,
            command: 'confirmFactsSame',
            input: { ...other, leadCaseId: dice.chance(0.5) ? caseId : tiedTo.caseId, reasons: words('reasons') },
          }
        : { ...byChildProtection, command: 'confirmFactsDistinct', input: { ...other, reasons: words('reasons') } };
    }
    if (dice.chance(0.8))
      yield {
        username: OFFICERS.CHILD_PROTECTION,
        command: 'assignRepresentative',
        input: { staffId: subjectOf(REPRESENTATIVE) },
      };
    if (dice.chance(0.7))
      yield {
        username: SUPERVISORS.VICTIMS_COMMISSION,
        command: 'assignLegalAdviser',
        input: { staffId: subjectOf(ADVISER), chosenByChild: dice.chance(0.5) },
      };
    if (dice.chance(0.8))
      yield {
        username: OFFICERS.PROSECUTOR,
        command: 'decideAnticipatedEvidence',
        input: { decision: 'SOUGHT', reason: 'REPETITION_WOULD_HARM' },
      };
    const soon = true;
    const urgent = dice.chance(0.7);
    const planned = yield {
      username: dice.chance(0.5) ? OFFICERS.PROSECUTOR : OFFICERS.CHILD_PROTECTION,
      command: 'planInterview',
      input: {
        slot: iso(now + (urgent ? 5 : 150 + dice.below(100)) * HOUR),
        minutes: 60,
        venueKind: 'CHILD_FRIENDLY_ROOM',
        urgent,
        modePlanned: 'AUDIO',
        intermediaryId: subjectOf(INTERMEDIARY),
        topics: ['CONTACT_ONLINE'],
      },
      soon,
      isFollowed,
    };
    const interviewId = interviewOf(planned);
    for (const agency of AGENCIES) {
      const username = OFFICERS[agency];
      if (dice.chance(0.6)) {
        const asked = yield {
          username,
          command: 'submitQuestions',
          input: { interviewId, questionTexts: [words('question')] },
          soon,
        };
        if (dice.chance(0.8))
          yield {
            username: INTERMEDIARY,
            command: 'filterQuestion',
            input: {
              interviewId,
              questionId: `${interviewOf(asked)}.1`,
              decision: dice.oneOf(['ACCEPTED', 'REJECTED']),
              reason: 'LEADING',
            },
            soon,
          };
      } else yield { username, command: 'declineQuestions', input: { interviewId }, soon };
    }
    if (dice.chance(0.2)) {
      yield {
        username: OFFICERS.PROSECUTOR,
        command: 'cancelInterview',
        input: { interviewId, reason: 'CHILD_NOT_READY' },
        isFollowed,
      };
      return;
    }
    const explainedBy = subjectOf(INTERMEDIARY);
    const byIntermediary = { username: INTERMEDIARY, soon } as const;
    yield {
      ...byIntermediary,
      command: 'recordChildAssent',
      input: { interviewId, explanationVersion: 'v1', explainedBy, rightToStopExplained: true },
      occurredAt: iso(now),
    };
    yield {
      ...byIntermediary,
      command: 'recordRecordingPreference',
      input: { interviewId, preference: 'AUDIO', explainedBy },
      occurredAt: iso(now),
    };
    const session = {
      interviewId,
      recordingMode: 'AUDIO',
      venueKind: 'CHILD_FRIENDLY_ROOM',
      presentRoles: ['INTERMEDIARY'],
    };
    yield { ...byIntermediary, command: 'startInterview', input: session, isFollowed };
    yield {
      ...byIntermediary,
      command: 'recordInterviewConducted',
      input: { ...session, minutes: 40, topicsCovered: ['CONTACT_ONLINE'], accountGiven: true },
      occurredAt: iso(now),
      isFollowed,
    };
    yield {
      ...byIntermediary,
      command: 'sealRecord',
      input: { interviewId, digest: 'ab'.repeat(32), location: words('location') },
    };
  };

  const open = (): void => {
    const opener = dice.oneOf(AGENCIES);
    const username = OFFICERS[opener];
    const commandId = idOf(said);
    const caseId = uuidv5(subjectOf(username), commandId);
    const occurredAt = iso(now - dice.below(48) * HOUR);
    // Every fourth case is of the child of the one before it.
    const tiedTo = written.length % 4 === 3 ? written.at(-1) : undefined;
    const isTied = tiedTo !== undefined || written.length % 4 === 2;
    const curp = tiedTo?.curp ?? inventedCurp(++serial);
    const folio = folioOf(caseId, '17', occurredAt, 'America/Mexico_City');
    const begun = { caseId, folio, curp, opener, earlier: [], isTied, team: new Set([username]) };
    const about: Writing = { ...begun, story: storyOf(begun, tiedTo) };
    const identity = {
      givenNames: 'Prueba Inventada',
      firstSurname: `Ficticio${serial}`,
      secondSurname: 'Supuesto',
      curp,
    };
    const { searchId: _, matchId: __, ...more } = varied('receiveReport', about);
    const input = validInput('receiveReport', { ...more, state: '17', zone: undefined, identity });
    written.push(about);
    say([saying({ username, command: 'receiveReport', input, occurredAt }, undefined)], about, isTied);
  };

  const goOn = (about: Writing): boolean => {
    for (;;) {
      const { value: turn, done } = about.told ? about.story.next(about.told) : about.story.next();
      if (done) return false;
      about.team.add(JOINS[turn.command]?.(turn.input) ?? turn.username);
      say([saying(turn, about)], about, turn.isFollowed === true && about.isTied);
      about.told = about.earlier.at(-1)!;
      if (!turn.soon || said >= commands) return true;
      now += (1 + dice.below(4)) * 60_000;
    }
  };

  const anything = (about: Writing): void => {
    const command = dice.oneOf(about.isTied ? COMMANDS.filter((name) => !CARRIED.includes(name)) : COMMANDS);
    const may = whoMaySay(command).filter((username) => EVERYBODY.includes(username));
    // Mostly somebody who works on it: else everything would be refused by the same rule.
    const onIt = may.filter((username) => about.team.has(username) !== (command === 'useBreakGlass'));
    const username = dice.oneOf(dice.chance(0.02) ? EVERYBODY : onIt.length > 0 && dice.chance(0.85) ? onIt : may);
    say([saying({ username, command, input: varied(command, about) }, about)], about);
  };

  const again = (about: Writing): void => {
    const { step } = dice.oneOf(about.earlier);
    // What is written on a tied case after all is not said again there: it could be taken this time.
    if (about.isTied && CARRIED.includes(step.command)) return anything(about);
    said++;
    const { occurredAt } = step.said;
    // A report by another person is another case.
    const sameAgain = step.command === 'receiveReport' || dice.chance(0.65);
    const changed = {
      ...step,
      said: {
        ...step.said,
        ...(occurredAt && dice.chance(0.5) ? { occurredAt: happened() } : { input: varied(step.command, about) }),
      },
    };
    const byAnother = { ...step, username: dice.oneOf(EVERYBODY) };
    say([sameAgain ? step : dice.chance(0.7) ? changed : byAnother], undefined);
  };

  const atOnce = (about: Writing): void => {
    const agencies = dice.someOf(AGENCIES, Math.min(2 + dice.below(3), commands - said));
    const command = dice.oneOf(AT_ONCE);
    say(
      agencies.map((agency) =>
        saying(
          {
            username: OFFICERS[agency],
            command,
            input: varied(command, about),
            occurredAt: iso(now - 60_000),
          },
          about,
        ),
      ),
      about,
    );
  };

  say(
    [
      saying(
        {
          username: ADMINISTRATOR,
          command: 'registerIntermediary',
          input: {
            staffId: subjectOf(INTERMEDIARY),
            profession: 'PSYCHOLOGIST',
            trainingKind: 'NICHD',
            trainedOn: iso(BEGINS - 200 * 24 * HOUR).slice(0, 10),
          },
        },
        undefined,
      ),
    ],
    undefined,
  );
  while (said < commands) {
    now += Math.round(((0.5 + dice.below(100) / 100) * LASTS) / commands);
    // All are open by two thirds of the way.
    if (written.length === 0 || (written.length < cases && said > (written.length * commands) / (1.5 * cases))) {
      open();
      continue;
    }
    const about = dice.oneOf(written);
    if (dice.chance(0.45) && goOn(about)) continue;
    if (dice.chance(0.12)) again(about);
    else if (dice.chance(0.05)) atOnce(about);
    else anything(about);
  }
  return { seed, steps, cases: written.map(({ caseId, folio, curp }) => ({ caseId, folio, curp })) };
};
