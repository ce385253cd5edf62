import { caseFileCommands, CHANNELS } from '@resguardo/contracts';
import { isRefusal } from '@resguardo/eventing';
import type { Happened } from '@resguardo/eventing/testing';
import { happened, wanted } from '@resguardo/eventing/testing';
import { folioOf, limitationOf } from './report.rule.js';
import { given, HEALTH, OTHER_CASE, opened, PFPNNA, receive, report, reported } from './testing/given.js';

describe('R-201: a report is always received', () => {
  it('R-201: by a child alone, with no guardian, document, evidence or territory', () =>
    given()
      .when(receive())
      .then(
        { type: 'CaseOpened', data: { sourceAgency: 'PROSECUTOR', provisional: false, underSix: 'UNKNOWN' } },
        { type: 'ReportReceived', data: { reportedBy: 'CHILD_ALONE', riskFlags: [] } },
        { type: 'TeamMemberAdded', data: { staffId: 'officer-1', agency: 'PROSECUTOR', role: 'OFFICER' } },
      ));

  it('R-201: no answer is mandatory, and nothing asks for a guardian, a document or evidence (M-2)', () => {
    const { input } = caseFileCommands.receiveReport;
    expect(Object.keys(input).filter((name) => !input[name as keyof typeof input].optional)).toEqual([]);
    expect(Object.keys(input).join(' ')).not.toMatch(/guardian|document|evidence|municipality/i);
  });

  it('R-201: with not one answer it is received, in the receiver’s state, and counts as urgent (M-2)', () =>
    given()
      .when(
        wanted('receiveReport', {}, {
          by: { ...PFPNNA, states: ['18'] },
          known: { sameChildIn: [OTHER_CASE] },
        } as never),
      )
      .then(
        { type: 'CaseOpened', data: { state: '18', zone: 'America/Mazatlan', folio: expect.stringMatching(/^18-/) } },
        { type: 'ReportReceived', data: { answered: [], riskFlags: [], limitation: 'TO_BE_CHECKED' } },
        { type: 'TeamMemberAdded' },
        { type: 'CaseLinked', data: { urgency: 'URGENT' } },
      ));

  it('R-201: of another state, at night, anonymously', () =>
    given()
      .when(receive({ state: '18', anonymous: true, reportedBy: 'ANONYMOUS', channel: 'LINE_089_ANONYMOUS' }))
      .then(
        { type: 'CaseOpened', data: { state: '18', zone: 'America/Mazatlan' } },
        { type: 'ReportReceived', data: { anonymous: true } },
        { type: 'TeamMemberAdded' },
      ));

  it('R-201: while the search is down, as provisional (M-2)', () =>
    given()
      .when(receive({}, { known: { search: 'NOT_MADE' } }))
      .then(
        { type: 'CaseOpened', data: { provisional: true } },
        { type: 'ReportReceived' },
        { type: 'TeamMemberAdded' },
      ));

  it('R-201: the case of a municipality with its own time keeps that zone', () =>
    given()
      .when(receive({ state: '18', zone: 'America/Bahia_Banderas' }))
      .then(
        { type: 'CaseOpened', data: { zone: 'America/Bahia_Banderas' } },
        { type: 'ReportReceived' },
        { type: 'TeamMemberAdded' },
      ));

  it('R-201: the identity is in no fact; the pseudonym is', () => {
    const { decision } = given().when(
      receive({}, { known: { search: 'MADE', child: { childId: 'child-1', keyId: 'key-1', underSix: 'NO' } } }),
    );
    expect(decision).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'ChildIdentitySealed', data: { childId: 'child-1', keyId: 'key-1' } }),
        expect.objectContaining({ type: 'CaseOpened', data: expect.objectContaining({ childId: 'child-1' }) }),
      ]),
    );
    expect(JSON.stringify(decision)).not.toContain('identity');
  });

  it('R-003: a sure match links the cases at once', () =>
    given()
      .when(
        receive(
          { urgency: 'URGENT' },
          { known: { search: 'MADE', possibleMatches: 1, sameChildIn: [OTHER_CASE, OTHER_CASE] } },
        ),
      )
      .then(
        { type: 'CaseOpened', data: { possibleMatches: 1 } },
        { type: 'ReportReceived' },
        { type: 'TeamMemberAdded' },
        {
          type: 'CaseLinked',
          data: { otherCaseId: OTHER_CASE, linkKind: 'SAME_CHILD', urgency: 'URGENT', mirrored: false },
        },
      ));

  it('R-201: a further report in a case is received, and opens a closed one again', () => {
    const more = wanted('addReport', report);
    given(opened(), reported()).when(more).then({ type: 'ReportReceived' });
    given(opened(), reported(), happened('CaseClosed', { closureKind: 'NO_PROSECUTION' }))
      .when(more)
      .then({ type: 'ReportReceived' }, { type: 'CaseReopened', data: { reopeningReason: 'NEW_REPORT' } });
  });
});

