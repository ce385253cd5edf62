import { ruleBook } from '../index.js';
import { sourceIn } from './source.js';

const ENGLISH = /\b(the|of|in|and|on|are|is|project|practice|standards|days|hours?|policy|last)\b/i;
const SPANISH = /\b(del?|en|sobre|días|horas?|política|práctica|último)\b/i;

it('every source is said in the language of its reader', () => {
  const wrong = Object.entries(ruleBook).flatMap(([id, { source }]) => [
    ...(ENGLISH.test(sourceIn(source, 'es').replaceAll('Disrupting Harm', ''))
      ? [`${id} es: ${sourceIn(source, 'es')}`]
      : []),
    ...(SPANISH.test(sourceIn(source, 'en')) ? [`${id} en: ${sourceIn(source, 'en')}`] : []),
  ]);
  expect(wrong).toEqual([]);
});
