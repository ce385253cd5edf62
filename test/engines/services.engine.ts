import { mkdirSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { demoAccounts, embeddedIssuer, type Account } from '@resguardo/identity';
import { allCommands, entersThroughAgency, mutationDocument, SERVICE_OF } from '@resguardo/contracts';
import express from 'express';
import { exportJWK } from 'jose';
import { type Distributed, type Program, startDistributed } from '../../infra/distributed/index.js';
import { validInput } from '../e2e/support/inputs.js';
import { OFFICERS, type Outcome, SUPERVISORS, subjectOf } from '../e2e/support/people.js';
import { ask, type GraphQLAnswer, removeFolder, temporaryFolder, tokenFor } from '../e2e/support/standalone.js';

/** The embedded issuer in this process: services fetch its keys. */
const startIssuer = async (folder: string): Promise<{ url: string; server: Server }> => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  mkdirSync(join(folder, 'secrets'), { recursive: true });
  writeFileSync(join(folder, 'secrets/issuer-key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const app = express();
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const jwk = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'issuer-1' };
  embeddedIssuer({ app, baseUrl: url, jwk, accounts: demoAccounts(), redirectUris: [`${url}/callback`] });
  return { url, server };
};

describe('one service per agency, over Kafka', () => {
  const folder = temporaryFolder();
  let issuer: Awaited<ReturnType<typeof startIssuer>>;
  let all: Distributed;
  beforeAll(async () => {
    issuer = await startIssuer(folder);
    all = await startDistributed({ folder, identityUrl: issuer.url });
  }, 240_000);
  afterAll(async () => {
    await all?.stop();
    issuer?.server.close();
    removeFolder(folder);
  });

  const account = (username: string): Account => demoAccounts().find((one) => one.username === username)!;
  /** The service that answers for this person: their agency's own, for supervisors oversight. */
  const homeOf = (username: string): Program => {
    const { role, agency } = account(username);
    if (role === 'SUPERVISOR') return 'oversight';
    return (SERVICE_OF as Record<string, Program>)[agency] ?? 'coordination';
  };
  const read = async (
    username: string,
    query: string,
    variables: object = {},
    service = homeOf(username),
  ): Promise<GraphQLAnswer> =>
    ask(all.services[service].url, await tokenFor({ url: issuer.url, dataFolder: folder }, username), query, variables);
  const done = async (
    username: string,
    command: string,
    said: { caseId?: string; input?: object },
  ): Promise<Outcome & { caseId: string }> => {
    const spec = allCommands[command]!;
    const own = (SERVICE_OF as Record<string, Program>)[account(username).agency];
    const service = entersThroughAgency(command, spec) && own ? own : 'coordination';
    const { data, errors } = await read(
      username,
      mutationDocument(command, spec),
      {
        commandId: crypto.randomUUID(),
        ...(spec.mark === 'fact' && { occurredAt: new Date().toISOString() }),
        ...said,
      },
      service,
    );
    if (errors || data.result.__typename !== 'Accepted')
      throw new Error(
        `${command} by ${username} at ${service}: ${JSON.stringify(errors ?? data.result)} ${all.services[service].output().slice(-2000)}`,
      );
    return data.result;
  };
  const TIMELINE = `query ($caseId: ID!, $atLeast: Int) { timeline(caseId: $caseId, atLeast: $atLeast, first: 100) {
    revision behind entries { eventId type sight hasDetail } } }`;
  const until = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
    for (const end = Date.now() + 30_000; ;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error(`${what} did not come`);
    }
  };
  const timelineOf = (username: string, caseId: string, revision: number) =>
    until(`revision ${revision} for ${username}`, async () => {
      const { data, errors } = await read(username, TIMELINE, { caseId, atLeast: revision });
      if (errors) throw new Error(JSON.stringify(errors));
      return data.timeline && !data.timeline.behind ? data.timeline : undefined;
    });

  it('a report taken by one agency’s service is on every agency’s timeline; who sealed its words opens them for those who may read them', async () => {
    const words = 'Palabras inventadas para esta prueba.';
    const { caseId } = await done(OFFICERS.PROSECUTOR, 'receiveReport', {
      input: { ...validInput('receiveReport', { state: '17' }), summary: words },
    });
    let revision = 0;
    for (const agency of ['VICTIMS_COMMISSION', 'CHILD_PROTECTION', 'HEALTH'] as const)
      ({ revision = 0 } = await done(SUPERVISORS[agency], 'addTeamMember', {
        caseId,
        input: { staffId: subjectOf(OFFICERS[agency]), role: 'OFFICER' },
      }));
    for (const username of Object.values(OFFICERS)) {
      const { entries } = await timelineOf(username, caseId, revision);
      expect([username, entries.map(({ type }: { type: string }) => type)]).toEqual([
        username,
        expect.arrayContaining(['ReportReceived', 'CaseOpened']),
      ]);
    }
    const report = (await timelineOf(OFFICERS.CHILD_PROTECTION, caseId, revision)).entries.find(
      ({ type }: { type: string }) => type === 'ReportReceived',
    );
    const DETAIL = `query ($caseId: ID!, $eventId: ID!) { detail(caseId: $caseId, eventId: $eventId, purpose: FOLLOW_UP) { fields { name value } unavailable { cls why service } } }`;
    const opened = async (username: string) => read(username, DETAIL, { caseId, eventId: report.eventId });
    expect(await opened(OFFICERS.PROSECUTOR)).toMatchObject({
      data: { detail: { fields: expect.arrayContaining([{ name: 'summary', value: words }]) } },
    });
    expect(await opened(OFFICERS.CHILD_PROTECTION)).toMatchObject({
      data: { detail: { fields: expect.arrayContaining([{ name: 'summary', value: words }]), unavailable: [] } },
    });
  });
});
