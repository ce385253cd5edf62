import { createHash, randomBytes } from 'node:crypto';
import { DEMO_PASSWORD } from '@resguardo/identity';

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
}

/** A browser as far as a form and a redirection need one: it keeps cookies. */
const browser = () => {
  const jar = new Map<string, string>();
  return async (url: string, form?: Readonly<Record<string, string>>): Promise<string> => {
    const answer = await fetch(url, {
      redirect: 'manual',
      method: form ? 'POST' : 'GET',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { body: new URLSearchParams(form) }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      jar.set(name!, value!);
    }
    await answer.arrayBuffer();
    const to = answer.headers.get('location');
    if (!to) throw new Error(`${url} led nowhere: ${answer.status}`);
    return new URL(to, url).toString();
  };
};

/** The demo accounts as they sign in on the portal: with user name and password, code and PKCE; refreshed before the token ends. */
export const signedInAt = (url: string): ((username: string) => Promise<string>) => {
  const realm = `${url}/realms/resguardo/protocol/openid-connect`;
  const redirect = `${url}/callback`;
  const ask = async (body: Readonly<Record<string, string>>): Promise<Tokens> => {
    const answer = await fetch(`${realm}/token`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'portal', ...body }),
    });
    if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Tokens;
  };
  const signIn = async (username: string): Promise<Tokens> => {
    const go = browser();
    const verifier = randomBytes(32).toString('base64url');
    const asked = new URLSearchParams({
      client_id: 'portal',
      response_type: 'code',
      scope: 'openid profile',
      redirect_uri: redirect,
      state: 'differential',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    let to = await go(`${realm}/auth?${asked}`);
    to = await go(to, { username, password: DEMO_PASSWORD });
    while (!to.startsWith(redirect)) to = await go(to);
    const code = new URL(to).searchParams.get('code');
    if (!code) throw new Error(`${username} could not sign in: ${to}`);
    return ask({ grant_type: 'authorization_code', code, redirect_uri: redirect, code_verifier: verifier });
  };

  const known = new Map<string, { readonly until: number; readonly tokens: Promise<Tokens> }>();
  const keep = (username: string, asked: Promise<Tokens>, seconds: number) => {
    known.set(username, { until: Date.now() + seconds * 1_000, tokens: asked });
    return asked;
  };
  /** Of a token's five minutes. */
  const GOOD_FOR_SECONDS = 200;
  return async (username) => {
    const has = known.get(username);
    if (has && has.until > Date.now()) return (await has.tokens).access_token;
    const renewed = has
      ? has.tokens.then(({ refresh_token }) => ask({ grant_type: 'refresh_token', refresh_token }))
      : signIn(username);
    return (await keep(username, renewed, GOOD_FOR_SECONDS)).access_token;
  };
};
