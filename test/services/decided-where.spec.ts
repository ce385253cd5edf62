import { jest } from '@jest/globals';
import type { Service } from '@resguardo/contracts';
import { SERVICES } from '@resguardo/contracts';
import {
  accessFolding,
  AGENCY_SERVICES,
  blindSpots,
  capabilities,
  decidingOf,
  foldingOfCapability,
  throughTheAgency,
} from './decided-where.js';

jest.setTimeout(120_000);

const foldings = capabilities.map((capability) => ({ capability, folding: foldingOfCapability(capability) }));

/** Facts that say more to a fold than that somebody wrote something. */
const folded = ({ parts }: { parts: Readonly<Record<string, readonly string[]>> }, besides: string) =>
  Object.keys(parts).filter((type) => parts[type]!.some((part) => part !== besides));

const perService = <T>(of: (service: Service) => T) =>
  Object.fromEntries(AGENCY_SERVICES.map((service) => [service, of(service)]));

/** Commands whose facts enter through the agency's own service, with what deciding them takes. */
const agencyCommands = foldings.flatMap(({ capability, folding }) =>
  Object.entries(capability.commands)
    .map(([name, spec]) => decidingOf(capability, name, spec, folding))
    .filter(({ writes }) => writes.some(throughTheAgency))
    .map((deciding) => ({
      ...deciding,
      alsoWrites: deciding.writes.filter((type) => !throughTheAgency(type)),
      needs: Object.keys(folding.parts).filter((type) =>
        folding.parts[type]!.some((part) => deciding.looksAt.includes(part)),
      ),
      folding,
    })),
);

