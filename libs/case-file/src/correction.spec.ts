import { happened, wanted } from '@resguardo/eventing/testing';
import { given, HEALTH, opened, PROSECUTOR, reported, supervisorOf } from './testing/given.js';

const byHealth = { actor: HEALTH.actor, agency: 'HEALTH' };
const seen = happened('RetellingRecorded', { accountGiven: true }, { eventId: 'told', ...byHealth });
const correct = (by: object, more: object = {}) =>
  wanted('correctFact', { eventId: 'told', correctionReason: 'TYPED_WRONGLY', ...more }, { by: by as never });
const retract = (by: object, eventId = 'told') =>
  wanted('retractFact', { eventId, retractionReason: 'WRONG_CASE' }, { by: by as never });

describe('C-14: corrections', () => {
  it('C-14: by whoever wrote it, of whatever capability it is', () =>
    given(opened(), seen)
      .when(correct(HEALTH, { fieldName: 'heardBy', correct: 'x' }))
      .then({ type: 'FactCorrected', data: { eventId: 'told', factType: 'RetellingRecorded', fieldName: 'heardBy' } }));
  it('C-14: by their supervisor, not by another agency’s, nor by a colleague', () => {
    given(opened(), seen)
      .when(correct(supervisorOf('HEALTH')))
      .then({ type: 'FactCorrected' });
    given(opened(), seen)
      .when(correct(supervisorOf('PROSECUTOR')))
      .thenRefused('C-14', 'E-NOT-YOURS', { agency: 'HEALTH' });
    given(opened(), seen)
      .when(correct({ ...HEALTH, actor: 'health-2' }))
      .thenRefused('C-14', 'E-NOT-YOURS');
    given(opened(), seen).when(correct(PROSECUTOR)).thenRefused('C-14', 'E-NOT-YOURS');
  });
  it('C-14: what is right lies in the class of what was wrong', () => {
    given(opened(), reported({}, byHealth))
      .when(
        wanted(
          'correctFact',
          { eventId: 'report', correctionReason: 'INCOMPLETE', fieldName: 'summary', correct: 'words' },
          { by: HEALTH },
        ),
      )
      .then({ type: 'FactCorrected', data: { correctD4r: 'words' } });
    given(opened(), reported({}, byHealth))
      .when(
        wanted(
          'correctFact',
          { eventId: 'report', correctionReason: 'INCOMPLETE', fieldName: 'riskFlags', correct: 'THREATS' },
          { by: HEALTH },
        ),
      )
      .then({ type: 'FactCorrected', data: { correctD5: 'THREATS' } });
  });
  it('C-14: of a fact and a field that exist', () => {
    given(opened()).when(correct(HEALTH)).thenRefused('C-14', 'E-NO-FACT');
    given(opened(), seen)
      .when(correct(HEALTH, { fieldName: 'toString' }))
      .thenRefused('C-14', 'E-NO-FIELD');
  });
  it('C-14: a retraction is a fact, and once', () => {
    given(opened(), seen)
      .when(retract(HEALTH))
      .then({ type: 'FactRetracted', data: { eventId: 'told', retractionReason: 'WRONG_CASE' } });
    const gone = happened('FactRetracted', {
      eventId: 'told',
      factType: 'RetellingRecorded',
      retractionReason: 'DUPLICATE',
    });
    given(opened(), seen, gone).when(retract(HEALTH)).thenRefused('C-14', 'E-RETRACTED');
    given(opened(), seen, gone).when(correct(HEALTH)).thenRefused('C-14', 'E-RETRACTED');
  });
  it('C-14: what others stand on is not taken back', () => {
    const mine = opened({}, { actor: HEALTH.actor, agency: 'HEALTH' });
    given(mine).when(retract(HEALTH, 'opened')).thenRefused('C-14', 'E-STANDS', { fact: 'CaseOpened' });
  });
  it('C-14: a retracted fact has no effect any more', () => {
    const assigned = happened('ProtectionRepresentativeAssigned', { staffId: 'rep-1' }, { eventId: 'assigned' });
    const back = happened('FactRetracted', { eventId: 'assigned', factType: 'x', retractionReason: 'WRONG_CASE' });
    expect(given(opened(), assigned, back).state.representative).toBeUndefined();
  });
});
