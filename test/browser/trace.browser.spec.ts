import type { Browser } from 'playwright-core';
import { OFFICERS } from '../e2e/support/people.js';
import { removeFolder, type Standalone, startStandalone, temporaryFolder } from '../e2e/support/standalone.js';
import { otlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { entered, launch } from './support/browser.js';

describe('a trace begins in the browser', () => {
  const dataFolder = temporaryFolder();
  let collector: OtlpReceiver;
  let product: Standalone;
  let browser: Browser;
  beforeAll(async () => {
    collector = await otlpReceiver();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint };
    [product, browser] = await Promise.all([startStandalone(dataFolder, { env }), launch()]);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
    await collector?.close();
    removeFolder(dataFolder);
  });

  it('each operation of a page has one of its own, under the name of the operation', async () => {
    const { page, context } = await entered(browser, product, OFFICERS.PROSECUTOR);
    const sent = new Map<string, string>();
    page.on('request', (request) => {
      const { traceparent } = request.headers();
      if (!request.url().endsWith('/graphql') || request.method() !== 'POST') return;
      const { operationName } = request.postDataJSON() as { operationName: string };
      sent.set(operationName, traceparent ?? 'none');
    });
    await Promise.all([
      page.waitForResponse(
        (response) => response.request().postData()?.includes('"operationName":"Cases"') === true && response.ok(),
      ),
      page.goto(`${product.url}/casos`),
    ]);
    const [, traceId, browserSpan] = sent.get('Cases')!.split('-');
    expect(sent.get('Cases')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    const spans = await collector.trace(traceId!, ['query Cases']);
    expect(spans.find(({ name }) => name === 'query Cases')).toMatchObject({ parentSpanId: browserSpan });
    expect(new Set(sent.values()).size).toBe(sent.size);
    await context.close();
  }, 60_000);
});
