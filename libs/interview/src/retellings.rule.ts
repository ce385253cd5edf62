import type { Act, View } from './interview.state.js';

/** Distinct officials from which on a supervisor is to know. */
export const MANY_OFFICIALS = 4;

/** The act that this is, following "the same act as". */
const rootOf = (act: Act, acts: readonly Act[]): string => {
  const walk = (id: string, seen: readonly string[]): string => {
    const next = acts.find(({ eventId }) => eventId === id)?.sameActAs;
    return next && !seen.includes(next) ? walk(next, [...seen, next]) : id;
  };
  return walk(act.eventId, [act.eventId]);
};

export interface Retelling {
  /** Event id of the act; facts that say they are the same act are one. */
  readonly actId: string;
  readonly at: string;
  readonly agency: string;
  readonly role: string;
  readonly actKind: string;
  readonly placeKind: string | null;
  readonly violationOf: readonly string[];
}

/**
 * R-013, C-7. Acts in which the child gave the account, for ever: desk, police, prosecutor, histories, exams, hearings, the interview itself.
 * A first spontaneous disclosure is never among them: it is no act of these.
 */
export const retellings = ({ acts }: Pick<View, 'acts'>): readonly Retelling[] => {
  const roots = acts.filter(({ accountGiven }) => accountGiven).map((act) => rootOf(act, acts));
  return roots
    .filter((root, i) => roots.indexOf(root) === i)
    .map((actId) => {
      const told = acts.filter((act) => rootOf(act, acts) === actId);
      // The fact that says who heard it says more than the act that only says that it was told.
      const [first] = [...told].sort((a, b) => Number(b.heardBy !== null) - Number(a.heardBy !== null));
      return {
        actId,
        at: first?.at ?? '',
        agency: first?.agency ?? '',
        role: first?.role ?? '',
        actKind: first?.actKind ?? '',
        placeKind: first?.placeKind ?? null,
        violationOf: told.flatMap(({ violationOf }) => violationOf),
      };
    })
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
};

/** People who heard it; an unnamed listener is one of their own. */
export const officialsWhoHeard = ({ acts }: Pick<View, 'acts'>): number => {
  const heard = acts.filter(({ accountGiven }) => accountGiven).map((act) => act.heardBy ?? rootOf(act, acts));
  return heard.filter((one, i) => heard.indexOf(one) === i).length;
};

/** Four or more: recorded as what a risk signal will be raised from. */
export const tooManyHeardIt = (view: Pick<View, 'acts'>): boolean => officialsWhoHeard(view) >= MANY_OFFICIALS;
