import { happened, wanted } from '@resguardo/eventing/testing';
import { given, opened } from './testing/given.js';

const propose = (more: object = {}) =>
  wanted('proposeClosure', {
    closureKind: 'NO_PROSECUTION',
    ground: 'NOT_ENOUGH_DATA',
    legalBasis: 'CNPP 255',
    ...more,
  });
const proposed = happened(
  'CaseClosureProposed',
  { closureKind: 'NO_PROSECUTION', ground: 'NOT_ENOUGH_DATA' },
  { eventId: 'proposal' },
);
const told = (notified: string, challengeUntil = '2026-03-17') =>
  happened('ClosureNotified', { proposalId: 'proposal', notified, means: 'IN_PERSON', challengeUntil, calendar: 'x' });
const challenged = happened('ClosureChallenged', { proposalId: 'proposal', challengedBy: 'LEGAL_ADVISER' });
const final = (outcome: string) => happened('ClosureFinal', { proposalId: 'proposal', outcome });
const finalise = (outcome: string, at?: string) => wanted('finaliseClosure', { outcome }, at ? { at } : {});
const close = (at?: string) => wanted('closeCase', {}, at ? { at } : {});
const LAST = '2026-03-18T05:59:59.999Z';
const AFTER = '2026-03-18T06:00:00.000Z';

describe('R-212: nothing is closed behind the child’s back', () => {
  it('R-212: the opportunity criterion does not apply', () =>
    given(opened())
      .when(propose({ closureKind: 'OPPORTUNITY_CRITERION' }))
      .thenRefused('R-212', 'E-OPPORTUNITY'));
  it('R-212: that the family stopped coming is no ground', () =>
    given(opened(), happened('ParticipationWithdrawn', { who: 'FAMILY' }))
      .when(propose({ ground: 'NO_INTEREST_OF_VICTIM' }))
      .thenRefused('R-212', 'E-NO-NOTICE'));
  it('R-212: one proposal at a time', () => {
    given(opened()).when(propose()).then({ type: 'CaseClosureProposed' });
    given(opened(), proposed).when(propose()).thenRefused('R-212', 'E-CLOSURE-PROPOSED');
  });

  it('R-212: the notice gives ten business days from the day after, by a named calendar', () =>
    given(opened(), proposed)
      .when(wanted('notifyClosure', { notified: 'VICTIM', means: 'IN_PERSON' }))
      // Monday 2 March; 16 March 2026 is closed.
      .then({
        type: 'ClosureNotified',
        data: { challengeUntil: '2026-03-17', calendar: 'judiciary-morelos-2025.1', proposalId: 'proposal' },
      }));
  it('R-212: the day of the notice is that of the case’s zone', () =>
    given(opened({ state: '18', zone: 'America/Mazatlan' }), proposed)
      .when(
        wanted('notifyClosure', { notified: 'VICTIM', means: 'IN_PERSON' }, { occurredAt: '2026-03-03T06:30:00.000Z' }),
      )
      .then({ type: 'ClosureNotified', data: { challengeUntil: '2026-03-17', calendar: 'judiciary-nayarit-2025.1' } }));
  it('R-212: a notice of nothing is recorded, and stamped', () =>
    given(opened())
      .when(wanted('notifyClosure', { notified: 'VICTIM', means: 'IN_PERSON' }))
      .thenStamped('R-212'));

  it('R-212: without a proposal, or with one of the two untold, it is not closed', () => {
    given(opened()).when(close(AFTER)).thenRefused('R-212', 'E-NO-NOTICE', { missing: 'PROPOSAL' });
    given(opened(), proposed).when(close(AFTER)).thenRefused('R-212', 'E-NO-NOTICE', { missing: 'VICTIM' });
    given(opened(), proposed, told('VICTIM'))
      .when(close(AFTER))
      .thenRefused('R-212', 'E-NO-NOTICE', { missing: 'LEGAL_ADVISER' });
  });
  it('R-212: before the window has ended it is neither final nor closed', () => {
    const both = [opened(), proposed, told('VICTIM_AND_ADVISER')];
    given(...both)
      .when(close(LAST))
      .thenRefused('R-212', 'E-NO-NOTICE', { missing: 'WINDOW', until: '2026-03-17' });
    given(...both)
      .when(finalise('NOT_CHALLENGED', LAST))
      .thenRefused('R-212', 'E-NO-NOTICE');
    given(...both)
      .when(finalise('NOT_CHALLENGED', AFTER))
      .then({ type: 'ClosureFinal' });
    given(...both)
      .when(close(AFTER))
      .thenRefused('R-212', 'E-NOT-FINAL');
  });
  it('R-212: the later of two notices counts', () =>
    given(opened(), proposed, told('VICTIM', '2026-03-20'), told('LEGAL_ADVISER', '2026-03-17'))
      .when(finalise('NOT_CHALLENGED', AFTER))
      .thenRefused('R-212', 'E-NO-NOTICE', { until: '2026-03-20' }));
  it('R-212: after it has ended the case is closed', () =>
    given(opened(), proposed, told('VICTIM_AND_ADVISER'), final('NOT_CHALLENGED'))
      .when(close(AFTER))
      .then({ type: 'CaseClosed', data: { closureKind: 'NO_PROSECUTION' } }));
  it('R-212: a challenge, also a late one, is recorded, and a judge decides', () => {
    const fought = [opened(), proposed, told('VICTIM_AND_ADVISER'), challenged];
    given(opened(), proposed, told('VICTIM_AND_ADVISER'), final('NOT_CHALLENGED'))
      .when(wanted('challengeClosure', { challengedBy: 'VICTIM' }))
      .then({ type: 'ClosureChallenged' });
    given(...fought)
      .when(finalise('NOT_CHALLENGED', AFTER))
      .thenRefused('R-212', 'E-CHALLENGED');
    given(...fought)
      .when(close(AFTER))
      .thenRefused('R-212', 'E-CHALLENGED');
    given(...fought, final('CONFIRMED_BY_JUDGE'))
      .when(close(AFTER))
      .then({ type: 'CaseClosed' });
    given(...fought, final('OVERTURNED_BY_JUDGE'))
      .when(close(AFTER))
      .thenRefused('R-212', 'E-NO-NOTICE');
    given(opened(), proposed, told('VICTIM_AND_ADVISER'))
      .when(finalise('CONFIRMED_BY_JUDGE', AFTER))
      .thenRefused('R-212', 'E-NOT-CHALLENGED');
  });
  it('R-212: a proposal that was withdrawn makes room for another', () =>
    given(opened(), proposed, final('WITHDRAWN_BY_PROSECUTOR')).when(propose()).then({ type: 'CaseClosureProposed' }));
});

