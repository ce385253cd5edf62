import { nodeSettings } from './broker.js';

const place = {
  ...{ brokers: ['a:1', 'b:1', 'c:1'], controllers: new Map([[3, 'd:1']]), superUser: 'super', password: 'secret' },
  data: '/data',
};

it.each([
  ['broker', 0],
  ['controller', 3],
])('a %s lets another take over within a second, and what was turned away asks again at once', (_, node) =>
  expect(nodeSettings({ node, ...place })).toMatchObject({
    'controller.quorum.fetch.timeout.ms': '1000',
    'controller.quorum.election.timeout.ms': '500',
    'controller.quorum.election.backoff.max.ms': '500',
    'replica.fetch.backoff.ms': '100',
  }),
);
