import { configFrom } from './config.js';

const read = (env: Record<string, string>) => configFrom(env, []);
const secret = { KEYCLOAK_CLIENT_SECRET: 'canary-secret' };
const why = (env: Record<string, string>): string => {
  try {
    read(env);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was taken');
};

it('without KEYCLOAK_URL there is the embedded issuer, and not in production', () => {
  expect(read({}).keycloak).toBeUndefined();
  expect(read({ KEYCLOAK_URL: '', ...secret }).keycloak).toBeUndefined();
  expect(why({ NODE_ENV: 'production' })).toMatch(/demo accounts/);
});

it('a test clock says what time it is, and not in production', () => {
  expect(read({}).testClock).toBeUndefined();
  expect(read({ RESGUARDO_TEST_CLOCK: 'clock' }).testClock).toBe('clock');
  const keycloak = { KEYCLOAK_URL: 'https://id.example.org', ...secret };
  expect(why({ ...keycloak, RESGUARDO_TEST_CLOCK: 'clock', NODE_ENV: 'production' })).toMatch(
    /^configuration: RESGUARDO_TEST_CLOCK: refused with NODE_ENV=production/,
  );
  expect(why({ ...keycloak, RESGUARDO_TEST_CLOCK: 'clock' })).toMatch(/^configuration: RESGUARDO_TEST_CLOCK: refused/);
});

it('a Keycloak is its address, a realm and the secret of the client that reads the register of staff', () => {
  expect(read({ KEYCLOAK_URL: 'https://id.example.org/auth/', ...secret, NODE_ENV: 'production' }).keycloak).toEqual({
    baseUrl: 'https://id.example.org/auth',
    realm: 'resguardo',
    clientSecret: 'canary-secret',
  });
  expect(read({ KEYCLOAK_URL: 'http://127.0.0.1:8080', KEYCLOAK_REALM: 'otro', ...secret }).keycloak).toMatchObject({
    baseUrl: 'http://127.0.0.1:8080',
    realm: 'otro',
  });
  expect(why({ KEYCLOAK_URL: 'https://id.example.org' })).toMatch(/KEYCLOAK_CLIENT_SECRET/);
});

it.each([
  'http://id.example.org',
  'http://127.0.0.1.example.org',
  'ftp://127.0.0.1',
  'https://user:canary-password@id.example.org',
  'https://id.example.org/?realm=canary',
  'https://id.example.org/#canary',
  'id.example.org',
])('%s is no address of a Keycloak, and the message does not repeat it', (url) => {
  const message = why({ KEYCLOAK_URL: url, ...secret });
  expect(message).toMatch(/^configuration: KEYCLOAK_URL: /);
  expect(message).not.toMatch(/canary/);
});

it.each(['', ' ', '../master', 'a/b', 'a?b'])('"%s" is no realm, or the usual one', (realm) => {
  const env = { KEYCLOAK_URL: 'https://id.example.org', KEYCLOAK_REALM: realm, ...secret };
  if (realm === '') expect(read(env).keycloak?.realm).toBe('resguardo');
  else expect(why(env)).toMatch(/KEYCLOAK_REALM/);
});
