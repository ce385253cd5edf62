import type { CaseFileFact, VaultFact } from '@resguardo/contracts/timeline';
import type { CaseHold } from './erasure/erasure.rule.js';
import type { VaultCommand, VaultKnown } from './vault.decider.js';
import { vaultDecider } from './vault.decider.js';

type Fact = VaultFact | CaseFileFact;
const AT = '2026-11-23T12:00:00.000Z';
const supervisor = { actor: 'sup-1', agency: 'HEALTH', role: 'SUPERVISOR', states: ['17'] };
const representative = { actor: 'rep-1', agency: 'CHILD_PROTECTION', role: 'REPRESENTATIVE', states: ['17'] };

const said = <T extends Fact['type']>(
  type: T,
  data: Extract<Fact, { type: T }>['data'],
  about: { actor?: string; agency?: string; occurredAt?: string } = {},
): Fact =>
  ({
    type,
    data,
    about: {
      eventId: 'e',
      revision: 0,
      commandId: 'c',
      actor: 'officer-1',
      agency: 'HEALTH',
      role: 'OFFICER',
      occurredAt: AT,
      recordedAt: AT,
      violationOf: [],
      ...about,
    },
  }) as Fact;

const opened = said('ReportRefused', {} as never);
const requested = said(
  'ErasureRequested',
  { erasureId: 'er-1', basis: 'WRONG_PERSON' },
  { actor: 'sup-1', agency: 'HEALTH' },
);
const reviewed = (outcome: Extract<Fact, { type: 'LegalHoldReviewed' }>['data']['outcome'], occurredAt = AT) =>
  said('LegalHoldReviewed', { outcome }, { agency: 'PROSECUTOR', occurredAt });
const hold = (caseId: string, outcome?: string, reviewedOn = AT): CaseHold => ({
  caseId,
  ...(outcome && { outcome, reviewedOn }),
  alreadyErased: false,
});

const given = (...facts: Fact[]) => ({
  when: <N extends VaultCommand['name']>(
    name: N,
    input: Extract<VaultCommand, { name: N }>['input'],
    by = representative,
    known: VaultKnown = {},
  ) =>
    vaultDecider.decide(
      { name, input, known, caseId: 'case-1', commandId: 'cmd-1', at: AT, occurredAt: AT, by } as VaultCommand,
      facts.reduce(vaultDecider.evolve, vaultDecider.initialState),
    ),
});
const request = { basis: 'WRONG_PERSON', reasons: 'invented reasons' } as const;
const free = { cases: [hold('case-1', 'NO_HOLD')] };

