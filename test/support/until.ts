/** Whoever looks again leaves the machine to what it looks for. Milliseconds. */
const BREATH_MS = 20;

/** Looks until what is looked for is there; a minute at the most, unless said. What went wrong last is the cause of the error. */
export const until = async <T>(what: string, look: () => Promise<T | undefined>, ms = 60_000): Promise<T> => {
  let last: unknown;
  for (const end = Date.now() + ms; Date.now() < end;) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, BREATH_MS));
  }
  throw new Error(`${what} did not come`, { cause: last });
};
