import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canariesIn } from '../testing/canary-forms.js';
import { curpCheckDigit, validateCurp } from './curp.js';
import { normaliseHandle } from './handle.js';
import { nameKeys, nameWords, phonetic } from './names.js';
import { normalisePhone } from './phone.js';
import { changed } from './record.js';
import { overlapsTimetable } from './timetable.js';

const curp = (root: string) => `${root}${curpCheckDigit(root)}`;

describe('CURP', () => {
  it('R-703: a right one gives birth date, sex and state', () => {
    expect(validateCurp(curp('TEXA140517MMSSXNA'))).toMatchObject({
      valid: true,
      birthDate: '2014-05-17',
      sex: 'M',
      state: 'MS',
      review: [],
    });
    expect(validateCurp(` ${curp('TEXA980517HNTSXN0').toLowerCase()} `)).toMatchObject({ birthDate: '1998-05-17' });
  });

  it('R-703: each mistake is named', () => {
    const right = curp('TEXA140517MMSSXNA');
    const digit = Number(right[17]);
    expect(validateCurp(`${right.slice(0, 17)}${(digit + 1) % 10}`)).toEqual({
      valid: false,
      problems: ['CHECK_DIGIT'],
    });
    expect(validateCurp(right.slice(0, 17))).toEqual({ valid: false, problems: ['FORMAT'] });
    expect(validateCurp(`TEÑA${right.slice(4)}`)).toEqual({ valid: false, problems: ['FORMAT'] });
    expect(validateCurp(curp('TEXA140517MZZSXNA'))).toEqual({ valid: false, problems: ['STATE'] });
    expect(validateCurp(curp('TEXA140431MMSSXNA'))).toEqual({ valid: false, problems: ['DATE'] });
    expect(validateCurp(curp('TEXA141317MMSSXNA'))).toEqual({ valid: false, problems: ['DATE'] });
  });

  it('R-703: the century letter decides whether 29 February existed', () => {
    expect(validateCurp(curp('TEXA000229MMSSXNA')).valid).toBe(true);
    expect(validateCurp(curp('TEXA000229MMSSXN0')).valid).toBe(false);
    expect(validateCurp(curp('TEXA130229MMSSXNA')).valid).toBe(false);
  });

  it('R-703: sex X is accepted and shown for review', () => {
    expect(validateCurp(curp('TEXA140517XMSSXNA'))).toMatchObject({ valid: true, sex: 'X', review: ['SEX_X'] });
  });
});

describe('Telephones', () => {
  it.each([
    ['777 212 3456'],
    ['+52 777 212 3456'],
    ['52 777 2123456'],
    ['+52 1 777 212 3456'],
    ['521 777 212 3456'],
    ['044 777 212 3456'],
    ['045-777-212-3456'],
    ['01 (777) 212 3456'],
    ['0052 777 212 3456'],
  ])('R-703: %s is the same telephone as the others', (typed) => {
    expect(normalisePhone(typed)).toEqual({ valid: true, e164: '+527772123456' });
  });

  it('R-217: report lines are channels, not telephones', () => {
    for (const line of ['088', '089', '911'])
      expect(normalisePhone(line)).toEqual({ valid: false, problem: 'SHORT_CODE' });
  });

  it('R-703: what is no number is told', () => {
    for (const typed of ['', '123', '777 212 345', 'sin teléfono'])
      expect(normalisePhone(typed)).toEqual({ valid: false, problem: 'NOT_A_NUMBER' });
    expect(normalisePhone('+1 415 555 2671')).toEqual({ valid: true, e164: '+14155552671' });
  });
});

describe('Handles', () => {
  it('R-703: the same account in any spelling is the same, on its platform only', () => {
    const same = ['@Luna_Ficticia', 'luna_ficticia ', 'https://www.instagram.com/luna_ficticia/?hl=es'];
    for (const handle of same)
      expect(normaliseHandle({ platform: 'instagram', handle })).toEqual({
        platform: 'INSTAGRAM',
        handle: 'luna_ficticia',
      });
    expect(normaliseHandle({ platform: 'TIKTOK', handle: 'https://tiktok.com/@luna.f' })?.handle).toBe('luna.f');
    expect(normaliseHandle({ platform: 'X', handle: ' @ ' })).toBeUndefined();
  });
});

