import { CHANNELS, STATES } from '@resguardo/contracts';
import { UNKNOWN } from './counted-case.projection.js';
import { type Published, disclosed, rounded, SMALLEST_ALIKE } from './disclosure.rule.js';
import { type Quarter, quarterAfter } from './quarter.js';

/** What a table tells apart. */
export type Dimension = 'CHANNEL' | 'STATE' | 'INTERVIEWS';
export type CountedBy = 'opened' | 'interviewed';

/**
 * One published table: an indicator of section 5.2 by one dimension, nationwide or by state, a quarter at a time. It is counted once,
 * from then on it says the same: no two answers have a difference that could tell of a case.
 */
export interface Indicator {
  /** `I-01` */
  readonly id: string;
  readonly dimension: Dimension;
  /** Raised with what it means. What was published stays under the version it was published with. */
  readonly version: number;
  /** Quarters that have to be over besides its own. */
  readonly lag: number;
  /** below national level. */
  readonly isRounded: boolean;
  /** Whether shares are said. */
  readonly hasShares: boolean;
  readonly rules: readonly string[];
  /** In their order, each with its name in a row. R-809: what is not known is one of them. */
  readonly categories: readonly string[];
  /** The quarter a case is counted in. */
  readonly countedBy: CountedBy;
  publish(counts: readonly number[]): Published;
}

export const ONE = 'ONE';
export const SEVERAL = 'SEVERAL';

export const INDICATORS: readonly Indicator[] = [
  {
    ...{ id: 'I-01', dimension: 'CHANNEL', version: 1, lag: 0, isRounded: false, hasShares: true },
    rules: ['R-801', 'R-802', 'R-803', 'R-805', 'R-809'],
    categories: [...CHANNELS, UNKNOWN],
    countedBy: 'opened',
    publish: (counts) => disclosed(counts),
  },
  {
    ...{ id: 'I-01', dimension: 'STATE', version: 1, lag: 1, isRounded: true, hasShares: false },
    rules: ['R-801', 'R-802', 'R-803', 'R-805', 'R-806', 'R-811'],
    categories: [...STATES, UNKNOWN],
    countedBy: 'opened',
    publish: (counts) => rounded(disclosed(counts)),
  },
  {
    ...{ id: 'I-06', dimension: 'INTERVIEWS', version: 1, lag: 0, isRounded: false, hasShares: true },
    rules: ['R-801', 'R-802', 'R-803', 'R-812', 'R-002'],
    categories: [ONE, SEVERAL],
    countedBy: 'interviewed',
    publish: (counts) => disclosed(counts, { alike: SMALLEST_ALIKE }),
  },
];

/** The quarter in which the figures of a quarter may come out. */
export const releasedIn = ({ lag }: Pick<Indicator, 'lag'>, quarter: Quarter): Quarter =>
  quarterAfter(quarter, 1 + lag);
