import type { CommandInput, Form, interchangeCommands } from '@resguardo/contracts';
import { childOf, childrenOf, everything, momentOf, wordsOf } from './cybertip.warnings.js';
import type { CybertipDocument } from './cybertip.document.js';
import type { XmlElement } from './xml.js';

type Input<C extends keyof typeof interchangeCommands> = CommandInput<(typeof interchangeCommands)[C]>;
export type ReportInput = Omit<
  Input<'receivePlatformReport'>,
  'reportKey' | 'victimNumber' | 'sameReportIn' | 'state' | 'zone' | 'reference'
>;
export type FileInput = Omit<Input<'recordPlatformFile'>, 'reportKey' | 'fileKey'>;

/** The format's eight types of incident, by their literal values, in the codes that are stored (rules.md 5.1). */
const FORM_OF: Readonly<Record<string, Form>> = {
  'Child Pornography (possession, manufacture, and distribution)': 'CSAM_CIRCULATION',
  'Child Sex Trafficking': 'OTHER',
  'Child Sex Tourism': 'OTHER',
  'Child Sexual Molestation': 'OTHER',
  'Misleading Domain Name': 'OTHER',
  'Misleading Words or Digital Images on the Internet': 'OTHER',
  'Online Enticement of Children for Sexual Acts': 'GROOMING_SOLICITATION',
  'Unsolicited Obscene Material Sent to a Child': 'UNWANTED_SEXUAL_IMAGES_RECEIVED',
};

type Tag = NonNullable<ReportInput['tags']>[number];
const TAG_OF: Readonly<Record<string, Tag>> = {
  sextortion: 'SEXTORTION',
  csamSolicitation: 'SOLICITATION',
  minorToMinorInteraction: 'BETWEEN_CHILDREN',
  spam: 'SPAM',
  sadisticOnlineExploitation: 'SADISTIC_ONLINE_EXPLOITATION',
};
const FORM_OF_TAG: Partial<Readonly<Record<Tag, Form>>> = {
  SEXTORTION: 'THREAT_TO_SHARE',
  SOLICITATION: 'UNWANTED_REQUEST_FOR_CONTENT',
};

type Platform = NonNullable<ReportInput['platforms']>[number];
const PLATFORM_NAMES: readonly (readonly [RegExp, Platform])[] = [
  [/facebook|messenger/i, 'FACEBOOK'],
  [/whats\s?app/i, 'WHATSAPP'],
  [/instagram/i, 'INSTAGRAM'],
  [/tik\s?tok/i, 'TIKTOK'],
  [/you\s?tube/i, 'YOUTUBE'],
  [/snap\s?chat/i, 'SNAPCHAT'],
  [/telegram/i, 'TELEGRAM'],
  [/roblox|fortnite|minecraft|playstation|xbox|steam|nintendo/i, 'GAME_PLATFORM'],
  [/drive|dropbox|icloud|onedrive|mega\b/i, 'CLOUD_STORAGE'],
];

type Mark = NonNullable<FileInput['marks']>[number];
const MARK_OF: Readonly<Record<string, Mark>> = {
  animeDrawingVirtualHentai: 'DRAWING_OR_VIRTUAL',
  potentialMeme: 'POTENTIAL_MEME',
  viral: 'VIRAL',
  possibleSelfProduction: 'POSSIBLY_SELF_MADE',
  physicalHarm: 'PHYSICAL_HARM',
  violenceGore: 'VIOLENCE',
  bestiality: 'ANIMAL',
  liveStreaming: 'LIVE_STREAMED',
  infant: 'INFANT',
  generativeAi: 'GENERATED',
};

const LINE = 3_900;
const LINES = 400;

/** links are lines of sealed text like any other. What stands in an element as lines `place: value`, in the order of the document. A long text is parted, nothing is left out unsaid. */
const linesOf = (elements: readonly XmlElement[], without: readonly string[] = []): readonly string[] | undefined => {
  const said = elements
    .flatMap(everything)
    .filter(
      ({ path }) => !without.some((name) => path.split('/').some((step) => step.replace(/\[\d+\]$/, '') === name)),
    )
    .flatMap((element) => {
      const place = element.path.replace(/^\w+\//, '');
      return [
        ...Object.entries(element.attributes).map(([name, value]) => [`${place}@${name}`, value.trim()] as const),
        ...(element.children.length === 0 ? [[place, element.text.trim()] as const] : []),
      ];
    })
    .filter(([, value]) => value !== '')
    .flatMap(([place, value]) => {
      const parts = value.match(new RegExp(`[^]{1,${LINE - 200}}`, 'gu')) ?? [];
      return parts.map((part) => `${place.slice(-190)}: ${part}`);
    });
  if (said.length === 0) return undefined;
  return said.length <= LINES ? said : [...said.slice(0, LINES - 1), `… ${said.length - LINES + 1}`];
};

const yes = (element: XmlElement | undefined): boolean =>
  element !== undefined && !/^(false|0)$/.test(element.text.trim());
const answered = (element: XmlElement | undefined): 'YES' | 'NO' | 'UNKNOWN' =>
  element === undefined ? 'UNKNOWN' : yes(element) ? 'YES' : 'NO';
const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];
const short = (text: string | undefined, max: number) => text?.slice(0, max);

