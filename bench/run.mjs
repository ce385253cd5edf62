// npm run bench [-- --rounds=5 --cases=200 --facts=55 --only=commands,appends,timeline,visible,alone]
// With --only=gateway,kafka, and only then, the product as services beside the product in one process.
// With --only=eventstoredb, and only then, the event store alone, on EVENTSTOREDB_URL or else on its test double.
// With --smoke it does all of it a little, without what it is measured against: whether it still runs (test/bench).
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { cpus, loadavg } from 'node:os';
import { allCommands, mutationDocument } from '@resguardo/contracts';
import { catalogue } from '@resguardo/eventing';
import { createClient } from 'graphql-ws';
import pg from 'pg';
import WebSocket from 'ws';
import { CASE_CHANGED, TIMELINE } from '../apps/portal/src/documents.ts';
import { timelineChoices, timelinePage } from '../libs/home/src/queries.ts';
import { eventStore } from './event-store.mjs';
import { atOnce, quantile, rounds, table } from './measure.mjs';
import { openProduct, referral, rightsExplained } from './product.mjs';

const asked = Object.fromEntries(process.argv.slice(2).map((one) => one.replace(/^--/, '').split('=')));
const count = Number(asked.rounds ?? 5);
const only = asked.only?.split(',');
const smoke = process.argv.includes('--smoke');
/** So little says nothing about goals. */
const judged = (goals) => (smoke ? {} : goals);
/** How many operations of a contender make a round. */
const many = (operations) => (smoke ? Math.ceil(operations / 100) : operations);
const wanted = (name) => !only || only.includes(name);
const apartWanted = ['gateway', 'kafka'].some((name) => only?.includes(name));

const load = () =>
  loadavg()
    .map((one) => one.toFixed(1))
    .join(' ');
console.log(
  `${new Date().toISOString()}, Node ${process.version}, ${cpus().length} processors, load average ${load()}`,
);

if (only?.includes('eventstoredb')) {
  await eventStore({ count, many, load });
  // It needs no product.
  if (only.length === 1) process.exit();
}

const FACTS = Number(asked.facts ?? 55);
const product = await openProduct({ cases: Number(asked.cases ?? 200), facts: FACTS });
const { caseIds, officers, core, postmaster, say, settle } = product;

// Emmett in another database of the same server, with connections enough for sixteen at once.
const admin = new pg.Client({ connectionString: product.databaseUrl });
await admin.connect();
await admin.query('create database emmett');
await admin.query('create database raw');
await admin.end();
const at = (database) => Object.assign(new URL(product.databaseUrl), { pathname: `/${database}` }).href;
const openEmmett = async () => {
  const { CommandHandler } = await import('@event-driven-io/emmett');
  const { getPostgreSQLEventStore } = await import('@event-driven-io/emmett-postgresql');
  const pool = new pg.Pool({ connectionString: at('emmett'), max: 16 });
  const store = getPostgreSQLEventStore(at('emmett'), { connectionOptions: { pooled: true, pool } });
  await store.schema.migrate();
  const close = async () => {
    await store.close().catch(() => undefined);
    await pool.end().catch(() => undefined);
  };
  return { CommandHandler, store, close };
};
const emmett = smoke || !['commands', 'appends', 'alone'].some(wanted) ? undefined : await openEmmett();
const against = (theirs, ours) => (emmett ? [theirs, ...ours] : ours);

/** The same facts as the product keeps them, sealed boxes and provenance and all, as events of Emmett. */
const copied = ({ type, data, sealed, schemaVersion, meta, id }) => ({
  type,
  data: { id, data, schemaVersion, ...(sealed && { sealed }) },
  metadata: meta,
});
const any = (list) => list[Math.floor(Math.random() * list.length)];

