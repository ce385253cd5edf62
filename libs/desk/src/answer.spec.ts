import { type Refusal, refuse } from '@resguardo/eventing';
import { commandResult } from './answer.js';

type Texts = Readonly<Record<'because' | 'instead' | 'source', (asked: { locale: 'ES' | 'EN' }) => string>>;
const because = (refusal: Refusal) =>
  (['ES', 'EN'] as const).map((locale) =>
    (commandResult({ kind: 'refused', refusal }, 'c') as Texts).because({ locale }),
  );
describe('a refusal in words', () => {
  it('R-005: the agencies that have not answered, by their names', () =>
    expect(
      because(refuse('R-005', 'E-INT-ROUND', { closes: '2026-03-01T18:00:00.000Z', silent: 'HEALTH, PROSECUTOR' })),
    ).toEqual([
      'La ronda de preguntas sigue abierta; faltan: Servicios de salud, Fiscalía.',
      'The question round is still open; missing: Health services, Prosecutor.',
    ]));
  it('R-001: topics by their names', () =>
    expect(because(refuse('R-001', 'E-INT-TOPICS', { topics: 'CONTACT_ONLINE' }))).toEqual([
      expect.stringMatching(/: Contacto en línea\.$/),
      expect.stringMatching(/: Contact online\.$/),
    ]));
  it('R-016: what the exam lacks, in a sentence', () =>
    expect(because(refuse('R-016', 'E-EXAM', { why: 'EXPLANATION' }))).toEqual([
      'El examen todavía no procede: no consta que se le haya explicado.',
      'The exam may not take place yet: it is not on record that it was explained.',
    ]));
});
