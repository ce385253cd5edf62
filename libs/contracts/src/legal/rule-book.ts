/** A sentence in both languages of the portal. */
export interface Said {
  readonly es: string;
  readonly en: string;
}

/**
 * One row of `docs/rules.md` (D3). `enforced`: a command is refused or a fact is stamped by it today, or the code leaves no other way.
 * `recorded`: the fact or due time is recorded and shown, nothing follows from it yet. `waiting`: names what it waits for.
 */
export interface RuleEntry {
  readonly title: Said;
  /** Instrument and article, or document and section; never a line number. */
  readonly source: string;
  /** LAW, REC, STD, POL, as in the mark of the row. */
  readonly basis: string;
  readonly confidence: 'V' | 'M' | 'P' | 'V/P' | 'V/M' | 'M/P';
  readonly state: 'enforced' | 'recorded' | 'waiting';
  readonly waitsFor?: string;
  /** What the title promises and the code does not keep yet. */
  readonly notYet?: string;
  /** File that holds the rule, and the spec that shows it. Both must contain the rule's id; a test checks. */
  readonly where: string;
  readonly scenario: string;
  /** By refusal code: why, and the next lawful step. `{name}` is filled from the refusal's `because`. */
  readonly refusals?: Readonly<Record<string, { readonly because: Said; readonly instead: Said }>>;
}

/** Keyed by rule id, `R-001`. */
export type RuleBook = Readonly<Record<string, RuleEntry>>;
