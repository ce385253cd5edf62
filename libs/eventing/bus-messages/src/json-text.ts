/** How many members a JSON text names. It is known to be JSON, so quotation marks stand around strings and nowhere else. */
const membersNamed = (text: string): number => {
  let named = 0;
  for (let from = text.indexOf('"'); from !== -1; from = text.indexOf('"', from)) {
    let end = from;
    let escaped = true;
    while (escaped) {
      end = text.indexOf('"', end + 1);
      escaped = false;
      for (let back = end - 1; text[back] === '\\'; back--) escaped = !escaped;
    }
    from = end + 1;
    while (/\s/.test(text[from] ?? '')) from++;
    if (text[from] === ':') named++;
  }
  return named;
};

const membersLeft = (value: unknown): number =>
  typeof value !== 'object' || value === null
    ? 0
    : (Array.isArray(value) ? 0 : Object.keys(value).length) +
      Object.values(value).reduce<number>((sum, member) => sum + membersLeft(member), 0);

/** Whether an object in the text names a member twice: a parser keeps one of them, and another parser may keep the other. */
export const namesTwice = (text: string, parsed: unknown): boolean => membersNamed(text) !== membersLeft(parsed);