describe('Names', () => {
  const values = (name: Parameters<typeof nameKeys>[0], form?: (w: string) => string) =>
    nameKeys(name, form).map(({ value }) => value);
  const meets = (a: Parameters<typeof nameKeys>[0], b: Parameters<typeof nameKeys>[0], form?: (w: string) => string) =>
    values(a, form).some((value) => values(b, form).includes(value));

  it('R-703: accents, particles, hyphens and abbreviations do not matter, ñ does', () => {
    expect(nameWords('María de los Ángeles')).toEqual(['maria', 'angeles']);
    expect(nameWords('Ma. de la Luz')).toEqual(['maria', 'luz']);
    expect(nameWords("D'Ávila-Güereña")).toEqual(['davila', 'guereña']);
    expect(nameWords('Pen\u0303a')).toEqual(['peña']);
    expect(nameWords('Pena')).not.toEqual(nameWords('Peña'));
    expect(phonetic('peña')).toBe(phonetic('pena'));
  });

  it.each([
    ['valdez', 'baldes'],
    ['jimenez', 'gimenes'],
    ['ximena', 'jimena'],
    ['hernandez', 'ernandes'],
    ['villa', 'viya'],
    ['cecilia', 'sesilia'],
    ['quique', 'kike'],
    ['guerrero', 'guerero'],
    ['vanessa', 'banesa'],
    ['yamileth', 'llamilet'],
    ['zoe', 'soe'],
    ['campos', 'canpos'],
    ['karen', 'caren'],
    ['felix', 'feliz'],
    ['sarahi', 'sarai'],
    ['rosy', 'rosi'],
  ])('R-703: %s sounds like %s', (a, b) => {
    expect(phonetic(a)).toBe(phonetic(b));
  });

  it.each([
    ['perez', 'lopez'],
    ['ana', 'eva'],
    ['rosa', 'luisa'],
    ['garcia', 'gracia'],
  ])('R-703: %s does not sound like %s', (a, b) => {
    expect(phonetic(a)).not.toBe(phonetic(b));
  });

  it('R-703: two surnames, one surname, swapped fields and one field meet; a single word meets nobody', () => {
    const full = { givenNames: 'Ficticia Luz', firstSurname: 'Valdovinos', secondSurname: 'Quezada' };
    expect(meets(full, { givenNames: 'Ficticia', firstSurname: 'Valdovinos' })).toBe(true);
    expect(meets(full, { givenNames: 'Luz', firstSurname: 'Quezada' })).toBe(true);
    expect(meets(full, { givenNames: 'Valdovinos Quezada', firstSurname: 'Ficticia', secondSurname: 'Luz' })).toBe(
      true,
    );
    expect(meets(full, { givenNames: 'ficticia luz valdovinos quezada' })).toBe(true);
    expect(meets(full, { givenNames: 'Fictisia', firstSurname: 'Baldobinos' }, phonetic)).toBe(true);
    expect(meets(full, { givenNames: 'Ficticia', firstSurname: 'Otrora' })).toBe(false);
    expect(nameKeys({ givenNames: 'Ficticia' })).toEqual([]);
    expect(nameKeys({ firstSurname: 'Valdovinos' })).toEqual([]);
  });

  it('R-703: for any name, order and accents change no key', () => {
    const letter = fc.constantFrom(...'aábcdeéfghiíjlmnñoóprstuúüvxyz');
    const word = fc.array(letter, { minLength: 3, maxLength: 9 }).map((letters) => letters.join(''));
    const words = fc.array(word, { minLength: 2, maxLength: 4 });
    const bare = (text: string) => text.replace(/[áéíóúü]/g, (c) => c.normalize('NFD').charAt(0)).toUpperCase();
    fc.assert(
      fc.property(words, word, word, fc.nat(), (given, first, second, turn) => {
        const turned = [...given.slice(turn % given.length), ...given.slice(0, turn % given.length)];
        const a = nameKeys({ givenNames: given.join(' '), firstSurname: first, secondSurname: second });
        const b = nameKeys({
          givenNames: turned.map(bare).join(' de la '),
          firstSurname: bare(second).normalize('NFD'),
          secondSurname: bare(first),
        });
        const whole = (keys: typeof a) =>
          keys
            .filter((key) => key.whole)
            .map(({ value }) => value)
            .sort();
        expect(whole(b)).toEqual(whole(a));
      }),
    );
  });

  it('R-703: for any two spellings that are exactly alike, the sound is alike', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), (text) => {
        const sounds = (typed: string) => nameWords(typed).map(phonetic);
        expect(sounds(text.normalize('NFD'))).toEqual(sounds(text.normalize('NFC')));
      }),
    );
  });
});

