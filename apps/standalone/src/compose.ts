import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { CqrsModule } from '@nestjs/cqrs';
import { allCommands, type Service, sealingService } from '@resguardo/contracts';
import { openDoor, operationNames } from '@resguardo/door';
import { storeFeed } from '@resguardo/eventing';
import { HomeModule, openWith } from '@resguardo/home';
import {
  AUDIENCE,
  demoAccounts,
  embeddedIssuer,
  embeddedStaff,
  keycloakSignOut,
  keycloakStaff,
  keycloakTokenVerifier,
  PORTAL_CLIENT,
  REALM,
  tellingRefusals,
} from '@resguardo/identity';
import { countedCases, insights, InsightsModule } from '@resguardo/insights';
import { REGISTER_STREAM } from '@resguardo/interview';
import {
  accessLog,
  caseParts,
  glassLog,
  OversightModule,
  refusalLog,
  type ServiceFollowers,
} from '@resguardo/oversight';
import {
  CAPABILITIES,
  clockOf,
  homeOf,
  isEmpty,
  keysOf,
  openRelay,
  openStore,
  openTableCore,
  openTableFollowers,
  parkedTypeIn,
  pseudonyms,
  publishing,
  serviceFollowers,
  typeIn,
  TABLE_FOLLOWERS,
  tableChores,
  tableProviders,
  told,
  type KeptStore,
  watched,
} from '@resguardo/service';
import { runProjection } from '@resguardo/store-postgres';
import { observing, readiness, type Telemetry, unobserved } from '@resguardo/telemetry';
import { fileErasureList } from '@resguardo/vault';
import { type Logger, pino } from 'pino';
import type { StandaloneConfig } from './config.js';
import { loadDemo } from './demo.js';
import { type Database, openDatabase } from './database.js';
import { secretsIn } from './secrets.js';

const SCHEMA = 'libs/contracts/schema/resguardo.graphql';
const DOCUMENTS = 'libs/contracts/schema/documents.json';
const PORTAL = 'apps/portal/dist';

/** Everything that decides a command, opened on a data folder. `lost` is called when the process may no longer go on. */
export const openCore = async (
  config: StandaloneConfig,
  lost: (why: string) => void,
  opening: Promise<Database> = openDatabase(config, lost),
  log: Logger = pino({ level: config.logLevel, name: 'resguardo' }),
  telemetry: Telemetry = unobserved,
) => {
  const database = await opening;
  let opened: KeptStore | undefined;
  try {
    const secrets = await secretsIn(config.dataFolder);
    const clock = clockOf(config.testClock);
    const { pool } = database;
    // Before a store is opened for it.
    await keysOf(pool, secrets.masterKey);
    const kept = await openStore(config, database, log);
    opened = kept;
    const staff = config.keycloak
      ? keycloakStaff({
          ...config.keycloak,
          onTrouble: ({ name, message }) => log.warn({ name, message }, 'the register of staff is away'),
        })
      : embeddedStaff(demoAccounts());
    const { masterKey, digestKey, signingKey } = secrets;
    const table = await openTableCore({
      ...{ pool, kept, log, clock, masterKey, digestKey, signingKey, sealingService, staff, telemetry },
      // `one-process.ts` sees to it.
      alone: true,
    });
    const close = async ({ sign = true } = {}) => {
      if (sign)
        await table.signer
          .sign()
          .catch((error: Error) => log.warn({ name: error.name }, 'the last facts were not signed'));
      await kept.close();
      await database.close();
    };
    return { ...table, config, log, secrets, database, kept, staff, close };
  } catch (error) {
    await opened?.close();
    await database.close();
    throw error;
  }
};

type OpenCore = Awaited<ReturnType<typeof openCore>>;

const AUDIT = [accessLog, refusalLog, glassLog, caseParts] as const;

/** Read models and processes, following the store as they will follow Kafka: each service its own feed (D4). */
const openFollowers = async (core: OpenCore, telemetry: Telemetry) => {
  const { kept, database, log, config } = core;
  const { pool } = database;
  const mapping = told(pseudonyms(core.secrets.pseudonymKey));
  const feed = storeFeed(kept, (event, reader) => mapping(event, reader as Service));
  const table = await openTableFollowers(
    core,
    { pool, log, telemetry },
    feed,
    fileErasureList(join(config.dataFolder, 'erasures.jsonl')),
  );
  const onError = (error: unknown) => log.warn({ name: (error as Error).name }, 'a follower met trouble and goes on');
  const { batch: around } = telemetry;
  const followed = { pool, feed, reader: 'oversight', onError, ...(around && { around }) } as const;
  const audit = {
    accesses: await runProjection({ ...followed, projection: accessLog }),
    refusals: await runProjection({ ...followed, projection: refusalLog }),
    glasses: await runProjection({ ...followed, projection: glassLog }),
    cases: await runProjection({ ...followed, projection: caseParts }),
  };
  const counted = await runProjection({ ...followed, reader: 'insights', projection: countedCases });
  const figures = insights({
    cases: counted,
    query: (text, values) => pool.query(text, values),
    behind: async () => (await table.behind(counted.position())).events,
    clock: core.clock,
  });
  await figures.migrate();
  const counting = watched({ kind: 'projection', service: 'insights', name: countedCases.name }, counted, table.behind);
  const stopPublishing = publishing(figures, log);
  const audits = Object.values(audit);
  const auditStates = audits.map((runner, at) =>
    watched({ kind: 'projection', service: 'oversight', name: AUDIT[at]!.name }, runner, table.behind),
  );
  const auditRunners = Object.fromEntries(audits.map((runner, at) => [AUDIT[at]!.name, runner]));
  const naming = { log, key: createHmac('sha256', core.secrets.digestKey).update('standing cases').digest() };
  const mending = { ...naming, typeAt: typeIn(core.kept) };
  /** Of this one process, as oversight asks services that run apart. */
  const services = new Map<Service, ServiceFollowers>([
    ['coordination', serviceFollowers(table.states, table.runners, { ...mending, upkeep: core.upkeep.last })],
    ['oversight', serviceFollowers(auditStates, auditRunners, mending)],
    [
      'insights',
      serviceFollowers([counting], { [countedCases.name]: counted }, { ...naming, typeAt: parkedTypeIn(counted) }),
    ],
  ]);
  return {
    ...table,
    audit,
    figures,
    services,
    states: [...table.states, ...auditStates, counting],
    stop: async () => {
      await stopPublishing();
      await table.stop();
      await Promise.all([...audits, counted].map((runner) => runner.stop()));
    },
  };
};

