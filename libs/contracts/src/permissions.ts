import type { Affiliation, Role } from './classes.js';

/** A role of any affiliation, or a role of one: `OFFICER@PROSECUTOR`. */
export type Holder = Role | `${Role}@${Affiliation}`;

/** Everybody who works on cases: not the analyst and not the administrator. */
const CASE_WORKERS: readonly Holder[] = ['OFFICER', 'REPRESENTATIVE', 'LEGAL_ADVISER', 'INTERMEDIARY'];
const OFFICERS: readonly Holder[] = ['OFFICER'];
/** Acts of the Child Protection Authority: its officers and the representative it gives the child. */
const CHILD_PROTECTION: readonly Holder[] = ['OFFICER@CHILD_PROTECTION', 'REPRESENTATIVE'];
const SUPERVISORS: readonly Holder[] = ['SUPERVISOR'];
const PEOPLE_OF_CASES: readonly Holder[] = [...CASE_WORKERS, 'SUPERVISOR'];

/**
 * Who holds which permission `capability:verb`. What is not in the table is held by nobody (D7).
 * Holding a permission is the first door only; which cases it reaches is decided by `accessTo`.
 */
export const PERMISSIONS: Readonly<Record<string, readonly Holder[]>> = {
  // Readings
  'session:read': [...PEOPLE_OF_CASES, 'ANALYST', 'ADMINISTRATOR'],
  'case:list': PEOPLE_OF_CASES,
  'case:read': PEOPLE_OF_CASES,
  'timeline:read': PEOPLE_OF_CASES,
  // Supervisors open no identity and no words, but for the one request they must decide (R-720, C-12).
  'detail:read': PEOPLE_OF_CASES,
  'identity:read': CASE_WORKERS,
  'child:search': [...OFFICERS, 'REPRESENTATIVE'],
  'approvals:read': PEOPLE_OF_CASES,
  'audit:read': ['SUPERVISOR', 'REPRESENTATIVE'],
  'refusals:read': ['SUPERVISOR', 'REPRESENTATIVE'],
  // How every service's view of the timeline is. A supervisor finds there what is missing of their cases; it is mended by whoever
  // administers the system, who opens no case and is told of none.
  'integrity:read': ['SUPERVISOR', 'ADMINISTRATOR'],
  'integrity:repair': ['ADMINISTRATOR'],
  // Figures that identify nobody (D12 of the matrix), and no case behind them.
  'insights:read': ['ANALYST'],
  'staff:read': [...PEOPLE_OF_CASES, 'ADMINISTRATOR'],
  'register:read': [...PEOPLE_OF_CASES, 'ADMINISTRATOR'],

  // Vault
  'identity:write': [...OFFICERS, 'REPRESENTATIVE'],
  'needs:record': CASE_WORKERS,
  'erasure:hold': ['OFFICER@PROSECUTOR'],
  'erasure:request': SUPERVISORS,
  'erasure:decide': ['REPRESENTATIVE'],
  'erasure:carry-out': ['SYSTEM'],

  // Case file
  'case:report': [...OFFICERS, 'REPRESENTATIVE'],
  // Any officer of any agency may record a fact by the case's folio; that opens nothing to read (C-9).
  'case:record': CASE_WORKERS,
  'case:correct': PEOPLE_OF_CASES,
  'case:coordinate': [...OFFICERS, 'REPRESENTATIVE'],
  'case:represent': CHILD_PROTECTION,
  'case:same-facts': CHILD_PROTECTION,
  'case:assign-representative': ['OFFICER@CHILD_PROTECTION', 'SUPERVISOR@CHILD_PROTECTION'],
  'case:assign-adviser': ['OFFICER@VICTIMS_COMMISSION', 'SUPERVISOR@VICTIMS_COMMISSION'],
  'case:aid': ['OFFICER@VICTIMS_COMMISSION'],
  'case:prosecute': ['OFFICER@PROSECUTOR'],
  'case:team': SUPERVISORS,
  'case:mirror': ['SYSTEM'],

  // Single interview
  'interview:plan': [...OFFICERS, 'REPRESENTATIVE'],
  'interview:contribute': [...OFFICERS, 'REPRESENTATIVE', 'LEGAL_ADVISER'],
  'interview:protect': CHILD_PROTECTION,
  'interview:conduct': ['INTERMEDIARY'],
  'interview:evidence': ['OFFICER@PROSECUTOR'],
  'interview:approve': ['REPRESENTATIVE', 'SUPERVISOR'],
  'interview:record': CASE_WORKERS,
  'interview:note-linked': ['SYSTEM'],
  'register:administer': ['ADMINISTRATOR'],

  // Platform reports: any agency may be the one that is sent one.
  'interchange:import': OFFICERS,
  'interchange:record': ['SYSTEM'],

  // Oversight
  'oversight:break-glass': PEOPLE_OF_CASES,
  'oversight:review-break-glass': SUPERVISORS,
};

/** Whether a role of an affiliation holds a permission; false for a permission nobody has named. */
export const holds = (role: Role, agency: Affiliation, permission: string): boolean => {
  const holders = Object.hasOwn(PERMISSIONS, permission) ? PERMISSIONS[permission] : undefined;
  return holders !== undefined && (holders.includes(role) || holders.includes(`${role}@${agency}`));
};

/** What the portal may offer to somebody. */
export const permissionsOf = (role: Role, agency: Affiliation): readonly string[] =>
  Object.keys(PERMISSIONS).filter((permission) => holds(role, agency, permission));

/** Of which affiliations an account of a role can be; nobody signs in as SYSTEM. There is none for the accused or the defence. */
export const AFFILIATIONS_OF: Readonly<Record<Role, readonly Affiliation[]>> = {
  OFFICER: ['VICTIMS_COMMISSION', 'CHILD_PROTECTION', 'PROSECUTOR', 'HEALTH'],
  REPRESENTATIVE: ['CHILD_PROTECTION'],
  LEGAL_ADVISER: ['VICTIMS_COMMISSION'],
  INTERMEDIARY: ['INTERMEDIARY_REGISTER'],
  SUPERVISOR: ['VICTIMS_COMMISSION', 'CHILD_PROTECTION', 'PROSECUTOR', 'HEALTH'],
  ANALYST: ['SIPINNA'],
  ADMINISTRATOR: ['SYSTEM'],
  SYSTEM: [],
};
