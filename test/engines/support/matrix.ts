/** What one service may do with one resource, as declared and as the real server answers it. What is refused begins with `CLOSED`. */
export interface Cell {
  readonly kind: string;
  readonly service: string;
  readonly resource: string;
  readonly expected: string;
  readonly actual: string;
}

export const CLOSED = '-';
/** Refused, and in which words. */
export const closed = (code: string): string => `${CLOSED} ${code}`;

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)];
const isOpen = (outcome: string): boolean => !outcome.startsWith(CLOSED);

/** The cells that are not as declared, each in full. Empty is what one hopes for. */
export const wrongIn = (cells: readonly Cell[]): readonly string[] =>
  cells
    .filter(({ expected, actual }) => expected !== actual)
    .map(
      ({ kind, service, resource, expected, actual }) =>
        `${service} × ${kind} ${resource}: expected ${expected}, was ${actual}`,
    );

/** How many cells of each kind are open to each service. One opened grant changes a number: then somebody has to look, and to say so. */
export const openIn = (cells: readonly Cell[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    distinct(cells.map(({ service }) => service))
      .toSorted()
      .map((service) => [
        service,
        distinct(cells.map(({ kind }) => kind))
          .flatMap((kind) => {
            const own = cells.filter((cell) => cell.service === service && cell.kind === kind);
            return own.length ? `${kind} ${own.filter(({ actual }) => isOpen(actual)).length}/${own.length}` : [];
          })
          .join(', '),
      ]),
  );

/** More columns than a line takes. */
const WIDE = 9;

const open = (outcomes: readonly string[]): number => outcomes.filter(isOpen).length;
const countsOf = (cells: readonly Cell[]): string => {
  const [expected, actual] = [cells.map((cell) => cell.expected), cells.map((cell) => cell.actual)];
  return `open ${open(expected)} expected, ${open(actual)} actual; ${wrongIn(cells).length} not as declared`;
};

const shortOf = ({ expected, actual }: Cell): string => {
  const said = isOpen(actual) ? actual : CLOSED;
  return expected === actual ? said : `${said} ≠ ${isOpen(expected) ? expected : CLOSED}`;
};

const aligned = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map((row) => row.map((text, at) => text.padEnd(widths[at]!)).join('  ')).join('\n');
};

/**
 * Rows are services, columns resources; of kinds with many resources how many are open, as declared and as they were found. Below are all that
 * are not as declared.
 */
export const tableOf = (cells: readonly Cell[]): string =>
  distinct(cells.map(({ kind }) => kind))
    .map((kind) => {
      const own = cells.filter((cell) => cell.kind === kind);
      const services = distinct(own.map(({ service }) => service)).toSorted();
      const resources = distinct(own.map(({ resource }) => resource));
      const title = `${kind}: ${own.length} cells, ${countsOf(own)}`;
      if (resources.length >= WIDE)
        return `${title}\n${aligned(
          services.map((service) => {
            const row = own.filter((cell) => cell.service === service);
            return [service, `of ${row.length} ${countsOf(row)}`];
          }),
        )}`;
      const rows = services.map((service) => [
        service,
        ...resources.map((resource) => {
          const cell = own.find((one) => one.service === service && one.resource === resource);
          return cell ? shortOf(cell) : '';
        }),
      ]);
      return `${title}\n${aligned([['', ...resources], ...rows])}`;
    })
    .concat(wrongIn(cells))
    .join('\n\n');

/** Every cell on a line of its own, for whoever wants to look one up. */
export const linesOf = (cells: readonly Cell[]): string =>
  [['kind', 'service', 'resource', 'expected', 'actual']]
    .concat(cells.map(({ kind, service, resource, expected, actual }) => [kind, service, resource, expected, actual]))
    .map((row) => `${row.join('\t')}\n`)
    .join('');
