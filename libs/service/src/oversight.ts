import { kafkaFeed } from '@resguardo/bus-kafka';
import { cloudEvents } from '@resguardo/bus-messages';
import { operationNames } from '@resguardo/door';
import { type CaseCard, caseCards, HomeModule, timelineEntries } from '@resguardo/home';
import { accessLog, caseParts, glassLog, OversightModule, refusalLog } from '@resguardo/oversight';
import type { Service } from '@resguardo/contracts';
import { runProjection } from '@resguardo/store-postgres';
import { observing, readiness } from '@resguardo/telemetry';
import { callersAt } from './callers.js';
import { kafkaConnection } from './feeds.js';
import { followersOf, serviceFollowers, typeIn } from './followers-of.js';
import { openFront, registeredDocuments } from './front.js';
import { homeOf } from './home-of.js';
import { openOverseen } from './overseeing.js';
import { clockOf, poolOf, type RunningService } from './process.js';
import { configOf, observedOf, Oversight, standingKey } from './service-config.js';
import { testClockIn } from './settings.js';
import { CAPABILITIES } from './table-core.js';
import { TABLE, tableAt } from './table.js';

/** Supervision: who looked, who was refused, which break-glass waits; and the cases as supervisors see them. It has no key. */
export const openOversight = async (env: NodeJS.ProcessEnv): Promise<RunningService> => {
  const config = configOf(Oversight, env);
  const clock = clockOf(testClockIn(config));
  const { telemetry, log } = await observing(observedOf('oversight', config), {
    capabilities: CAPABILITIES,
    followers: [timelineEntries, caseCards, accessLog, refusalLog, glassLog, caseParts].map(({ name }) => name),
    operations: operationNames(registeredDocuments()),
  });
  const pool = poolOf('resguardo-oversight', config.DATABASE_URL);
  const callers = callersAt(config, telemetry.tokenRefused);
  const table = tableAt(config.COORDINATION_URL, 'oversight', config, callers, telemetry.traceparent);
  const feed = kafkaFeed({
    connection: kafkaConnection(config.KAFKA_URL),
    codec: cloudEvents(),
    log,
    ...(telemetry.consumed && { around: telemetry.consumed }),
  });
  const onError = (error: unknown) => log.warn({ name: (error as Error).name }, 'a follower met trouble and goes on');
  const { batch: around } = telemetry;
  const followed = { pool, feed, reader: 'oversight', onError, ...(around && { around }) } as const;
  const timeline = await runProjection({ ...followed, projection: timelineEntries });
  const cards = await runProjection<CaseCard>({ ...followed, projection: caseCards });
  const audit = {
    accesses: await runProjection({ ...followed, projection: accessLog }),
    refusals: await runProjection({ ...followed, projection: refusalLog }),
    glasses: await runProjection({ ...followed, projection: glassLog }),
    cases: await runProjection({ ...followed, projection: caseParts }),
  };
  const { access, log: recorder } = table;
  const { home, stop: stopTelling } = homeOf(
    { timeline, cards, access, log: recorder, open: table.open, clock },
    callers.verifier,
  );
  const followers = followersOf(feed, 'oversight', [
    ['projection', timelineEntries.name, timeline],
    ['projection', caseCards.name, cards],
    ['projection', accessLog.name, audit.accesses],
    ['projection', refusalLog.name, audit.refusals],
    ['projection', glassLog.name, audit.glasses],
    ['projection', caseParts.name, audit.cases],
  ]);
  const own = {
    [timelineEntries.name]: timeline,
    [caseCards.name]: cards,
    [accessLog.name]: audit.accesses,
    [refusalLog.name]: audit.refusals,
    [glassLog.name]: audit.glasses,
    [caseParts.name]: audit.cases,
  };
  const addresses = new Map<Service, readonly string[]>([
    [TABLE, config.COORDINATION_URL],
    ...Object.entries(config.AGENCY_URLS).map(([service, at]) => [service as Service, [at]] as const),
    ['insights', [config.INSIGHTS_URL]],
  ]);
  const overseen = openOverseen(addresses, config, callers, telemetry.traceparent);
  const services = new Map([
    ...overseen.services,
    [
      'oversight',
      serviceFollowers(followers, own, {
        log,
        key: standingKey(config.SECRETS),
        typeAt: (stream, revision) => callers.asProcess('integrity', () => typeIn(table.store)(stream, revision)),
      }),
    ] as const,
  ]);
  const onTrouble = (service: Service, { name }: Error) =>
    log.warn({ service, name }, 'a service did not say how its followers are');
  const front = await openFront(config, {
    verifier: callers.verifier,
    log,
    around: telemetry.request,
    ready: readiness({ database: () => pool.query('select 1') }, [], Date.now),
    modules: [HomeModule.with(home), OversightModule.with({ ...audit, access, recorder, clock, services, onTrouble })],
    providers: [],
  });
  telemetry.watch({
    followers,
    feeds: () => new Map(),
    pools: { ['oversight']: pool },
  });
  return {
    url: front.url,
    stop: async () => {
      await front.close();
      stopTelling();
      await Promise.all([timeline, cards, ...Object.values(audit)].map((runner) => runner.stop()));
      await feed.close();
      overseen.close();
      table.store.close();
      await pool.end();
      await telemetry.close();
    },
  };
};
