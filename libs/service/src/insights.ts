import { kafkaFeed } from '@resguardo/bus-kafka';
import { cloudEvents } from '@resguardo/bus-messages';
import { operationNames } from '@resguardo/door';
import type { Caller } from '@resguardo/identity';
import { countedCases, type Insights as Figures, insights, InsightsModule } from '@resguardo/insights';
import { runProjection } from '@resguardo/store-postgres';
import { callsService, contractsTable, keeperServer } from '@resguardo/store-remote';
import { observing, readiness } from '@resguardo/telemetry';
import type { Logger } from 'pino';
import { callersAt } from './callers.js';
import { every } from './every.js';
import { kafkaConnection } from './feeds.js';
import { followersOf, parkedTypeIn, serviceFollowers } from './followers-of.js';
import { openFront, registeredDocuments } from './front.js';
import { isOnRecord } from './order-proof.js';
import { followerCalls } from './overseeing.js';
import { clockOf, poolOf, type RunningService } from './process.js';
import { configOf, Insights, knownKeysIn, observedOf, standingKey } from './service-config.js';
import { testClockIn } from './settings.js';
import { upkeepLog } from './upkeep.js';

const PUBLISH_EVERY_MS = 10_000;

/** Lets the figures of each quarter come out once it is over, until stopped. */
export const publishing = (figures: Pick<Figures, 'publish'>, log: Logger): (() => Promise<void>) =>
  every(PUBLISH_EVERY_MS, log, 'publishing figures', () => figures.publish());

/** Figures for the analysis of SIPINNA. It has no key, no vault and no timeline, asks no other service, and knows cases by pseudonym only. */
export const openInsights = async (env: NodeJS.ProcessEnv): Promise<RunningService> => {
  const config = configOf(Insights, env);
  const clock = clockOf(testClockIn(config));
  const { telemetry, log } = await observing(observedOf('insights', config), {
    capabilities: [],
    followers: [countedCases.name],
    operations: operationNames(registeredDocuments()),
  });
  const pool = poolOf('resguardo-insights', config.DATABASE_URL);
  const callers = callersAt(config, telemetry.tokenRefused);
  const feed = kafkaFeed({
    connection: kafkaConnection(config.KAFKA_URL),
    codec: cloudEvents(),
    log,
    ...(telemetry.consumed && { around: telemetry.consumed }),
  });
  const { batch: around } = telemetry;
  const cases = await runProjection({
    ...{ pool, feed, reader: 'insights', projection: countedCases },
    onError: (error: unknown) => log.warn({ name: (error as Error).name }, 'a follower met trouble and goes on'),
    ...(around && { around }),
  });
  const figures = insights({
    ...{ cases, clock },
    query: (text, values) => pool.query(text, values),
    behind: () => feed.lag('insights', cases.position()),
  });
  await figures.migrate();
  const followers = followersOf(feed, 'insights', [['projection', countedCases.name, cases]]);
  const keys = knownKeysIn(config.SERVICE_KEYS);
  const called = await keeperServer(
    callsService<Caller>({
      audience: 'insights',
      keys: () => keys,
      tokens: callers.verifier,
      mayBring: (asking, speaker, shown) => contractsTable.mayBring(asking, speaker, shown),
      calls: followerCalls(
        'insights',
        serviceFollowers(
          followers,
          { [countedCases.name]: cases },
          { log, key: standingKey(config.SECRETS), typeAt: parkedTypeIn(cases), upkeep: upkeepLog(pool).last },
        ),
        isOnRecord(() => keys),
      ),
      trouble: ({ cause, ...trouble }) =>
        log.warn({ ...trouble, name: (cause as Error | undefined)?.name }, 'a service was refused'),
    }),
    { host: config.HOST, port: config.SERVICE_PORT },
  );
  const front = await openFront(config, {
    verifier: callers.verifier,
    log,
    around: telemetry.request,
    ready: readiness({ database: () => pool.query('select 1') }, [], Date.now),
    modules: [InsightsModule.with(figures)],
    providers: [],
  });
  telemetry.watch({ followers, feeds: () => new Map(), pools: { ['insights']: pool } });
  const stopPublishing = publishing(figures, log);
  return {
    url: front.url,
    stop: async () => {
      await front.close();
      await called.stop();
      await stopPublishing();
      await cases.stop();
      await feed.close();
      await pool.end();
      await telemetry.close();
    },
  };
};
