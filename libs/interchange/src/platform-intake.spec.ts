import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sealingService } from '@resguardo/contracts';
import { factSpec } from '@resguardo/contracts/timeline';
import { caseAccessOver, Desk } from '@resguardo/desk';
import type { JsonObject } from '@resguardo/eventing';
import { memoryEventStore } from '@resguardo/eventing/testing';
import type { Caller } from '@resguardo/identity';
import fc from 'fast-check';
import { interchangeCapability } from './interchange.capability.js';
import { ImportResolver } from './interchange.resolver.js';
import { memoryPlatformFiles, sqlPlatformFiles } from './platform-files.js';
import { platformCaseId } from './platform-ids.js';
import { importHere } from './platform-import.js';
import { type ImportedFile, platformIntake } from './platform-intake.js';

const AT = '2026-03-01T12:00:00.000Z';
const sample = (name: string) => ({
  name: `${name}.xml`,
  content: readFileSync(new URL(`./samples/${name}.xml`, import.meta.url), 'utf8'),
});
const officer = (sub: string, agency: Caller['agency'] = 'PROSECUTOR'): Caller => ({
  sub,
  username: sub,
  role: 'OFFICER',
  agency,
  states: ['17'],
  expiresAt: 4_000_000_000,
  tokenId: 't',
});
const ONE = officer('officer-1');
const TWO = officer('officer-2', 'CHILD_PROTECTION');
const isBusy = (answer: readonly ImportedFile[]) => answer.every(({ error }) => error?.code === 'E-BUSY');

const product = (key: Buffer = Buffer.alloc(32, 2)) => {
  const store = memoryEventStore();
  const registered: { caseId: string; identity: unknown }[] = [];
  const sealed: string[] = [];
  const access = caseAccessOver(store, () => AT);
  const desk = new Desk({
    store,
    clock: () => AT,
    access,
    digestKey: Buffer.alloc(32, 1),
    sealingService,
    caseOfFolio: () => Promise.resolve(undefined),
    capabilities: [
      interchangeCapability({
        registerChild: ({ caseId, identity }) => {
          registered.push({ caseId, identity });
          return Promise.resolve({ childId: `child-${registered.length}`, keyId: 'key', underSix: 'UNKNOWN' });
        },
        search: () => Promise.resolve([]),
        exists: (caseId) => access.exists(caseId),
      }),
    ],
    seal: ({ type, data }) => {
      const { fields } = factSpec(type)!;
      const plain = Object.entries(data).filter(([name]) => !fields[name]!.sealed);
      sealed.push(
        ...Object.entries(data)
          .filter(([name]) => fields[name]!.sealed)
          .map(([name, value]) => `${fields[name]!.cls} ${name} ${JSON.stringify(value)}`),
      );
      return Promise.resolve({ data: Object.fromEntries(plain) as JsonObject });
    },
  });
  const files = memoryPlatformFiles();
  const intake = platformIntake({ desk, store, access, files, key, clock: () => AT });
  const factsOf = async (caseId: string) => (await store.read(`case-${caseId}`)).events;
  return { store, intake, registered, sealed, factsOf };
};

