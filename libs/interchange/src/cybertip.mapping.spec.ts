import { readFileSync } from 'node:fs';
import { readCybertip } from './cybertip.document.js';
import { reportInputs } from './cybertip.mapping.js';
import { isProblem } from './xml.js';

const minimal = readFileSync(new URL('./samples/minimal.xml', import.meta.url), 'utf8');
const incidentOf = (content: string) => {
  const document = readCybertip(content);
  if (isProblem(document)) throw new Error(JSON.stringify(document));
  const [input] = reportInputs(document);
  return { forms: input!.forms, incident: (input!.incident ?? []).join('\n'), at: input!.incidentAt };
};

it('C-15: what has a code or a field of its own is not repeated in the platform’s words', () => {
  const { forms, incident, at } = incidentOf(
    minimal.replace(
      /<incidentType>.*<\/incidentType>/,
      '<incidentType>Child Pornography (possession, manufacture, and distribution)</incidentType>',
    ),
  );
  expect(forms).toEqual(['CSAM_CIRCULATION']);
  expect(at).toMatch(/Z$/);
  expect(incident).not.toMatch(/incidentType|incidentDateTime|Pornography/);
});

it('C-15: what has no code of its own keeps them', () => {
  const { forms, incident } = incidentOf(
    minimal.replace(/<incidentType>.*<\/incidentType>/, '<incidentType>Child Sex Trafficking</incidentType>'),
  );
  expect(forms).toEqual(['OTHER']);
  expect(incident).toContain('Child Sex Trafficking');
});
