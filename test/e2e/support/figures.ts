import { OFFICERS, type People } from './people.js';

export const FIGURES = `{ nationalFigures { at filling incompleteSince tables { id dimension version rules smallest roundedTo nextQuarter nextAt
  releases { quarter version asOf releasedAt total cells { code count percent } } } } }`;

/** As a test's clock has it. */
const OCCURRED = '2026-02-10T11:00:00.000Z';

/** Cases that came in through one channel. */
export const openMany = async (
  people: People,
  many: number,
  channel: string,
): Promise<readonly { readonly caseId: string; readonly folio: string }[]> => {
  const made: { caseId: string; folio: string }[] = [];
  for (let i = 0; i < many; i++) {
    const { caseId, folio } = await people.done(OFFICERS.PROSECUTOR, 'receiveReport', {
      occurredAt: OCCURRED,
      input: { state: '17', channel },
    });
    made.push({ caseId, folio: folio! });
  }
  return made;
};

/** What came out of one table: by category, those of no case left out; null when all of it is hidden. */
export const openedBy = (figures: any, dimension: string) =>
  figures.tables
    .find((one: any) => one.dimension === dimension)
    .releases.map(({ quarter, total, cells }: any) => ({
      quarter,
      total,
      cells: cells.every(({ count }: any) => count === null)
        ? null
        : Object.fromEntries(
            cells.filter(({ count }: any) => count !== 0).map(({ code, count }: any) => [code, count]),
          ),
    }));
