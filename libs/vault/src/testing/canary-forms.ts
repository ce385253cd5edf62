import { nameWords, phonetic } from '../identity/names.js';
import { normaliseCurp } from '../identity/curp.js';

/**
 * Every form in which a value planted in a sealed field could show up somewhere: as it is, as searches normalise it, as it sounds,
 * and as encodings disguise it. Look for each of them; bytes are given as Buffers. Short forms are left out: they are found by chance.
 */
export const canaryForms = (value: string): Readonly<Record<string, Buffer>> => {
  const words = nameWords(value);
  const bytes = Buffer.from(value, 'utf8');
  // Base64 looks different at each of the three offsets; the ends depend on the neighbours and are cut off.
  const base64 = (offset: number) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
      .slice(offset === 0 ? 0 : 4, -3);
  const json = JSON.stringify(value).slice(1, -1);
  const escaped = json.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const forms: Record<string, string | Buffer> = {
    raw: value,
    lower: value.toLowerCase(),
    upper: value.toUpperCase(),
    normalised: words.join(' '),
    sorted: [...words].sort().join(' '),
    phonetic: words.map(phonetic).join(' '),
    curp: normaliseCurp(value),
    digits: value.replace(/\D/g, ''),
    base64: base64(0),
    base64Second: base64(1),
    base64Third: base64(2),
    base64url: bytes.toString('base64url').slice(0, -3),
    hex: bytes.toString('hex'),
    hexUpper: bytes.toString('hex').toUpperCase(),
    json,
    jsonEscaped: escaped,
    jsonTwice: JSON.stringify(escaped).slice(1, -1),
    uri: encodeURIComponent(value),
    utf16: Buffer.from(value, 'utf16le'),
    decomposed: value.normalize('NFD'),
  };
  return Object.fromEntries(
    Object.entries(forms)
      .map(([name, form]) => [name, typeof form === 'string' ? Buffer.from(form) : form] as const)
      // Traces are full of long numbers: the few digits of a CURP are found in them, those of a telephone are not.
      .filter(([name, form]) => form.length >= (name === 'digits' ? 10 : 6)),
  );
};

/** Names of the forms of a planted value that occur in the bytes. Empty is what one hopes for. */
export const canariesIn = (haystack: Buffer, value: string): readonly string[] =>
  Object.entries(canaryForms(value))
    .filter(([, form]) => haystack.includes(form))
    .map(([name]) => name);