describe('Erasure', () => {
  it('C-13: the first person is a supervisor of the agency that recorded the case', () => {
    expect(given(opened).when('requestErasure', request, supervisor, free)).toEqual([
      { type: 'ErasureRequested', data: { erasureId: 'cmd-1', basis: 'WRONG_PERSON', reasons: 'invented reasons' } },
    ]);
    for (const by of [{ ...supervisor, agency: 'PROSECUTOR' }, { ...supervisor, role: 'OFFICER' }, representative])
      expect(given(opened).when('requestErasure', request, by, free)).toMatchObject({
        rule: 'R-716',
        code: 'E-ERASURE-CONTROLLER',
      });
  });

  it('C-13: the agency that recorded the case stays its controller when others write', () => {
    const other = said('LegalHoldReviewed', { outcome: 'NO_HOLD' }, { agency: 'PROSECUTOR' });
    expect(given(opened, other).when('requestErasure', request, supervisor, free)).toHaveLength(1);
  });

  it('C-13: the second person is the Child Protection representative, and it reaches every linked case', () => {
    const known = { cases: [hold('case-1'), hold('case-2', 'NO_HOLD')] };
    expect(
      given(opened, reviewed('NO_HOLD'), requested).when(
        'approveErasure',
        { erasureId: 'er-1' },
        representative,
        known,
      ),
    ).toEqual([
      {
        type: 'ErasureOrdered',
        data: {
          erasureId: 'er-1',
          basis: 'WRONG_PERSON',
          requestedBy: 'sup-1',
          approvedBy: 'rep-1',
          cases: ['case-1', 'case-2'],
        },
      },
    ]);
    for (const by of [supervisor, { ...representative, role: 'OFFICER' }])
      for (const [name, input] of [
        ['approveErasure', { erasureId: 'er-1' }],
        ['rejectErasure', { erasureId: 'er-1', reasons: 'no' }],
      ] as const)
        expect(given(opened, reviewed('NO_HOLD'), requested).when(name, input as never, by, free)).toMatchObject({
          code: 'E-ERASURE-REPRESENTATIVE',
        });
  });

  it('C-12: nobody decides their own request', () => {
    const own = said('ErasureRequested', { erasureId: 'er-1', basis: 'WRONG_PERSON' }, { actor: 'rep-1' });
    const deciding = given(opened, reviewed('NO_HOLD'), own);
    expect(deciding.when('approveErasure', { erasureId: 'er-1' }, representative, free)).toMatchObject({
      code: 'E-ERASURE-TWO-PERSONS',
    });
    expect(deciding.when('rejectErasure', { erasureId: 'er-1', reasons: 'no' })).toMatchObject({
      code: 'E-ERASURE-TWO-PERSONS',
    });
  });

  it.each<[string, Fact[], readonly CaseHold[], string]>([
    ['nobody reviewed', [], [hold('case-1')], 'NOT_REVIEWED'],
    ['a proceeding is open', [reviewed('PROCEEDING_OPEN')], [hold('case-1')], 'PROCEEDING_OPEN'],
    [
      'the offence has no limitation',
      [reviewed('OFFENCE_WITHOUT_LIMITATION')],
      [hold('case-1')],
      'OFFENCE_WITHOUT_LIMITATION',
    ],
    ['the review is old', [reviewed('NO_HOLD', '2026-10-01T00:00:00.000Z')], [hold('case-1')], 'REVIEW_TOO_OLD'],
    [
      'a hold came after the review',
      [reviewed('NO_HOLD'), reviewed('PROCEEDING_OPEN')],
      [hold('case-1', 'NO_HOLD')],
      'PROCEEDING_OPEN',
    ],
    [
      'a linked case is held',
      [reviewed('NO_HOLD')],
      [hold('case-1'), hold('case-2', 'CLINICAL_RETENTION')],
      'CLINICAL_RETENTION',
    ],
    ['a linked case was not reviewed', [reviewed('NO_HOLD')], [hold('case-1'), hold('case-2')], 'NOT_REVIEWED'],
  ])('R-716: nothing is erased while %s', (_, facts, cases, outcome) => {
    expect(
      given(opened, ...facts, requested).when('approveErasure', { erasureId: 'er-1' }, representative, { cases }),
    ).toMatchObject({ rule: 'R-716', code: 'E-LEGAL-HOLD', because: { outcome } });
  });

  it('R-716: a known hold stops the request, a review that is still to come does not', () => {
    expect(
      given(opened).when('requestErasure', request, supervisor, { cases: [hold('case-1', 'PROCEEDING_OPEN')] }),
    ).toMatchObject({ code: 'E-LEGAL-HOLD' });
    expect(given(opened).when('requestErasure', request, supervisor, { cases: [hold('case-1')] })).toHaveLength(1);
  });

  it('R-716: one request at a time; a rejected one makes room; an unknown one is not decided', () => {
    expect(given(opened, requested).when('requestErasure', request, supervisor, free)).toMatchObject({
      code: 'E-ERASURE-OPEN',
      because: { erasureId: 'er-1' },
    });
    const rejected = given(opened, requested).when('rejectErasure', { erasureId: 'er-1', reasons: 'no grounds' });
    expect(rejected).toEqual([{ type: 'ErasureRejected', data: { erasureId: 'er-1', reasons: 'no grounds' } }]);
    const after = given(opened, requested, said('ErasureRejected', { erasureId: 'er-1' }));
    expect(after.when('requestErasure', request, supervisor, free)).toHaveLength(1);
    expect(after.when('approveErasure', { erasureId: 'er-1' }, representative, free)).toMatchObject({
      code: 'E-ERASURE-NONE',
    });
  });

  const ordered = said('ErasureOrdered', {
    erasureId: 'er-1',
    basis: 'WRONG_PERSON',
    requestedBy: 'sup-1',
    approvedBy: 'rep-1',
    cases: ['case-1'],
  });

  it('C-13: after the order nothing more is asked for or corrected, and facts keep their codes', () => {
    const erased = given(opened, ordered);
    expect(erased.when('requestErasure', request, supervisor, free)).toMatchObject({ code: 'E-ERASED' });
    expect(erased.when('correctIdentity', {} as never, representative, { fields: ['SCHOOL'] })).toMatchObject({
      code: 'E-ERASED',
    });
    const needs = { interpreterNeeded: true, formatCode: 'AUDIO' } as const;
    expect(erased.when('recordCommunicationNeeds', needs)).toEqual([
      { type: 'CommunicationNeedsRecorded', data: needs },
    ]);
  });

  it('C-13: the order reaches a linked case once, and each service says once that its keys are gone', () => {
    const order = { ...ordered.data, orderedIn: 'case-0' } as never;
    expect(given(opened).when('orderLinkedErasure', order)).toMatchObject([{ type: 'ErasureOrdered' }]);
    expect(given(opened, ordered).when('orderLinkedErasure', order)).toEqual([]);
    const gone = { erasureId: 'er-1', service: 'coordination', keys: 4, persons: 1 };
    expect(given(opened, ordered).when('recordKeysDestroyed', gone)).toEqual([
      { type: 'KeysDestroyed', data: { erasureId: 'er-1', service: 'coordination', keys: 4 } },
      { type: 'IdentityErased', data: { erasureId: 'er-1', persons: 1 } },
    ]);
    const destroyed = said('KeysDestroyed', { erasureId: 'er-1', service: 'coordination', keys: 4 });
    const erased = said('IdentityErased', { erasureId: 'er-1', persons: 1 });
    expect(given(opened, ordered, destroyed, erased).when('recordKeysDestroyed', gone)).toEqual([]);
    expect(
      given(opened, ordered, destroyed, erased).when('recordKeysDestroyed', { ...gone, service: 'health' }),
    ).toMatchObject([{ type: 'KeysDestroyed' }]);
  });

  it('C-13: nobody says that something was erased which was not ordered, and who somebody is is erased by coordination alone', () => {
    const gone = { erasureId: 'er-1', service: 'health', keys: 4, persons: 0 };
    expect(given(opened).when('recordKeysDestroyed', gone)).toEqual([]);
    expect(given(opened, ordered).when('recordKeysDestroyed', { ...gone, erasureId: 'er-2' })).toEqual([]);
    expect(given(opened, ordered).when('recordKeysDestroyed', gone)).toEqual([
      { type: 'KeysDestroyed', data: { erasureId: 'er-1', service: 'health', keys: 4 } },
    ]);
  });
});

