import { jest } from '@jest/globals';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import './rests.js';

const logger = { namespace: () => logger, debug() {}, info() {}, warn() {}, error() {} };
let queue: RequestQueue;
let sent: number[];

beforeEach(() => {
  jest.useFakeTimers();
  sent = [];
  queue = new RequestQueue({ logger, broker: 'b', clientId: 'c', maxInFlightRequests: 1, requestTimeout: 1_000 });
});
afterEach(() => {
  queue.destroy();
  jest.useRealTimers();
});

const push = (correlationId: number) =>
  queue.push({
    entry: { correlationId, resolve: () => {}, reject: () => {} },
    expectResponse: true,
    sendRequest: () => sent.push(correlationId),
  });
const answer = (correlationId: number) => queue.fulfillRequest({ correlationId, payload: null, size: 0 });

it('a connection on which nothing waits does nothing', () => {
  push(1);
  answer(1);
  expect(sent).toEqual([1]);
  expect(jest.getTimerCount()).toBe(0);
});

it('what waits for an answer to another is sent with it', () => {
  push(1);
  push(2);
  expect(sent).toEqual([1]);
  answer(1);
  expect(sent).toEqual([1, 2]);
});

it('what waits because the broker asked for a pause is sent after it', () => {
  queue.maybeThrottle(500);
  push(1);
  jest.advanceTimersByTime(499);
  expect(sent).toEqual([]);
  jest.advanceTimersByTime(20);
  expect(sent).toEqual([1]);
  answer(1);
  expect(jest.getTimerCount()).toBe(0);
});
