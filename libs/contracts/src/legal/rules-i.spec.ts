import { allFacts } from '../timeline/index.js';
import { fieldsFor } from '../services.js';
import { rulesI } from './rules-i.js';

it('section I: R-807 and R-810 wait, and each says for what', () => {
  const waiting = Object.entries(rulesI).filter(([, { state }]) => state === 'waiting');
  expect(waiting.map(([id]) => id)).toEqual(['R-807', 'R-810']);
  for (const [, { waitsFor }] of waiting) expect(waitsFor).toEqual(expect.stringMatching(/\w{4}/));
});

it('R-807: nothing that insights is told says sex, age, disability, economic condition or ethnic origin', () => {
  const told = Object.keys(allFacts).flatMap((type) => fieldsFor('insights', type, 'HEALTH'));
  expect(told.filter((name) => /sex|gender|age(Band)?$|disab|econom|ethnic/i.test(name))).toEqual([]);
});
