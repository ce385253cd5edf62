import { oversightFacts } from '@resguardo/contracts/timeline';
import { projected } from '@resguardo/eventing';
import { factMessage } from '@resguardo/eventing/testing';
import { accessLog, refusalLog } from './access-log.projection.js';
import { caseParts } from './case-parts.projection.js';
import { glassLog } from './glass-log.projection.js';

const only = <Row>(rows: ReadonlyMap<string, Row>) => [...rows.values()];

const mended = { cases: ['c'], service: 'health', follower: 'timeline_entries', revision: 5, factType: 'CaseOpened' };

it('R-705: a reading, a denial, an export and an order have a row each; other facts have none', () => {
  const rows = projected(accessLog, [
    factMessage('c', 0, 'RecordViewed', {
      operation: 'timeline',
      cases: ['c'],
      classes: ['D0'],
      purpose: 'CARE',
      via: 'break-glass',
      task: 'g1',
    }),
    factMessage('c', 1, 'AccessDenied', { operation: 'detail', cases: ['c'], rule: 'R-701', code: 'E-NEED' }),
    factMessage('c', 2, 'ExportMade', { operation: 'x', cases: ['c'], classes: [], purpose: 'CARE', entries: 3 }),
    factMessage('c', 3, 'CaseOpened', {}),
    factMessage('c', 4, 'RetryOrdered', { ...mended, operation: 'retryParkedCase' }),
    factMessage('c', 5, 'SetAsideOrdered', { ...mended, operation: 'setParkedCaseAside', reason: 'SAID_AGAIN' }),
  ]);
  expect(only(rows).map(({ kind }) => kind)).toEqual(['VIEWED', 'DENIED', 'EXPORTED', 'RETRIED', 'SET_ASIDE']);
  expect(only(rows).slice(3)).toMatchObject([
    { operation: 'retryParkedCase', cases: ['c'], service: 'health' },
    { operation: 'setParkedCaseAside', cases: ['c'], service: 'health', code: 'SAID_AGAIN' },
  ]);
  expect(only(rows)[3]).not.toHaveProperty('code');
  expect(only(rows)[0]).toMatchObject({ actor: 'officer-1', agency: 'HEALTH', via: 'break-glass', purpose: 'CARE' });
  expect(only(rows)[1]).not.toHaveProperty('purpose');
});

it('a refusal’s row names command, rule and code, and nothing of what was typed', () => {
  const said = { command: 'planInterview', rule: 'R-002', code: 'E-INT-LOCKED', because: { agency: 'HEALTH' } };
  expect(only(projected(refusalLog, [factMessage('c', 0, 'CommandRefused', said)]))).toEqual([
    {
      eventId: 'c-0',
      caseId: 'c',
      actor: 'officer-1',
      agency: 'HEALTH',
      role: 'OFFICER',
      at: '2026-01-01T12:00:00.000Z',
      command: 'planInterview',
      rule: 'R-002',
      code: 'E-INT-LOCKED',
    },
  ]);
});

it('R-704: a use of break-glass keeps one row through its end and its review', () => {
  const rows = projected(glassLog, [
    factMessage('c', 0, 'BreakGlassUsed', { glassId: 'g1', staffId: 'h', staffAgency: 'HEALTH', danger: 'LIFE' }),
    factMessage('c', 1, 'BreakGlassUsed', { glassId: 'g2', staffId: 'h', staffAgency: 'HEALTH', danger: 'LIFE' }),
    factMessage('c', 2, 'BreakGlassEnded', { glassId: 'g1', staffId: 'h' }),
    factMessage('c', 3, 'BreakGlassReviewed', { glassId: 'g1', verdict: 'JUSTIFIED' }),
  ]);
  const pending = glassLog.columns!['pending']!;
  expect([...rows].map(([key, row]) => [key, pending.of(row, key)])).toEqual([
    ['g1', false],
    ['g2', true],
  ]);
  expect(rows.get('g1')).toMatchObject({ verdict: 'JUSTIFIED', reviewedBy: 'officer-1', eventId: 'c-0' });
});

it('an agency takes part in a case by opening it, by its people, or by being asked; never twice', () => {
  const rows = projected(caseParts, [
    factMessage('c', 0, 'CaseOpened', { folio: 'F-1', state: '17', sourceAgency: 'PROSECUTOR' }),
    factMessage('c', 1, 'TeamMemberAdded', { staffId: 'p', agency: 'PROSECUTOR', role: 'OFFICER' }),
    factMessage('c', 2, 'ReferralMade', { to: 'HEALTH' }),
    factMessage('c', 3, 'LegalAdviserAssigned', { staffId: 'l' }),
    factMessage('c', 4, 'ReportReceived', {}),
  ]);
  expect(rows.get('c')).toEqual({
    folio: 'F-1',
    state: '17',
    agencies: ['PROSECUTOR', 'HEALTH', 'VICTIMS_COMMISSION'],
    blocked: [],
  });
});

it('C-10: what oversight keeps in clear are codes, ids and times; every free text of it is sealed', () => {
  for (const { fields } of Object.values(oversightFacts))
    for (const field of Object.values(fields)) if (field.kind === 'text') expect(field.sealed).toBe(true);
});
