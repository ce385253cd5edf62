import type { Service, TokenRefusal } from '@resguardo/contracts';
import { BadToken, type Caller, demoAccounts, type TokenVerifier } from '@resguardo/identity';
import { onlyOf } from './only-of.js';

/** Whose people a service answers, written out by hand: what is held against it would not notice if the rule itself were opened. */
const OWN: readonly (readonly [Service, string | undefined])[] = [
  ['prosecution', 'PROSECUTOR'],
  ['child-protection', 'CHILD_PROTECTION'],
  ['victims-commission', 'VICTIMS_COMMISSION'],
  ['health', 'HEALTH'],
  // What is no agency's has nobody of its own.
  ['oversight', undefined],
];

/** Believes every account by its name. */
const believing: TokenVerifier = {
  verify: async (token) => {
    const account = demoAccounts().find(({ username }) => username === token);
    if (!account) throw new BadToken('it has run out', 'expired');
    return account as unknown as Caller;
  },
  stillGood: () => false,
  drop: () => {},
};

it.each(OWN)(
  'D7: %s answers people of %s and nobody else, and says of the others that they are of another agency',
  async (service, own) => {
    const refused: TokenRefusal[] = [];
    const { verify } = onlyOf(service, believing, (why) => refused.push(why));
    const found = await Promise.all(
      demoAccounts().map(async ({ username }) => [
        username,
        await verify(username).then(
          (caller) => (caller as unknown as { username: string }).username,
          (error: unknown) => (error instanceof BadToken ? error.why : error),
        ),
      ]),
    );
    expect(found).toEqual(
      demoAccounts().map(({ username, agency }) => [username, agency === own ? username : 'other-agency']),
    );
    expect(refused).toEqual(
      demoAccounts()
        .filter(({ agency }) => agency !== own)
        .map(() => 'other-agency'),
    );
  },
);

it('a token that is not believed keeps its reason, which has been counted, and everything else is asked as before', async () => {
  const refused: TokenRefusal[] = [];
  const dropped: unknown[] = [];
  const verifier = onlyOf('health', { ...believing, drop: (of) => dropped.push(of) }, (why) => refused.push(why));
  await expect(verifier.verify('nobody')).rejects.toMatchObject({ why: 'expired' });
  expect(refused).toEqual([]);
  expect(verifier.stillGood(await verifier.verify('salud.morelos'))).toBe(false);
  verifier.drop({ session: 's' });
  expect(dropped).toEqual([{ session: 's' }]);
});