const commands = async ({ followed = true } = {}) => {
  const OURS = many(3200);
  const THEIRS = many(400);
  const OVER_HTTP = many(1600);
  const caseFile = core.capabilities.find(({ name }) => name === 'case-file');
  const { decider } = caseFile;
  const facts = catalogue(caseFile.facts);
  let sample;
  const copyOf = (caseId) => `${followed ? '' : 'alone-'}case-${caseId}`;
  for (const caseId of caseIds) {
    await say('makeReferral', { caseId, input: referral }, officers[0]);
    const { events } = await core.kept.read(`case-${caseId}`);
    sample = events.at(-1);
    await emmett?.store.appendToStream(copyOf(caseId), events.map(copied));
  }
  if (followed) await settle();
  const handle = emmett?.CommandHandler({
    retry: { onVersionConflict: 20 },
    initialState: () => decider.initialState,
    evolve: (state, { type, data: { id, schemaVersion, data }, metadata }) => {
      const fact = facts.read({
        type,
        id,
        schemaVersion,
        data,
        meta: metadata,
        stream: '',
        revision: 0,
        position: '0',
      });
      return fact ? decider.evolve(state, fact) : state;
    },
  });
  const theirs = {
    name: 'Emmett CommandHandler',
    operations: THEIRS,
    run: () =>
      atOnce(16, THEIRS, async (n) => {
        const caseId = caseIds[n % caseIds.length];
        const { caller } = officers[n % officers.length];
        await handle(emmett.store, copyOf(caseId), (state) => {
          const at = new Date().toISOString();
          const by = { actor: caller.sub, agency: caller.agency, role: caller.role, states: caller.states };
          const context = { caseId, commandId: randomUUID(), at, occurredAt: at, by };
          const decided = decider.decide({ name: 'makeReferral', input: referral, known: {}, ...context }, state);
          if (!Array.isArray(decided)) throw new Error('refused');
          // What the product seals is taken as it lies in the sample: the same size, without the work.
          const { message: _, ...data } = decided[0].data;
          return [
            copied({ ...sample, id: randomUUID(), data, meta: { ...sample.meta, commandId: context.commandId } }),
          ];
        });
      }),
  };
  const ours = {
    name: 'product, desk.execute',
    operations: OURS,
    run: () =>
      atOnce(16, OURS, (n) =>
        say('makeReferral', { caseId: caseIds[n % caseIds.length], input: referral }, officers[n % officers.length]),
      ),
    ...(followed && { settle }),
  };
  const query = `mutation M($commandId: ID!, $caseId: ID!, $input: MakeReferralInput!) {
    makeReferral(commandId: $commandId, caseId: $caseId, input: $input) {
      __typename ... on Accepted { caseId revision repeated violations { rule } } } }`;
  const overHttp = {
    name: 'product, GraphQL over HTTP',
    operations: OVER_HTTP,
    run: async () => {
      const requests = caseIds.map((caseId, n) => ({
        token: officers[n % officers.length].token,
        body: JSON.stringify({ query, variables: { commandId: 'COMMAND-ID', caseId, input: referral } }),
      }));
      const expect = '"__typename":"Accepted"';
      const { ms } = await product.load({
        port: product.port,
        path: '/graphql',
        at: 16,
        total: OVER_HTTP,
        requests,
        expect,
      });
      return ms;
    },
    settle,
  };
  const results = await rounds(against(theirs, followed ? [ours, overHttp] : [ours]), count, postmaster);
  const title = `Commands on cases of ${sample.revision + 1} facts and more, 16 at once${followed ? '' : ', followers stopped'}`;
  table(`${title} (load average ${load()})`, results, judged({ [ours.name]: 12 }));
};