describe('R-201: what is missing of a report is answered later (M-2)', () => {
  const bare = (eventId: string) => reported({ answered: ['channel'], urgency: undefined }, { eventId });
  const complete = (input: object) => wanted('completeReport', input);
  const linkedUrgency = (...history: Happened[]) => {
    const { decision } = given(opened(), ...history).when(
      wanted('linkCase', { linkKind: 'SAME_CHILD' }, { known: { otherCaseId: OTHER_CASE } } as never),
    );
    if (isRefusal(decision)) throw new Error(decision.code);
    return decision.flatMap(({ data }) => ('urgency' in data ? data.urgency : []));
  };
  const ordinary = happened(
    'ReportCompleted',
    { reportId: 'one', answered: ['urgency'], urgency: 'ORDINARY' },
    { eventId: 'c' },
  );

  it('M-2: the answers given later are stored with the report they belong to', () =>
    given(opened(), bare('one'), bare('two'))
      .when(complete({ reportId: 'two', factsRecent: 'YES', anonymous: false, forms: ['GROOMING_SOLICITATION'] }))
      .then({
        type: 'ReportCompleted',
        data: {
          reportId: 'two',
          answered: ['anonymous', 'factsRecent'],
          anonymous: false,
          factsRecent: 'YES',
          promptInterview: true,
          forms: ['GROOMING_SOLICITATION'],
          limitation: 'ORDINARY',
        },
      }));
  it('M-2: without the name of a report they belong to the first in which something is missing, and never to another than the one named', () => {
    given(opened(), reported(), bare('one'), bare('two'))
      .when(complete({ mode: 'ORAL' }))
      .then({ type: 'ReportCompleted', data: { reportId: 'one' } });
    given(opened(), bare('one'))
      .when(complete({ reportId: 'gone', mode: 'ORAL' }))
      .then({ type: 'ReportCompleted', data: { reportId: 'gone' } });
    given(opened())
      .when(complete({ mode: 'ORAL' }))
      .then({ type: 'ReportCompleted', data: { mode: 'ORAL' } });
  });
  it('M-2: what somebody from outside adds by folio is kept, settles no question and lowers no urgency', () => {
    const said = (by: object) => wanted('completeReport', { urgency: 'ORDINARY' }, { by: by as never });
    given(opened(), bare('one'))
      .when(said(HEALTH))
      .then({ type: 'ReportCompleted', data: { fromOutside: true, urgency: 'ORDINARY' } });
    const outside = happened('ReportCompleted', {
      reportId: 'one',
      fromOutside: true,
      answered: ['urgency'],
      urgency: 'ORDINARY',
    });
    expect(linkedUrgency(bare('one'), outside)).toEqual(['URGENT']);
    const member = happened('TeamMemberAdded', { staffId: HEALTH.actor, agency: 'HEALTH', role: 'OFFICER' });
    const { decision } = given(opened(), bare('one'), member).when(said(HEALTH));
    expect(JSON.stringify(decision)).not.toContain('fromOutside');
  });
  it('M-2: a risk flag told later holds the guardians’ notice back as well (R-206)', () => {
    const flagged = happened('ReportCompleted', { reportId: 'one', answered: [], riskFlags: ['GUARDIAN_IMPLICATED'] });
    given(opened(), bare('one'), flagged)
      .when(wanted('recordGuardianNotified', { means: 'IN_PERSON' }, { by: HEALTH as never }))
      .thenStamped('R-206');
  });
  it('M-2: unknown urgency counts as urgent until somebody says otherwise, and again when that is taken back', () => {
    expect(linkedUrgency(bare('one'))).toEqual(['URGENT']);
    expect(linkedUrgency(bare('one'), ordinary)).toEqual(['ORDINARY']);
    expect(linkedUrgency(bare('one'), ordinary, bare('two'))).toEqual(['URGENT']);
    const retracted = (eventId: string) =>
      happened('FactRetracted', { eventId, factType: 'ReportCompleted', retractionReason: 'WRONG_CASE' });
    expect(linkedUrgency(bare('one'), ordinary, retracted('c'))).toEqual(['URGENT']);
    expect(linkedUrgency(reported(), bare('one'), retracted('one'))).toEqual(['ORDINARY']);
  });
});