const freePort = (wanted: number | undefined) =>
  new Promise<number>((found, failed) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      failed(error.code === 'EADDRINUSE' ? new Error(`port ${wanted} is taken; choose another with PORT`) : error),
    );
    probe.listen(wanted ?? 0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => found(port));
    });
  });

export interface Running {
  readonly url: string;
  /** The accounts of the embedded issuer, which are printed; none with a Keycloak. */
  readonly accounts: ReturnType<typeof demoAccounts>;
  readonly core: OpenCore;
  readonly followers: Awaited<ReturnType<typeof openFollowers>>;
  stop(): Promise<void>;
}

/** Every capability in one process on embedded defaults. @throws when the folder, the database or the port is not to be had. */
export const openStandalone = async (
  config: StandaloneConfig,
  lost: (why: string) => void,
  opening?: Promise<Database>,
): Promise<Running> => {
  const documents = JSON.parse(readFileSync(DOCUMENTS, 'utf8')) as Record<string, string>;
  const { telemetry, log } = await observing(config, {
    capabilities: CAPABILITIES,
    followers: [...TABLE_FOLLOWERS, ...AUDIT.map(({ name }) => name), countedCases.name],
    operations: operationNames(documents),
  });
  const core = await openCore(config, lost, opening, log, telemetry).catch(async (error: unknown) => {
    await telemetry.close();
    throw error;
  });
  const { clock, secrets, desk, store, access, accesses, seals, staff } = core;
  try {
    const empty = await isEmpty(core.kept);
    const followers = await openFollowers(core, telemetry);
    const { keycloak } = config;
    const accounts = keycloak ? [] : demoAccounts();
    if (!keycloak) await loadDemo(config.dataFolder, desk, clock, !config.empty, empty);
    const port = await freePort(config.port);
    const url = `http://127.0.0.1:${port}`;
    const verifier = tellingRefusals(
      keycloakTokenVerifier({
        baseUrl: keycloak?.baseUrl ?? url,
        realm: keycloak?.realm ?? REALM,
        audience: AUDIENCE,
        clients: [PORTAL_CLIENT],
        secondFactor: keycloak !== undefined,
      }),
      telemetry.tokenRefused,
    );
    const onSignOut = (session: string) => verifier.drop({ session });
    const { home, stop: stopTelling } = homeOf(
      {
        clock,
        timeline: followers.timeline,
        cards: followers.cards,
        access,
        log: accesses,
        open: openWith(store, seals),
      },
      verifier,
    );
    const http = await openDoor({
      port,
      typeDefs: readFileSync(SCHEMA, 'utf8'),
      documents,
      portal: PORTAL,
      verifier,
      log,
      documentsOnly: config.documentsOnly,
      requestsPerMinute: config.requestsPerMinute,
      ready: readiness(
        {
          database: () => core.database.pool.query('select 1'),
          store: () => core.kept.read(REGISTER_STREAM, 2 ** 31 - 1),
        },
        followers.states,
        Date.now,
      ),
      around: telemetry.request,
      mount: (app) =>
        keycloak
          ? keycloakSignOut({ app, baseUrl: keycloak.baseUrl, realm: keycloak.realm, client: PORTAL_CLIENT, onSignOut })
          : embeddedIssuer({
              app,
              baseUrl: url,
              jwk: secrets.issuerKey,
              accounts,
              redirectUris: [`${url}/callback`, `${url}/silent`],
              postLogoutRedirectUris: [`${url}/`],
              onSignOut,
            }),
      ...(keycloak && { issuer: `${keycloak.baseUrl}/realms/${keycloak.realm}` }),
      modules: [
        CqrsModule.forRoot(),
        HomeModule.with(home),
        OversightModule.with({
          ...followers.audit,
          ...{ access, recorder: accesses, clock, services: followers.services },
          onTrouble: (service, { name }) => log.warn({ service, name }, 'how a service follows cannot be said'),
        }),
        InsightsModule.with(followers.figures),
      ],
      providers: tableProviders(core, allCommands, staff),
    });
    const relay = config.kafkaUrl
      ? openRelay({
          kafkaUrl: config.kafkaUrl,
          databaseUrl: core.database.url,
          pool: core.database.pool,
          store: core.kept,
          pseudonymKey: secrets.pseudonymKey,
          log,
          around: telemetry.relayed,
        })
      : undefined;
    telemetry.watch({
      followers: followers.states,
      feeds: () =>
        new Map([...(relay?.reached() ?? [])].map(([feed, position]) => [feed, () => followers.behind(position)])),
      pools: { resguardo: core.database.pool },
    });
    const stopChores = tableChores(core, log);
    return {
      url,
      accounts,
      core,
      followers,
      stop: async () => {
        await http.close();
        stopTelling();
        if (relay) await relay.stop();
        await stopChores();
        await followers.stop();
        await core.close();
        await telemetry.close();
      },
    };
  } catch (error) {
    await core.close();
    await telemetry.close();
    throw error;
  }
};
