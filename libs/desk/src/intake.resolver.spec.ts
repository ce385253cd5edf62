import { refuse } from '@resguardo/eventing';
import type { Caller } from '@resguardo/identity';
import type { IdentityVault } from '@resguardo/vault';
import { type AccessLog, IntakeResolver } from './intake.resolver.js';

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

describe('R-705: a search that is refused is on record before the answer leaves', () => {
  const terms = { givenNames: 'Inventada', firstSurname: 'Ficticia' };
  const refusing = (code: string, denied: AccessLog['denied']) => {
    const vault = {
      findChild: () => Promise.resolve(refuse('C-11', code, { perMinute: 30 })),
    } as unknown as IdentityVault;
    // A record of a viewing would say that something was shown.
    return new IntakeResolver({ vault, access: {} as never, log: { denied } as AccessLog });
  };

  it.each([
    ['E-SEARCH-RATE', 'INTAKE'],
    ['E-SEARCH-PURPOSE', 'INVESTIGATION'],
  ])('%s: who, for what, by which rule; never whom they looked for', async (code, purpose) => {
    const kept: unknown[] = [];
    const resolver = refusing(code, async (attempt) => {
      kept.push(attempt);
    });
    expect(await resolver.findChild(terms, purpose, caller)).toMatchObject({
      __typename: 'Refused',
      rule: 'C-11',
      code,
    });
    expect(kept).toEqual([{ caller, operation: 'findChild', cases: [], purpose, rule: 'C-11', code }]);
  });

  it('nothing is answered while the record is not durable, nor where it cannot be kept', async () => {
    let durable = () => {};
    let answered = false;
    const resolver = refusing('E-SEARCH-RATE', () => new Promise((resolve) => (durable = resolve)));
    const answer = resolver.findChild(terms, 'INTAKE', caller).then(() => (answered = true));
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    durable();
    expect(await answer).toBe(true);
    const failing = refusing('E-SEARCH-RATE', () => Promise.reject(new Error('log away')));
    await expect(failing.findChild(terms, 'INTAKE', caller)).rejects.toThrow('log away');
  });
});