describe('Identity on the timeline', () => {
  const kept = { kept: { personId: 'child-1', keyId: 'person:child-1', erased: false } };

  it('R-703: a correction says which parts it touched and nothing of what they say', () => {
    expect(given(opened).when('correctIdentity', {} as never, representative, { ...kept, fields: ['SCHOOL'] })).toEqual(
      [
        { type: 'ChildIdentitySealed', data: { childId: 'child-1', keyId: 'person:child-1' } },
        { type: 'IdentityDataCorrected', data: { childId: 'child-1', versionId: 'cmd-1', fields: ['SCHOOL'] } },
      ],
    );
    const known = said('ChildIdentitySealed', { childId: 'child-1', keyId: 'person:child-1' });
    expect(
      given(opened, known).when('correctIdentity', {} as never, representative, { ...kept, fields: ['SCHOOL'] }),
    ).toHaveLength(1);
    expect(given(opened).when('correctIdentity', {} as never)).toMatchObject({
      rule: 'R-703',
      code: 'E-IDENTITY-EMPTY',
    });
  });

  it('C-1: preferences and timetable leave coarse codes only', () => {
    expect(
      given(opened).when('recordPreferences', {}, representative, { ...kept, examinerPreferenceStated: true }),
    ).toMatchObject([
      { type: 'ChildIdentitySealed' },
      { type: 'PreferencesRecorded', data: { examinerPreferenceStated: true, viewerPreferenceStated: false } },
    ]);
    const known = said('ChildIdentitySealed', { childId: 'child-1', keyId: 'person:child-1' });
    expect(given(opened, known).when('recordSchoolTimetable', {} as never, representative, kept)).toEqual([
      { type: 'SchoolTimetableRecorded', data: { childId: 'child-1', versionId: 'cmd-1' } },
    ]);
  });

  it('C-4: only links of the same child carry an erasure, until they are undone', () => {
    const link = (otherCaseId: string, linkKind: 'SAME_CHILD' | 'SAME_AUTHOR') =>
      said('CaseLinked', { otherCaseId, linkKind, urgency: 'ORDINARY', mirrored: false } as never);
    const state = [
      opened,
      link('case-2', 'SAME_CHILD'),
      link('case-2', 'SAME_CHILD'),
      link('case-3', 'SAME_AUTHOR'),
      link('case-4', 'SAME_CHILD'),
      said('CaseUnlinked', { otherCaseId: 'case-4', unlinkReason: 'ANOTHER_CHILD', mirrored: false }),
    ].reduce(vaultDecider.evolve, vaultDecider.initialState);
    expect(state.sameChild).toEqual(['case-2']);
  });
});
