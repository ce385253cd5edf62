import { allCommands } from '@resguardo/contracts';
import type { Happened } from '@resguardo/eventing/testing';
import { happened, scenarios, wanted } from '@resguardo/eventing/testing';
import { caseFileDecider } from '../case-file.decider.js';

export const { given } = scenarios(caseFileDecider, allCommands);

const by = (agency: string, role = 'OFFICER', actor = `${agency.toLowerCase()}-1`) => ({ actor, agency, role });
export const PROSECUTOR = { ...by('PROSECUTOR'), states: ['17'] };
export const HEALTH = { ...by('HEALTH'), states: ['17'] };
export const COMMISSION = { ...by('VICTIMS_COMMISSION'), states: ['17'] };
export const PFPNNA = { ...by('CHILD_PROTECTION'), states: ['17'] };
export const supervisorOf = (agency: string) => ({
  ...by(agency, 'SUPERVISOR', `${agency.toLowerCase()}-chief`),
  states: ['17'],
});

export const OTHER_CASE = '8a5c3f0e-6f4b-5a53-9f2e-0f6f6d3d7a02';
export const THIRD_CASE = '9b5c3f0e-6f4b-5a53-9f2e-0f6f6d3d7a03';

export const opened = (more: object = {}, about: Happened['about'] = {}) =>
  happened(
    'CaseOpened',
    {
      folio: '17-26-ABCDEFGH',
      state: '17',
      zone: 'America/Mexico_City',
      channel: 'PROSECUTOR_IN_PERSON',
      sourceAgency: 'PROSECUTOR',
      provisional: false,
      possibleMatches: 0,
      underSix: 'NO',
      ...more,
    },
    { eventId: 'opened', ...about },
  );

export const reported = (more: object = {}, about: Happened['about'] = {}) =>
  happened(
    'ReportReceived',
    {
      channel: 'PROSECUTOR_IN_PERSON',
      mode: 'ORAL',
      reportedBy: 'CHILD_ALONE',
      anonymous: false,
      urgency: 'ORDINARY',
      accountGiven: false,
      immediateFullAccount: false,
      factsRecent: 'NO',
      specialProtectionNeed: false,
      contactInPerson: 'NO',
      riskFlags: [],
      limitation: 'NONE',
      ...more,
    },
    { eventId: 'report', ...about },
  );

export const report = {
  channel: 'PROSECUTOR_IN_PERSON',
  mode: 'ORAL',
  reportedBy: 'CHILD_ALONE',
  anonymous: false,
  urgency: 'ORDINARY',
  accountGiven: false,
  immediateFullAccount: false,
  factsRecent: 'UNKNOWN',
  specialProtectionNeed: false,
  contactInPerson: 'UNKNOWN',
} as const;

export const receive = (more: object = {}, context: object = {}) =>
  wanted('receiveReport', { ...report, state: '17', ...more }, context);
