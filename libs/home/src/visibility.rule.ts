import type { Agency, DataClass, FactSpec, Reader, Sight } from '@resguardo/contracts';
import { DATA_CLASSES, MATRIX } from '@resguardo/contracts';

/** Whoever looks, as far as seeing goes. Made once per operation from the verified caller and how they came in. */
export interface Viewer {
  readonly actor: string;
  readonly agency: string;
  /** Undefined: a role that reads no case. */
  readonly reader: Reader | undefined;
  /** Their break-glass runs at this moment. */
  readonly underBreakGlass: boolean;
  /** Named on the team of this case. */
  readonly onTeam: boolean;
}

/** What must be known of a fact to say who may see it. */
export interface Seen {
  /** Class of its existence. */
  readonly cls: DataClass;
  readonly agency: string;
  readonly actor: string;
}

export type Visible = 'FULL' | 'STATUS' | 'ABSENT';

const WITHHELD: Record<Sight, Visible> = {
  read: 'FULL',
  status: 'STATUS',
  own: 'ABSENT',
  glass: 'ABSENT',
  none: 'ABSENT',
};

/** R-701, C-10. What a viewer gets of one class of one fact. */
export const sightOf = (cls: DataClass, { agency, actor }: Omit<Seen, 'cls'>, viewer: Viewer): Visible => {
  if (!viewer.reader) return 'ABSENT';
  if (viewer.onTeam && actor === viewer.actor) return 'FULL';
  const sight = MATRIX[cls][viewer.reader];
  if (sight === 'own' && agency === viewer.agency) return 'FULL';
  if (sight === 'glass' && viewer.underBreakGlass) return 'FULL';
  return WITHHELD[sight];
};

export const visible = (seen: Seen, viewer: Viewer): Visible => sightOf(seen.cls, seen, viewer);

/**
 * The same rule as lists of classes, for a query that must not fetch, count or filter by what the viewer may not see.
 * A row is FULL when its class is in `full`, or in `own` and its agency is the viewer's, or the viewer wrote it and is on the team.
 */
export const classesOf = (
  viewer: Viewer,
): {
  readonly full: readonly DataClass[];
  readonly own: readonly DataClass[];
  readonly status: readonly DataClass[];
} => {
  const { reader } = viewer;
  if (!reader) return { full: [], own: [], status: [] };
  const having = (...sights: Sight[]) => DATA_CLASSES.filter((cls) => sights.includes(MATRIX[cls][reader]));
  return {
    full: viewer.underBreakGlass ? having('read', 'glass') : having('read'),
    own: having('own'),
    status: having('status'),
  };
};

/** Plain fields the viewer may see; the others leave no trace, not even a null. */
export const plainFor = (
  spec: Pick<FactSpec, 'fields'> | undefined,
  data: Readonly<Record<string, unknown>>,
  seen: Seen,
  viewer: Viewer,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(data).filter(([name]) => {
      const field = spec && Object.hasOwn(spec.fields, name) ? spec.fields[name] : undefined;
      return field !== undefined && !field.sealed && sightOf(field.cls, seen, viewer) === 'FULL';
    }),
  );

/**
 * Classes of sealed fields the viewer may ask to open. C-14: what was retracted as belonging to another case
 * is closed to everyone but the Child Protection Authority, its author included.
 */
export const openableFor = (
  sealed: readonly DataClass[],
  closed: boolean,
  seen: Seen,
  viewer: Viewer,
): readonly DataClass[] =>
  closed && viewer.reader !== 'PFPNNA' ? [] : sealed.filter((cls) => sightOf(cls, seen, viewer) === 'FULL');

/** supervisors see conduct: which agency and role took a withheld step, and which rule it violated; never its content. */
export const seesConduct = ({ reader }: Viewer): boolean => reader === 'SUPERVISOR';

/** C-14: a supervisor may correct or retract what their agency recorded, so they may point at it. */
export const mayPointAt = (seen: Seen, viewer: Viewer): boolean =>
  visible(seen, viewer) === 'FULL' || (seesConduct(viewer) && seen.agency === viewer.agency);

export const isAgency = (value: string): value is Agency =>
  value === 'VICTIMS_COMMISSION' || value === 'CHILD_PROTECTION' || value === 'PROSECUTOR' || value === 'HEALTH';