const ageBandOf = (person: XmlElement | undefined): ReportInput['ageBand'] => {
  const age = Number(wordsOf(childOf(person, 'age')) ?? NaN);
  if (isNaN(age) || age < 0) return undefined;
  return age < 12 ? 'UNDER_12' : age < 15 ? '12_14' : age < 18 ? '15_17' : undefined;
};

const addressOf = (address: XmlElement | undefined): string | undefined => {
  const parts = address?.children.map((part) => part.text.trim()).filter(Boolean) ?? [];
  return parts.length > 0 ? parts.join(', ').slice(0, 400) : undefined;
};

/** Who the platform says a victim is. Unconfirmed; it goes to the vault and to no event. */
const identityOf = (victim: XmlElement): ReportInput['identity'] => {
  const person = childOf(victim, 'victimPerson');
  const [firstSurname, ...others] = (wordsOf(childOf(person, 'lastName')) ?? '').split(/\s+/).filter(Boolean);
  const phones = childrenOf(person, 'phone').flatMap((phone) => wordsOf(phone)?.slice(0, 30) ?? []);
  const birthDate = wordsOf(childOf(person, 'dateOfBirth'))?.slice(0, 10);
  const identity = {
    givenNames: short(wordsOf(childOf(person, 'firstName')), 120),
    firstSurname: short(firstSurname, 80),
    secondSurname: short(others.join(' ') || undefined, 80),
    birthDate: birthDate && momentOf(birthDate) ? birthDate : undefined,
    phones: phones.length > 0 ? phones.slice(0, 5) : undefined,
    handle: short(wordsOf(childOf(victim, 'screenName')), 120),
    address: addressOf(childOf(person, 'address')),
    school: short(wordsOf(childOf(victim, 'schoolName')), 200),
  };
  const given = Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== undefined));
  return Object.keys(given).length > 0 ? given : undefined;
};

const IN_VAULT = ['victimPerson', 'schoolName'];

/** One input per case that the report makes: one per victim, or one for a child whom nobody has named (C-15). */
export const reportInputs = ({ element, digest }: CybertipDocument): readonly ReportInput[] => {
  const summary = childOf(element, 'incidentSummary');
  const batched = childOf(element, 'batchedReport');
  const annotations = childOf(summary, 'reportAnnotations')?.children ?? [];
  const tags: readonly Tag[] = [
    ...annotations.flatMap(({ name }) => TAG_OF[name] ?? []).sort(),
    ...(batched ? (['VIRAL_BATCH'] as const) : []),
  ];
  const form = FORM_OF[childOf(summary, 'incidentType')?.text ?? ''] ?? 'UNKNOWN';
  const forms = unique([form, ...tags.flatMap((tag) => FORM_OF_TAG[tag] ?? [])]);
  const reported = childrenOf(element, 'personOrUserReported');
  const recipients = childrenOf(element, 'intendedRecipient');
  const victims = childrenOf(element, 'victim');
  const incidentAt = momentOf(wordsOf(childOf(summary, 'incidentDateTime')));
  const named = [
    childOf(summary, 'platform'),
    ...[...reported, ...recipients, ...victims].map((account) => childOf(account, 'espService')),
  ].flatMap((one) => wordsOf(one) ?? []);
  const platforms = unique(named.flatMap((name) => PLATFORM_NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? []));
  const escalate = childOf(summary, 'escalateToHighPriority');
  const said = {
    // What has a code or a field of its own is not repeated in the platform's words.
    incident: linesOf(summary ? [summary] : [], [
      ...['escalateToHighPriority', 'reportAnnotations'],
      ...(form === 'OTHER' || form === 'UNKNOWN' ? [] : ['incidentType']),
      ...(incidentAt ? ['incidentDateTime'] : []),
    ]),
    places: linesOf(childrenOf(element, 'internetDetails')),
    reporter: linesOf(childrenOf(element, 'reporter')),
    otherAuthorities: linesOf(childrenOf(element, 'lawEnforcement')),
    remarks: linesOf(childrenOf(element, 'additionalInfo')),
  };
  const shared = {
    document: digest,
    victimCount: victims.length,
    urgency: escalate ? 'URGENT' : 'ORDINARY',
    reportedIsChild: tags.includes('BETWEEN_CHILDREN'),
    forms,
    ...(tags.length > 0 && { tags }),
    ...(platforms.length > 0 && { platforms }),
    ...(incidentAt && {
      incidentAt,
      factsYear: Number(incidentAt.slice(0, 4)),
      factsMonth: Number(incidentAt.slice(5, 7)),
    }),
    ...(wordsOf(escalate) && { escalation: wordsOf(escalate)!.slice(0, 4000) }),
    ...Object.fromEntries(Object.entries(said).filter(([, lines]) => lines !== undefined)),
  } as const;
  return (victims.length > 0 ? victims : [undefined]).map((victim): ReportInput => {
    const accounts = linesOf([...reported, ...recipients, ...(victim ? [victim] : [])], IN_VAULT);
    const identity = victim && identityOf(victim);
    const ageBand = ageBandOf(childOf(victim, 'victimPerson'));
    return {
      ...shared,
      child: victim ? 'UNCONFIRMED' : 'UNIDENTIFIED',
      ...(accounts && { accounts }),
      ...(identity && { identity }),
      ...(ageBand && { ageBand }),
    };
  });
};

