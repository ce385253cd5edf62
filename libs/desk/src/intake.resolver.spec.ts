import type { Caller } from '@resguardo/identity';
import type { IdentityVault } from '@resguardo/vault';
import { IntakeResolver } from './intake.resolver.js';

const caller: Caller = {
  sub: 'officer',
  username: 'officer',
  role: 'OFFICER',
  agency: 'HEALTH',
  states: ['17'],
  expiresAt: 0,
  tokenId: 't',
};

describe('C-11: searching before creating is not a window', () => {
  const searched: object[] = [];
  const vault = {
    findChild: (terms: object) => {
      searched.push(terms);
      return Promise.resolve({ searchId: 's', matches: [], ignored: [] });
    },
  } as unknown as IdentityVault;
  const resolver = new IntakeResolver({ vault, access: {} as never, log: {} as never });
  const wrong = (terms: object) =>
    resolver.findChild(terms, 'INTAKE', caller).then(
      () => [],
      (error: { extensions: { code: string; fields: { path: string }[] } }) => [
        error.extensions.code,
        ...error.extensions.fields.map(({ path }) => path),
      ],
    );

  it.each([
    ['a list of telephones', { phones: Array.from({ length: 6 }, (_, i) => `777310000${i}`) }, 'phones'],
    ['a name of a thousand words', { givenNames: 'Ana '.repeat(1000) }, 'givenNames'],
    ['a handle without end', { handle: 'x'.repeat(1000) }, 'handle'],
    ['a day that does not exist', { birthDate: '2013-02-31' }, 'birthDate'],
    ['what no search asks', { address: 'Calle 1' }, 'address'],
  ])('%s is told and not searched for', async (_, terms, path) => {
    searched.length = 0;
    expect(await wrong(terms)).toEqual(['BAD_USER_INPUT', path]);
    expect(searched).toEqual([]);
  });

  it('a name at a platform is looked for as a handle', async () => {
    searched.length = 0;
    expect(
      await wrong({ handlePlatform: 'DISCORD', handle: 'inventada#1', curp: null, phones: ['7773100001'] }),
    ).toEqual([]);
    expect(searched).toEqual([{ handles: [{ platform: 'DISCORD', handle: 'inventada#1' }], phones: ['7773100001'] }]);
  });
});
