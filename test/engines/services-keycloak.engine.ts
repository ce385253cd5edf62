import { SERVICE_OF } from '@resguardo/contracts';
import { STAFF_CLIENT } from '@resguardo/identity';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { Client } from 'pg';
import type { Browser } from 'playwright-core';
import { type Distributed, startDistributed } from '../../infra/distributed/index.js';
import { freePorts, type RunningKeycloak } from '../../infra/engines/index.js';
import type { Admin } from '../../infra/keycloak/admin.js';
import { type Program, PROGRAMS } from '../../infra/programs.js';
import { launch } from '../browser/support/browser.js';
import { journeys } from '../browser/support/journeys.js';
import { canaryForms } from '../../libs/vault/src/testing/canary-forms.js';
import { ADMINISTRATOR, OFFICERS, openCase, peopleOf, REPRESENTATIVE, SUPERVISORS } from '../e2e/support/people.js';
import { removeFolder, temporaryFolder } from '../e2e/support/standalone.js';
import { canaryPlanter, filesBelow, type Haystack, searchFor } from '../support/canaries.js';
import { inDatabase } from '../support/in-database.js';
import { refusedTokensAt } from '../support/scrape.js';
import { until } from '../support/until.js';
import { account, asAStranger, keycloakFor, keycloakPeople, rotateKey } from './support/keycloak-people.js';
import { itOnOwn } from './support/not-run.js';

/** Whose questions about themselves each service answers. */
const ASKS: readonly (readonly [Program, string])[] = [
  ...Object.entries(OFFICERS).map(
    ([agency, username]) => [SERVICE_OF[agency as keyof typeof OFFICERS] as Program, username] as const,
  ),
  ['oversight', SUPERVISORS.PROSECUTOR],
  ['coordination', ADMINISTRATOR],
];