describe('The weekly timetable', () => {
  const blocks = [{ weekday: 'MON', from: '08:00', until: '13:30', validUntil: '2026-12-18' }] as const;
  const zone = 'America/Mexico_City';

  it('R-018: a slot in school hours touches it, one after school does not', () => {
    expect(overlapsTimetable(blocks, '2026-11-30T15:00:00Z', 60, zone)).toBe(true);
    expect(overlapsTimetable(blocks, '2026-11-30T19:30:00Z', 60, zone)).toBe(false);
    expect(overlapsTimetable(blocks, '2026-11-30T19:29:00Z', 1, zone)).toBe(true);
    expect(overlapsTimetable(blocks, '2026-11-30T13:00:00Z', 60, zone)).toBe(false);
    expect(overlapsTimetable(blocks, '2026-11-30T13:00:00Z', 61, zone)).toBe(true);
  });

  it('R-018: other days, another zone and an ended term count', () => {
    expect(overlapsTimetable(blocks, '2026-12-01T15:00:00Z', 60, zone)).toBe(false);
    expect(overlapsTimetable(blocks, '2026-11-30T19:45:00Z', 30, 'America/Mazatlan')).toBe(true);
    expect(overlapsTimetable(blocks, '2026-12-21T15:00:00Z', 60, zone)).toBe(false);
  });
});

describe('A record', () => {
  it('R-703: a correction changes what it names and nothing else; lists grow unless replaced', () => {
    const before = { givenNames: 'Ficticia', school: 'Escuela Inventada', phones: ['1'] };
    expect(changed(before, { givenNames: 'Fictícia', phones: ['1', '2'] })).toEqual({
      givenNames: 'Fictícia',
      school: 'Escuela Inventada',
      phones: ['1', '2'],
    });
    expect(changed(before, { phones: ['3'], replaces: ['phones'], school: null })).toEqual({
      givenNames: 'Ficticia',
      phones: ['3'],
    });
  });
});

describe('Canary forms', () => {
  it('D5: a planted value is found however it is disguised', () => {
    const value = 'Ñandutí Zafírea';
    for (const leak of [
      `log: ${value}`,
      `x${Buffer.from(`a${value}bc`).toString('base64')}`,
      `x${Buffer.from(`ab${value}bcd`).toString('base64')}`,
      Buffer.from(value).toString('hex'),
      '{"n":"\\u00d1andut\\u00ed Zaf\\u00edrea"}',
      nameWords(value).map(phonetic).join(' '),
      encodeURIComponent(value),
    ])
      expect(canariesIn(Buffer.from(leak), value)).not.toEqual([]);
    expect(canariesIn(Buffer.from(`q${value}`, 'utf16le').subarray(0), value)).toContain('utf16');
    expect(canariesIn(Buffer.from('nothing of the kind'), value)).toEqual([]);
  });
});

const samples = process.env['RESGUARDO_SAMPLES'];
const shared = (name: string) => {
  const path = samples && join(samples, 'geo-mx', name);
  return path && existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as { vectors: Record<string, unknown>[] })
    : { vectors: [] };
};

describe('Vectors made by others, where they are at hand', () => {
  it('R-703: agree about CURPs', () => {
    for (const { curp: given, valid, birth } of shared('curp-vectores.json').vectors) {
      const verdict = validateCurp(String(given));
      expect([given, verdict.valid]).toEqual([given, valid]);
      if (verdict.valid) expect(verdict.birthDate).toBe(birth);
    }
  });

  it('R-703: agree about telephones, old prefixes apart', () => {
    for (const { input, e164, valid } of shared('telefonos-mx-vectores.json').vectors) {
      if (valid) expect(normalisePhone(String(input))).toEqual({ valid, e164 });
      else if (!/^(0[14]|\+52 1)/.test(String(input))) expect(normalisePhone(String(input)).valid).toBe(false);
    }
  });
});
