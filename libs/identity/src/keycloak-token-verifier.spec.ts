import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import type { TokenRefusal } from '@resguardo/contracts';
import express from 'express';
import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { type Account, demoAccounts } from './demo-accounts.js';
import { AUDIENCE, embeddedIssuer, mint } from './embedded-issuer.js';
import { KEYS_AGE_SECONDS, KEYS_LAST_SECONDS } from './issuer-keys.js';
import { keycloakTokenVerifier } from './keycloak-token-verifier.js';
import { BadToken, tellingRefusals, TryAgain, type TokenVerifier } from './token-verifier.js';

const REDIRECT = 'http://127.0.0.1:1/callback';
const seconds = () => Math.floor(Date.now() / 1000);

let server: Server;
let baseUrl: string;
let issuer: string;
let jwk: JWK;
let publicKey: Awaited<ReturnType<typeof generateKeyPair>>['publicKey'];
let privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
let verifier: TokenVerifier;
const officer = demoAccounts()[0]!;
const keys = async (kid: string) => {
  const pair = await generateKeyPair('RS256', { extractable: true });
  return { ...pair, jwk: { ...(await exportJWK(pair.privateKey)), kid } as JWK };
};

beforeAll(async () => {
  const app = express();
  server = createServer(app);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  ({ jwk, publicKey, privateKey } = await keys('k1'));
  ({ issuer } = await embeddedIssuer({
    app,
    baseUrl,
    jwk,
    accounts: demoAccounts(),
    redirectUris: [REDIRECT],
    testGrants: true,
  }));
  verifier = keycloakTokenVerifier({ baseUrl, realm: 'resguardo', audience: AUDIENCE, clients: ['portal'] });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const token = (claims: Record<string, unknown> = {}, account: Account = officer) =>
  mint({ issuer, jwk })(account, claims);

it('a good token gives the caller', async () => {
  const caller = await verifier.verify(await token({ sid: 's-1' }));
  expect(caller).toMatchObject({
    sub: officer.sub,
    username: officer.username,
    role: 'OFFICER',
    agency: officer.agency,
    states: ['17'],
    session: 's-1',
  });
  expect(caller.expiresAt).toBeGreaterThan(seconds());
});

it.each(demoAccounts().map((account) => [account.username, account] as const))(
  'the demo account %s gets a token that is believed',
  async (_, account) => {
    const answer = await fetch(`${issuer}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: 'portal',
        username: account.username,
        password: account.password,
      }),
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    expect(await verifier.verify(access_token)).toMatchObject({ sub: account.sub, role: account.role });
  },
);

const analyst = demoAccounts().find(({ role }) => role === 'ANALYST')!;
const broken: Record<string, () => Promise<string>> = {
  'of another audience': () => token({ aud: 'another-api' }),
  'without audience': () => token({ aud: undefined }),
  'without exp': () => token({ exp: undefined }),
  expired: () => token({ iat: seconds() - 900, exp: seconds() - 600 }),
  'older than an hour, whatever its exp': () => token({ iat: seconds() - 7200 }),
  'not yet valid (nbf)': () => token({ nbf: seconds() + 600 }),
  'issued in the future (iat)': () => token({ iat: seconds() + 600, exp: seconds() + 900 }),
  'without iat': () => token({ iat: undefined }),
  'without sub': () => token({ sub: undefined }),
  'of another issuer': () => token({ iss: 'http://127.0.0.1:9/realms/resguardo' }),
  'of another realm': () => token({ iss: `${baseUrl}/realms/other` }),
  'that is an ID token': () => token({ typ: 'ID' }),
  'that is a refresh token': () => token({ typ: 'Refresh' }),
  'without typ': () => token({ typ: undefined }),
  'of another client': () => token({ azp: 'another-client' }),
  'without azp': () => token({ azp: undefined }),
  'without roles': () => token({ realm_access: undefined }),
  'with an unknown role': () => token({ realm_access: { roles: ['KING'] } }),
  'with the role of processes': () => token({ realm_access: { roles: ['SYSTEM'] }, agency: 'SYSTEM' }),
  'with two roles': () => token({ realm_access: { roles: ['OFFICER', 'SUPERVISOR'] } }),
  'with a role that is not of its agency': () => token({ realm_access: { roles: ['ANALYST'] } }),
  'of an analyst who claims an agency': () => token({ agency: 'PROSECUTOR' }, analyst),
  'with an unknown agency': () => token({ agency: 'NAVY' }),
  'without agency': () => token({ agency: undefined }),
  'with a state that does not exist': () => token({ states: ['33'] }),
  'of an officer of no state': () => token({ states: [] }),
  'with alg none': async () =>
    new UnsecuredJWT({ typ: 'Bearer' }).setIssuer(issuer).setAudience(AUDIENCE).setExpirationTime('5m').encode(),
  'signed with HS256 and the public key': async () =>
    new SignJWT({ typ: 'Bearer', azp: 'portal', iss: issuer, aud: AUDIENCE, sub: officer.sub })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(await exportSPKI(publicKey))),
  'signed with PS256': async () =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'PS256', kid: 'k1' })
      .sign(
        await crypto.subtle.importKey(
          'pkcs8',
          await crypto.subtle.exportKey('pkcs8', privateKey),
          { name: 'RSA-PSS', hash: 'SHA-256' },
          false,
          ['sign'],
        ),
      ),
  'signed by a stranger under our key id': async () => mint({ issuer, jwk: (await keys('k1')).jwk })(officer),
  'with an altered payload': async () => {
    const [head, , signature] = (await token()).split('.');
    const payload = {
      iss: issuer,
      aud: AUDIENCE,
      sub: 'someone-else',
      typ: 'Bearer',
      exp: seconds() + 300,
      iat: seconds(),
    };
    return [head, Buffer.from(JSON.stringify(payload)).toString('base64url'), signature].join('.');
  },
  'without signature': async () => (await token()).replace(/[^.]+$/, ''),
  'that is no token': async () => 'opaque',
  'that is empty': async () => '',
  'whose claims cannot be read': async () => {
    const [head, , signature] = (await token()).split('.');
    return `${head}.opaque.${signature}`;
  },
};
/** Those that are counted otherwise than for what they say. */
const COUNTED: Readonly<Record<string, TokenRefusal>> = {
  'of another audience': 'wrong-audience',
  'without audience': 'wrong-audience',
  expired: 'expired',
  'older than an hour, whatever its exp': 'expired',
  'of another issuer': 'wrong-issuer',
  'of another realm': 'wrong-issuer',
  'of another client': 'wrong-client',
  'with alg none': 'malformed',
  'signed with HS256 and the public key': 'malformed',
  'signed with PS256': 'malformed',
  'signed by a stranger under our key id': 'bad-signature',
  'with an altered payload': 'bad-signature',
  'without signature': 'bad-signature',
  'that is no token': 'malformed',
  'that is empty': 'malformed',
  'whose claims cannot be read': 'malformed',
};
it.each(Object.entries(broken))('a token %s is refused, and why is told', async (name, make) => {
  await verifier.verify(await token());
  const refused: string[] = [];
  const told = tellingRefusals(verifier, (why) => refused.push(why));
  await expect(told.verify(await make())).rejects.toThrow(BadToken);
  expect(refused).toEqual([COUNTED[name] ?? 'claims']);
});

describe('where two factors are demanded', () => {
  const demanding = () =>
    keycloakTokenVerifier({ baseUrl, realm: 'resguardo', audience: AUDIENCE, clients: ['portal'], secondFactor: true });
  const of = (role: string) => demoAccounts().find((account) => account.role === role)!;

  it.each(['SUPERVISOR', 'ADMINISTRATOR'])('a %s has given both, or is refused', async (role) => {
    const both = demanding();
    expect(await both.verify(await token({ acr: '2' }, of(role)))).toMatchObject({ role });
    for (const acr of [undefined, '0', '1', '3', '', '2 '])
      await expect(both.verify(await token({ acr }, of(role)))).rejects.toThrow(
        new BadToken('claims: acr', 'one-factor'),
      );
    await expect(both.verify(await token({ acr: 2 }, of(role)))).rejects.toThrow(BadToken);
  });

  it.each(['OFFICER', 'REPRESENTATIVE', 'LEGAL_ADVISER', 'INTERMEDIARY', 'ANALYST'])(
    'nothing more than a password is asked of %s',
    async (role) => expect(await demanding().verify(await token({ acr: '1' }, of(role)))).toMatchObject({ role }),
  );
});

it('what a refused token says is not in the error', async () => {
  const refused = await verifier.verify(await token({ agency: 'canary-agency' })).catch((error: unknown) => error);
  expect(String((refused as Error).message)).not.toContain('canary');
});

it('an unknown key within the cool-down means: try again, not: a bad token', async () => {
  const refused: string[] = [];
  const told = tellingRefusals(verifier, (why) => refused.push(why));
  await told.verify(await token());
  const rotated = await keys('k2');
  await expect(told.verify(await mint({ issuer, jwk: rotated.jwk })(officer))).rejects.toThrow(TryAgain);
  expect(refused).toEqual([]);
});

it('what fails while a token is verified is told as well: it is answered like a bad one', async () => {
  const refused: string[] = [];
  const failing = { ...verifier, verify: () => Promise.reject(new TypeError('a defect')) };
  await expect(tellingRefusals(failing, (why) => refused.push(why)).verify('t')).rejects.toThrow(TypeError);
  expect(refused).toEqual(['unexpected']);
});

it('an unknown key after the cool-down is a bad token', async () => {
  const unknown = await mint({ issuer, jwk: (await keys('k3')).jwk })(officer);
  const fresh = keycloakTokenVerifier({ baseUrl, realm: 'resguardo', audience: AUDIENCE, clients: ['portal'] });
  await expect(fresh.verify(unknown)).rejects.toMatchObject({ name: 'BadToken', why: 'unknown-key' });
});

it('an issuer that is away means: try again', async () => {
  const away = keycloakTokenVerifier({
    baseUrl: 'http://127.0.0.1:9',
    realm: 'resguardo',
    audience: AUDIENCE,
    clients: ['portal'],
  });
  const said = await mint({ issuer: 'http://127.0.0.1:9/realms/resguardo', jwk })(officer);
  await expect(away.verify(said)).rejects.toThrow(TryAgain);
});

it('a remembered token is refused once it has expired, and its caller is no longer good', async () => {
  let now = Date.now();
  const timed = keycloakTokenVerifier({
    baseUrl,
    realm: 'resguardo',
    audience: AUDIENCE,
    clients: ['portal'],
    now: () => now,
  });
  const short = await token();
  const caller = await timed.verify(short);
  expect(await timed.verify(short)).toBe(caller);
  now = caller.expiresAt * 1000;
  expect(timed.stillGood(caller)).toBe(false);
  await expect(timed.verify(short)).rejects.toMatchObject({ name: 'BadToken', why: 'expired' });
});

it('the tokens of a session that was signed out are refused, others are not', async () => {
  const [mine, sibling, other] = await Promise.all([token({ sid: 'a' }), token({ sid: 'a' }), token({ sid: 'b' })]);
  const caller = await verifier.verify(mine);
  verifier.drop({ session: 'a' });
  expect(verifier.stillGood(caller)).toBe(false);
  await expect(verifier.verify(mine)).rejects.toMatchObject({ name: 'BadToken', why: 'signed-out' });
  await expect(verifier.verify(sibling)).rejects.toMatchObject({ name: 'BadToken', why: 'signed-out' });
  await expect(verifier.verify(other)).resolves.toMatchObject({ session: 'b' });
});

describe('of an issuer that takes its keys away', () => {
  let published: readonly JWK[];
  let asked: number;
  let isAway: boolean;
  /** Requests that hang, as long as it says nothing. */
  let hanging: ServerResponse[] | undefined;
  let now: number;
  let aside: Server;
  let url: string;
  let timed: TokenVerifier;
  let [old, next]: Awaited<ReturnType<typeof keys>>[] = [];
  const by = ({ jwk: signing }: { readonly jwk: JWK }, claims: Record<string, unknown> = {}) =>
    mint({ issuer: `${url}/realms/resguardo`, jwk: signing })(officer, { exp: seconds() + 3_000, ...claims });
  const publicOf = ({ jwk: { kty, n, e, kid } }: { readonly jwk: JWK }): JWK => ({
    ...{ kty, n, e, kid },
    ...{ alg: 'RS256', use: 'sig' },
  });
  const later = (more: number) => (now += more * 1_000);
  const until = async (isTrue: () => boolean): Promise<void> => {
    for (const late = performance.now() + 4_000; !isTrue(); await new Promise((go) => setImmediate(go)))
      if (performance.now() > late) throw new Error('it did not come about');
  };
  const unknownKey = { name: 'BadToken', why: 'unknown-key' };

  beforeAll(async () => {
    aside = createServer((_, response) => {
      asked++;
      if (hanging) return void hanging.push(response);
      response.writeHead(isAway ? 503 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ keys: published }));
    });
    await new Promise<void>((ready) => aside.listen(0, '127.0.0.1', ready));
    url = `http://127.0.0.1:${(aside.address() as AddressInfo).port}`;
    [old, next] = [await keys('old'), await keys('next')];
  });
  beforeEach(() => {
    [published, asked, isAway, hanging, now] = [[publicOf(old!)], 0, false, undefined, Date.now()];
    const realm = { baseUrl: url, realm: 'resguardo', audience: AUDIENCE, clients: ['portal'] };
    timed = keycloakTokenVerifier({ ...realm, now: () => now });
  });
  afterAll(() => {
    aside.closeAllConnections();
    aside.close();
  });

  it('tokens of a key that is taken away are refused once the keys are half a minute old, new ones and those that were believed before', async () => {
    const known = await by(old!);
    const caller = await timed.verify(known);
    published = [publicOf(next!)];
    later(KEYS_AGE_SECONDS - 1);
    // Nobody has asked since.
    expect(await timed.verify(known)).toBe(caller);
    expect(asked).toBe(1);
    later(1);
    await expect(timed.verify(known)).rejects.toMatchObject(unknownKey);
    await expect(timed.verify(known)).rejects.toMatchObject(unknownKey);
    await expect(timed.verify(await by(old!))).rejects.toMatchObject(unknownKey);
    expect(timed.stillGood(caller)).toBe(false);
    expect(await timed.verify(await by(next!))).toMatchObject({ sub: officer.sub });
    expect(asked).toBe(2);
  });

  it('at once where a token of its successor came before', async () => {
    const known = await by(old!);
    await timed.verify(known);
    published = [publicOf(next!)];
    later(4);
    await timed.verify(await by(next!));
    await expect(timed.verify(known)).rejects.toMatchObject(unknownKey);
    expect(asked).toBe(2);
  });

  it('who is only pushed to is no longer good either, though nobody verifies', async () => {
    // Only what looks at the keys of itself.
    jest.useFakeTimers({
      doNotFake: [
        'Date',
        'performance',
        'nextTick',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
        'setTimeout',
        'clearTimeout',
      ],
    });
    try {
      const caller = await timed.verify(await by(old!));
      published = [publicOf(next!)];
      later(KEYS_AGE_SECONDS - 1);
      jest.advanceTimersByTime(1_000);
      expect([asked, timed.stillGood(caller)]).toEqual([1, true]);
      later(1);
      jest.advanceTimersByTime(1_000);
      await until(() => asked === 2);
      // Answered.
      await timed.verify(await by(next!));
      // Already at the first push.
      expect(timed.stillGood(caller)).toBe(false);
      // Nobody is left for whom they are kept.
      later(3_600);
      jest.advanceTimersByTime(60_000);
      expect(asked).toBe(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('one that is there again is believed again', async () => {
    const known = await by(old!);
    await timed.verify(known);
    published = [];
    later(KEYS_AGE_SECONDS);
    await expect(timed.verify(known)).rejects.toMatchObject(unknownKey);
    published = [publicOf(old!)];
    later(KEYS_AGE_SECONDS);
    expect(await timed.verify(known)).toMatchObject({ sub: officer.sub });
  });

  it('of both keys while both are there, tokens are believed; an expired token is called so, whatever its key', async () => {
    published = [publicOf(old!), publicOf(next!)];
    for (const one of [old!, next!]) expect(await timed.verify(await by(one))).toMatchObject({ sub: officer.sub });
    published = [publicOf(next!)];
    later(KEYS_AGE_SECONDS);
    for (const one of [old!, await keys('stranger')])
      await expect(timed.verify(await by(one, { exp: seconds() - 10 }))).rejects.toMatchObject({ why: 'expired' });
  });

  it('while the issuer is away its last keys are believed for ten minutes, then nobody is, and then again', async () => {
    const known = await by(old!);
    const caller = await timed.verify(known);
    isAway = true;
    for (let passed = 5; passed < KEYS_LAST_SECONDS; passed += 5) {
      later(5);
      expect(await timed.verify(passed % 2 ? known : await by(old!))).toMatchObject({ sub: officer.sub });
    }
    expect(timed.stillGood(caller)).toBe(true);
    later(5);
    expect(timed.stillGood(caller)).toBe(false);
    for (const one of [known, await by(old!)]) await expect(timed.verify(one)).rejects.toThrow(TryAgain);
    isAway = false;
    later(4);
    expect(await timed.verify(known)).toMatchObject({ sub: officer.sub });
  });

  it.each([4, 31, 300])('nobody waits a second time for an issuer that hangs, %d s later', async (passed) => {
    const known = await by(old!);
    await timed.verify(known);
    isAway = true;
    later(KEYS_AGE_SECONDS);
    await timed.verify(known);
    const hung: ServerResponse[] = (hanging = []);
    later(passed);
    await timed.verify(known);
    await until(() => hung.length > 0);
    hung[0]!.writeHead(503).end();
  });

  it('a key that one answer left out is believed again after the cool-down', async () => {
    await timed.verify(await by(old!));
    published = [publicOf(next!)];
    later(KEYS_AGE_SECONDS);
    await expect(timed.verify(await by(old!))).rejects.toMatchObject(unknownKey);
    published = [publicOf(old!)];
    later(3);
    await expect(timed.verify(await by(old!))).rejects.toMatchObject(unknownKey);
    later(1);
    expect(await timed.verify(await by(old!))).toMatchObject({ sub: officer.sub });
    expect(asked).toBe(3);
  });

  it('a stranger’s keys are not asked for more than once in the cool-down', async () => {
    await timed.verify(await by(old!));
    const stranger = await by(await keys('stranger'));
    for (let i = 0; i < 3; i++) await expect(timed.verify(stranger)).rejects.toThrow(TryAgain);
    expect(asked).toBe(1);
    later(4);
    await expect(timed.verify(stranger)).rejects.toMatchObject(unknownKey);
    await expect(timed.verify(stranger)).rejects.toThrow(TryAgain);
    expect(asked).toBe(2);
  });
});
