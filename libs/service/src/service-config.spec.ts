import { Common, configOf } from './service-config.js';

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
  ['DATABASE_URL', { DATABASE_URL: 'palabra-secreta' }],
])('stops at a wrong %s and prints its name, not its value: %j', (name, wrong) => {
  const read = () => configOf(Common, { ...env, ...wrong });
  expect(read).toThrow(new RegExp(`^configuration: ${name}: `));
  expect(read).not.toThrow('palabra-secreta');
});
