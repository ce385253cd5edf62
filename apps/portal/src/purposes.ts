/** Purposes of a reading that the schema takes (`Purpose`), nearest first for a role. */
const ALL = [
  'FOLLOW_UP',
  'INTAKE',
  'INTERVIEW',
  'REPRESENTATION',
  'CARE',
  'INVESTIGATION',
  'REVIEW',
  'APPROVAL',
  'IMMINENT_RISK',
] as const;

export const PURPOSES = (role: string): readonly string[] =>
  role === 'INTERMEDIARY' ? ['INTERVIEW'] : role === 'SUPERVISOR' ? ['REVIEW', 'APPROVAL', 'IMMINENT_RISK'] : ALL;
