/** A name as Mexican documents hold it. Any part may be missing. */
export interface NameParts {
  readonly givenNames?: string;
  readonly firstSurname?: string;
  readonly secondSurname?: string;
}

/** Words between names that people leave out as often as they write them. */
const PARTICLES = ['de', 'la', 'las', 'los', 'el', 'del', 'y', 'e', 'da', 'do', 'dos', 'van', 'von'];
/** How names are abbreviated on forms. */
const ABBREVIATED: Readonly<Record<string, string>> = { ma: 'maria', fco: 'francisco', gpe: 'guadalupe', jse: 'jose' };
/** Stands for ñ while marks are taken off: ñ is a letter of its own and no accented n. */
const ENYE = '\u0001';

/**
 * Words of a name: lower case, without accents, particles, hyphens and dots. ñ stays ñ here, so that *exact* means exact;
 * the phonetic key makes it n, because half of all forms and every CURP cannot write it.
 */
export const nameWords = (text: string): readonly string[] => {
  const words = text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ñ', ENYE)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll(ENYE, 'ñ')
    .replace(/['’`´]/g, '')
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');
  const kept = words.filter((word) => !PARTICLES.includes(word));
  return (kept.length > 0 ? kept : words).map((word) =>
    Object.hasOwn(ABBREVIATED, word) ? (ABBREVIATED[word] ?? word) : word,
  );
};

/**
 * How a word sounds in Mexican Spanish: b and v, s, c and z, ll and y, g and j, a mute h, k, c and qu, doubled letters,
 * n before p and b. x is j (Ximena, Jimena) but s at the end (Félix, Feliz).
 */
export const phonetic = (word: string): string =>
  word
    .replaceAll('ñ', 'n')
    .replaceAll('ç', 's')
    .replaceAll('ph', 'f')
    .replaceAll('sh', 's')
    .replaceAll('ch', 'C')
    .replaceAll('h', '')
    .replaceAll('ll', 'y')
    .replace(/sc(?=[ei])/g, 's')
    .replace(/ck|cqu|qu|q/g, 'k')
    .replace(/c(?=[eiy])/g, 's')
    .replaceAll('c', 'k')
    .replaceAll('z', 's')
    .replaceAll('v', 'b')
    .replaceAll('w', 'u')
    .replace(/x$/g, 's')
    .replaceAll('x', 'j')
    .replace(/gu(?=[ei])/g, 'G')
    .replace(/g(?=[eiy])/g, 'j')
    .replaceAll('G', 'g')
    .replace(/y$/g, 'i')
    .replace(/y(?![aeiou])/g, 'i')
    .replace(/m(?=[bp])/g, 'n')
    .replace(/(.)\1+/g, '$1');

/** One way in which a name can be found. `whole`: both surnames, or all that was known; else a part of it, which says less. */
export interface NameKey {
  readonly value: string;
  readonly whole: boolean;
}

/**
 * Every combination under which a name is filed and looked for. Words are sorted, so that their order, and which of them went into
 * which field, does not matter; a second given name or a second surname that one side does not know makes the match weaker, not absent.
 * A single word finds nobody.
 */
export const nameKeys = (name: NameParts, form: (word: string) => string = (word) => word): readonly NameKey[] => {
  const found: Record<string, boolean> = {};
  const add = (words: readonly string[], whole: boolean): void => {
    if (words.length < 2) return;
    const value = [...words].sort().join(' ');
    found[value] = (found[value] ?? false) || whole;
  };
  for (const { given, first, second } of readings(name)) {
    const [g, a, b] = [given.map(form), first.map(form), second.map(form)];
    add([...g, ...a, ...b], true);
    if (b.length > 0) add([...g, ...a], false);
    for (const one of g) {
      if (a.length > 0 && b.length > 0) add([one, ...a, ...b], g.length > 0);
      if (a.length > 0) add([one, ...a], g.length === 1 && b.length === 0);
      if (b.length > 0) add([one, ...b], false);
    }
  }
  return Object.entries(found).map(([value, whole]) => ({ value, whole }));
};

/** A full name typed into one field is read both ways: one surname at its end, or two. */
const readings = ({ givenNames = '', firstSurname = '', secondSurname = '' }: NameParts) => {
  const [given, first, second] = [nameWords(givenNames), nameWords(firstSurname), nameWords(secondSurname)];
  if (first.length + second.length > 0) return [{ given, first, second }];
  return [
    ...(given.length >= 2 ? [{ given: given.slice(0, -1), first: given.slice(-1), second: [] }] : []),
    ...(given.length >= 3 ? [{ given: given.slice(0, -2), first: given.slice(-2, -1), second: given.slice(-1) }] : []),
  ];
};