describe('D11: every decider folds only facts that the service it runs in may read', () => {
  it('the watching sees something: folds, fields and decisions', () => {
    const interview = foldings.find(({ capability }) => capability.name === 'interview')!;
    expect(interview.folding.fields['InterviewPlanned']).toContain('slot');
    expect(interview.folding.parts['QuestionRoundClosed']).toEqual(['interviews']);
    expect(agencyCommands.find(({ command }) => command === 'answerReferral')).toMatchObject({
      looksAt: ['referrals'],
      needs: expect.arrayContaining(['ReferralMade', 'ReferralWithdrawn']) as unknown,
    });
  });

  it('coordination, where the shared deciders run, sees every field of every fact that they fold', () => {
    for (const { folding } of [...foldings, { folding: accessFolding() }])
      expect(blindSpots('coordination', folding, Object.keys(folding.parts))).toEqual({});
    expect(SERVICES).toContain('coordination');
  });

  it('what enters through an agency and can be decided in its own service, all of it seen and all of it its own to write', () => {
    expect(
      perService((service) =>
        agencyCommands
          .filter(({ alsoWrites, folding, needs }) => {
            return alsoWrites.length === 0 && Object.keys(blindSpots(service, folding, needs)).length === 0;
          })
          .map(({ command }) => command)
          .join(' '),
      ),
    ).toMatchInlineSnapshot(`
     {
       "child-protection": "addReport recordDisclosure recordReportRefused recordGuardianDemanded recordRightsExplained recordPrivacyNotice recordStatusInformation recordChildView recordChildViewAnswered recordParticipationWithdrawn answerReferral declineQuestions",
       "health": "addReport recordDisclosure recordReportRefused recordGuardianDemanded recordRightsExplained recordPrivacyNotice recordStatusInformation recordChildView recordChildViewAnswered recordParticipationWithdrawn answerReferral",
       "prosecution": "addReport recordDisclosure recordReportRefused recordGuardianDemanded recordRightsExplained recordPrivacyNotice recordStatusInformation recordChildView recordChildViewAnswered recordParticipationWithdrawn answerReferral recordPlatformFile",
       "victims-commission": "addReport recordDisclosure recordReportRefused recordGuardianDemanded recordRightsExplained recordPrivacyNotice recordStatusInformation recordChildView recordChildViewAnswered recordParticipationWithdrawn answerReferral declineQuestions recordPlatformFile",
     }
    `);
  });

  it('what cannot: facts in the same append that are coordination’s to write', () => {
    expect(
      Object.fromEntries(
        agencyCommands.flatMap(({ command, alsoWrites }) =>
          alsoWrites.length > 0 ? [[command, alsoWrites.join(' ')]] : [],
        ),
      ),
    ).toMatchInlineSnapshot(`
     {
       "excludeAttendee": "QuestionRoundClosed",
       "receivePlatformReport": "CaseLinked CaseOpened ChildIdentitySealed TeamMemberAdded",
       "receiveReport": "CaseLinked CaseOpened ChildIdentitySealed TeamMemberAdded",
       "recordContactWithAccused": "QuestionRoundClosed",
       "recordCourtOrder": "QuestionRoundClosed",
       "recordRetelling": "QuestionRoundClosed",
       "recordStatementReplayed": "QuestionRoundClosed",
       "reportCoercivePreparation": "QuestionRoundClosed",
       "submitQuestions": "QuestionFiltered",
     }
    `);
  });

  it('what cannot: facts that the decision looks at and the service does not see', () => {
    expect(
      perService((service) =>
        Object.fromEntries(
          agencyCommands.flatMap(({ command, folding, needs }) => {
            const hidden = Object.entries(blindSpots(service, folding, needs)).map(
              ([type, what]) => `${type} (${what})`,
            );
            return hidden.length > 0 ? [[command, hidden.join(', ')]] : [];
          }),
        ),
      ),
    ).toMatchInlineSnapshot(`
     {
       "child-protection": {
         "receivePlatformReport": "PlatformReportReceived (document)",
         "recordPlatformFile": "PlatformFileReported (step)",
         "recordRetelling": "ForensicExamPerformed (step)",
       },
       "health": {
         "declineQuestions": "InterviewPlanned (topics), QuestionFiltered (withheld), FilterObjected (withheld), ChildAssentRecorded (withheld), ChildAssentWithheld (withheld), RecordingPreferenceStated (withheld), ForensicInterviewInterrupted (childWantsToGoOn topicsCovered), ForensicInterviewConducted (topicsCovered), InterviewRecordSealed (topicsCovered)",
         "excludeAttendee": "InterviewPlanned (topics), QuestionFiltered (withheld), FilterObjected (withheld), ChildAssentRecorded (withheld), ChildAssentWithheld (withheld), RecordingPreferenceStated (withheld), ForensicInterviewInterrupted (childWantsToGoOn topicsCovered), ForensicInterviewConducted (topicsCovered), InterviewRecordSealed (topicsCovered)",
         "receivePlatformReport": "PlatformReportReceived (document)",
         "recordContactWithAccused": "InterviewPlanned (topics), QuestionFiltered (withheld), FilterObjected (withheld), ChildAssentRecorded (withheld), ChildAssentWithheld (withheld), RecordingPreferenceStated (withheld), ForensicInterviewInterrupted (childWantsToGoOn topicsCovered), ForensicInterviewConducted (topicsCovered), InterviewRecordSealed (topicsCovered)",
         "recordCourtOrder": "InterviewPlanned (topics), QuestionFiltered (withheld), FilterObjected (withheld), ChildAssentRecorded (withheld), ChildAssentWithheld (withheld), RecordingPreferenceStated (withheld), ForensicInterviewInterrupted (childWantsToGoOn topicsCovered), ForensicInterviewConducted (topicsCovered), InterviewRecordSealed (topicsCovered)",
         "recordPlatformFile": "PlatformFileReported (withheld)",
         "recordRetelling": "InterviewPlanned (topics), QuestionFiltered (withheld), FilterObjected (withheld), ChildAssentRecorded (withheld), ChildAssentWithheld (withheld), RecordingPreferenceStated (withheld), ForensicInterviewInterrupted (childWantsToGoOn topicsCovered), ForensicInterviewConducted (topicsCovered), InterviewRecordSealed (topicsCovered), StatementReplayed (withheld), HearingHeld (withheld), ReportReceived (contactInPerson factsRecent specialProtectionNeed)",
         "recordStatementReplayed": "InterviewPlanned (topics), QuestionFiltered (withheld), FilterObjected (withheld), ChildAssentRecorded (withheld), ChildAssentWithheld (withheld), RecordingPreferenceStated (withheld), ForensicInterviewInterrupted (childWantsToGoOn topicsCovered), ForensicInterviewConducted (topicsCovered), InterviewRecordSealed (topicsCovered)",
         "reportCoercivePreparation": "InterviewPlanned (topics), QuestionFiltered (withheld), FilterObjected (withheld), ChildAssentRecorded (withheld), ChildAssentWithheld (withheld), RecordingPreferenceStated (withheld), ForensicInterviewInterrupted (childWantsToGoOn topicsCovered), ForensicInterviewConducted (topicsCovered), InterviewRecordSealed (topicsCovered)",
         "submitQuestions": "InterviewPlanned (topics), QuestionFiltered (withheld), FilterObjected (withheld), ChildAssentRecorded (withheld), ChildAssentWithheld (withheld), RecordingPreferenceStated (withheld), ForensicInterviewInterrupted (childWantsToGoOn topicsCovered), ForensicInterviewConducted (topicsCovered), InterviewRecordSealed (topicsCovered)",
       },
       "prosecution": {
         "declineQuestions": "QuestionFiltered (withheld), FilterObjected (withheld)",
         "excludeAttendee": "QuestionFiltered (withheld), FilterObjected (withheld)",
         "recordContactWithAccused": "QuestionFiltered (withheld), FilterObjected (withheld)",
         "recordCourtOrder": "QuestionFiltered (withheld), FilterObjected (withheld)",
         "recordRetelling": "QuestionFiltered (withheld), FilterObjected (withheld), ForensicExamPerformed (step)",
         "recordStatementReplayed": "QuestionFiltered (withheld), FilterObjected (withheld)",
         "reportCoercivePreparation": "QuestionFiltered (withheld), FilterObjected (withheld)",
         "submitQuestions": "QuestionFiltered (withheld), FilterObjected (withheld)",
       },
       "victims-commission": {
         "recordRetelling": "ForensicExamPerformed (step)",
       },
     }
    `);
  });

  it('who may open a case, as an agency’s own service sees it', () => {
    const folding = accessFolding();
    expect(perService((service) => blindSpots(service, folding, folded(folding, 'exists')))).toMatchInlineSnapshot(`
     {
       "child-protection": {},
       "health": {
         "BreakGlassEnded": "withheld",
         "BreakGlassReviewed": "withheld",
         "BreakGlassUsed": "withheld",
         "ConflictOfInterestDeclared": "withheld",
       },
       "prosecution": {
         "BreakGlassEnded": "withheld",
         "BreakGlassReviewed": "withheld",
         "BreakGlassUsed": "withheld",
       },
       "victims-commission": {
         "BreakGlassEnded": "step",
         "BreakGlassReviewed": "step",
         "BreakGlassUsed": "step",
       },
     }
    `);
  });
});
