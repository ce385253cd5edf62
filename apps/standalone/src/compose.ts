import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { CqrsModule } from '@nestjs/cqrs';
import { caseFileCapability, linkedCases } from '@resguardo/case-file';
import { type Affiliation, allCommands, type Role, type Service, sealingService } from '@resguardo/contracts';
import { factSpec } from '@resguardo/contracts/timeline';
import {
  type Capability,
  caseAccessOver,
  commandsResolver,
  Desk,
  DESK,
  envelopeOf,
  INTAKE,
  IntakeResolver,
  STAFF,
  StaffResolver,
} from '@resguardo/desk';
import { openDoor, operationNames } from '@resguardo/door';
import {
  checkpointSigner,
  folded,
  type JsonObject,
  keeper,
  type Position,
  storeFeed,
  verifyHistory,
} from '@resguardo/eventing';
import { type CaseCard, caseCards, caseNews, HomeModule, openWith, tellFrom, timelineEntries } from '@resguardo/home';
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
} from '@resguardo/identity';
import {
  interchangeCapability,
  type InterchangeParts,
  InterchangeResolver,
  PLATFORM_INTAKE,
  platformIntake,
  sqlPlatformFiles,
} from '@resguardo/interchange';
import {
  evolveRegister,
  interviewCapability,
  linkedInterviews,
  REGISTER,
  REGISTER_STREAM,
  type Register,
  registerCapability,
  RegisterResolver,
  snapshotOf,
} from '@resguardo/interview';
import {
  accessLog,
  accessRecorder,
  caseParts,
  glassLog,
  oversightCapability,
  OversightModule,
  refusalLog,
} from '@resguardo/oversight';
import {
  postgresCheckpointStore,
  type ProcessCommand,
  type ProcessRunner,
  runProcess,
  runProjection,
} from '@resguardo/store-postgres';
import { type Follower, readiness, sharing, type Telemetry, unobserved } from '@resguardo/telemetry';
import {
  ERASURE_PROCESS,
  erasureHandler,
  fileErasureList,
  followErasures,
  identityVault,
  intakeOf,
  makeVaultTables,
  postgresKeyRing,
  referredToOn,
  sealer,
  vaultCapability,
} from '@resguardo/vault';
import { type Logger, pino } from 'pino';
import type { StandaloneConfig } from './config.js';
import { loadDemo } from './demo.js';
import { openRelay, pseudonyms, told } from './feeds.js';
import { type Database, openDatabase } from './database.js';
import { observing } from './observing.js';
import { secretsIn } from './secrets.js';
import { isEmpty, type KeptStore, openStore } from './store.js';

const SCHEMA = 'libs/contracts/schema/resguardo.graphql';
const DOCUMENTS = 'libs/contracts/schema/documents.json';
const PORTAL = 'apps/portal/dist';

/** How often what was appended since is signed (D6), and how often the vault is swept of what no fact refers to. */
const SIGN_EVERY_MS = 10_000;
const SWEEP_EVERY_MS = 15 * 60_000;
const DAY_MS = 86_400_000;
/** Least time between two fetches of Keycloak's keys, and so the longest that a token of a new key is answered TRY_AGAIN. */
const KEYS_COOL_DOWN_SECONDS = 4;

const clock = () => new Date().toISOString();

