import type { Affiliation, Agency, Role, Said } from '@resguardo/contracts';
import { AGENCIES } from '@resguardo/contracts';

/** An account of the embedded issuer. In production there is none of this: Keycloak keeps them. */
export interface Account {
  readonly sub: string;
  readonly username: string;
  readonly password: string;
  readonly role: Role;
  readonly agency: Affiliation;
  readonly states: readonly string[];
  /** What the start prints and the pages show; it names a function, never a person. */
  readonly display: Said;
}

/** One for all: they exist on loopback only, and are printed at the start. */
export const DEMO_PASSWORD = 'resguardo-demo';

const AGENCY: Readonly<Record<Agency, { readonly user: string } & Said>> = {
  VICTIMS_COMMISSION: { user: 'comision', es: 'Comisión de Víctimas', en: 'Victims’ Commission' },
  CHILD_PROTECTION: { user: 'procuraduria', es: 'Procuraduría de Protección', en: 'Child Protection Authority' },
  PROSECUTOR: { user: 'fiscalia', es: 'Fiscalía', en: 'Prosecutor' },
  HEALTH: { user: 'salud', es: 'Servicios de Salud', en: 'Health Services' },
};

const STATES = [
  { key: '17', user: 'morelos', name: 'Morelos' },
  { key: '18', user: 'nayarit', name: 'Nayarit' },
] as const;
const BOTH = STATES.map(({ key }) => key);

const account = (
  username: string,
  role: Role,
  agency: Affiliation,
  states: readonly string[],
  es: string,
  en: string,
): Account => ({
  sub: `demo:${username}`,
  username,
  password: DEMO_PASSWORD,
  role,
  agency,
  states,
  display: { es, en },
});

/** One account per role: an officer of each agency in Morelos and in Nayarit, a supervisor of each agency, and the others. */
export const demoAccounts = (): readonly Account[] => [
  ...STATES.flatMap(({ key, user, name }) =>
    AGENCIES.map((agency) => {
      const { user: prefix, es, en } = AGENCY[agency];
      return account(`${prefix}.${user}`, 'OFFICER', agency, [key], `${es}, ${name}`, `${en}, ${name}`);
    }),
  ),
  account(
    'representante',
    'REPRESENTATIVE',
    'CHILD_PROTECTION',
    BOTH,
    'Representante en coadyuvancia (Procuraduría de Protección)',
    'Representative (Child Protection Authority)',
  ),
  account(
    'asesoria',
    'LEGAL_ADVISER',
    'VICTIMS_COMMISSION',
    BOTH,
    'Asesoría jurídica (Comisión de Víctimas)',
    'Legal adviser (Victims’ Commission)',
  ),
  account('intermediaria', 'INTERMEDIARY', 'INTERMEDIARY_REGISTER', BOTH, 'Intermediaria', 'Intermediary'),
  ...AGENCIES.map((agency) => {
    const { user, es, en } = AGENCY[agency];
    return account(`supervision.${user}`, 'SUPERVISOR', agency, BOTH, `Supervisión, ${es}`, `Supervisor, ${en}`);
  }),
  account('analista', 'ANALYST', 'SIPINNA', [], 'Análisis, SIPINNA', 'Analyst, SIPINNA'),
  account('administracion', 'ADMINISTRATOR', 'SYSTEM', [], 'Administración de padrones', 'Administrator of registers'),
];
