/** Why somebody opens a record: the closed list of R-702. A reading without one of these is refused. */
export const PURPOSES = [
  'INTAKE',
  'FOLLOW_UP',
  'INTERVIEW',
  'REPRESENTATION',
  'CARE',
  'INVESTIGATION',
  'REVIEW',
  'APPROVAL',
  'IMMINENT_RISK',
] as const;
export type Purpose = (typeof PURPOSES)[number];
