import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { allCommands, mutationDocument } from '@resguardo/contracts';
import { validInput } from './support/inputs.js';
import { openCase, OFFICERS, peopleOf } from './support/people.js';
import { followedAndRebuilt } from './support/rebuild.js';
import {
  ask,
  removeFolder,
  type Standalone,
  startStandalone,
  temporaryFolder,
  tokenFor,
} from './support/standalone.js';

const KILLS = 20;
const WRITERS = 6;
const COMMAND = 'recordRetelling';
const DOCUMENT = mutationDocument(COMMAND, allCommands[COMMAND]!);

interface Sent {
  readonly variables: Readonly<Record<string, unknown>>;
  /** The revision of the first acceptance, once somebody was told. */
  revision?: number;
}

/** Says commands until the process is gone; what was answered is written down. */
const load = async (url: string, token: string, caseId: string, sent: Sent[], gone: () => boolean) => {
  while (!gone()) {
    const one: Sent = {
      variables: {
        caseId,
        commandId: randomUUID(),
        occurredAt: new Date(Date.now() - 60_000).toISOString(),
        input: validInput(COMMAND),
      },
    };
    sent.push(one);
    try {
      const { data } = await ask(url, token, DOCUMENT, one.variables);
      if (data?.result.__typename === 'Accepted') one.revision = data.result.revision;
    } catch {
      return;
    }
  }
};

it('kill -9 under load, twenty times: every acknowledged command is there once, a repetition gets its first acceptance, the history is whole, projections equal a rebuild', async () => {
  const dataFolder = temporaryFolder();
  const sent: Sent[] = [];
  let product: Standalone = await startStandalone(dataFolder, { args: ['--empty'] });
  const { caseId } = await openCase(peopleOf(product));
  for (let kill = 0; kill < KILLS; kill++) {
    let gone = false;
    const token = await tokenFor(product, OFFICERS.CHILD_PROTECTION);
    const answered = sent.filter(({ revision }) => revision !== undefined).length;
    const { url } = product;
    const writers = Array.from({ length: WRITERS }, () => load(url, token, caseId, sent, () => gone));
    const enough = async () => {
      // Killed in the middle of it: a few are answered, the others are under way.
      while (sent.filter(({ revision }) => revision !== undefined).length < answered + 3 + (kill % 5))
        await new Promise(setImmediate);
    };
    await enough();
    await product.kill();
    gone = true;
    await Promise.all(writers);
    product = await startStandalone(dataFolder);
  }

  const token = await tokenFor(product, OFFICERS.CHILD_PROTECTION);
  // Everything again, acknowledged or not: the first acceptance for those that had one, one acceptance for the others.
  const changed: unknown[] = [];
  for (const { variables, revision } of sent) {
    const { data } = await ask(product.url, token, DOCUMENT, variables);
    const { __typename, revision: now, repeated } = data.result;
    if (__typename !== 'Accepted' || (revision !== undefined && (now !== revision || !repeated)))
      changed.push({ revision, now, repeated, __typename });
  }
  expect(changed).toEqual([]);

  const { data } = await ask(
    product.url,
    token,
    'query ($caseId: ID!, $atLeast: Int) { case(caseId: $caseId, atLeast: $atLeast) { revision behind retellings { count list { eventId } } } }',
    { caseId, atLeast: sent.length + 2 },
  );
  expect(data.case.behind).toBe(false);
  const ids = data.case.retellings.list.map(({ eventId }: { eventId: string }) => eventId);
  // The report in which the account was given, then each command once: nothing lost, nothing doubled.
  expect(data.case.retellings.count).toBe(sent.length + 1);
  expect(new Set(ids).size).toBe(ids.length);

  expect(await product.stop()).toBe(0);
  const whole = spawnSync(process.execPath, ['--import', './tools/hooks.mjs', 'apps/standalone/src/verify.ts'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'development', RESGUARDO_DATA: dataFolder },
  });
  expect([whole.status, whole.stderr]).toEqual([0, '']);

  const { followed, rebuilt, parked } = await followedAndRebuilt(dataFolder);
  expect(followed['timeline_entries']!.length).toBeGreaterThan(sent.length);
  expect(parked).toEqual([]);
  expect(rebuilt).toEqual(followed);
  removeFolder(dataFolder);
}, 240_000);