const appends = async ({ followed = true } = {}) => {
  const WORKERS = 128;
  const OURS = many(12_800);
  const THEIRS = many(2560);
  const { caller } = officers[0];
  const [first] = caseIds;
  await say('makeReferral', { caseId: first, input: referral }, officers[0]);
  const { events } = await core.store.read(`case-${first}`);
  const {
    type,
    data,
    sealed,
    schemaVersion,
    meta: { hash: _, recordedAt: __, ...meta },
  } = events.at(-1);
  const made = (caseId) => ({ id: randomUUID(), type, schemaVersion, data, sealed, meta: { ...meta, caseId } });
  let streams = new Map();
  const fresh = (round) =>
    Array.from({ length: WORKERS }, (_, worker) => `bench-${followed ? '' : 'alone-'}${round}-${worker}`);
  const theirs = {
    name: 'Emmett appendToStream',
    operations: THEIRS,
    run: (round) => {
      const names = fresh(round);
      const revisions = names.map(() => 0n);
      return atOnce(WORKERS, THEIRS, async (_, worker) => {
        const options = revisions[worker] === 0n ? {} : { expectedStreamVersion: revisions[worker] };
        const { nextExpectedStreamVersion } = await emmett.store.appendToStream(
          names[worker],
          [copied(made(names[worker]))],
          options,
        );
        revisions[worker] = nextExpectedStreamVersion;
      });
    },
  };
  const ours = {
    name: 'product, keeper and store',
    operations: OURS,
    run: () => {
      streams = new Map(
        Array.from({ length: WORKERS }, (_, worker) => [worker, { caseId: randomUUID(), revision: 'none' }]),
      );
      return atOnce(WORKERS, OURS, async (_, worker) => {
        const stream = streams.get(worker);
        const { revision } = await core.store.append(`case-${stream.caseId}`, [made(stream.caseId)], stream.revision);
        stream.revision = revision;
      });
    },
    ...(followed && {
      settle: async () => {
        for (const { caseId, revision } of streams.values())
          if (!(await product.followers.timeline.waitFor(`case-${caseId}`, revision, 60_000)))
            throw new Error('behind');
      },
    }),
  };
  const rawPool = new pg.Pool({ connectionString: at('raw'), max: 32 });
  await rawPool.query(`create table if not exists events (position bigint generated always as identity primary key, stream text not null,
    revision int not null, id uuid not null unique, type text not null, data json not null, sealed json, meta json not null, unique (stream, revision))`);
  const text =
    'insert into events (stream, revision, id, type, data, sealed, meta) values ($1, $2, $3, $4, $5, $6, $7)';
  const raw = {
    name: 'prepared single-row inserts',
    operations: OURS,
    run: (round) => {
      const names = fresh(round);
      const revisions = names.map(() => 0);
      return atOnce(WORKERS, OURS, async (_, worker) => {
        const event = made(names[worker]);
        const bodies = [event.data, event.sealed, event.meta].map((one) => JSON.stringify(one));
        await rawPool.query({
          name: 'raw',
          text,
          values: [names[worker], revisions[worker]++, event.id, type, ...bodies],
        });
      });
    },
  };
  const results = await rounds(against(theirs, [ours, raw]), count, postmaster);
  await rawPool.end();
  const bytes = JSON.stringify(made(caller.sub)).length;
  const title = `Appends of one event of ${bytes} bytes, ${WORKERS} at once${followed ? '' : ', followers stopped'}`;
  table(`${title} (load average ${load()})`, results, judged({ [ours.name]: 6 }));
};