describe('what was done to somebody who reported is put on record', () => {
  const refused = (condition: string) =>
    wanted('recordReportRefused', { authority: 'PROSECUTOR', refusalKind: 'CONDITIONED', condition });

  it('R-203: a refused report is recorded, and stamped', () =>
    given(opened())
      .when(refused('NONE'))
      .then({ type: 'ReportRefused', violationOf: ['R-203'] }));

  it.each(['GUARDIAN', 'IDENTITY_DOCUMENT', 'EVIDENCE', 'TERRITORY'])(
    'R-201: a report conditioned on %s is stamped',
    (condition) => given(opened()).when(refused(condition)).thenStamped('R-201', 'R-203'),
  );

  it('R-218: no document of migration is a condition', () =>
    given(opened()).when(refused('MIGRATION_DOCUMENT')).thenStamped('R-218', 'R-203'));

  it('R-202: a demanded guardian is recorded, and stamped', () =>
    given(opened())
      .when(wanted('recordGuardianDemanded', { authority: 'POLICE' }))
      .then({ type: 'GuardianDemanded', violationOf: ['R-202'] }));

  it('R-014: a first disclosure is recorded; asking for details is stamped', () => {
    const heard = (detailsAsked: boolean) =>
      wanted('recordDisclosure', { heardBy: 'TEACHER_OR_SCHOOL', detailsAsked, safeNow: 'YES', words: 'x' });
    given(opened()).when(heard(false)).thenUnstamped();
    given(opened()).when(heard(true)).thenStamped('R-014');
  });
});

