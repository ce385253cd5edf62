import { caseFileCommands } from '@resguardo/contracts';
import { happened, wanted } from '@resguardo/eventing/testing';
import { COMMISSION, given, HEALTH, opened, PFPNNA } from './testing/given.js';

const assign = (staffId: string, by: object = PFPNNA) =>
  wanted('assignRepresentative', { staffId }, { by: by as never });
const advise = (staffId: string, by: object = COMMISSION) =>
  wanted('assignLegalAdviser', { staffId, chosenByChild: true }, { by: by as never });
/** As the desk says it where a register of staff tells who somebody is. */
const naming = (
  name: 'assignRepresentative' | 'assignLegalAdviser',
  by: object,
  known: { readonly agencyOfStaff: string; readonly roleOfStaff: string },
) =>
  wanted(name, name === 'assignLegalAdviser' ? { staffId: 'one', chosenByChild: true } : { staffId: 'one' }, {
    by: by as never,
    known,
  });
const represented = [
  happened('ProtectionRepresentativeAssigned', { staffId: 'rep-1' }),
  happened('TeamMemberAdded', { staffId: 'rep-1', agency: 'CHILD_PROTECTION', role: 'REPRESENTATIVE' }),
];
const advised = [
  happened('LegalAdviserAssigned', { staffId: 'adviser-1', chosenByChild: false }),
  happened('TeamMemberAdded', { staffId: 'adviser-1', agency: 'VICTIMS_COMMISSION', role: 'LEGAL_ADVISER' }),
];

describe('R-208: the child has a representative', () => {
  it('R-208: the Child Protection Authority names one, who joins the team', () =>
    given(opened())
      .when(assign('rep-1'))
      .then(
        { type: 'ProtectionRepresentativeAssigned', data: { staffId: 'rep-1' } },
        { type: 'TeamMemberAdded', data: { staffId: 'rep-1', role: 'REPRESENTATIVE' } },
      ));
  it('R-208: nobody else names one', () =>
    given(opened()).when(assign('rep-1', HEALTH)).thenRefused('R-208', 'E-CHILD-PROTECTION-ONLY'));
  it('R-208: another takes over and the former one leaves the team', () =>
    given(opened(), ...represented)
      .when(assign('rep-2'))
      .then(
        { type: 'ProtectionRepresentativeAssigned', data: { staffId: 'rep-2' } },
        { type: 'TeamMemberAdded', data: { staffId: 'rep-2' } },
        { type: 'TeamMemberRemoved', data: { staffId: 'rep-1' } },
      ));
  it('R-208: the same once more changes nothing', () =>
    given(opened(), ...represented)
      .when(assign('rep-1'))
      .thenNothing());
  it('R-208: a conflict of interest leaves the child without one', () => {
    const { state } = given(
      opened(),
      ...represented,
      happened('ConflictOfInterestDeclared', { who: 'REPRESENTATIVE' }),
    );
    expect(state.representative).toBeUndefined();
  });
  it('R-706: said of oneself, from the team or by Child Protection a conflict shuts out at once; said from outside it is on record and shuts out nobody', () => {
    const conflict = (actor: string, agency = 'HEALTH') =>
      wanted(
        'recordConflictOfInterest',
        { who: 'OTHER_OFFICIAL', staffId: 'staff-9' },
        { by: { actor, agency, role: 'OFFICER', states: ['17'] } },
      );
    const before = [opened(), happened('TeamMemberAdded', { staffId: 'staff-3', agency: 'HEALTH', role: 'OFFICER' })];
    for (const [actor, agency] of [['staff-9'], ['staff-3'], ['staff-7', 'CHILD_PROTECTION']] as const)
      given(...before)
        .when(conflict(actor, agency))
        .then({ type: 'ConflictOfInterestDeclared', data: { who: 'OTHER_OFFICIAL', staffId: 'staff-9' } });
    given(...before)
      .when(conflict('staff-8'))
      .then({ type: 'ConflictOfInterestDeclared', data: { effective: false } });
    const said = { who: 'REPRESENTATIVE', effective: false } as const;
    expect(
      given(...before, ...represented, happened('ConflictOfInterestDeclared', said)).state.representative,
    ).toBeDefined();
  });
  it('R-208: a conflict of somebody else leaves the representative in place', () => {
    const { state } = given(
      opened(),
      ...represented,
      happened('ConflictOfInterestDeclared', { who: 'REPRESENTATIVE', staffId: 'rep-9' }),
    );
    expect(state.representative?.staffId).toBe('rep-1');
  });
  it('R-208: who leaves the team represents nobody in it', () => {
    const { state } = given(opened(), ...represented, happened('TeamMemberRemoved', { staffId: 'rep-1' }));
    expect(state.representative).toBeUndefined();
  });
  it('R-208: representation in substitution is assumed by the Child Protection Authority alone', () => {
    const assume = (by: object) =>
      wanted('assumeSubstituteRepresentation', { ground: 'CONFLICT_OF_INTEREST' }, { by: by as never });
    given(opened()).when(assume(PFPNNA)).then({ type: 'RepresentationInSubstitutionAssumed' });
    given(opened()).when(assume(COMMISSION)).thenRefused('R-208', 'E-CHILD-PROTECTION-ONLY');
  });
});