/** Number of the report that a document names; undefined in a report itself. */
export const reportIdOf = ({ element }: CybertipDocument): string | undefined =>
  wordsOf(childOf(element, 'reportId'))?.replace(/^\+?0*(?=\d)/, '');

/** The file that a document tells of; responses to a submission tell of none. */
export const fileIdOf = ({ root, element }: CybertipDocument): string | undefined =>
  root === 'fileDetails' || root === 'reportResponse' ? wordsOf(childOf(element, 'fileId')) : undefined;

const DIGESTS = { MD5: ['md5', 32], SHA1: ['sha1', 40], SHA256: ['sha256', 64], SHA512: ['sha512', 128] } as const;
type Hashes = Pick<FileInput, 'md5' | 'sha1' | 'sha256' | 'sha512'>;

const hashesOf = (documents: readonly CybertipDocument[]) => {
  const given = documents.flatMap(({ root, element }) => [
    ...childrenOf(element, 'originalFileHash').map(
      (hash) => [hash.attributes['hashType'] ?? '', hash.text.trim()] as const,
    ),
    // The clearing house answers an upload with the MD5 of what it received.
    ...(root === 'reportResponse' ? childrenOf(element, 'hash').map((hash) => ['MD5', hash.text.trim()] as const) : []),
  ]);
  const hashes: { -readonly [K in keyof Hashes]: Hashes[K] } = {};
  const others: string[] = [];
  for (const [type, value] of given.filter(([, text]) => text !== '')) {
    const [name, length] = DIGESTS[type.toUpperCase().replace(/[^A-Z0-9]/g, '') as keyof typeof DIGESTS] ?? [];
    const lower = value.toLowerCase();
    if (name && new RegExp(`^[0-9a-f]{${length}}$`).test(lower) && (hashes[name] ?? lower) === lower)
      hashes[name] = lower;
    else others.push(`${type.trim()}: ${value}`.slice(0, 2000));
  }
  return { ...hashes, ...(others.length > 0 && { otherHashes: unique(others).slice(0, 50) }) };
};

/** All that a set says of one file, in one input, whatever the order in which it was said. */
export const fileInput = (fileId: string, unordered: readonly CybertipDocument[]): FileInput => {
  const documents = [...unordered].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  const details = documents.filter(({ root }) => root === 'fileDetails').map(({ element }) => element);
  const first = (name: string) => details.flatMap((one) => childOf(one, name) ?? [])[0];
  const marks = unique(
    details.flatMap((one) => [
      ...(yes(childOf(one, 'potentialMeme')) ? ['POTENTIAL_MEME' as const] : []),
      ...(childOf(one, 'fileAnnotations')?.children ?? []).flatMap(({ name }) => MARK_OF[name] ?? []),
    ]),
  );
  const relevance = first('fileRelevance')?.text;
  const uploadedAt = momentOf(wordsOf(first('uploadedToEspTimestamp')));
  const traces = linesOf(
    details.flatMap((one) => [...childrenOf(one, 'ipCaptureEvent'), ...childrenOf(one, 'deviceId')]),
  );
  const remarks = linesOf(
    details.flatMap((one) => [...childrenOf(one, 'details'), ...childrenOf(one, 'additionalInfo')]),
  );
  const grade = first('industryClassification')?.text as FileInput['grade'];
  const texts = {
    fileName: short(wordsOf(first('fileName')), 1000),
    originalName: short(wordsOf(first('originalFileName')), 1000),
    location: short(wordsOf(first('locationOfFile')), 4000),
  };
  return {
    documents: unique(documents.map(({ digest }) => digest)).slice(0, 20),
    ...hashesOf(documents),
    viewedByPlatform: answered(first('fileViewedByEsp')),
    metadataViewedByPlatform: answered(first('exifViewedByEsp')),
    publiclyAvailable: answered(first('publiclyAvailable')),
    relevance:
      relevance === 'Reported' ? 'REPORTED' : relevance === 'Supplemental Reported' ? 'SUPPLEMENTAL' : 'NOT_SAID',
    reference: fileId.slice(0, 200),
    ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value)),
    ...(uploadedAt && { uploadedAt }),
    ...(grade && { grade }),
    ...(marks.length > 0 && { marks }),
    ...(traces && { traces }),
    ...(remarks && { remarks }),
  };
};
