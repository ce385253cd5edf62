import { allCommands } from '@resguardo/contracts';
import { happened, scenarios, wanted } from '@resguardo/eventing/testing';
import { breakGlassDecider } from './break-glass.decider.js';

const { given } = scenarios(breakGlassDecider, allCommands);
const AT = '2026-03-02T18:00:00.000Z';
const UNTIL = '2026-03-02T22:00:00.000Z';
const DUE = '2026-03-05T18:00:00.000Z';
const by = (actor: string, agency = 'HEALTH', role = 'OFFICER') => ({ actor, agency, role, states: ['17'] });
const use = (context: object = {}) =>
  wanted(
    'useBreakGlass',
    { danger: 'LIFE', reason: 'Danger to life seen at the ward tonight' },
    { by: by('h'), commandId: 'g1', ...context },
  );
const usedAs = (glassId: string) =>
  happened('BreakGlassUsed', {
    glassId,
    staffId: 'h',
    staffAgency: 'HEALTH',
    danger: 'LIFE',
    until: UNTIL,
    reviewDue: DUE,
    toldAgencies: ['HEALTH', 'CHILD_PROTECTION'],
  });
const used = usedAs('g1');
const review = (context: object, verdict = 'JUSTIFIED') =>
  wanted('reviewBreakGlass', { glassId: 'g1', verdict }, { by: by('s', 'HEALTH', 'SUPERVISOR'), ...context });

it('R-704: opens one case for four hours, tells both supervisors at once and asks for a review within 72 hours', () => {
  given()
    .when(use())
    .then({
      type: 'BreakGlassUsed',
      data: {
        glassId: 'g1',
        staffId: 'h',
        staffAgency: 'HEALTH',
        until: UNTIL,
        reviewDue: DUE,
        toldAgencies: ['HEALTH', 'CHILD_PROTECTION'],
      },
    });
});
it('R-704: an intermediary has no supervisor of their own: the Child Protection Authority is told', () => {
  given()
    .when(use({ by: by('m', 'INTERMEDIARY_REGISTER', 'INTERMEDIARY') }))
    .then({ type: 'BreakGlassUsed', data: { toldAgencies: ['CHILD_PROTECTION'] } });
});
it('R-704: without a reason in words it is refused', () => {
  given()
    .when(wanted('useBreakGlass', { danger: 'LIFE', reason: '                 urgent        ' }, { by: by('h') }))
    .thenRefused('R-704', 'E-GLASS-REASON');
});
it('R-704: it is not extended by using it again while it runs', () => {
  given(used)
    .when(use({ at: '2026-03-02T21:59:59.000Z', commandId: 'g2' }))
    .thenRefused('R-704', 'E-GLASS-OPEN', { until: UNTIL });
});
it('R-704: after its end a new danger opens the case again; another person may at any time', () => {
  given(used)
    .when(use({ at: UNTIL, commandId: 'g2' }))
    .then({ type: 'BreakGlassUsed', data: { glassId: 'g2' } });
  given(used)
    .when(use({ by: by('h2'), commandId: 'g2' }))
    .then({ type: 'BreakGlassUsed' });
});
it('R-704: who is on the team does not need it, who was taken off may', () => {
  const joined = happened('TeamMemberAdded', { staffId: 'h', agency: 'HEALTH', role: 'OFFICER' });
  given(joined).when(use()).thenRefused('R-704', 'E-GLASS-TEAM');
  given(joined, happened('TeamMemberRemoved', { staffId: 'h' }))
    .when(use())
    .then({ type: 'BreakGlassUsed' });
});
it('R-706: no danger opens the case to who has a conflict of interest in it', () => {
  given(happened('ConflictOfInterestDeclared', { who: 'OTHER_OFFICIAL', staffId: 'h' }))
    .when(use())
    .thenRefused('R-706', 'E-CONFLICT');
});

