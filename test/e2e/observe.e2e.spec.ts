import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { allCommands, mutationDocument } from '@resguardo/contracts';
import type { Readiness } from '@resguardo/telemetry';
import type { Client } from 'pg';
import { newTraceparent } from '../../apps/portal/src/trace.js';
import { configFrom } from '../../apps/standalone/src/config.js';
import { otlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.js';
import { freePort, metricsIn, refusedTokensAt, type Sample, scrape, sum } from '../support/scrape.js';
import { validInput } from './support/inputs.js';
import { fillTeam, OFFICERS, openCase, type People, peopleOf } from './support/people.js';
import {
  ask,
  databaseOf,
  removeFolder,
  say,
  type Standalone,
  startStandalone,
  temporaryFolder,
} from './support/standalone.js';

const dashboard = JSON.parse(readFileSync('infra/grafana/resguardo.json', 'utf8')) as Parameters<typeof metricsIn>[0];

describe('the running product is observed', () => {
  const dataFolder = temporaryFolder();
  let collector: OtlpReceiver;
  let metricsPort: number;
  let product: Standalone;
  let people: People;
  let database: Client;
  let caseId = '';

  beforeAll(async () => {
    collector = await otlpReceiver();
    metricsPort = await freePort();
    product = await startStandalone(dataFolder, {
      args: ['--empty'],
      env: { METRICS_PORT: String(metricsPort), OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint },
    });
    people = peopleOf(product);
    database = await databaseOf(product);
    ({ caseId } = await openCase(people));
    await fillTeam(people, caseId);
  }, 60_000);
  afterAll(async () => {
    await database?.end().catch(() => {});
    await product?.stop();
    await collector?.close();
    removeFolder(dataFolder);
  });

  /** Scrapes until it is so. */
  const until = async (so: (samples: readonly Sample[]) => boolean): Promise<readonly Sample[]> => {
    for (;;) {
      const samples = await scrape(metricsPort);
      if (so(samples)) return samples;
    }
  };
  const lag = (samples: readonly Sample[], follower: string, unit = 'events') =>
    sum(samples, `resguardo_follower_lag_${unit}`, { follower });
  const caughtUp = (samples: readonly Sample[]) => sum(samples, 'resguardo_follower_lag_events') === 0;
  const head = async (): Promise<number> =>
    Number((await database.query<{ position: string }>('select position from store.counter')).rows[0]!.position);
  const tableOf = async (projection: string): Promise<string> => {
    const { rows } = await database.query<{ id: number; version: number }>(
      `select id, version from read_models.instances where projection = $1 and state = 'active'`,
      [projection],
    );
    return `read_models.${projection}_v${rows[0]!.version}_${rows[0]!.id}`;
  };

  describe('one trace', () => {
    const traceparent = newTraceparent();
    const [, traceId, browser] = traceparent.split('-');

    it('from the page’s request to the read models', async () => {
      const command = 'recordRetelling';
      const { data } = await ask(
        product.url,
        await people.token(OFFICERS.HEALTH),
        mutationDocument(command, allCommands[command]!),
        { commandId: randomUUID(), occurredAt: new Date().toISOString(), caseId, input: validInput(command) },
        { traceparent },
      );
      expect(data.result.__typename).toBe('Accepted');
      const followers = ['timeline_entries', 'case_card', 'access_log', 'refusal_log', 'glass_log', 'case_parts'];
      const spans = await collector.trace(traceId!, [
        ...followers.map((name) => `follow ${name}`),
        'mutation RecordRetelling',
      ]);
      const [request, handled, append] = ['mutation RecordRetelling', `command ${command}`, 'append'].map((name) =>
        spans.find((span) => span.name === name)!,
      ) as [ReceivedSpan, ReceivedSpan, ReceivedSpan];
      expect(request).toMatchObject({
        parentSpanId: browser,
        kind: 2,
        service: 'resguardo',
        failed: false,
        attributes: {
          'graphql.operation.name': 'RecordRetelling',
          'graphql.operation.type': 'mutation',
          'http.request.method': 'POST',
          'http.response.status_code': 200,
        },
      });
      expect(handled).toMatchObject({
        parentSpanId: request.spanId,
        attributes: {
          'resguardo.command': command,
          'resguardo.capability': 'interview',
          'resguardo.outcome': 'accepted',
        },
      });
      expect(append).toMatchObject({ parentSpanId: handled.spanId, attributes: { 'resguardo.outcome': 'kept' } });
      for (const name of followers)
        expect(spans.find((span) => span.name === `follow ${name}`)).toMatchObject({
          parentSpanId: append.spanId,
          attributes: { 'resguardo.follower': name },
        });
    });

    it('stands with its fact, and on no page', async () => {
      const { rows } = await database.query<{ traceparent: string; type: string }>(
        `select type, meta ->> 'traceparent' as traceparent from store.events where meta ->> 'traceparent' like $1`,
        [`00-${traceId}-%`],
      );
      expect(rows.map(({ type }) => type)).toEqual(['RetellingRecorded']);
      await until(caughtUp);
      const { rows: tables } = await database.query<{ name: string }>(
        `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('read_models', 'processes', 'vault', 'oversight')`,
      );
      expect(tables.length).toBeGreaterThan(10);
      for (const { name } of tables) {
        const found = await database.query(`select 1 from ${name} t where t::text like $1 limit 1`, [`%${traceId}%`]);
        expect([name, found.rowCount]).toEqual([name, 0]);
      }
      expect(readFileSync('libs/contracts/schema/resguardo.graphql', 'utf8')).not.toMatch(/trace/i);
    });

    it('a refused command says which rule, and a request that nobody registered has no name', async () => {
      const before = collector.spans.length;
      const trace = newTraceparent();
      const query = `mutation Lopez($c: ID!, $id: ID!, $input: PlanInterviewInput!) {
        planInterview(caseId: $c, commandId: $id, input: $input) { ... on Refused { rule } } }`;
      const { data } = await ask(
        product.url,
        await people.token(OFFICERS.PROSECUTOR),
        query,
        { c: caseId, id: randomUUID(), input: validInput('planInterview') },
        { traceparent: trace },
      );
      const { rule } = data.planInterview as { rule: string };
      expect(rule).toMatch(/^R-\d+/);
      const spans = await collector.trace(trace.split('-')[1]!, ['mutation other', 'command planInterview']);
      expect(spans.find(({ name }) => name === 'command planInterview')!.attributes).toMatchObject({
        'resguardo.outcome': 'refused',
        'resguardo.rule': rule,
      });
      expect(JSON.stringify(collector.spans.slice(before))).not.toContain('Lopez');
    });

    it('what the browser does not want traced is not', async () => {
      const [quiet, loud] = [newTraceparent().replace(/01$/, '00'), newTraceparent()];
      const idOf = (trace: string) => trace.split('-')[1]!;
      const token = await people.token(OFFICERS.HEALTH);
      for (const trace of [quiet, loud]) {
        const { errors } = await ask(
          product.url,
          token,
          `query ($c: ID!) { case(caseId: $c) { folio } }`,
          { c: caseId },
          {
            traceparent: trace,
          },
        );
        expect(errors).toBeUndefined();
      }
      // Spans are sent in the order in which they end.
      await collector.trace(idOf(loud), ['query other', 'append', 'follow access_log']);
      expect(collector.spans.filter(({ traceId: id }) => id === idOf(quiet))).toEqual([]);
      const { rowCount } = await database.query(`select 1 from store.events where meta::text like $1`, [
        `%${idOf(quiet)}%`,
      ]);
      expect(rowCount).toBe(0);
    });
  });

  describe('metrics', () => {
    const outcomes = async (outcome: string, more: Record<string, string> = {}) =>
      sum(await scrape(metricsPort), 'resguardo_commands_total', { outcome, ...more });

    it('are on their own port alone', async () => {
      const onPublic = await fetch(`${product.url}/metrics`);
      expect(await onPublic.text()).not.toContain('resguardo_');
      const elsewhere = await fetch(`http://127.0.0.1:${metricsPort}/graphql`);
      expect(elsewhere.status).toBe(404);
      // Bound to one address of this machine: any other, even its own second one, is answered nothing.
      await expect(fetch(`http://127.0.0.2:${metricsPort}/metrics`)).rejects.toThrow();
      expect(() => configFrom({ PORT: '4000', METRICS_PORT: '4000' }, [])).toThrow('METRICS_PORT');
    });

    it('count commands by what they were answered, and refusals by their rule', async () => {
      const command = 'recordRetelling';
      const before = await scrape(metricsPort);
      const refusal = await people.say(OFFICERS.PROSECUTOR, 'planInterview', {
        caseId,
        input: validInput('planInterview'),
      });
      expect(refusal.__typename).toBe('Refused');
      for (let i = 0; i < 2; i++) await people.done(OFFICERS.HEALTH, command, { caseId, input: validInput(command) });
      const wrong = await people.answer(OFFICERS.HEALTH, command, {
        caseId,
        input: validInput(command, { actKind: 'NO_SUCH_KIND' }),
      });
      expect(wrong.errors).toMatchObject([{ message: 'Some fields are wrong.' }]);
      const after = await scrape(metricsPort);
      const grew = (metric: string, labels: Record<string, string>) =>
        sum(after, metric, labels) - sum(before, metric, labels);
      const said = { capability: 'interview', by: 'person' };
      expect(grew('resguardo_commands_total', { ...said, command: 'planInterview', outcome: 'refused' })).toBe(1);
      expect(grew('resguardo_refusals_total', { rule: refusal.rule! })).toBe(1);
      expect(grew('resguardo_refusals_total', {})).toBe(1);
      expect(grew('resguardo_commands_total', { ...said, command, outcome: 'accepted' })).toBe(2);
      expect(grew('resguardo_commands_total', { ...said, command, outcome: 'malformed' })).toBe(1);
      // The refusal is a fact too.
      expect(grew('resguardo_append_duration_seconds_count', { outcome: 'kept' })).toBe(3);
      expect(grew('resguardo_append_duration_seconds_bucket', { outcome: 'kept', le: '+Inf' })).toBe(3);
      expect(await outcomes('accepted', { capability: 'other' })).toBe(0);
    });

    it('count refused tokens by the reason, once for each request, and nothing else as one', async () => {
      const query = '{ me { actor } again: me { actor } }';
      const token = await people.token(OFFICERS.HEALTH);
      const [head, payload, signature] = token.split('.') as [string, string, string];
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
      const saying = (more: object) => Buffer.from(JSON.stringify({ ...claims, ...more })).toString('base64url');
      const codeOf = async (said: string | undefined) =>
        (await ask(product.url, said, query)).errors?.[0]?.extensions.code as string | undefined;
      const before = await refusedTokensAt(metricsPort);
      expect(await codeOf(token)).toBe(undefined);
      expect(await codeOf(undefined)).toBe('UNAUTHENTICATED');
      expect(await refusedTokensAt(metricsPort)).toEqual(before);
      const grown: Record<string, number> = { ...before };
      for (const [reason, said] of [
        ['malformed', 'opaque'],
        ['bad-signature', [head, saying({ sub: 'somebody-else' }), signature].join('.')],
        ['expired', [head, saying({ exp: 1 }), signature].join('.')],
        ['wrong-audience', [head, saying({ aud: 'another' }), signature].join('.')],
        ['wrong-issuer', [head, saying({ iss: 'http://127.0.0.1:9/realms/resguardo' }), signature].join('.')],
      ] as const) {
        expect([reason, await codeOf(said)]).toEqual([reason, 'UNAUTHENTICATED']);
        grown[reason] = grown[reason]! + 1;
        expect(await refusedTokensAt(metricsPort)).toEqual(grown);
      }
    });

    it('tell how far each follower is behind: all of them, in events and seconds', async () => {
      await until(caughtUp);
      const from = await head();
      const { rows } = await database.query('begin');
      expect(rows).toEqual([]);
      await database.query(`lock table ${await tableOf('case_card')} in exclusive mode`);
      try {
        for (let i = 0; i < 3; i++)
          await people.done(OFFICERS.HEALTH, 'recordRetelling', { caseId, input: validInput('recordRetelling') });
        const behind = (await head()) - from;
        expect(behind).toBeGreaterThanOrEqual(3);
        const samples = await until(
          (all) => lag(all, 'timeline_entries') === 0 && lag(all, 'case_card', 'seconds') > 1,
        );
        expect(lag(samples, 'case_card')).toBe(behind);
        expect(lag(samples, 'timeline_entries', 'seconds')).toBe(0);
        expect(lag(samples, 'case_card', 'seconds')).toBeLessThan(60);
      } finally {
        await database.query('rollback');
      }
      const samples = await until(caughtUp);
      expect(lag(samples, 'case_card', 'seconds')).toBe(0);
      expect(samples.filter(({ name }) => name === 'resguardo_follower_lag_events')).toHaveLength(10);
    });

    it('every metric that the dashboard names is scraped', async () => {
      // Feeds are relayed only where there are brokers: the engine test looks for those.
      const named = metricsIn(dashboard).filter((name) => !name.startsWith('resguardo_relay_'));
      expect(named.length).toBeGreaterThan(8);
      const scraped = new Set((await scrape(metricsPort)).map(({ name }) => name));
      expect(named.filter((name) => !scraped.has(name))).toEqual([]);
    });
  });

  describe('health', () => {
    const ready = async () => {
      const response = await fetch(`${product.url}/health/ready`);
      return [response.status, (await response.json()) as Readiness] as const;
    };

    it('is alive and ready, and says of which parts', async () => {
      expect(await (await fetch(`${product.url}/health/live`)).json()).toEqual({ status: 'live' });
      expect(await ready()).toEqual([
        200,
        { status: 'ready', parts: { database: 'ready', store: 'ready' }, followers: [] },
      ]);
    });

    it('a parked case is said, in metrics and there, and does not make it unready', async () => {
      const { caseId: stuck } = await openCase(people);
      await until(caughtUp);
      await database.query(
        `alter table ${await tableOf('case_card')} add constraint planted check (key <> '${stuck}') not valid`,
      );
      await say(product.url, await people.token(OFFICERS.CHILD_PROTECTION), 'recordRetelling', {
        caseId: stuck,
        input: validInput('recordRetelling'),
      });
      const samples = await until((all) => sum(all, 'resguardo_parked_cases') > 0);
      expect(samples.filter(({ name, value }) => name === 'resguardo_parked_cases' && value > 0)).toEqual([
        {
          name: 'resguardo_parked_cases',
          labels: { follower: 'case_card', kind: 'projection', service: 'coordination' },
          value: 1,
        },
      ]);
      let answer = await ready();
      // The answer is remembered for a second.
      while (answer[1].followers.length === 0) answer = await ready();
      expect(answer).toEqual([
        200,
        expect.objectContaining({
          status: 'ready',
          followers: [{ name: 'case_card', secondsBehind: 0, parkedCases: 1 }],
        }),
      ]);
      expect(JSON.stringify(answer)).not.toContain(stuck);
    });
  });

  it('traced facts are part of the chain as ever: the history is whole', async () => {
    await database.end();
    expect(await product.stop()).toBe(0);
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--import', './tools/hooks.mjs', 'apps/standalone/src/verify.ts'],
      { encoding: 'utf8', env: { ...process.env, NODE_ENV: 'development', RESGUARDO_DATA: dataFolder } },
    );
    expect([status, stdout]).toEqual([0, expect.stringContaining('The history is whole.')]);
  });
});