describe('the services apart with a Keycloak instead of the embedded issuer, through their one address', () => {
  const folder = temporaryFolder();
  let keycloak: RunningKeycloak;
  let admin: Admin;
  let all: Distributed;
  let browser: Browser;
  const people = keycloakPeople(() => ({ url: all.gateway.url, keycloak, browser }));
  const { pageOf, personOf, sessionOf, subjectOf, me, renew } = people;
  const canaries = canaryPlanter();

  beforeAll(async () => {
    const [port] = (await freePorts(1)) as [number];
    ({ keycloak, admin } = await keycloakFor(port));
    await people.make(admin, [OFFICERS.HEALTH, REPRESENTATIVE]);
    all = await startDistributed({
      folder,
      port,
      identityUrl: keycloak.url,
      staffClientSecret: await admin.secretOf(STAFF_CLIENT),
      // A test that waits for a key asks without pause.
      env: { RESGUARDO_REQUESTS_PER_MINUTE: '100000' },
    });
    browser = await launch({ apart: true });
  }, 400_000);
  afterAll(async () => {
    await browser?.close();
    await all?.stop();
    await keycloak?.stop();
    removeFolder(folder);
  });

  it('no service mounts an issuer or knows a demo account', async () => {
    const discovery = await fetch(`${all.gateway.url}/realms/resguardo/.well-known/openid-configuration`);
    expect(discovery.status).toBe(404);
    for (const { output } of [all.gateway, ...Object.values(all.services)]) expect(output()).not.toMatch(/demo/i);
  });

  describe('the child tells it once: the main job of each role, signed in on Keycloak’s own page', () =>
    journeys(() => ({ url: all.gateway.url, pageOf, subjectOf, canaries })));

  /** Keycloak's database and its log, without what is the same in every installation. */
  const heldByKeycloak = (): readonly Haystack[] =>
    filesBelow(keycloak.dataFolder!, ['lib', 'conf', 'providers', 'themes', 'bin']);

  itOnOwn(
    'RESGUARDO_KEYCLOAK',
    'D5: of all that was said Keycloak holds nothing, in whatever form, neither in its database nor in its log',
    async () => {
      // What the pages ask for is little: names, a CURP, telephones and words of a child are said with a token of this Keycloak.
      const said = peopleOf(
        { url: all.gateway.url, dataFolder: folder },
        async (username) => (await sessionOf(await pageOf(username))).access_token,
      );
      await openCase(said, canaries.input('receiveReport', { state: '17' }));
      const cases = await inDatabase(all.databases.coordination, async (client) => {
        const { rows } = await client.query<{ id: string; folio: string | null }>(
          `select distinct data ->> 'folio' as folio, substr(stream, 6) as id from store.events where type = 'CaseOpened'`,
        );
        return rows.flatMap(({ id, folio }) => [id, folio!]);
      });
      expect(cases.length).toBeGreaterThan(3);
      for (const one of cases) canaries.plant('case', one);
      expect([...new Set(canaries.planted.map(({ where }) => where))]).toEqual(
        expect.arrayContaining([
          ...['case', 'findChild', 'submitQuestions.questionTexts', 'makeReferral.message', 'sealRecord.location'],
          ...['givenNames', 'curp', 'phones', 'address'].map((field) => `receiveReport.identity.${field}`),
        ]),
      );
      const held = await until('who signed in last, in its files', async () => {
        const files = heldByKeycloak();
        // It keeps who signed in: what it holds can be found.
        return files.some(({ bytes }) => bytes.includes(OFFICERS.HEALTH)) ? files : undefined;
      });
      expect(held.flatMap(searchFor(canaries.planted))).toEqual([]);
    },
  );

  itOnOwn(
    'RESGUARDO_KEYCLOAK',
    'a leak that is planted there is found by the same search, in its database and in its log',
    async () => {
      const planted = (field: string) => canaries.planted.findLast(({ where }) => where === `receiveReport.${field}`)!;
      const [words, curp] = [planted('summary'), planted('identity.curp')];
      await admin.call('POST', '/roles', {
        name: 'planted',
        description: canaryForms(words.value)['base64']!.toString(),
      });
      // Whoever is not let in is in its log by the name they gave.
      const { ok } = await fetch(`${keycloak.url}/realms/master/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({
          ...{ grant_type: 'password', client_id: 'admin-cli' },
          ...{ username: curp.value, password: 'nobody' },
        }),
      });
      expect(ok).toBe(false);
      const wanted = [`data base64 ${words.where}`, `log raw ${curp.where}`];
      const search = searchFor([words, curp]);
      await until('both leaks', async () => {
        const found = heldByKeycloak()
          .flatMap(search)
          .map(({ haystack, form, where }) => `${haystack.endsWith('/server.log') ? 'log' : 'data'} ${form} ${where}`);
        return wanted.every((one) => found.includes(one)) || undefined;
      });
    },
  );

  it.each(ASKS)(
    'D8: %s believes the token of %s, supervisors and administration with two factors',
    async (_, username) => {
      const { access_token: token } = await sessionOf(await pageOf(username));
      const { role, agency, states } = account(username);
      expect(await me(token)).toEqual({ actor: subjectOf(username), role, agency, states: [...states] });
      expect(decodeJwt(token)['acr']).toBe(role === 'OFFICER' ? '1' : '2');
      expect((await personOf(username)).errors).toEqual([]);
    },
  );

  it('a token of a new signing key is believed by gateway and services within ten seconds, and nobody is written down or counted as refused meanwhile', async () => {
    const refusals = async () => {
      const database = new Client({ connectionString: all.databases.coordination });
      await database.connect();
      const { rows } = await database.query(
        `select type, count(*)::int from store.events where type in ('AccessDenied', 'CommandRefused') group by type order by type`,
      );
      await database.end();
      return rows;
    };
    const before = await refusals();
    const counted = async () =>
      Object.fromEntries(
        await Promise.all(
          (['gateway', ...PROGRAMS] as const).map(async (program) => {
            // A page that was left open may come with a token that has run out.
            const { expired: _, ...others } = await refusedTokensAt(all.metricsPortOf(program));
            return [program, others] as const;
          }),
        ),
      );
    // All are signed in before.
    for (const [, username] of ASKS) await pageOf(username);
    const everywhere = [
      ['gateway', all.gateway.url] as const,
      ...ASKS.map(([service]) => [service, all.services[service].url] as const),
    ];
    const { access_token: old } = await sessionOf(await pageOf(OFFICERS.HEALTH));
    const strangerEverywhere = async () => {
      for (const [program, url] of everywhere) {
        let answer = await me(asAStranger(old), url);
        while (answer === 'TRY_AGAIN') answer = await me(asAStranger(old), url);
        expect([program, answer]).toEqual([program, 'UNAUTHENTICATED']);
      }
    };
    /** What was counted before, and one stranger more wherever one came. */
    const oneMore = (known: Awaited<ReturnType<typeof counted>>) => ({
      ...known,
      ...Object.fromEntries(
        everywhere.map(([program]) => {
          const { 'unknown-key': strangers = NaN, ...others } = known[program]!;
          return [program, { ...others, 'unknown-key': strangers + 1 }];
        }),
      ),
    });
    const known = oneMore(await counted());
    await strangerEverywhere();
    expect(await counted()).toEqual(known);
    // Whoever comes with an unknown key has the keys fetched: from here on the cool-down of each runs.
    await strangerEverywhere();
    await rotateKey(admin);
    const fresh = await Promise.all(
      ASKS.map(async ([service, username]) => {
        const { access_token: token } = await renew(await pageOf(username));
        return { service, username, token: token! };
      }),
    );
    for (const { token } of fresh) expect(decodeProtectedHeader(token).kid).not.toBe(decodeProtectedHeader(old).kid);
    const began = performance.now();
    await Promise.all(
      fresh.map(async ({ service, username, token }) => {
        const said: unknown[] = [];
        while (typeof said.at(-1) !== 'object') said.push(await me(token));
        expect([service, performance.now() - began < 10_000]).toEqual([service, true]);
        expect([service, said.slice(0, -1).filter((code) => code !== 'TRY_AGAIN')]).toEqual([service, []]);
        expect(said.at(-1)).toMatchObject({ actor: subjectOf(username) });
      }),
    );
    expect(await me(old)).toMatchObject({ actor: subjectOf(OFFICERS.HEALTH) });
    expect(await refusals()).toEqual(before);
    expect(await counted()).toEqual(oneMore(known));
  }, 60_000);
});