const timeline = async () => {
  const TOTAL = many(800);
  const { accesses, followers } = product;
  const byToken = new Map(officers.map(({ token, caller }) => [token, caller]));
  const viewerOf = ({ sub, agency, role }) => ({
    actor: sub,
    agency,
    reader: agency,
    role,
    underBreakGlass: false,
    onTeam: true,
  });
  // Nothing but the database and the record: no token is verified, no permission asked, nothing cut to the reader.
  const bare = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { variables } = JSON.parse(Buffer.concat(chunks));
    const caller = byToken.get(request.headers.authorization.slice(7));
    const viewer = viewerOf(caller);
    const [rows, revision, choices] = await Promise.all([
      timelinePage(followers.timeline, variables.caseId, viewer, {}, { limit: variables.first + 1 }),
      followers.timeline.appliedTo(`case-${variables.caseId}`),
      timelineChoices(followers.timeline, variables.caseId, viewer),
    ]);
    await accesses.viewed({
      caller,
      operation: 'timeline',
      cases: [variables.caseId],
      classes: ['D0'],
      purpose: 'FOLLOW_UP',
      task: 'team',
      via: 'team',
    });
    const body = JSON.stringify({ data: { entries: rows.slice(0, variables.first), revision, ...choices } });
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body);
  });
  await new Promise((listening) => bare.listen(0, '127.0.0.1', listening));
  const requests = Array.from({ length: 240 }, (_, n) => ({
    token: officers[n % officers.length].token,
    body: JSON.stringify({
      query: TIMELINE,
      operationName: 'Timeline',
      variables: { caseId: any(caseIds), first: 50 },
    }),
  }));
  const sizes = {};
  const contender = (name, port, path) => ({
    name,
    operations: TOTAL,
    run: async () => {
      const { ms, bytes } = await product.load({ port, path, at: 16, total: TOTAL, requests, expect: '"entries":[{' });
      sizes[name] = bytes;
      return ms;
    },
    settle,
  });
  const mine = contender('product, GraphQL', product.port, '/graphql');
  const results = await rounds(
    [contender('bare handler, same SQL and record', bare.address().port, '/'), mine],
    count,
    postmaster,
  );
  bare.closeAllConnections();
  bare.close();
  table(
    `Timeline page of 50 entries, 16 connections, ${officers.length} callers (load average ${load()})`,
    results,
    judged({ [mine.name]: 0.5 }),
  );
  console.log(
    `  bytes of an answer: ${Object.entries(sizes)
      .map(([name, size]) => `${name} ${size.toFixed(0)}`)
      .join('; ')}`,
  );
};

/** What a subscriber of another agency waits for: `say` is answered with the revision of a fact on the case. `goal`: of the p99, in milliseconds. */
const visibleOn = async ({ url, caseId, head, token, say, goal }) => {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: `Bearer ${token}`, authorization: `Bearer ${token}` },
  });
  const seen = new Map();
  const waiting = new Map();
  const iterator = client.iterate({ query: CASE_CHANGED, variables: { caseId, after: head } });
  const reading = (async () => {
    for await (const { data, errors } of iterator) {
      if (errors) throw new Error(JSON.stringify(errors));
      seen.set(data.caseChanged.revision, performance.now());
      waiting.get(data.caseChanged.revision)?.();
    }
  })();
  const [fromSaid, fromAnswered] = [[], []];
  const perSecond = 20;
  const [untimed, timed] = [many(20), many(100)];
  for (let n = 0; n < untimed + timed; n++) {
    const started = performance.now();
    const revision = await say();
    const answered = performance.now();
    if (!seen.has(revision)) await Promise.race([reading, new Promise((resolve) => waiting.set(revision, resolve))]);
    if (n >= untimed) {
      fromSaid.push(seen.get(revision) - started);
      fromAnswered.push(seen.get(revision) - answered);
    }
    await new Promise((resolve) => setTimeout(resolve, 1000 / perSecond));
  }
  await iterator.return?.();
  await client.dispose();
  const said = (list) => `p50 ${quantile(list, 0.5).toFixed(1)} ms, p99 ${quantile(list, 0.99).toFixed(1)} ms`;
  const verdict = goal ? `; ≤ ${goal}: ${quantile(fromAnswered, 0.99) <= goal ? 'met' : 'MISSED'}` : '';
  console.log(`  from the answer of the command: ${said(fromAnswered)}${verdict}`);
  console.log(`  from sending the command:       ${said(fromSaid)}`);
};

