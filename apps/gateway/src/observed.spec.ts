import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { jest } from '@jest/globals';
import { type Service, SERVICES } from '@resguardo/contracts';
import { newTraceparent } from '../../portal/src/trace.js';
import { otlpReceiver, type OtlpReceiver } from '../../../test/support/otlp-receiver.js';
import { refusedTokensAt } from '../../../test/support/scrape.js';
import { openGateway } from './compose.js';
import { closed, freePort, gatewayConfig, type Issuer, listening, post, startIssuer } from './testing/services.js';

jest.setTimeout(60_000);

let issuer: Issuer;
let service: Server;
let collector: OtlpReceiver;
let urls: Record<Service, string>;
const told: IncomingHttpHeaders[] = [];
beforeAll(async () => {
  [issuer, collector] = await Promise.all([startIssuer(), otlpReceiver()]);
  service = createServer((request, response) => {
    told.push(request.headers);
    request.resume().on('end', () => response.end('{"data":{"me":null}}'));
  });
  const url = await listening(service);
  urls = Object.fromEntries(SERVICES.map((name) => [name, url])) as Record<Service, string>;
});
afterAll(async () => {
  await Promise.all([closed(service), collector.close(), issuer.close()]);
});
beforeEach(() => void told.splice(0));

const asked = async (url: string, query: string, traceparent: string, username = 'salud.nayarit') => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await issuer.tokenOf(username)}`,
      traceparent,
    },
    body: JSON.stringify({ query }),
  });
  expect(await response.json()).toEqual({ data: { me: null } });
};

describe('a request is a span of the gateway', () => {
  let gateway: { url: string; close(): Promise<void> };
  beforeEach(async () => {
    gateway = await openGateway({ ...(await gatewayConfig(urls, issuer)), otlpEndpoint: collector.endpoint });
  });

  it('between the browser’s and the service’s, under the name of the registered operation', async () => {
    const traceparent = newTraceparent();
    const [, traceId, browser] = traceparent.split('-');
    await asked(gateway.url, 'query Me { me { actor } }', traceparent);
    await gateway.close();
    const [span, ...others] = collector.spans.filter((one) => one.traceId === traceId);
    expect(others).toEqual([]);
    expect(span).toMatchObject({
      name: 'query Me',
      service: 'gateway',
      kind: 2,
      parentSpanId: browser,
      failed: false,
      attributes: {
        'graphql.operation.name': 'Me',
        'graphql.operation.type': 'query',
        'http.request.method': 'POST',
        'http.response.status_code': 200,
      },
    });
    expect(told.map(({ traceparent: said }) => said)).toEqual([`00-${traceId}-${span!.spanId}-01`]);
    expect(collector.bodies.join()).not.toContain('salud');
  });

  it('without a name where nobody registered it', async () => {
    const traceparent = newTraceparent();
    await asked(gateway.url, 'query Lopez { me { actor } }', traceparent);
    await gateway.close();
    expect(collector.spans.find(({ traceId }) => traceId === traceparent.split('-')[1])).toMatchObject({
      name: 'query other',
    });
    expect(collector.bodies.join()).not.toContain('Lopez');
  });

  it('unless the browser wants none: then the service is told so', async () => {
    const quiet = newTraceparent().replace(/01$/, '00');
    await asked(gateway.url, 'query Me { me { actor } }', quiet);
    await gateway.close();
    expect(collector.spans.filter(({ traceId }) => traceId === quiet.split('-')[1])).toEqual([]);
    expect(told.map(({ traceparent }) => traceparent)).toEqual([quiet]);
  });
});

it('where nothing is traced the service is told the browser’s trace', async () => {
  const gateway = await openGateway(await gatewayConfig(urls, issuer));
  const traceparent = newTraceparent();
  await asked(gateway.url, 'query Me { me { actor } }', traceparent);
  await gateway.close();
  expect(told.map(({ traceparent: said }) => said)).toEqual([traceparent]);
});

it.each([
  ['no trace id', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
  ['no parent id', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`],
  ['a version that is none', 'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  ['more than this version has', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-ana'],
  // Allowed by W3C; but what a browser writes there could be anything.
  ['words of a version to come', 'cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-ana'],
])('with %s nothing is told', async (_, traceparent) => {
  const gateway = await openGateway(await gatewayConfig(urls, issuer));
  await asked(gateway.url, 'query Me { me { actor } }', traceparent);
  await gateway.close();
  expect(told.map(({ traceparent: said }) => said)).toEqual([undefined]);
});

it('what Node says of itself, and which tokens were refused, is served on a port of its own, which is given back', async () => {
  const port = await freePort();
  const config = { ...(await gatewayConfig(urls, issuer)), metrics: { host: '127.0.0.1', port } };
  const gateway = await openGateway(config);
  const { url } = gateway;
  const scraped = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect([scraped.status, await scraped.text()]).toEqual([200, expect.stringContaining('process_resident_memory')]);
  expect(await (await fetch(`${url}/metrics`)).text()).not.toContain('process_resident_memory');
  const forged = await issuer.forged('salud.nayarit');
  const { body } = await post(url, forged, '{ me { actor } again: me { actor } }');
  expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  const { 'bad-signature': count, ...others } = await refusedTokensAt(port);
  expect([count, ...new Set(Object.values(others))]).toEqual([1, 0]);
  // Its own port is taken: then none of it stays open.
  const other = { host: '127.0.0.1', port: await freePort() };
  const said = jest.spyOn(console, 'error').mockImplementation(() => {});
  await expect(openGateway({ ...config, metrics: other })).rejects.toThrow('EADDRINUSE');
  said.mockRestore();
  await expect(fetch(`http://127.0.0.1:${other.port}/metrics`)).rejects.toThrow();
  await gateway.close();
  await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
});
