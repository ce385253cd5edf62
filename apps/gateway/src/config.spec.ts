import { jest } from '@jest/globals';
import { openGateway } from './compose.js';
import { configFrom } from './config.js';
import { freePort } from './testing/services.js';

jest.setTimeout(30_000);

const env = {
  NODE_ENV: 'development',
  COORDINATION_URL: 'http://coordination:8080/, http://coordination-2:8080',
  PROSECUTION_URL: 'http://prosecution:8080',
  CHILD_PROTECTION_URL: 'http://child-protection:8080',
  VICTIMS_COMMISSION_URL: 'http://victims-commission:8080',
  HEALTH_URL: 'https://health',
  OVERSIGHT_URL: 'http://oversight:8080',
  INSIGHTS_URL: 'http://insights:8080',
};
const SECRET = 'user:palabra-secreta';

it('reads the addresses of the services, and defaults that work on one machine', () => {
  expect(configFrom({ ...env, IDENTITY_URL: '', LOG_LEVEL: 'info' })).toMatchObject({
    port: 8080,
    host: '127.0.0.1',
    names: undefined,
    identityUrl: undefined,
    realm: 'resguardo',
    documentsOnly: false,
    trustedProxies: [],
    services: { coordination: ['http://coordination:8080', 'http://coordination-2:8080'], health: ['https://health'] },
  });
  const real = {
    ...env,
    IDENTITY_URL: 'https://identity.example/',
    HOST: '0.0.0.0',
    NAMES: 'a.example, b:81',
    TRUSTED_PROXIES: '10.1.0.0/16, 2001:db8::1',
  };
  expect(configFrom({ ...real, NODE_ENV: 'production', IDENTITY_REALM: 'otro' })).toMatchObject({
    host: '0.0.0.0',
    names: ['a.example', 'b:81'],
    trustedProxies: ['10.1.0.0/16', '2001:db8::1'],
    identityUrl: 'https://identity.example',
    realm: 'otro',
  });
});

it.each([
  ['HEALTH_URL', { HEALTH_URL: undefined }],
  ['OVERSIGHT_URL', { OVERSIGHT_URL: `ftp://${SECRET}@x` }],
  ['PORT', { PORT: SECRET }],
  ['LOG_LEVEL', { LOG_LEVEL: SECRET }],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', { OTEL_EXPORTER_OTLP_ENDPOINT: SECRET }],
  ['OTEL_EXPORTER_OTLP_HEADERS', { OTEL_EXPORTER_OTLP_HEADERS: SECRET }],
  ['METRICS_PORT', { METRICS_PORT: SECRET }],
  ['METRICS_HOST', { METRICS_HOST: SECRET }],
  ['TRUSTED_PROXIES', { TRUSTED_PROXIES: SECRET }],
  ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.0/33' }],
  ['IDENTITY_URL', { IDENTITY_URL: SECRET }],
  ['IDENTITY_REALM', { IDENTITY_REALM: `../${SECRET}` }],
  // Demo accounts have a printed password: they are for this machine and for no production.
  ['IDENTITY_URL', { NODE_ENV: 'production' }],
  ['IDENTITY_URL', { NODE_ENV: undefined }],
  ['HOST', { HOST: '0.0.0.0' }],
  ['NAMES', { NAMES: 'x.example' }],
  ['IDENTITY_REALM', { IDENTITY_REALM: 'otro' }],
])('stops at a wrong %s and prints its name, not its value: %j', (name, wrong) => {
  const read = () => configFrom({ ...env, ...wrong });
  expect(read).toThrow(new RegExp(`^configuration: ${name}(\\.0)?: `));
  expect(read).not.toThrow(SECRET);
});

it('serves metrics on another port than the public one, and on this machine alone unless told', () => {
  expect(configFrom(env)).toMatchObject({ metrics: undefined, otlpEndpoint: undefined });
  expect(
    configFrom({ ...env, METRICS_PORT: '9464', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }),
  ).toMatchObject({ metrics: { host: '127.0.0.1', port: 9464 }, otlpEndpoint: 'http://collector:4318' });
  expect(() => configFrom({ ...env, PORT: '4000', METRICS_PORT: '4000' })).toThrow('METRICS_PORT');
});

it('carries the issuer of the demo accounts where it is given no Keycloak', async () => {
  const port = await freePort();
  const gateway = await openGateway(configFrom({ ...env, PORT: String(port), LOG_LEVEL: 'silent' }));
  try {
    const found = await fetch(`${gateway.url}/realms/resguardo/.well-known/openid-configuration`);
    expect(await found.json()).toMatchObject({ issuer: `http://127.0.0.1:${port}/realms/resguardo` });
    const elsewhere = await openGateway(
      configFrom({
        ...env,
        PORT: String(await freePort()),
        IDENTITY_URL: gateway.url,
        LOG_LEVEL: 'silent',
      }),
    );
    expect((await fetch(`${elsewhere.url}/realms/resguardo/.well-known/openid-configuration`)).status).toBe(404);
    await elsewhere.close();
  } finally {
    await gateway.close();
  }
});