describe('giving it back', () => {
  const end = (context: object) => wanted('endBreakGlass', { glassId: 'g1' }, { by: by('h'), ...context });
  it('R-704: ends it; once more changes nothing', () => {
    given(used)
      .when(end({}))
      .then({ type: 'BreakGlassEnded', data: { glassId: 'g1', staffId: 'h' } });
    given(used, happened('BreakGlassEnded', { glassId: 'g1', staffId: 'h' }))
      .when(end({}))
      .thenNothing();
    given(used)
      .when(end({ at: UNTIL }))
      .thenNothing();
  });
  it('R-704: is for its user alone', () => {
    given(used)
      .when(end({ by: by('h2') }))
      .thenRefused('R-704', 'E-GLASS-UNKNOWN');
    given().when(end({})).thenRefused('R-704', 'E-GLASS-UNKNOWN');
  });
});

describe('the review', () => {
  it('R-704: is made by a supervisor of the user’s agency or of the Child Protection Authority', () => {
    given(used)
      .when(review({}))
      .then({ type: 'BreakGlassReviewed', data: { glassId: 'g1', verdict: 'JUSTIFIED' } });
    given(used)
      .when(review({ by: by('s', 'CHILD_PROTECTION', 'SUPERVISOR') }))
      .then({ type: 'BreakGlassReviewed' });
    for (const other of [by('s', 'PROSECUTOR', 'SUPERVISOR'), by('h2'), by('r', 'CHILD_PROTECTION', 'REPRESENTATIVE')])
      given(used)
        .when(review({ by: other }))
        .thenRefused('R-704', 'E-GLASS-REVIEWER', { agency: 'HEALTH' });
  });
  it('C-12, R-704: nobody reviews their own, also not as a supervisor', () => {
    given(used)
      .when(review({ by: by('h', 'HEALTH', 'SUPERVISOR') }))
      .thenRefused('R-704', 'E-GLASS-OWN');
  });
  it('R-704: is made once, of something that took place', () => {
    given(used, happened('BreakGlassReviewed', { glassId: 'g1', verdict: 'JUSTIFIED' }))
      .when(review({}))
      .thenRefused('R-704', 'E-GLASS-REVIEWED');
    given().when(review({})).thenRefused('R-704', 'E-GLASS-UNKNOWN');
  });
  it('R-704: after 72 hours is recorded and stamped', () => {
    given(used)
      .when(review({ at: DUE }))
      .thenUnstamped();
    given(used)
      .when(review({ at: '2026-03-05T18:00:00.001Z' }))
      .thenStamped('R-704');
  });
  it('R-704: what was not right ends at once', () => {
    given(used)
      .when(review({ at: AT }, 'NOT_JUSTIFIED'))
      .then({ type: 'BreakGlassReviewed' }, { type: 'BreakGlassEnded', data: { glassId: 'g1', staffId: 'h' } });
    given(used)
      .when(review({ at: UNTIL }, 'NOT_JUSTIFIED'))
      .then({ type: 'BreakGlassReviewed' });
  });
  it('R-704: what was not right ends also what its user has opened since, and is not opened again', () => {
    const since = usedAs('g2');
    const ended = happened('BreakGlassEnded', { glassId: 'g1', staffId: 'h' });
    given(used, ended, since)
      .when(review({ at: AT }, 'NOT_JUSTIFIED'))
      .then({ type: 'BreakGlassReviewed' }, { type: 'BreakGlassEnded', data: { glassId: 'g2', staffId: 'h' } });
    for (const verdict of ['NOT_JUSTIFIED', 'DISCIPLINARY_REFERRAL']) {
      const found = happened('BreakGlassReviewed', { glassId: 'g1', verdict });
      given(used, ended, found).when(use()).thenRefused('R-704', 'E-GLASS-WRONG');
      given(used, ended, found)
        .when(use({ by: by('h2'), commandId: 'g2' }))
        .then({ type: 'BreakGlassUsed' });
    }
    given(used, ended, happened('BreakGlassReviewed', { glassId: 'g1', verdict: 'JUSTIFIED' }))
      .when(use({ commandId: 'g2' }))
      .then({ type: 'BreakGlassUsed' });
  });
});
