/**
 * One text for one value, whatever order its keys came in: keys sorted by UTF-16 code units, no white space, strings and
 * numbers as JSON.stringify writes them, keys whose value is undefined left out (as JSON does).
 * Two values with the same canonical text are equal after a round trip through JSON. The history's hashes rest on it (D6): never change it.
 */
export const canonical = (value: unknown): string => {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    let text = '';
    for (const key of Object.keys(value).sort()) {
      const member = (value as Record<string, unknown>)[key];
      if (member !== undefined) text += `${text && ','}${quoted(key)}:${canonical(member)}`;
    }
    return `{${text}}`;
  }
  if (typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  throw new TypeError(`${typeof value === 'number' ? value : typeof value} has no place in JSON`);
};

/** Printable ASCII but for quotation mark and backslash: JSON.stringify would only put quotation marks around it. */
const PLAIN = /^[ !#-[\]-~]*$/;

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));
