import { allFacts } from '../timeline/index.js';
import { holds } from '../permissions.js';
import { rulesH } from './rules-h.js';

/** Rules of section H that nobody can act on through the product yet, each by its id. */
const WAITING = ['R-708', 'R-709', 'R-711', 'R-713', 'R-714', 'R-715', 'R-717', 'R-718', 'R-721'];

it('section H: exactly these rules wait, and each says for what', () => {
  const waiting = Object.entries(rulesH).filter(([, { state }]) => state === 'waiting');
  expect(waiting.map(([id]) => id)).toEqual(WAITING);
  for (const [, { waitsFor }] of waiting) expect(waitsFor).toEqual(expect.stringMatching(/\w{4}/));
});

it('R-710: that the privacy notice was given, and in which form, is a fact', () => {
  expect(Object.keys(allFacts['PrivacyNoticeGiven']!.fields)).toEqual(
    expect.arrayContaining(['version', 'formatCode', 'language']),
  );
});

it('R-712: a referral names its recipient and its purpose; what it needs is sealed', () => {
  const { to, purpose, message } = allFacts['ReferralMade']!.fields;
  expect([to?.kind, purpose?.kind, message?.sealed]).toEqual(['code', 'code', true]);
});

it('R-722: who opened the record is kept per case, and the representative of the child may read it', () => {
  expect(allFacts['RecordViewed']!.fields).toHaveProperty('cases');
  expect(holds('REPRESENTATIVE', 'CHILD_PROTECTION', 'audit:read')).toBe(true);
});

it('every refusal of section H says why and what to do instead, in both languages', () => {
  for (const { refusals = {} } of Object.values(rulesH))
    for (const { because, instead } of Object.values(refusals))
      for (const { es, en } of [because, instead]) {
        expect(es.length).toBeGreaterThan(15);
        expect(en.length).toBeGreaterThan(15);
      }
});
