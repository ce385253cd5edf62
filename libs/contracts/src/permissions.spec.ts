import { AFFILIATIONS, ROLES } from './classes.js';
import { allCommands } from './index.js';
import { AFFILIATIONS_OF, holds, PERMISSIONS, permissionsOf } from './permissions.js';

const people = ROLES.flatMap((role) => AFFILIATIONS_OF[role].map((agency) => ({ role, agency })));

it('D7: every command names a permission of the table, and somebody holds it', () => {
  const unheld = Object.entries(allCommands).filter(([, { may, on }]) =>
    on === 'process' ? !holds('SYSTEM', 'SYSTEM', may) : !people.some(({ role, agency }) => holds(role, agency, may)),
  );
  expect(unheld.map(([name, { may }]) => `${name}: ${may}`)).toEqual([]);
});

it('D7: what is not in the table is held by nobody', () => {
  for (const role of ROLES)
    for (const agency of AFFILIATIONS) {
      expect(holds(role, agency, 'case:everything')).toBe(false);
      expect(holds(role, agency, 'toString')).toBe(false);
    }
});

it('R-719: an analyst holds nothing but to be told who they are, and to read figures', () => {
  expect(permissionsOf('ANALYST', 'SIPINNA')).toEqual(['session:read', 'insights:read']);
});

it('an administrator holds the register of intermediaries and the services’ views, and nothing of a case', () => {
  expect(permissionsOf('ADMINISTRATOR', 'SYSTEM')).toEqual([
    'session:read',
    'integrity:read',
    'integrity:repair',
    'staff:read',
    'register:read',
    'register:administer',
  ]);
});

it('R-720: a supervisor has no permission to read or write identity, or to record what happened', () => {
  for (const agency of AFFILIATIONS_OF.SUPERVISOR)
    for (const permission of ['identity:read', 'identity:write', 'child:search', 'case:record', 'case:report'])
      expect(holds('SUPERVISOR', agency, permission)).toBe(false);
});

it('R-720: nobody but an administrator mends a view, and nobody who works on cases looks at how the services are', () => {
  const holders = (permission: string) =>
    people.filter(({ role, agency }) => holds(role, agency, permission)).map(({ role }) => role);
  expect(new Set(holders('integrity:repair'))).toEqual(new Set(['ADMINISTRATOR']));
  expect(new Set(holders('integrity:read'))).toEqual(new Set(['ADMINISTRATOR', 'SUPERVISOR']));
});

it('a permission of one agency is not held by the same role of another', () => {
  expect(holds('OFFICER', 'PROSECUTOR', 'case:prosecute')).toBe(true);
  expect(holds('OFFICER', 'HEALTH', 'case:prosecute')).toBe(false);
});

it('nobody but processes holds what processes do', () => {
  const ofProcesses = Object.keys(PERMISSIONS).filter((permission) => holds('SYSTEM', 'SYSTEM', permission));
  for (const permission of ofProcesses)
    expect(people.some(({ role, agency }) => holds(role, agency, permission))).toBe(false);
});

it('R-707: there is no account for the accused or the defence: every account is of one of these affiliations', () => {
  expect([...new Set(Object.values(AFFILIATIONS_OF).flat())].sort()).toEqual([
    'CHILD_PROTECTION',
    'HEALTH',
    'INTERMEDIARY_REGISTER',
    'PROSECUTOR',
    'SIPINNA',
    'SYSTEM',
    'VICTIMS_COMMISSION',
  ]);
});
