// The product as services on this machine, behind their gateway, in a folder that is thrown away: cases as those of product.mjs.
import { createPrivateKey, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allCommands, mutationDocument } from '@resguardo/contracts';
import { demoAccounts, mint, REALM } from '@resguardo/identity';
import { startDistributed } from '../infra/distributed/index.ts';
import { PROGRAMS } from '../infra/programs.ts';
import { untilQuiet } from '../test/engines/support/differential.ts';
import { atOnce, programsCpu, serverCpu } from './measure.mjs';
import { OFFICERS, report, rightsExplained, SUPERVISORS } from './product.mjs';

/** What a program that was started here is called: the service, or Kafka for its three brokers. */
const nameOf = (commandLine) =>
  /apps\/([a-z-]+)\/src\/main\.ts/.exec(commandLine)?.[1] ??
  (commandLine.includes('kafka.Kafka') ? 'kafka' : undefined);

export const openApart = async ({ cases, facts }) => {
  const folder = mkdtempSync(join(tmpdir(), 'resguardo-bench-apart-'));
  const all = await startDistributed({ folder, lasting: true, env: { RESGUARDO_REQUESTS_PER_MINUTE: '100000000' } });
  const stop = async () => {
    await all.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { url } = all.gateway;
    const key = createPrivateKey(readFileSync(join(folder, 'secrets/issuer-key.pem')));
    const jwk = { ...key.export({ format: 'jwk' }), kid: 'issuer-1' };
    const token = mint({ issuer: `${url}/realms/${REALM}`, jwk, ttlSeconds: 3500 });
    const signedIn = async (username) => ({
      username,
      token: await token(demoAccounts().find((one) => one.username === username)),
    });
    const officers = await Promise.all(OFFICERS.map(signedIn));
    const supervisors = new Map();
    for (const [officer, supervisor] of Object.entries(SUPERVISORS))
      supervisors.set(officer, await signedIn(supervisor));
    const say = async (who, name, said) => {
      const spec = allCommands[name];
      const happened = spec.mark === 'fact' && { occurredAt: new Date(Date.now() - 60_000).toISOString() };
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${who.token}` },
        body: JSON.stringify({
          query: mutationDocument(name, spec),
          variables: { commandId: randomUUID(), ...happened, ...said },
        }),
      });
      const answer = await response.json();
      if (answer.data?.result?.__typename !== 'Accepted')
        throw new Error(`${name} was answered ${JSON.stringify(answer)}`);
      return answer.data.result;
    };
    const metrics = PROGRAMS.map((program) => all.metricsPortOf(program));
    const settle = () => untilQuiet(metrics);

    const caseIds = [];
    await atOnce(16, cases, async () => {
      const { caseId } = await say(officers[0], 'receiveReport', { input: report });
      for (const [officer, supervisor] of supervisors)
        await say(supervisor, 'addTeamMember', { caseId, input: { staffId: `demo:${officer}`, role: 'OFFICER' } });
      for (let n = 0; n < facts - 3; n++)
        await say(officers[n % officers.length], 'recordRightsExplained', { caseId, input: rightsExplained });
      caseIds.push(caseId);
    });
    await settle();
    const postmaster = Number(readFileSync(join(folder, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0]);
    return {
      ...{ url, port: Number(new URL(url).port), officers, caseIds, say, settle, stop },
      /** Milliseconds: `node` of all services, `server` of Kafka and the database together, `programs` each. */
      cpu: () => {
        const programs = { ...programsCpu(nameOf), postgres: serverCpu(postmaster) ?? 0 };
        const { kafka = 0, postgres, ...services } = programs;
        return { node: Object.values(services).reduce((sum, ms) => sum + ms, 0), server: kafka + postgres, programs };
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