/** Everything that decides a command, opened on a data folder. `lost` is called when the process may no longer go on. */
export const openCore = async (
  config: StandaloneConfig,
  lost: (why: string) => void,
  opening: Promise<Database> = openDatabase(config, lost),
  log: Logger = pino({ level: config.logLevel, name: 'resguardo' }),
  telemetry: Telemetry = unobserved,
) => {
  const { traceparent, command: around } = telemetry;
  const database = await opening;
  let opened: KeptStore | undefined;
  try {
    const secrets = await secretsIn(config.dataFolder);
    const { pool } = database;
    await makeVaultTables(pool);
    const keyRing = postgresKeyRing(pool, secrets.masterKey);
    // Before anything is read: a database written with other keys is refused whole.
    await keyRing.assertMasterKey();
    const kept = await openStore(config, database, log);
    opened = kept;
    const store = telemetry.store(keeper(kept, { clock, ...(traceparent && { traceparent }) }));
    const checkpoints = postgresCheckpointStore(pool);
    await checkpoints.migrate();
    const signer = checkpointSigner(kept, { privateKey: secrets.signingKey, checkpoints });

    const access = caseAccessOver(store, clock);
    const accesses = accessRecorder(store, clock);
    const vault = identityVault({
      pool,
      keyRing,
      clock,
      blockedIn: async (actor, caseIds) => {
        const states = await Promise.all(caseIds.map(async (id) => [id, await access.stateOf(id)] as const));
        return states.filter(([, state]) => state.blocked.some(({ staffId }) => staffId === actor)).map(([id]) => id);
      },
      noteSearched: (caseIds, { actor, agency, role }) =>
        accesses.viewed({
          caller: { sub: actor, agency: agency as Affiliation, role: (role ?? 'OFFICER') as Role },
          operation: 'findChild',
          cases: caseIds,
          classes: ['D1'],
          purpose: 'INTAKE',
          via: 'intake',
        }),
    });
    const seals = sealer(keyRing);
    const register = folded<Register>(
      store,
      () => [],
      (state, event) => evolveRegister(state, { type: event.type, data: event.data } as never),
    );
    const registerNow = async () => (await register.at(REGISTER_STREAM)).state;
    const staff = config.keycloak
      ? keycloakStaff({
          ...config.keycloak,
          onTrouble: ({ name, message }) => log.warn({ name, message }, 'the register of staff is away'),
        })
      : embeddedStaff(demoAccounts());
    const intake = intakeOf(vault);
    const capabilities: Capability[] = [
      caseFileCapability({
        ...intake,
        agencyOfStaff: async (staffId) => (await staff.find(staffId))?.agency,
        roleOfStaff: async (staffId) => (await staff.find(staffId))?.role,
      }),
      interviewCapability({
        schoolOverlap: async (caseId, slot, minutes) => {
          const { stated, overlaps } = await vault.timetableOverlaps(caseId, slot, minutes);
          return stated ? overlaps : undefined;
        },
        intermediary: async (id) => snapshotOf(await registerNow(), id),
        examinerFits: async (caseId, gender) => {
          const { stated, matches } = await vault.examinerPreferenceMatches(caseId, gender);
          return stated ? (matches ? 'YES' : 'NO') : 'NOT_STATED';
        },
      }),
      registerCapability(),
      interchangeCapability({ ...intake, exists: (caseId) => access.exists(caseId) }),
      oversightCapability() as unknown as Capability,
      vaultCapability({ vault, store }) as unknown as Capability,
    ];
    /** Folios are read models' business; facts by folio ask them once they are there. */
    const folios: { find: (folio: string) => Promise<string | undefined> } = { find: async () => undefined };
    const desk = new Desk({
      store,
      clock,
      capabilities,
      access,
      digestKey: secrets.digestKey,
      sealingService,
      caseOfFolio: (folio) => folios.find(folio),
      ...(around && { around }),
      seal: async ({ data, type, ...place }) => {
        const spec = factSpec(type);
        if (!spec) throw new Error(`${type} is not declared: it has no data class`);
        return seals.seal({ ...place, type }, spec, data);
      },
    });
    const platformFiles = sqlPlatformFiles({
      query: (text, values) => pool.query(text, values),
      key: secrets.digestKey,
    });
    await platformFiles.migrate();
    const platformReports = platformIntake({ desk, store, access, files: platformFiles, clock });
    const verify = () => verifyHistory(kept, { checkpoints, publicKey: createPublicKey(secrets.signingKey) });
    const close = async ({ sign = true } = {}) => {
      if (sign)
        await signer.sign().catch((error: Error) => log.warn({ name: error.name }, 'the last facts were not signed'));
      await kept.close();
      await database.close();
    };
    return {
      config,
      log,
      secrets,
      database,
      store,
      kept,
      desk,
      access,
      accesses,
      vault,
      keyRing,
      seals,
      registerNow,
      staff,
      capabilities,
      folios,
      platformReports,
      signer,
      verify,
      close,
    };
  } catch (error) {
    await opened?.close();
    await database.close();
    throw error;
  }
};

type OpenCore = Awaited<ReturnType<typeof openCore>>;

const CAPABILITIES = ['case-file', 'interview', 'intermediary-register', 'interchange', 'oversight', 'vault'];
const PROCESSES = [linkedCases, linkedInterviews] as const;
const PROJECTIONS = [timelineEntries, caseCards, accessLog, refusalLog, glassLog, caseParts] as const;

