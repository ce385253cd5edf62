/** The four agencies that answer to one child victim. */
export const AGENCIES = ['VICTIMS_COMMISSION', 'CHILD_PROTECTION', 'PROSECUTOR', 'HEALTH'] as const;
export type Agency = (typeof AGENCIES)[number];

/** Whom a caller speaks for: an agency, or one of the outsiders that have an account. */
export const AFFILIATIONS = [...AGENCIES, 'INTERMEDIARY_REGISTER', 'SIPINNA', 'PLATFORM', 'SYSTEM'] as const;
export type Affiliation = (typeof AFFILIATIONS)[number];

export const ROLES = [
  'OFFICER',
  'REPRESENTATIVE',
  'LEGAL_ADVISER',
  'INTERMEDIARY',
  'SUPERVISOR',
  'ANALYST',
  'ADMINISTRATOR',
  'SYSTEM',
] as const;
export type Role = (typeof ROLES)[number];

/** Deployable services (D11). The service that decides a command seals its fields (D5). */
export const SERVICES = [
  'coordination',
  'prosecution',
  'child-protection',
  'victims-commission',
  'health',
  'oversight',
  'insights',
] as const;
export type Service = (typeof SERVICES)[number];

export const SERVICE_OF: Readonly<Record<Agency, Service>> = {
  VICTIMS_COMMISSION: 'victims-commission',
  CHILD_PROTECTION: 'child-protection',
  PROSECUTOR: 'prosecution',
  HEALTH: 'health',
};

/** Data classes (R-701, C-10); what each holds is said in `labels/terms.ts`. */
export const DATA_CLASSES = [
  'D0',
  'D1',
  'D2',
  'D3',
  'D3q',
  'D4',
  'D4r',
  'D5',
  'D6',
  'D6p',
  'D7',
  'D9',
  'D10',
  'D11',
  'D12',
] as const;
export type DataClass = (typeof DATA_CLASSES)[number];

/** A column of the access matrix: what kind of reader a caller is. */
export const READERS = [
  'PFPNNA',
  'PROSECUTOR',
  'LEGAL_ADVISER',
  'VICTIMS_COMMISSION',
  'HEALTH',
  'INTERMEDIARY',
  'SUPERVISOR',
  'ANALYST',
  'ADMINISTRATOR',
] as const;
export type Reader = (typeof READERS)[number];

/**
 * What a reader gets of a class (R-701, C-10). `read`: the content. `status`: one neutral sentence that a step took place.
 * `own`: content of what their own agency wrote, nothing of others'. `glass`: only under break-glass. `none`: absent from rows, counts, filters and pushes.
 */
export type Sight = 'read' | 'status' | 'own' | 'glass' | 'none';

const row = (...cells: Sight[]): Readonly<Record<Reader, Sight>> =>
  Object.fromEntries(READERS.map((reader, i) => [reader, cells[i] ?? 'none'])) as Record<Reader, Sight>;

/** The access matrix, in the order of READERS. */
export const MATRIX: Readonly<Record<DataClass, Readonly<Record<Reader, Sight>>>> = {
  //       PFPNNA    PROSECUTOR ADVISER   VICTIMS   HEALTH    INTERMED. SUPERVISOR ANALYST ADMIN
  D0: row('read', 'read', 'read', 'read', 'read', 'read', 'status', 'none', 'none'),
  D1: row('read', 'read', 'read', 'read', 'read', 'read', 'glass', 'none', 'none'),
  D2: row('read', 'read', 'read', 'glass', 'glass', 'none', 'none', 'none', 'none'),
  D3: row('read', 'read', 'read', 'status', 'none', 'read', 'status', 'none', 'none'),
  D3q: row('read', 'own', 'read', 'own', 'own', 'read', 'none', 'none', 'none'),
  D4: row('read', 'read', 'read', 'status', 'none', 'none', 'status', 'none', 'none'),
  D4r: row('read', 'read', 'read', 'status', 'none', 'none', 'none', 'none', 'none'),
  D5: row('read', 'read', 'read', 'status', 'status', 'none', 'status', 'none', 'none'),
  D6: row('status', 'read', 'read', 'none', 'none', 'none', 'status', 'none', 'none'),
  D6p: row('none', 'read', 'none', 'none', 'none', 'none', 'none', 'none', 'none'),
  D7: row('status', 'status', 'status', 'none', 'read', 'none', 'status', 'none', 'none'),
  D9: row('read', 'status', 'status', 'none', 'read', 'status', 'status', 'none', 'none'),
  D10: row('read', 'status', 'read', 'read', 'none', 'none', 'status', 'none', 'none'),
  D11: row('read', 'none', 'status', 'none', 'none', 'none', 'read', 'none', 'none'),
  D12: row('read', 'read', 'none', 'read', 'read', 'none', 'read', 'read', 'none'),
};

/** The matrix column of a caller; undefined when the role reads no case at all. */
export const readerOf = (role: Role, agency: Affiliation): Reader | undefined => {
  switch (role) {
    case 'REPRESENTATIVE':
      return 'PFPNNA';
    case 'LEGAL_ADVISER':
      return 'LEGAL_ADVISER';
    case 'INTERMEDIARY':
      return 'INTERMEDIARY';
    case 'SUPERVISOR':
      return 'SUPERVISOR';
    case 'ANALYST':
      return 'ANALYST';
    case 'ADMINISTRATOR':
      return 'ADMINISTRATOR';
    case 'SYSTEM':
      return undefined;
    case 'OFFICER':
      return agency === 'CHILD_PROTECTION'
        ? 'PFPNNA'
        : agency === 'PROSECUTOR' || agency === 'VICTIMS_COMMISSION' || agency === 'HEALTH'
          ? agency
          : undefined;
  }
};
