// The product as composed, in a folder that is thrown away, with invented cases of some fifty facts each.
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openStandalone } from '../apps/standalone/src/compose.ts';
import { AUDIENCE, demoAccounts, keycloakTokenVerifier, mint, PORTAL_CLIENT, REALM } from '@resguardo/identity';
import { atOnce } from './measure.mjs';

const LETTERS = 'Texto inventado para medir: se pide atención y se informa de lo acordado entre las agencias. ';

/** Under 400 letters, sealed. */
export const referral = { to: 'HEALTH', purpose: 'CARE', urgency: 'ORDINARY', message: LETTERS.repeat(4) };

export const rightsExplained = { version: 'derechos-2026-1', formatCode: 'PLAIN_LANGUAGE', language: 'SPANISH' };

export const report = {
  state: '17',
  channel: 'TE_PROTEJO_MEXICO',
  reportedBy: 'GUARDIAN',
  urgency: 'ORDINARY',
  forms: ['GROOMING_SOLICITATION'],
  platforms: ['GAME_PLATFORM'],
  ageBand: 'UNDER_12',
  gender: 'BOY',
  mode: 'ORAL',
  anonymous: false,
  accountGiven: false,
  immediateFullAccount: false,
  factsRecent: 'NO',
  specialProtectionNeed: false,
  contactInPerson: 'NO',
  summary: LETTERS,
};

const accessStream = (actor) => `access-${actor}-${new Date().toISOString().slice(0, 7).replace('-', '')}`;

export const OFFICERS = ['procuraduria.morelos', 'fiscalia.morelos', 'comision.morelos'];
export const SUPERVISORS = { 'fiscalia.morelos': 'supervision.fiscalia', 'comision.morelos': 'supervision.comision' };

export const openProduct = async ({ cases, facts }) => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'resguardo-bench-'));
  const config = { dataFolder, requestsPerMinute: 100_000_000, logLevel: 'warn', empty: true };
  const running = await openStandalone(config, (why) => {
    throw new Error(why);
  });
  const { core, followers, url } = running;
  const { desk, accesses } = core;
  // Never printed: the password is in it.
  const databaseUrl = core.database.url;

  const token = mint({ issuer: `${url}/realms/${REALM}`, jwk: core.secrets.issuerKey, ttlSeconds: 3500 });
  const verifier = keycloakTokenVerifier({ baseUrl: url, realm: REALM, audience: AUDIENCE, clients: [PORTAL_CLIENT] });
  const signedIn = async (username) => {
    const made = await token(demoAccounts().find((one) => one.username === username));
    return { token: made, caller: await verifier.verify(made) };
  };
  const officers = await Promise.all(OFFICERS.map(signedIn));
  const supervisors = Object.fromEntries(
    await Promise.all(Object.values(SUPERVISORS).map(async (username) => [username, await signedIn(username)])),
  );

  /** Last revisions that were answered, by stream: what the followers have to catch up with. */
  const heads = new Map();
  const say = async (name, said, { caller }) => {
    const answer = await desk.execute(name, { commandId: randomUUID(), ...said }, caller);
    if (answer.kind !== 'accepted') throw new Error(`${name} was answered ${JSON.stringify(answer)}`);
    const stream = `case-${answer.caseId}`;
    heads.set(stream, Math.max(heads.get(stream) ?? 0, answer.revision));
    return answer;
  };
  const settle = async () => {
    for (const [stream, revision] of heads)
      for (const model of [followers.timeline, followers.cards])
        if (!(await model.waitFor(stream, revision, 60_000)))
          throw new Error(`the followers did not catch up with ${stream}`);
    heads.clear();
    let records = 0;
    for (const { caller } of officers)
      records += 1 + (await core.store.read(accessStream(caller.sub), 1_000_000_000)).revision;
    for (const until = Date.now() + 60_000; ; await setTimeout(5)) {
      const [{ n }] = await followers.audit.accesses.documents.query((t) => `select count(*)::int as n from ${t}`);
      if (n >= records) return;
      if (Date.now() > until) throw new Error(`the audit has ${n} of ${records} records`);
    }
  };

  const occurredAt = new Date(Date.now() - 3_600_000).toISOString();
  const caseIds = [];
  await atOnce(64, cases, async () => {
    const { caseId } = await say('receiveReport', { occurredAt, input: report }, officers[0]);
    for (const [officer, supervisor] of Object.entries(SUPERVISORS))
      await say(
        'addTeamMember',
        { caseId, input: { staffId: `demo:${officer}`, role: 'OFFICER' } },
        supervisors[supervisor],
      );
    for (let n = 0; n < facts - 3; n++)
      await say(
        'recordRightsExplained',
        {
          caseId,
          occurredAt,
          input: rightsExplained,
        },
        officers[n % officers.length],
      );
    caseIds.push(caseId);
  });
  await settle();

  const child = fork(fileURLToPath(new URL('load.mjs', import.meta.url)), { execArgv: [] });
  /** Load from a process of its own. */
  const load = (asked) =>
    new Promise((resolve, reject) => {
      child.once('message', (said) => (said.error ? reject(new Error(said.error)) : resolve(said)));
      child.send(asked);
    });

  const folder = join(dataFolder, 'postgres');
  const pidFile = readdirSync(folder, { recursive: true }).find((name) => String(name).endsWith('postmaster.pid'));
  return {
    running,
    url,
    port: Number(new URL(url).port),
    databaseUrl,
    postmaster: Number(readFileSync(join(folder, String(pidFile)), 'utf8').split('\n')[0]),
    core,
    followers,
    accesses,
    officers,
    caseIds,
    say,
    settle,
    load,
    stop: async () => {
      child.disconnect();
      await running.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
};