/** Read models and processes, following the store as they will follow Kafka: each service its own feed (D4). */
const openFollowers = async (core: OpenCore, { batch: around, reaction }: Telemetry) => {
  const { kept, database, desk, log, vault, config } = core;
  const { pool } = database;
  const mapping = told(pseudonyms(core.secrets.pseudonymKey));
  const feed = storeFeed(kept, (event, reader) => mapping(event, reader as Service));
  const onError = (error: unknown) => log.warn({ name: (error as Error).name }, 'a follower met trouble and goes on');
  const projected = <Row extends object>(
    reader: Service,
    projection: Parameters<typeof runProjection<Row>>[0]['projection'],
  ) => runProjection<Row>({ pool, feed, reader, projection, onError, ...(around && { around }) });
  const timeline = await projected('coordination', timelineEntries);
  const cards = await projected<CaseCard>('coordination', caseCards);
  const audit = {
    accesses: await projected('oversight', accessLog),
    refusals: await projected('oversight', refusalLog),
    glasses: await projected('oversight', glassLog),
    cases: await projected('oversight', caseParts),
  };
  core.folios.find = async (folio) => {
    const found = await cards.documents.query<{ key: string }>(
      (table) => `select key from ${table} where folio = $1 limit 1`,
      [folio],
    );
    return found[0]?.key;
  };

  const send =
    (process: string) =>
    async ({ command, commandId, causedBy }: ProcessCommand<{ name: string; caseId: string; input: object }>) => {
      const { name, caseId, input } = command;
      const { occurredAt } = causedBy.meta;
      const said = { caseId, commandId, occurredAt, input: input as Record<string, unknown> };
      const say = () => desk.executeAsProcess(process, name, said);
      const { kind } = await (reaction ? reaction({ process, causedBy: causedBy.meta }, say) : say());
      if (kind !== 'accepted' && kind !== 'refused') throw new Error(`${process}: ${name} was answered ${kind}`);
    };
  const processes: ProcessRunner[] = [];
  for (const process of PROCESSES)
    processes.push(
      await runProcess<object, unknown>({
        pool,
        feed,
        reader: 'coordination',
        process: process as never,
        send: send(process.name) as never,
        onError,
        ...(around && { around }),
      }),
    );

  const erasures = erasureHandler({
    vault,
    list: fileErasureList(join(config.dataFolder, 'erasures.jsonl')),
    service: 'coordination',
    clock,
    purge: [],
    send: async (name, said) => {
      const { kind } = await desk.executeAsProcess('erasure', name, {
        ...said,
        occurredAt: clock(),
        input: said.input as JsonObject,
      });
      if (kind !== 'accepted') throw new Error(`erasure: ${name} was answered ${kind}`);
    },
  });
  // Before anyone reads: what a restored backup brought back goes again (C-13).
  await erasures.repeatAll();
  const stop = new AbortController();
  let erasedTo: Position | undefined;
  const reached = (position: Position | undefined) => (erasedTo = position);
  const erasing = followErasures({ pool, store: kept, onTrouble: onError, reached }, erasures, stop.signal);

  const behind = sharing((position: Position | undefined) => kept.behind(position));
  const watched = (
    kind: Follower['kind'],
    service: Service,
    name: string,
    { position, parkedCases }: Pick<ProcessRunner, 'position' | 'parkedCases'>,
  ): Follower => ({ name, kind, service, parkedCases, behind: () => behind(position()) });
  const states: readonly Follower[] = [
    watched('projection', 'coordination', timelineEntries.name, timeline),
    watched('projection', 'coordination', caseCards.name, cards),
    watched('projection', 'oversight', accessLog.name, audit.accesses),
    watched('projection', 'oversight', refusalLog.name, audit.refusals),
    watched('projection', 'oversight', glassLog.name, audit.glasses),
    watched('projection', 'oversight', caseParts.name, audit.cases),
    ...processes.map((runner, at) => watched('process', 'coordination', PROCESSES[at]!.name, runner)),
    { name: ERASURE_PROCESS, kind: 'process', service: 'coordination', behind: () => behind(erasedTo) },
  ];

  return {
    timeline,
    cards,
    audit,
    states,
    behind,
    stop: async () => {
      stop.abort();
      await erasing;
      await Promise.all(processes.map((process) => process.stop()));
      await Promise.all([timeline, cards, ...Object.values(audit)].map((runner) => runner.stop()));
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

/** Repeats something in the background until stopped; never two at a time. */
const every = (ms: number, log: Logger, what: string, task: () => Promise<unknown>) => {
  let running: Promise<unknown> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = task()
      .catch((error: Error) => log.warn({ name: error.name }, `${what} failed and will be tried again`))
      .finally(() => (busy = false));
  }, ms);
  return async () => {
    clearInterval(timer);
    await running;
  };
};

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
    followers: [...[...PROJECTIONS, ...PROCESSES].map(({ name }) => name), ERASURE_PROCESS],
    operations: operationNames(documents),
  });
  const core = await openCore(config, lost, opening, log, telemetry).catch(async (error: unknown) => {
    await telemetry.close();
    throw error;
  });
  const { secrets, desk, store, access, accesses, vault, seals, registerNow, staff, capabilities } = core;
  try {
    const empty = await isEmpty(core.kept);
    const followers = await openFollowers(core, telemetry);
    const { keycloak } = config;
    const accounts = keycloak ? [] : demoAccounts();
    if (!keycloak) await loadDemo(config.dataFolder, desk, !config.empty, empty);
    const port = await freePort(config.port);
    const url = `http://127.0.0.1:${port}`;
    const verifier = keycloakTokenVerifier({
      baseUrl: keycloak?.baseUrl ?? url,
      realm: keycloak?.realm ?? REALM,
      audience: AUDIENCE,
      clients: [PORTAL_CLIENT],
      ...(keycloak && { secondFactor: true, coolDownSeconds: KEYS_COOL_DOWN_SECONDS }),
    });
    const onSignOut = (session: string) => verifier.drop({ session });
    const news = caseNews();
    const stopTelling = tellFrom(followers.timeline, news);
    const envelopes = capabilities.map((capability) => ({ capability, ...envelopeOf(capability) }));
    const envelopeFor = (command: string) => {
      const found = envelopes.find(({ capability }) => Object.hasOwn(capability.commands, command));
      if (!found) throw new Error(`No capability decides ${command}`);
      return found.envelope;
    };
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
      mount: (app) => {
        if (keycloak) {
          const { baseUrl, realm } = keycloak;
          keycloakSignOut({ app, baseUrl, realm, client: PORTAL_CLIENT, onSignOut });
        } else
          embeddedIssuer({
            app,
            baseUrl: url,
            jwk: secrets.issuerKey,
            accounts,
            redirectUris: [`${url}/callback`, `${url}/silent`],
            postLogoutRedirectUris: [`${url}/`],
            onSignOut,
          });
      },
      ...(keycloak && { issuer: `${keycloak.baseUrl}/realms/${keycloak.realm}` }),
      modules: [
        CqrsModule.forRoot(),
        HomeModule.with({
          timeline: followers.timeline,
          cards: followers.cards,
          access,
          log: accesses,
          open: openWith(store, seals),
          news,
          clock,
          stillGood: (caller) => verifier.stillGood(caller),
          at: (moment, then) => {
            // Longer than a timer can wait is longer than any token or break-glass lives.
            const timer = setTimeout(then, Math.max(0, Math.min(Date.parse(moment) - Date.now(), DAY_MS)));
            return () => clearTimeout(timer);
          },
        }),
        OversightModule.with({ ...followers.audit, access, recorder: accesses, clock }),
      ],
      providers: [
        { provide: DESK, useValue: desk },
        ...envelopes.map(({ handler }) => handler),
        commandsResolver(allCommands, envelopeFor),
        { provide: INTAKE, useValue: { vault, access, log: accesses } },
        IntakeResolver,
        { provide: REGISTER, useValue: { register: registerNow, clock } },
        RegisterResolver,
        { provide: STAFF, useValue: staff },
        StaffResolver,
        {
          provide: PLATFORM_INTAKE,
          useValue: {
            intake: core.platformReports,
            recordAccess: (reading) => accesses.viewed(reading),
          } satisfies InterchangeParts,
        },
        InterchangeResolver,
      ],
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
    const stopSigning = every(SIGN_EVERY_MS, log, 'signing the history', () => core.signer.sign());
    const stopSweeping = every(SWEEP_EVERY_MS, log, 'sweeping the vault', () => vault.sweep(referredToOn(store)));
    return {
      url,
      accounts,
      core,
      followers,
      stop: async () => {
        await http.close();
        stopTelling();
        if (relay) await relay.stop();
        await Promise.all([stopSigning(), stopSweeping()]);
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