describe('R-209: the child has a legal adviser', () => {
  it('R-209: assigned by the Victims’ Commission', () =>
    given(opened()).when(advise('adviser-1')).then({ type: 'LegalAdviserAssigned' }, { type: 'TeamMemberAdded' }));
  it('R-209: the child chooses another, who takes the place of the former', () =>
    given(opened(), ...advised)
      .when(advise('adviser-2'))
      .then(
        {
          type: 'LegalAdviserChanged',
          data: { staffId: 'adviser-2', formerStaffId: 'adviser-1', chosenByChild: true },
        },
        { type: 'TeamMemberAdded', data: { staffId: 'adviser-2' } },
        { type: 'TeamMemberRemoved', data: { staffId: 'adviser-1' } },
      ));
  it('R-209: no other agency assigns one', () =>
    given(opened()).when(advise('adviser-1', HEALTH)).thenRefused('R-209', 'E-COMMISSION-ONLY'));
});

describe('R-210: accompaniment is a right and no condition', () => {
  it('R-210: a person of the child’s choice is recorded, and who it is stays in the vault', () =>
    given(opened())
      .when(wanted('recordSupportPerson', { relation: 'GRANDPARENT' }, { known: { personId: 'person-1' } }))
      .then({ type: 'SupportPersonChosen', data: { relation: 'GRANDPARENT', personId: 'person-1' } }));
  it('R-210: no command of the case file asks for a guardian', () => {
    const asked = Object.values(caseFileCommands).flatMap(({ input }) => Object.keys(input));
    expect(asked.filter((name) => /guardian|tutor/i.test(name))).toEqual([]);
  });
});

describe('C-9: representing and advising is no way onto a team', () => {
  const [ofProtection, ofCommission] = [{ agencyOfStaff: 'CHILD_PROTECTION' }, { agencyOfStaff: 'VICTIMS_COMMISSION' }];

  it('C-9: an officer does not name themselves, nor another officer', () => {
    given(opened())
      .when(naming('assignRepresentative', PFPNNA, { ...ofProtection, roleOfStaff: 'OFFICER' }))
      .thenRefused('C-9', 'E-NOT-THEIR-ROLE');
    given(opened())
      .when(naming('assignLegalAdviser', COMMISSION, { ...ofCommission, roleOfStaff: 'OFFICER' }))
      .thenRefused('C-9', 'E-NOT-THEIR-ROLE');
    given(opened())
      .when(naming('assignLegalAdviser', COMMISSION, { ...ofCommission, roleOfStaff: 'LEGAL_ADVISER' }))
      .then({ type: 'LegalAdviserAssigned' }, { type: 'TeamMemberAdded' });
  });
  it('C-9: nobody of another agency is named, which would take their own place on the team from them', () => {
    given(opened())
      .when(naming('assignRepresentative', PFPNNA, { agencyOfStaff: 'PROSECUTOR', roleOfStaff: 'OFFICER' }))
      .thenRefused('C-9', 'E-OTHER-AGENCY');
    given(opened())
      .when(naming('assignLegalAdviser', COMMISSION, { agencyOfStaff: 'HEALTH', roleOfStaff: 'OFFICER' }))
      .thenRefused('C-9', 'E-OTHER-AGENCY');
  });
  it('C-9: people are given to the cases of one’s own states', () => {
    const [protection, commission] = [PFPNNA, COMMISSION].map((by) => ({ ...by, states: ['18'] }));
    given(opened()).when(assign('rep-1', protection)).thenRefused('C-9', 'E-OTHER-STATE');
    given(opened()).when(advise('adviser-1', commission)).thenRefused('C-9', 'E-OTHER-STATE');
    given(opened())
      .when(wanted('addTeamMember', { staffId: 'one', role: 'OFFICER' }, { by: protection as never }))
      .thenRefused('C-9', 'E-OTHER-STATE');
  });
});
