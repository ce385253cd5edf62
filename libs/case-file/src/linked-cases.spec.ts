import { CASE_ID, happened, wanted } from '@resguardo/eventing/testing';
import { given, HEALTH, opened, OTHER_CASE, PFPNNA, receive, reported, THIRD_CASE } from './testing/given.js';

const as = (by: object) => ({ by: by as never });
const linked = (otherCaseId = OTHER_CASE, linkKind = 'SAME_CHILD') =>
  happened('CaseLinked', { otherCaseId, linkKind, urgency: 'ORDINARY', mirrored: false });
const same = (leadCaseId: string, by: object = PFPNNA, otherCaseId = OTHER_CASE) =>
  wanted('confirmFactsSame', { otherCaseId, leadCaseId, reasons: 'Same events' }, as(by));
const distinct = (by: object = PFPNNA) =>
  wanted('confirmFactsDistinct', { otherCaseId: OTHER_CASE, reasons: 'Other events' }, as(by));
const unlink = (by: object = PFPNNA) =>
  wanted('unlinkCase', { otherCaseId: OTHER_CASE, unlinkReason: 'ANOTHER_CHILD' }, as(by));
const link = (known: object) =>
  wanted('linkCase', { searchId: 'search', matchId: 'match', linkKind: 'SAME_CHILD' }, { known });
const saidSame = (leadCaseId: string, otherCaseId = OTHER_CASE) =>
  happened('FactsConfirmedSame', { otherCaseId, leadCaseId, mirrored: false });

describe('C-11: a case is linked from a search', () => {
  it('C-11: that the same person made', () => given(opened()).when(link({})).thenRefused('C-11', 'E-NO-MATCH'));
  it('C-11: and not to itself', () =>
    given(opened())
      .when(link({ otherCaseId: CASE_ID }))
      .thenRefused('C-11', 'E-NO-MATCH'));
  it('C-11: a search that was down is made later, and ends the provisional state', () => {
    const search = (known: object) => wanted('completeDuplicateSearch', { identity: {} }, { known });
    const provisional = opened({ provisional: true });
    given(provisional)
      .when(search({ search: 'NOT_MADE' }))
      .thenRefused('C-11', 'E-SEARCH-DOWN');
    given(provisional)
      .when(search({ search: 'MADE', possibleMatches: 1, sameChildIn: [OTHER_CASE] }))
      .then({ type: 'DuplicateSearchCompleted' }, { type: 'CaseLinked', data: { otherCaseId: OTHER_CASE } });
    expect(
      given(provisional, happened('DuplicateSearchCompleted', { possibleMatches: 0 })).state.opened?.provisional,
    ).toBe(false);
  });
});

describe('C-4: cases of the same child', () => {
  it('C-4: are linked, and once', () => {
    given(opened(), reported({ urgency: 'URGENT' }))
      .when(link({ otherCaseId: OTHER_CASE }))
      .then({ type: 'CaseLinked', data: { otherCaseId: OTHER_CASE, urgency: 'URGENT', mirrored: false } });
    given(opened(), linked())
      .when(link({ otherCaseId: OTHER_CASE }))
      .thenNothing();
    given(opened()).when(receive()).then({ type: 'ReportReceived' });
  });
  it('C-4: are compared by the Child Protection Authority alone', () => {
    given(opened(), linked()).when(distinct(HEALTH)).thenRefused('C-4', 'E-CHILD-PROTECTION-ONLY');
    given(opened(), linked()).when(same(CASE_ID, HEALTH)).thenRefused('C-4', 'E-CHILD-PROTECTION-ONLY');
    given(opened(), linked()).when(unlink(HEALTH)).thenRefused('C-4', 'E-CHILD-PROTECTION-ONLY');
  });
  it('C-4: are undecided until it has spoken, and it may change its mind', () => {
    expect(given(opened(), linked()).state.links).toEqual([
      { otherCaseId: OTHER_CASE, linkKind: 'SAME_CHILD', decided: 'UNDECIDED' },
    ]);
    given(opened(), linked()).when(distinct()).then({ type: 'FactsConfirmedDistinct' });
    given(opened(), linked(), happened('FactsConfirmedDistinct', { otherCaseId: OTHER_CASE, mirrored: false }))
      .when(same(OTHER_CASE))
      .then({ type: 'FactsConfirmedSame', data: { leadCaseId: OTHER_CASE } });
  });
  it('C-4: only linked ones are compared or unlinked', () => {
    given(opened()).when(distinct()).thenRefused('C-4', 'E-NOT-LINKED');
    given(opened(), linked(OTHER_CASE, 'SAME_AUTHOR')).when(distinct()).thenRefused('C-4', 'E-NOT-LINKED');
    given(opened()).when(unlink()).thenRefused('C-4', 'E-NOT-LINKED');
    given(opened(), linked()).when(unlink()).then({ type: 'CaseUnlinked' });
  });
  it('C-4: have one lead: one of the two', () =>
    given(opened(), linked()).when(same(THIRD_CASE)).thenRefused('C-4', 'E-LEAD-IS-NEITHER'));
  it('C-4: have one lead: the one that a third case of the same facts follows', () => {
    const three = [opened(), linked(), saidSame(OTHER_CASE), linked(THIRD_CASE)];
    given(...three)
      .when(same(CASE_ID, PFPNNA, THIRD_CASE))
      .thenRefused('C-4', 'E-LEAD-IS-ANOTHER', { leadCaseId: OTHER_CASE });
    given(...three)
      .when(same(OTHER_CASE, PFPNNA, THIRD_CASE))
      .then({ type: 'FactsConfirmedSame', data: { otherCaseId: THIRD_CASE, leadCaseId: OTHER_CASE } });
  });
  it('C-4: what was said already is not said again', () => {
    given(opened(), linked(), saidSame(CASE_ID)).when(same(CASE_ID)).thenNothing();
    given(opened(), linked(), happened('FactsConfirmedDistinct', { otherCaseId: OTHER_CASE, mirrored: true }))
      .when(distinct())
      .thenNothing();
  });
});

describe('C-4: the same stands on the other stream', () => {
  const note = (name: string, more: object) => wanted(name, { otherCaseId: OTHER_CASE, ...more });
  it('C-4: a link is mirrored once', () => {
    const noted = note('noteCaseLinked', { linkKind: 'SAME_CHILD', urgency: 'URGENT' });
    given(opened())
      .when(noted)
      .then({ type: 'CaseLinked', data: { mirrored: true, urgency: 'URGENT' } });
    given(opened(), linked()).when(noted).thenNothing();
  });
  it('C-4: a decision and an unlinking are mirrored once', () => {
    given(opened(), linked())
      .when(note('noteFactsSame', { leadCaseId: OTHER_CASE }))
      .then({ type: 'FactsConfirmedSame', data: { leadCaseId: OTHER_CASE, mirrored: true } });
    given(opened(), linked(), saidSame(OTHER_CASE))
      .when(note('noteFactsSame', { leadCaseId: OTHER_CASE }))
      .thenNothing();
    given(opened(), linked()).when(note('noteFactsDistinct', {})).then({ type: 'FactsConfirmedDistinct' });
    given(opened(), linked())
      .when(note('noteCaseUnlinked', { unlinkReason: 'ANOTHER_CHILD' }))
      .then({ type: 'CaseUnlinked' });
    given(opened())
      .when(note('noteCaseUnlinked', { unlinkReason: 'ANOTHER_CHILD' }))
      .thenNothing();
  });
});
