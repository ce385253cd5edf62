import { readFileSync } from 'node:fs';
import { realm } from '../../infra/keycloak/realm.js';

/** "How long" in docs/how-to/run-with-keycloak.md: what is promised there to whoever runs the product with a Keycloak. Seconds. */
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;

const page = readFileSync('docs/how-to/run-with-keycloak.md', 'utf8').replaceAll(/\s+/g, ' ');
const committed = JSON.parse(readFileSync('infra/keycloak/realm.json', 'utf8')) as ReturnType<typeof realm>;

describe.each([
  ['the realm that the code makes', realm()],
  ['the committed realm', committed],
])('%s keeps to what is said of how long', (_, given) => {
  it('access tokens live five minutes, for every client', () => {
    expect(page).toContain('Access tokens live five minutes;');
    expect(given.accessTokenLifespan).toBe(5 * MINUTE);
    const own = given.clients.map((client) => (client as { attributes?: object }).attributes ?? {});
    expect(own.flatMap(Object.keys).filter((name) => /lifespan|timeout/i.test(name))).toEqual([]);
  });

  it('a refresh token is good once', () => {
    expect(page).toContain('a refresh token is good once;');
    expect([given.revokeRefreshToken, given.refreshTokenMaxReuse]).toEqual([true, 0]);
  });

  it('a session lasts eight hours, half an hour without use', () => {
    expect(page).toContain('a session lasts eight hours, half an hour without use.');
    expect([given.ssoSessionMaxLifespan, given.ssoSessionIdleTimeout]).toEqual([8 * HOUR, 30 * MINUTE]);
  });

  it('who signed in, or was not let in, is kept for a year, and what administrators change is written down', () => {
    expect(page).toContain('Keycloak keeps for a year who signed in and who was not let in');
    expect([given.eventsEnabled, given.eventsExpiration]).toEqual([true, YEAR]);
    expect([given.adminEventsEnabled, given.adminEventsDetailsEnabled]).toEqual([true, true]);
    // All kinds of events, since none is chosen.
    expect(given).not.toHaveProperty('enabledEventTypes');
  });
});