describe('R-206: guardians are told, unless the Child Protection Authority holds it back', () => {
  const tell = (by: object) => wanted('recordGuardianNotified', { means: 'IN_PERSON' }, { by: by as never });
  const hold = (by: object) =>
    wanted('withholdGuardianNotice', { reasonCode: 'CHILD_FEARS_HARM' }, { by: by as never });
  const held = happened('GuardianNotificationWithheld', {}, { agency: 'CHILD_PROTECTION' });

  it('R-206: where nothing speaks against it, anyone tells them', () =>
    given(opened(), reported()).when(tell(HEALTH)).thenUnstamped());
  it('R-206: with a risk flag and no decision, telling them is stamped', () =>
    given(opened(), reported({ riskFlags: ['GUARDIAN_IMPLICATED'] }))
      .when(tell(HEALTH))
      .thenStamped('R-206'));
  it('R-206: under a hold, telling them is stamped and never refused', () =>
    given(opened(), reported(), held).when(tell(HEALTH)).thenStamped('R-206'));
  it('R-206: a retracted hold holds nothing back', () =>
    given(
      opened(),
      reported(),
      held,
      happened('FactRetracted', {
        eventId: 'e3',
        factType: 'GuardianNotificationWithheld',
        retractionReason: 'WRONG_CASE',
      }),
    )
      .when(tell(HEALTH))
      .thenUnstamped());
  it('R-206: the Child Protection Authority may tell them itself, and thereby decides', () => {
    const flagged = reported({ riskFlags: ['INTERESTS_CONFLICT'] });
    given(opened(), flagged, held).when(tell(PFPNNA)).thenUnstamped();
    given(opened(), flagged, held, happened('GuardianNotified', { means: 'IN_PERSON' }, { agency: 'CHILD_PROTECTION' }))
      .when(tell(HEALTH))
      .thenUnstamped();
  });
  it('R-206: nobody else decides the hold', () => {
    given(opened(), reported()).when(hold(HEALTH)).thenRefused('R-206', 'E-CHILD-PROTECTION-ONLY');
    given(opened(), reported()).when(hold(PFPNNA)).then({ type: 'GuardianNotificationWithheld' });
  });
});

describe('what is said to the child', () => {
  const easyRead = happened('CommunicationNeedsRecorded', { interpreterNeeded: false, formatCode: 'EASY_READ' });
  const explained = (formatCode: string) =>
    wanted('recordRightsExplained', { version: 'rights-1', formatCode, language: 'SPANISH' });

  it('R-204: rights explained at first contact are recorded', () =>
    given(opened())
      .when(explained('STANDARD'))
      .then({ type: 'RightsExplained', data: { version: 'rights-1' } }));
  it('R-214: a format that the child does not need is stamped, the needed one is not', () => {
    given(opened(), easyRead).when(explained('STANDARD')).thenStamped('R-214');
    given(opened(), easyRead).when(explained('EASY_READ')).thenUnstamped();
  });
  it('R-215: a view not sought needs its reason', () => {
    const view = (more: object) => wanted('recordChildView', { matter: 'MEASURE', ...more });
    given(opened())
      .when(view({ childView: 'NOT_SOUGHT' }))
      .thenStamped('R-215');
    given(opened())
      .when(view({ childView: 'NOT_SOUGHT', notSoughtReason: 'NO_REASON_GIVEN' }))
      .thenStamped('R-215');
    given(opened())
      .when(view({ childView: 'NOT_SOUGHT', notSoughtReason: 'URGENCY' }))
      .thenUnstamped();
    given(opened())
      .when(view({ childView: 'DECLINED' }))
      .thenUnstamped();
  });
});

describe('lists and numbers', () => {
  it('R-217: the channel is one of the closed list', () => {
    expect(caseFileCommands.receiveReport.input.channel.codes).toEqual(CHANNELS);
    expect(CHANNELS).toHaveLength(15);
  });
  it('R-219: grooming alone warns of ordinary limitation, anything graver with it does not', () => {
    expect(limitationOf(['GROOMING_SOLICITATION'])).toBe('ORDINARY');
    expect(limitationOf(['GROOMING_SOLICITATION', 'LIVE_ABUSE'])).toBe('NONE');
    expect(limitationOf(['UNKNOWN'])).toBe('TO_BE_CHECKED');
    expect(limitationOf()).toBe('TO_BE_CHECKED');
  });
  it('C-9: the folio is the same for the same case, short, and of its state and local year', () => {
    const id = 'ffffffff-ff4b-5a53-9f2e-0f6f6d3d7a01';
    expect(folioOf(id, '17', '2027-01-01T03:00:00.000Z', 'America/Mexico_City')).toBe('17-26-ZZZZZZZZ');
    expect(folioOf('00000000-014b-5a53-9f2e-0f6f6d3d7a01', '18', '2026-03-02T18:00:00.000Z', 'America/Mazatlan')).toBe(
      '18-26-00000001',
    );
  });
});
