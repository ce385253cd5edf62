import { caseSigns, folioOf } from './report.js';

const CASE = '0f9a1c52-5b0e-4c11-9f4e-6d2f7a10b3c4';

it('C-9: a case has one name by its id and by its folio, however the folio is written', () => {
  const folio = folioOf(CASE, '17', '2026-03-02T10:00:00.000Z', 'America/Mexico_City');
  expect(folio).toMatch(/^17-26-[0-9A-Z]{8}$/);
  const byId = caseSigns({ caseId: CASE });
  expect(byId).toBe(folio.slice(-8));
  for (const written of [folio, folio.toLowerCase(), ` ${folio} `]) expect(caseSigns({ folio: written })).toBe(byId);
  expect(caseSigns({ caseId: CASE.toUpperCase(), folio: null })).toBe(byId);
});

it('C-9: what is neither names no case, and gives back nothing of itself', () => {
  for (const folio of ['', 'Nombre Inventado', '17-26', '17-26-ILOU0000', `17-26-00000000-1`])
    expect(caseSigns({ folio })).toBeUndefined();
  expect([caseSigns({}), caseSigns({ caseId: 'no id' })]).toEqual([undefined, undefined]);
});