const visible = async () => {
  const [caseId] = caseIds;
  const { revision: head } = await core.store.read(`case-${caseId}`, 1_000_000);
  console.log(`\nVisible on a subscription, at most 20 facts a second (load average ${load()})`);
  const said = async () => (await say('makeReferral', { caseId, input: referral }, officers[0])).revision;
  await visibleOn({ url: product.url, caseId, head, token: officers[1].token, say: said });
};

/** The same commands, over HTTP, to the product in this process and to the services behind their gateway. */
const gateway = async (apart) => {
  const TOTAL = many(400);
  const contender = (name, { port, caseIds, officers }, command, variables, more) => {
    const query = mutationDocument(command, allCommands[command]);
    const requests = caseIds.slice(0, apart.caseIds.length).map((caseId, n) => ({
      token: officers[n % officers.length].token,
      body: JSON.stringify({ query, variables: { ...variables, commandId: 'COMMAND-ID', caseId } }),
    }));
    const expect = '"__typename":"Accepted"';
    const run = async () => (await product.load({ port, path: '/graphql', at: 16, total: TOTAL, requests, expect })).ms;
    return { name, operations: TOTAL, run, ...more };
  };
  /** Both read models have what was just said. */
  const reached = async () => {
    for (const caseId of caseIds.slice(0, apart.caseIds.length)) {
      const { revision } = await core.kept.read(`case-${caseId}`, 1_000_000_000);
      for (const model of [product.followers.timeline, product.followers.cards])
        if (!(await model.waitFor(`case-${caseId}`, revision, 60_000))) throw new Error('behind');
    }
  };
  const occurredAt = new Date(Date.now() - 60_000).toISOString();
  for (const [title, command, variables] of [
    ['Facts, taken by the agency’s own service', 'recordRightsExplained', { occurredAt, input: rightsExplained }],
    ['Referrals, decided in coordination', 'makeReferral', { input: referral }],
  ]) {
    const before = apart.cpu();
    const one = contender('one process, GraphQL over HTTP', product, command, variables, { settle: reached });
    const services = contender('gateway and services', apart, command, variables, {
      settle: apart.settle,
      cpu: apart.cpu,
    });
    const results = await rounds([one, services], count, postmaster);
    table(`${title}, ${FACTS} facts and more on a case, 16 at once (load average ${load()})`, results);
    const { programs } = apart.cpu();
    const each = Object.entries(programs).map(
      ([name, ms]) => `${name} ${(((ms - before.programs[name]) / (TOTAL * (count + 1))) * 1000).toFixed(0)}`,
    );
    console.log(`  CPU µs/op by program, all the while: ${each.join(', ')}`);
  }
};

const kafka = async (apart) => {
  const [caseId] = apart.caseIds;
  const [teller, , reader] = apart.officers;
  const said = async () =>
    (await apart.say(teller, 'recordRightsExplained', { caseId, input: rightsExplained })).revision;
  const head = await said();
  await apart.settle();
  console.log(
    `\nVisible on another agency’s subscription over Kafka, at most 20 facts a second (load average ${load()})`,
  );
  await visibleOn({ url: apart.url, caseId, head, token: reader.token, say: said, ...(!smoke && { goal: 60 }) });
};

try {
  if (wanted('timeline')) await timeline();
  if (wanted('visible')) await visible();
  if (wanted('commands')) await commands();
  if (wanted('appends')) await appends();
  if (apartWanted) {
    const { openApart } = await import('./apart.mjs');
    const apart = await openApart({ cases: Math.min(caseIds.length, 20), facts: FACTS });
    try {
      if (only.includes('gateway')) await gateway(apart);
      if (only.includes('kafka')) await kafka(apart);
    } finally {
      await apart.stop();
    }
  }
  // Last: they do not start again.
  if (wanted('alone')) {
    await product.followers.stop();
    await commands({ followed: false });
    await appends({ followed: false });
  }
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await emmett?.close();
  await product.stop();
}
process.exit();
