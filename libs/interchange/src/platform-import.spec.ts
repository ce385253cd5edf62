import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { StoreUnavailable } from '@resguardo/eventing';
import type { Caller } from '@resguardo/identity';
import { ImportResolver } from './interchange.resolver.js';
import { type ImportAnswer, importThroughAgency, type SaidImport, whyNotTaken } from './platform-import.js';
import { problemInWords } from './words.js';

const AT = '2026-03-01T12:00:00.000Z';
const KEPT_AT = '2026-03-01T12:00:02.500Z';
const sample = (name: string) => ({
  name: `${name}.xml`,
  content: readFileSync(new URL(`./samples/${name}.xml`, import.meta.url), 'utf8'),
});
const officer: Caller = {
  sub: 'officer-1',
  username: 'officer-1',
  role: 'OFFICER',
  agency: 'HEALTH',
  states: ['17'],
  expiresAt: 4_000_000_000,
  tokenId: 't',
};
const BROKEN = { name: 'broken.xml', content: '<report>' };
const fileOf = (name: string, code?: 'E-BUSY' | 'E-REFUSED'): ImportAnswer['files'][number] => ({
  ...{ name, outcome: code ? 'REFUSED' : 'CREATED', folios: [], caseIds: [], warnings: [] },
  ...(code && { error: { code, message: problemInWords('busy', {}) } }),
});

/** An agency's way in; `answer` is what the intake answers next, each time. */
const agency = (answer: (said: SaidImport) => Promise<ImportAnswer>) => {
  const taken: { readonly said: SaidImport; readonly importedAt: string }[] = [];
  const kept: SaidImport[] = [];
  const records: string[] = [];
  const state = { waits: false, isTaken: false };
  const importing = importThroughAgency({
    take: (said, _, importedAt) => {
      taken.push({ said, importedAt });
      return answer(said);
    },
    keep: async (said) => {
      if (state.isTaken) return undefined;
      kept.push(said);
      return KEPT_AT;
    },
    mustWait: async () => state.waits,
    recordAccess: async ({ operation }) => void records.push(operation),
    clock: () => AT,
    keepAfterMs: 50,
  });
  const send = (files: readonly { name: string; content: string }[], commandId = randomUUID()) =>
    importing({ commandId, input: { files } }, officer);
  return { taken, kept, records, state, importing, send };
};
const away = () => Promise.reject(new StoreUnavailable('away'));
const told = ({ files }: ImportAnswer) => files.map(({ name, outcome, error }) => [name, outcome, error?.code]);