describe('C-15: a platform report makes cases', () => {
  it('no victim named: one case with an unidentified child', async () => {
    const { intake, factsOf, registered } = product();
    const [file] = await intake.import([sample('minimal')], ONE);
    expect(file).toMatchObject({ outcome: 'CREATED', document: 'report', folios: [expect.stringMatching(/^17-26-/)] });
    const facts = await factsOf(file!.caseIds[0]!);
    expect(facts.map(({ type }) => type)).toEqual([
      'CaseOpened',
      'ReportReceived',
      'TeamMemberAdded',
      'PlatformReportReceived',
    ]);
    expect(facts[0]!.data).toMatchObject({
      channel: 'PLATFORM_REPORT',
      sourceAgency: 'PROSECUTOR',
      state: '17',
      factsYear: 2026,
      factsMonth: 2,
    });
    expect(facts[3]!.data).toMatchObject({
      child: 'UNIDENTIFIED',
      victimCount: 0,
      urgency: 'ORDINARY',
      reportedIsChild: false,
    });
    expect(registered).toEqual([]);
  });

  it('R-321, two victims: two linked cases, each child unconfirmed in the vault; names, accounts and links in no plain event', async () => {
    const { intake, factsOf, registered, sealed } = product();
    const [file] = await intake.import([sample('two-victims')], ONE);
    expect(file!.caseIds).toHaveLength(2);
    const [first, second] = await Promise.all(file!.caseIds.map(factsOf));
    expect(second!.at(-1)).toMatchObject({
      type: 'CaseLinked',
      data: { otherCaseId: file!.caseIds[0], linkKind: 'SAME_CONTENT', mirrored: false },
    });
    expect(first!.find(({ type }) => type === 'PlatformReportReceived')!.data).toMatchObject({
      child: 'UNCONFIRMED',
      victimNumber: 1,
      urgency: 'URGENT',
      reportedIsChild: true,
    });
    expect(registered[0]!.identity).toEqual({
      givenNames: 'Nombre-Inventado-Uno',
      firstSurname: 'Apellido-Inventado',
      secondSurname: 'Segundo-Inventado',
      handle: 'primera_inventada',
      school: 'Escuela-Inventada',
    });
    const plain = JSON.stringify([first, second]);
    for (const secret of [
      'Nombre-Inventado',
      'Escuela',
      'CUENTA-INVENTADA',
      'enlace.example',
      'PRIORIDAD-1',
      'OBSERVACION-1',
      '192.0.2.7',
    ])
      expect(plain).not.toContain(secret);
    expect(sealed.filter((said) => /Nombre-Inventado|Escuela-Inventada|Apellido/.test(said))).toEqual([]);
    const classOf = (secret: string) => [
      ...new Set(sealed.filter((said) => said.includes(secret)).map((said) => said.split(' ')[0])),
    ];
    for (const secret of ['CUENTA-INVENTADA', 'enlace.example', 'OBSERVACION-1', '192.0.2.7'])
      expect(classOf(secret)).toEqual(['D6p']);
    expect(classOf('PRIORIDAD-1')).toEqual(['D4r']);
  });

  it('importing again changes nothing: another officer, white space, other names, one by one', async () => {
    const { intake, store } = product();
    const set = ['two-victims', 'response', 'upload', 'file-details'].map(sample);
    const [file] = await intake.import(set, ONE);
    const revisions = () => Promise.all(file!.caseIds.map(async (id) => (await store.read(`case-${id}`)).revision));
    const before = await revisions();
    const spaced = set.map(({ content }, i) => ({ name: `${i}.xml`, content: content.replace(/></g, '>\n <') }));
    for (const again of [set, spaced, [...set].reverse()])
      for (const caller of [ONE, TWO]) {
        const outcomes = (await intake.import(again, caller)).map(({ document, outcome }) => `${document} ${outcome}`);
        expect(outcomes.sort()).toEqual([
          'fileDetails UNCHANGED',
          'report UNCHANGED',
          'reportResponse NUMBER_ONLY',
          'reportResponse UNCHANGED',
        ]);
      }
    for (const one of set) await intake.import([one], TWO);
    expect(await revisions()).toEqual(before);
  });

  it('the order of the files makes no difference to the facts', async () => {
    const set = ['two-victims', 'response', 'upload', 'file-details'].map(sample);
    const facts = async (files: typeof set) => {
      const { intake, factsOf, sealed } = product();
      await intake.import(files, ONE);
      const boxes = [...sealed].sort();
      const key = (await intake.import(files, ONE)).find(({ document }) => document === 'report')!.caseIds;
      const cases = await Promise.all(
        key.map(async (id) => (await factsOf(id)).map(({ id: event, type, data }) => ({ event, type, data }))),
      );
      return { cases, boxes };
    };
    const expected = await facts(set);
    expect(expected.boxes).toEqual(
      expect.arrayContaining([
        'D6 md5 "00112233445566778899aabbccddeeff"',
        'D6 sha1 "00112233445566778899aabbccddeeff00112233"',
      ]),
    );
    expect(JSON.stringify(expected.cases)).not.toContain('00112233');
    expect(expected.cases[0]!.at(-1)!.data).toMatchObject({
      viewedByPlatform: 'YES',
      publiclyAvailable: 'UNKNOWN',
    });
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(set, { minLength: set.length }), async (shuffled) => {
        expect(await facts(shuffled)).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });

  it('file details wait for their report, and are attached when it comes', async () => {
    const { intake, factsOf } = product();
    const [waiting] = await intake.import([sample('file-details')], ONE);
    expect(waiting).toMatchObject({ outcome: 'WAITING', caseIds: [] });
    expect(await intake.waiting('PROSECUTOR')).toMatchObject([{ reportId: '70010', document: 'fileDetails' }]);
    expect(await intake.waiting('HEALTH')).toEqual([]);
    const [report] = await intake.import([sample('minimal')], TWO, { reportId: '70010' });
    expect((await factsOf(report!.caseIds[0]!)).at(-1)!.type).toBe('PlatformFileReported');
    expect(await intake.waiting('PROSECUTOR')).toEqual([]);
  });

  it('a number learnt later belongs to the same report, and brings what waited for it', async () => {
    const { intake, factsOf } = product();
    const [first] = await intake.import([sample('minimal')], ONE);
    await intake.import([sample('file-details')], ONE);
    const [again] = await intake.import([sample('minimal'), sample('response')], ONE);
    expect(again).toMatchObject({ outcome: 'UPDATED', caseIds: first!.caseIds });
    expect((await factsOf(first!.caseIds[0]!)).map(({ type }) => type).slice(-2)).toEqual([
      'PlatformReportReferenced',
      'PlatformFileReported',
    ]);
    const [other] = await intake.import([sample('minimal')], ONE, { reportId: '70011' });
    expect(other).toMatchObject({ outcome: 'CREATED' });
    expect(other!.caseIds).not.toEqual(first!.caseIds);
  });

  it('R-702: a guessed number names no case to who may not open it; what it brought is on record', async () => {
    const { intake, factsOf } = product();
    const [mine] = await intake.import([sample('minimal')], ONE, { reportId: '70010' });
    const [guessed] = await intake.import([sample('file-details')], TWO);
    expect(guessed).toMatchObject({ outcome: 'UPDATED', caseIds: [], folios: [] });
    expect(guessed!.warnings.map(({ en }) => en).join()).toContain('team');
    expect((await factsOf(mine!.caseIds[0]!)).at(-1)!.type).toBe('PlatformFileReported');
    const [own] = await intake.import([sample('file-details')], ONE);
    expect(own).toMatchObject({ caseIds: mine!.caseIds, folios: mine!.folios, warnings: [] });
  });

  it('D6p: a guessed number tells who did not bring the report neither whether it is here nor in which case', async () => {
    const { intake, factsOf, store } = product();
    const [mine] = await intake.import([sample('minimal')], ONE, { reportId: '70010' });
    const about = ({ outcome, caseIds, folios, warnings }: ImportedFile) => ({
      ...{ outcome, folios },
      known: caseIds.includes(mine!.caseIds[0]!),
      warnings: warnings.map(({ en }) => en),
    });
    const guesses = async (content: (number: string) => Promise<ImportedFile | undefined>) => [
      about((await content('70010'))!),
      about((await content('70019'))!),
    ];
    const response = (number: string) => ({
      name: `${number}.xml`,
      content: sample('response').content.replaceAll('70010', number),
    });
    const [hit, miss] = await guesses(async (number) => (await intake.import([response(number)], TWO))[0]);
    expect(hit).toEqual(miss);
    expect(hit).toMatchObject({ outcome: 'NUMBER_ONLY', folios: [] });
    // With a report of one's own under a guessed number: a case of its own, and nothing in the other.
    const before = (await factsOf(mine!.caseIds[0]!)).length;
    const [own] = await intake.import([sample('two-victims')], TWO, { reportId: '70010' });
    expect(own).toMatchObject({ outcome: 'CREATED' });
    expect(own!.caseIds).not.toContain(mine!.caseIds[0]);
    const linked = await Promise.all(own!.caseIds.map(async (id) => (await store.read(`case-${id}`)).events));
    expect(JSON.stringify(linked)).not.toContain(mine!.caseIds[0]);
    expect(await factsOf(mine!.caseIds[0]!)).toHaveLength(before);
    // The prosecutor may ask, and so may who brought it.
    for (const caller of [ONE, officer('officer-3', 'PROSECUTOR')]) {
      const [answer] = await intake.import([response('70010')], caller);
      expect(answer!.concerned).toEqual(mine!.caseIds);
    }
  });

  it('R-705: every case that an import was about is told for the record, also one that the caller may not open', async () => {
    const { intake } = product();
    const [mine] = await intake.import([sample('minimal')], ONE, { reportId: '70010' });
    const [guessed] = await intake.import([sample('file-details')], TWO);
    expect(guessed).toMatchObject({ caseIds: [], concerned: mine!.caseIds });
  });

  it('a refused file leaves the others alone, and nothing of it is written', async () => {
    const { intake } = product();
    const broken = {
      name: 'broken.xml',
      content: sample('two-victims').content.replace('<reporter>', '<nobody/><reporter>'),
    };
    const [good, bad] = await intake.import([sample('minimal'), broken], ONE);
    expect(good!.outcome).toBe('CREATED');
    expect(bad).toMatchObject({ outcome: 'REFUSED', caseIds: [], error: { code: 'E-SCHEMA', field: 'report/nobody' } });
  });

  it('a set is bounded, a number has digits, and is given with one report', async () => {
    const { intake } = product();
    const codeOf = async (...said: Parameters<typeof intake.import>) => (await intake.import(...said))[0]!.error?.code;
    expect(
      await codeOf(
        Array.from({ length: 21 }, () => sample('minimal')),
        ONE,
      ),
    ).toBe('E-LIMIT');
    expect(await codeOf([sample('minimal')], ONE, { reportId: '7x' })).toBe('E-REPORT-ID');
    expect(await codeOf([sample('response')], ONE, { reportId: '70010' })).toBe('E-REPORT-ID');
    expect(await codeOf([sample('minimal'), sample('response')], ONE, { reportId: '1' })).toBe('E-REPORT-ID');
    expect(await codeOf([sample('minimal')], ONE, { state: '99' })).toBe('E-STATE');
  });

  it('ten imports at once, each sent again while it is told busy, make one case', async () => {
    const { intake, store } = product();
    const untilTaken = async (caller: Caller): Promise<readonly ImportedFile[]> => {
      const answer = await intake.import([sample('minimal')], caller);
      return isBusy(answer) ? new Promise(setImmediate).then(() => untilTaken(caller)) : answer;
    };
    const all = await Promise.all(Array.from({ length: 10 }, (_, i) => untilTaken(i % 2 ? ONE : TWO)));
    const ids = [...new Set(all.flatMap(([file]) => file!.caseIds))];
    expect(ids).toHaveLength(1);
    expect((await store.read(`case-${ids[0]}`)).events).toHaveLength(4);
  });
});

describe('One officer does not keep the others waiting', () => {
  /** Reading stands still until it is let go, as with a large set on a slow store. */
  const held = () => {
    const made = product();
    const read = made.store.read.bind(made.store);
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    made.store.read = (...asked) => gate.then(() => read(...asked));
    return { ...made, letGo };
  };
  const officers = (count: number) => Array.from({ length: count }, (_, i) => officer(`waiting-${i}`));

  it('M-1: a second set of the same officer is told busy at once, nothing of it is taken, and it is taken when sent again', async () => {
    const { intake, registered, letGo } = held();
    const first = intake.import([sample('minimal')], ONE);
    const set = [sample('two-victims'), sample('file-details')];
    const second = await intake.import(set, ONE);
    expect(second).toEqual(
      set.map(({ name }) => ({
        ...{ name, outcome: 'REFUSED', folios: [], caseIds: [], concerned: [], warnings: [] },
        error: { code: 'E-BUSY', message: expect.objectContaining({ en: expect.stringContaining('Nothing of this') }) },
      })),
    );
    const other = intake.import([sample('minimal')], TWO);
    letGo();
    expect((await first)[0]).toMatchObject({ outcome: 'CREATED' });
    expect((await other)[0]).toMatchObject({ outcome: 'UNCHANGED' });
    expect(registered).toEqual([]);
    expect((await intake.import(set, ONE)).map(({ outcome }) => outcome)).toEqual(['CREATED', 'UPDATED']);
    expect(registered).toHaveLength(2);
  });

  it('five sets wait behind the one under way; who comes then is told busy at once, and is taken later', async () => {
    const { intake, letGo } = held();
    const [late, ...early] = officers(7);
    const taken = early.map((caller) => intake.import([sample('minimal')], caller));
    const answer = await intake.import([sample('minimal')], late!);
    expect(isBusy(answer)).toBe(true);
    expect(answer[0]!.error!.message.en).toContain('Nothing of this');
    letGo();
    expect((await Promise.all(taken)).filter(isBusy)).toEqual([]);
    expect((await intake.import([sample('minimal')], late!))[0]).toMatchObject({ outcome: 'UNCHANGED' });
  });

  it('D12: imported while the timeline was away it is of then, and imported again, at another time, it is the same', async () => {
    const { intake, factsOf } = product();
    const set = [sample('minimal'), sample('response'), sample('file-details')];
    const importedAt = '2026-02-28T23:59:00.000Z';
    const [first] = await intake.import(set, ONE, { importedAt });
    const facts = await factsOf(first!.caseIds[0]!);
    expect(facts.length).toBeGreaterThan(3);
    expect(new Set(facts.map(({ meta }) => meta.occurredAt))).toEqual(new Set([importedAt]));
    const again = await intake.import(set, ONE);
    expect(again.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    expect(again[0]!.outcome).toBe('UNCHANGED');
    expect(await factsOf(first!.caseIds[0]!)).toEqual(facts);
  });

  it('an import that broke off keeps its officer from nothing', async () => {
    const { intake, store } = product();
    const read = store.read.bind(store);
    store.read = () => Promise.reject(new Error('store away'));
    await expect(intake.import([sample('minimal')], ONE)).rejects.toThrow('store away');
    store.read = read;
    expect((await intake.import([sample('minimal')], ONE))[0]).toMatchObject({ outcome: 'CREATED' });
  });

  it('the mutation says busy in both languages, for each file', async () => {
    const { intake, letGo } = held();
    const resolver = new ImportResolver(importHere({ intake, recordAccess: () => Promise.resolve() }));
    const first = resolver.importPlatformReport(randomUUID(), { files: [sample('minimal')] }, ONE);
    const { files, waiting } = await resolver.importPlatformReport(randomUUID(), { files: [sample('response')] }, ONE);
    expect(waiting).toBe(0);
    expect(files.map(({ name, outcome, error }) => [name, outcome, error?.code])).toEqual([
      ['response.xml', 'REFUSED', 'E-BUSY'],
    ]);
    expect(files[0]!.error!.message({ locale: 'ES' })).toContain('no se tomó nada');
    expect(files[0]!.error!.message({ locale: 'EN' })).toContain('Nothing of this');
    letGo();
    expect((await first).files[0]).toMatchObject({ outcome: 'CREATED', error: null });
  });
});

it('what waits is encrypted where it waits', async () => {
  const said: unknown[][] = [];
  const files = sqlPlatformFiles({
    key: Buffer.alloc(32, 7),
    query: (_, values = []) => {
      said.push(values);
      return Promise.resolve({ rows: [] });
    },
  });
  const content = sample('file-details').content;
  await files.wait({
    id: 'w',
    reference: 'r',
    document: 'fileDetails',
    agency: 'HEALTH',
    actor: 'a',
    since: AT,
    reportId: '70010',
    content,
  });
  const stored = said
    .flat()
    .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))
    .join(' ');
  expect(stored).not.toMatch(/70010|inventado/);
});

it('ids of cases follow from the report and the number of the victim', () => {
  expect(platformCaseId('r', 1)).toBe(platformCaseId('r', 1));
  expect(platformCaseId('r', 1)).not.toBe(platformCaseId('r', 2));
});

it('a report’s number cannot be found by trying numbers: nothing that is not sealed follows from it without the key', async () => {
  const imported = async (key: Buffer) => {
    const { intake, factsOf } = product(key);
    const [file] = await intake.import([sample('minimal')], ONE, { reportId: '70010' });
    const facts = await factsOf(file!.caseIds[0]!);
    return [file!.caseIds[0], facts.find(({ type }) => type === 'PlatformReportReceived')!.data['reportKey']];
  };
  const [one, again, other] = [
    await imported(Buffer.alloc(32, 2)),
    await imported(Buffer.alloc(32, 2)),
    await imported(Buffer.alloc(32, 3)),
  ];
  expect(one).toEqual(again);
  expect([one[0] === other[0], one[1] === other[1]]).toEqual([false, false]);
});