describe('R-219: time closes nothing', () => {
  it('R-219: lapse of time is no ground', () =>
    given(opened())
      .when(propose({ ground: 'LAPSE_OF_TIME' }))
      .thenRefused('R-219', 'E-LAPSE-OF-TIME'));
  it('R-219: a closed case is reopened, an open one is not', () => {
    const reopen = wanted('reopenCase', { reopeningReason: 'NEW_EVIDENCE' });
    given(opened(), happened('CaseClosed', { closureKind: 'ABSTAIN' }))
      .when(reopen)
      .then({ type: 'CaseReopened' });
    given(opened()).when(reopen).thenRefused('R-219', 'E-NOT-CLOSED');
    given(opened(), happened('CaseClosed', { closureKind: 'ABSTAIN' }))
      .when(propose())
      .thenRefused('R-212', 'E-CLOSED');
  });
});

describe('R-908: somebody stops taking part', () => {
  it('R-908: it is recorded, whoever it is and whatever the reason', () =>
    given(opened())
      .when(wanted('recordParticipationWithdrawn', { who: 'CHILD', reasonCode: 'THREAT' }))
      .then({ type: 'ParticipationWithdrawn', data: { who: 'CHILD' } }));
  it('R-908: the check asks for no account; if it did, that is stamped', () => {
    given(opened())
      .when(wanted('recordWithdrawalChecked', { accountAsked: false }))
      .thenUnstamped();
    given(opened())
      .when(wanted('recordWithdrawalChecked', { accountAsked: true }))
      .thenStamped('R-908');
  });
});
