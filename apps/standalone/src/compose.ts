import { createPublicKey } from 'node:crypto';
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
import { checkpointSigner, folded, type JsonObject, keeper, storeFeed, verifyHistory } from '@resguardo/eventing';
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
import { postgresCheckpointStore, type ProcessCommand, runProcess, runProjection } from '@resguardo/store-postgres';
import {
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
import { openHttp } from './http.js';
import { secretsIn } from './secrets.js';
import { isEmpty, type KeptStore, openStore } from './store.js';

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
) => {
  const log = pino({ level: config.logLevel, name: 'resguardo' });
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
    const store = keeper(kept, { clock });
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

/** Read models and processes, following the store as they will follow Kafka: each service its own feed (D4). */
const openFollowers = async (core: OpenCore) => {
  const { kept, database, desk, log, vault, config } = core;
  const { pool } = database;
  const mapping = told(pseudonyms(core.secrets.pseudonymKey));
  const feed = storeFeed(kept, (event, reader) => mapping(event, reader as Service));
  const onError = (error: unknown) => log.warn({ name: (error as Error).name }, 'a follower met trouble and goes on');
  const projected = <Row extends object>(
    reader: Service,
    projection: Parameters<typeof runProjection<Row>>[0]['projection'],
  ) => runProjection<Row>({ pool, feed, reader, projection, onError });
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
      const { kind } = await desk.executeAsProcess(process, name, said);
      if (kind !== 'accepted' && kind !== 'refused') throw new Error(`${process}: ${name} was answered ${kind}`);
    };
  const processes = [
    await runProcess({
      pool,
      feed,
      reader: 'coordination',
      process: linkedCases,
      send: send(linkedCases.name) as never,
      onError,
    }),
    await runProcess({
      pool,
      feed,
      reader: 'coordination',
      process: linkedInterviews,
      send: send(linkedInterviews.name) as never,
      onError,
    }),
  ];

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
  const erasing = followErasures({ pool, store: kept, onTrouble: onError }, erasures, stop.signal);

  return {
    timeline,
    cards,
    audit,
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
  const core = await openCore(config, lost, opening);
  const { log, secrets, desk, store, access, accesses, vault, seals, registerNow, staff, capabilities } = core;
  try {
    const empty = await isEmpty(core.kept);
    const followers = await openFollowers(core);
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
    const http = await openHttp({
      port,
      verifier,
      log,
      documentsOnly: config.documentsOnly,
      requestsPerMinute: config.requestsPerMinute,
      unwell: () =>
        core.database.pool.query('select 1').then(
          () => undefined,
          () => 'the database does not answer',
        ),
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
    const relay =
      config.kafkaUrl &&
      openRelay({
        kafkaUrl: config.kafkaUrl,
        databaseUrl: core.database.url,
        pool: core.database.pool,
        store: core.kept,
        pseudonymKey: secrets.pseudonymKey,
        log,
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
      },
    };
  } catch (error) {
    await core.close();
    throw error;
  }
};
