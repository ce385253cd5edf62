import { Common, configOf, Coordination } from './service-config.js';
import { storeIn } from './settings.js';

const env = {
  NODE_ENV: 'development',
  PORT: '4000',
  DATABASE_URL: 'postgres://service:secret@127.0.0.1/service',
  KAFKA_URL: 'kafka://service:secret@127.0.0.1:9092',
  IDENTITY_URL: 'https://identity.example/',
  SECRETS: 'secrets',
  SERVICE_KEYS: 'service-keys.json',
};

it('takes the issuer for a Keycloak unless it is told of demo accounts', () => {
  expect(configOf(Common, env)).toMatchObject({ IDENTITY_URL: 'https://identity.example', DEMO_ACCOUNTS: false });
  expect(configOf(Common, { ...env, DEMO_ACCOUNTS: 'true' }).DEMO_ACCOUNTS).toBe(true);
});

it.each([
  ['DEMO_ACCOUNTS', { DEMO_ACCOUNTS: 'true', NODE_ENV: 'production' }],
  // Production is what a service takes itself for.
  ['DEMO_ACCOUNTS', { DEMO_ACCOUNTS: 'true', NODE_ENV: undefined }],
  ['DEMO_ACCOUNTS', { DEMO_ACCOUNTS: 'palabra-secreta' }],
  ['RESGUARDO_TEST_CLOCK', { RESGUARDO_TEST_CLOCK: 'palabra-secreta', NODE_ENV: 'production' }],
  ['RESGUARDO_TEST_CLOCK', { RESGUARDO_TEST_CLOCK: 'palabra-secreta', NODE_ENV: undefined }],
  ['DATABASE_URL', { DATABASE_URL: 'palabra-secreta' }],
])('stops at a wrong %s and prints its name, not its value: %j', (name, wrong) => {
  const read = () => configOf(Common, { ...env, ...wrong });
  expect(read).toThrow(new RegExp(`^configuration: ${name}: `));
  expect(read).not.toThrow('palabra-secreta');
});

const services = ['victims-commission', 'child-protection', 'prosecution', 'health'];
const agencies = Object.fromEntries(services.map((service) => [service, `https://${service}.example/keeper`]));
const table = { ...env, SERVICE_PORT: '4001', ERASURES: 'erasures', AGENCY_URLS: JSON.stringify(agencies) };

it.each([
  'palabra-secreta',
  '["palabra-secreta"]',
  JSON.stringify({ ...agencies, health: 'palabra-secreta' }),
  JSON.stringify({ ...agencies, health: undefined }),
])('stops where the agencies are not an address each, without printing them: %j', (AGENCY_URLS) => {
  const read = () => configOf(Coordination, { ...table, AGENCY_URLS });
  expect(read).toThrow(/^configuration: AGENCY_URLS/);
  expect(read).not.toThrow('palabra-secreta');
});

it('keeps the events where it was told to, and nowhere else', () => {
  const esdb = { RESGUARDO_STORE: 'eventstoredb', EVENTSTOREDB_URL: 'esdb://events.example:2113' };
  expect(storeIn(configOf(Coordination, table)).eventStoreDbUrl).toBeUndefined();
  expect(storeIn(configOf(Coordination, { ...table, ...esdb })).eventStoreDbUrl).toBe(esdb.EVENTSTOREDB_URL);
  expect(() => storeIn(configOf(Coordination, { ...table, RESGUARDO_STORE: 'eventstoredb' }))).toThrow(
    'RESGUARDO_STORE=eventstoredb needs EVENTSTOREDB_URL',
  );
});