describe('D12: what an officer imports enters through their own agency', () => {
  it('and goes to the intake at once, as of when it was sent', async () => {
    const { send, taken, kept } = agency(async () => ({ files: [fileOf('minimal.xml')], waiting: 2 }));
    expect(await send([sample('minimal')])).toEqual({ files: [fileOf('minimal.xml')], waiting: 2 });
    expect(taken.map(({ importedAt }) => importedAt)).toEqual([AT]);
    expect(kept).toEqual([]);
  });

  it('with the intake away it is kept whole, and said to be', async () => {
    const { send, kept } = agency(away);
    const commandId = randomUUID();
    const answer = await send([sample('minimal'), sample('response')], commandId);
    expect(answer.kept).toEqual({ commandId, keptAt: KEPT_AT });
    expect(told(answer)).toEqual([
      ['minimal.xml', 'KEPT', undefined],
      ['response.xml', 'KEPT', undefined],
    ]);
    expect(kept).toEqual([{ commandId, input: { files: [sample('minimal'), sample('response')] } }]);
  });

  it('what is malformed is refused there, whether anybody answers or not; the rest is taken, or kept, in its place', async () => {
    const set = [BROKEN, sample('minimal')];
    const there = agency(async () => ({ files: [fileOf('minimal.xml')], waiting: 0 }));
    expect(told(await there.send(set))).toEqual([
      ['broken.xml', 'REFUSED', 'E-XML'],
      ['minimal.xml', 'CREATED', undefined],
    ]);
    expect(there.taken[0]!.said.input.files).toEqual([sample('minimal')]);
    const gone = agency(away);
    expect(told(await gone.send(set))).toEqual([
      ['broken.xml', 'REFUSED', 'E-XML'],
      ['minimal.xml', 'KEPT', undefined],
    ]);
    expect(gone.kept[0]!.input.files).toEqual([sample('minimal')]);
  });

  it('nothing sound in it: nobody is asked, nothing is kept, and the attempt is on record', async () => {
    const { send, taken, kept, records } = agency(away);
    const answer = await send([BROKEN]);
    expect([told(answer), answer.kept]).toEqual([[['broken.xml', 'REFUSED', 'E-XML']], undefined]);
    expect([taken, kept, records]).toEqual([[], [], ['importPlatformReport']]);
  });

  it('nothing overtakes what the same officer imported before', async () => {
    const { send, state, taken, kept } = agency(async () => ({ files: [fileOf('minimal.xml')], waiting: 0 }));
    state.waits = true;
    expect(await send([sample('minimal')])).toMatchObject({ kept: { keptAt: KEPT_AT } });
    expect([taken.length, kept.length]).toEqual([0, 1]);
  });

  it('an intake that is busy is asked again, and what it does not come to is kept', async () => {
    const busy = { files: [fileOf('minimal.xml', 'E-BUSY')], waiting: 0 };
    const stays = agency(async () => busy);
    expect(told(await stays.send([sample('minimal')]))).toEqual([['minimal.xml', 'KEPT', undefined]]);
    expect(stays.kept).toHaveLength(1);
    let tries = 0;
    const ends = agency(async () => (tries++ === 0 ? busy : { files: [fileOf('minimal.xml')], waiting: 0 }));
    expect(told(await ends.send([sample('minimal')]))).toEqual([['minimal.xml', 'CREATED', undefined]]);
    expect(ends.kept).toEqual([]);
  });

  it('what is kept is what was checked: nothing that does not count goes with it', async () => {
    const { importing, kept, taken } = agency(away);
    const [{ content }, long] = [sample('minimal'), 'n'.repeat(1_000)];
    const files = [{ name: long, content, base64: 'A'.repeat(1_000) }];
    await importing({ commandId: randomUUID(), input: { files, reportId: `  70010${' '.repeat(1_000)}` } }, officer);
    expect(kept[0]!.input).toEqual({ files: [{ name: long.slice(0, 200), content }], reportId: '70010' });
    expect(taken[0]!.said.input).toEqual(kept[0]!.input);
  });

  it('of what is no set at all nothing is looked at', async () => {
    const { importing, records } = agency(away);
    const files = Array.from({ length: 101 }, (_, i) => ({ name: `${i}`, content: '' }));
    await expect(importing({ commandId: randomUUID(), input: { files } }, officer)).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
    });
    expect(records).toEqual([]);
  });

  it('an id that was kept with another content is refused; so is what is no id', async () => {
    const { importing, state, kept } = agency(away);
    state.isTaken = true;
    const resolver = new ImportResolver(importing);
    const input = { files: [sample('minimal')] };
    await expect(resolver.importPlatformReport(randomUUID(), input, officer)).rejects.toMatchObject({
      extensions: { code: 'COMMAND_ID_REUSED' },
    });
    await expect(resolver.importPlatformReport('no id', input, officer)).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', fields: [{ path: 'commandId', problem: 'not-a-reference' }] },
    });
    expect(kept).toEqual([]);
  });
});

it('D12: a kept set has arrived when no file of it is left; busy, it waits', () => {
  const of = (...codes: readonly ('E-BUSY' | 'E-REFUSED' | undefined)[]) =>
    whyNotTaken({ files: codes.map((code) => fileOf('x', code)) });
  expect([of(undefined), of(undefined, 'E-REFUSED'), of('E-REFUSED', 'E-BUSY')]).toEqual([
    undefined,
    'E-REFUSED',
    'E-BUSY',
  ]);
});
