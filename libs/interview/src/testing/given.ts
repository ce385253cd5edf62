import { allCommands } from '@resguardo/contracts';
import { happened, NOON, scenarios, wanted } from '@resguardo/eventing/testing';
import { interviewDecider } from '../interview.decider.js';
import { addHours } from '../time.js';

export const { given } = scenarios(interviewDecider(), allCommands);
/** Hours after noon of 2 March 2026. */
export const at = (hours: number) => addHours(NOON, hours);
export const SLOT = at(144);
export const PSYCHOLOGIST = {
  intermediaryId: 'i1',
  profession: 'PSYCHOLOGIST',
  trainingKind: 'NICHD',
  trainedOn: '2025-06-01',
} as const;
export const ENTRY = { ...PSYCHOLOGIST, active: true, trainingAccepted: true, validUntil: '2027-06-01' };
export const CHILD_PROTECTION = { actor: 'rep-1', agency: 'CHILD_PROTECTION', role: 'REPRESENTATIVE', states: ['17'] };
export const HEALTH = { actor: 'h-1', agency: 'HEALTH', role: 'OFFICER', states: ['17'] };
export const SUPERVISOR = { actor: 'sup-1', agency: 'PROSECUTOR', role: 'SUPERVISOR', states: ['17'] };

export const opened = happened('CaseOpened', {
  zone: 'America/Mexico_City',
  sourceAgency: 'PROSECUTOR',
  underSix: 'NO',
});
export const represented = happened('ProtectionRepresentativeAssigned', { staffId: 'rep-1' });
export const evidence = happened('AnticipatedEvidenceDecided', { decision: 'NOT_SOUGHT', reason: 'NOT_NEEDED' });
/** Nothing stands in the way of a plan. */
export const ready = [opened, represented, evidence];
export const planned = [
  happened('InterviewPlanned', {
    interviewId: 'int-1',
    slot: SLOT,
    urgent: false,
    topics: ['CONTACT_ONLINE', 'CONTENT_SHARED'],
    ...PSYCHOLOGIST,
  }),
  happened('QuestionRoundOpened', { interviewId: 'int-1', closesAt: at(72) }),
];
export const assent = happened('ChildAssentRecorded', {
  interviewId: 'int-1',
  rightToStopExplained: true,
  interpreterDeclined: false,
  otherIntermediaryAsked: false,
});
export const preference = happened('RecordingPreferenceStated', { interviewId: 'int-1', preference: 'AUDIO' });
/** Nor of the start of `int-1`, at its slot. */
export const startable = [...ready, ...planned, assent, preference];
export const started = happened(
  'ForensicInterviewStarted',
  {
    interviewId: 'int-1',
    session: 1,
    standing: 'FIRST',
    topics: ['CONTACT_ONLINE', 'CONTENT_SHARED'],
    ...PSYCHOLOGIST,
  },
  { occurredAt: SLOT },
);
export const conducted = happened(
  'ForensicInterviewConducted',
  {
    interviewId: 'int-1',
    session: 1,
    standing: 'FIRST',
    topicsCovered: ['CONTACT_ONLINE'],
    accountGiven: true,
    heldBy: 'PROSECUTOR',
    venueKind: 'CHILD_HOUSE',
  },
  { occurredAt: at(145), eventId: 'conducted' },
);
export const interrupted = happened(
  'ForensicInterviewInterrupted',
  { interviewId: 'int-1', session: 1, childWantsToGoOn: true, topicsCovered: ['CONTACT_ONLINE'], accountGiven: false },
  { occurredAt: at(145) },
);
export const sealedRecord = happened(
  'InterviewRecordSealed',
  { interviewId: 'int-1', topicsCovered: ['CONTACT_ONLINE'] },
  { occurredAt: at(150) },
);

export const plan = (input: object = {}, { known = {}, ...context }: any = {}) =>
  wanted(
    'planInterview',
    {
      slot: SLOT,
      minutes: 60,
      venueKind: 'CHILD_HOUSE',
      urgent: false,
      intermediaryId: 'i1',
      topics: ['CONTACT_ONLINE'],
      ...input,
    },
    { known: { newId: 'int-2', intermediary: ENTRY, ...known }, ...context },
  );
export const start = (input: object = {}, { known = {}, ...context }: any = {}) =>
  wanted(
    'startInterview',
    {
      interviewId: 'int-1',
      recordingMode: 'AUDIO',
      venueKind: 'CHILD_HOUSE',
      presentRoles: ['INTERMEDIARY'],
      ...input,
    },
    { at: SLOT, known: { newId: 'x', intermediary: ENTRY, ...known }, ...context },
  );
export const goOn = (hours: number, input: object = {}, { known = {}, ...context }: any = {}) =>
  wanted(
    'continueInterview',
    {
      interviewId: 'int-1',
      intermediaryId: 'i1',
      topics: ['CONTENT_SHARED'],
      recordingMode: 'AUDIO',
      venueKind: 'CHILD_HOUSE',
      presentRoles: ['INTERMEDIARY'],
      ...input,
    },
    { at: at(hours), known: { newId: 'x', intermediary: ENTRY, ...known }, ...context },
  );
export const held = (input: object = {}, { known = {}, ...context }: any = {}) =>
  wanted(
    'recordInterviewHeld',
    {
      heldBy: 'PROSECUTOR',
      minutes: 30,
      recordingMode: 'NONE',
      venueKind: 'PROSECUTOR_OFFICE',
      presentRoles: ['INTERMEDIARY'],
      topicsCovered: [],
      accountGiven: true,
      assentGiven: true,
      ...input,
    },
    { known: { newId: 'int-9', intermediary: ENTRY, ...known }, ...context },
  );
export const requested = happened(
  'AdditionalInterviewRequested',
  { requestId: 'req', topics: ['OTHER_CHILDREN'] },
  { actor: 'officer-1' },
);
export const opinion = happened('ImpactOpinionRecorded', { requestId: 'req' }, { occurredAt: at(190) });
export const requestAssent = happened('ChildAssentRecorded', {
  requestId: 'req',
  rightToStopExplained: true,
  otherIntermediaryAsked: false,
});
export const authorised = happened(
  'AdditionalInterviewAuthorised',
  { requestId: 'req', topics: ['OTHER_CHILDREN'], expiresAt: at(560), sameIntermediary: 'i1' },
  { occurredAt: at(200) },
);
/** The child has told it. */
export const once = [...startable, started, conducted];
