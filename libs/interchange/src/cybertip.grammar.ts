/**
 * The CyberTipline reporting format, as structural rules of our own. They say the same as the schema that NCMEC publishes
 * (element names, order, how often, types, closed lists); `cybertip.grammar.spec.ts` compares the two when the schema is at hand.
 *
 * One string per element, in the order of the format: `name`, how often (`?` at most once, `*` any number, `+` at least once),
 * `:type` where the type is not called like the element; alternatives are parted by `|`. What has no type of that name is a string.
 */
export interface Structure {
  readonly attributes?: Readonly<Record<string, string>>;
  /** Elements in this order. */
  readonly sequence?: readonly string[];
  /** Elements in any order, each at most once. */
  readonly all?: readonly string[];
  /** Type of the text, for what holds no elements. */
  readonly text?: string;
}

/** Closed lists, exactly as they stand in a document. What they are called on our pages is decided in `cybertip.codes.ts`. */
export const LISTS: Readonly<Record<string, readonly string[]>> = {
  incidentType: [
    'Child Pornography (possession, manufacture, and distribution)',
    'Child Sex Trafficking',
    'Child Sex Tourism',
    'Child Sexual Molestation',
    'Misleading Domain Name',
    'Misleading Words or Digital Images on the Internet',
    'Online Enticement of Children for Sexual Acts',
    'Unsolicited Obscene Material Sent to a Child',
  ],
  batchedReportReason: ['VIRAL_POTENTIAL_MEME'],
  addressType: ['Home', 'Business', 'Billing', 'Shipping', 'Technical'],
  emailType: ['Home', 'Work', 'Business', 'Recovery'],
  phoneType: ['Mobile', 'Home', 'Business', 'Work', 'Fax', 'Internet', 'Recovery'],
  ipCaptureType: ['Login', 'Registration', 'Purchase', 'Upload', 'Other', 'Unknown'],
  associatedAccountType: ['Billing', 'Linked', 'Business', 'Creator', 'Parent/Guardian', 'Other'],
  fileRelevance: ['Reported', 'Supplemental Reported'],
  fileClassification: ['A1', 'A2', 'B1', 'B2'],
  metadataTypes: ['EXIF', 'HASH'],
  // Both begin with the empty text: the format lets a platform leave them blank.
  state: [
    '',
    ...(
      'AK AL AR AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY ' +
      'OH OK OR PA PR RI SC SD TN TX UT VA VI VT WA WI WV WY'
    ).split(' '),
  ],
  country: [
    '',
    ...(
      'A1 A2 O1 AD AE AF AG AI AL AM AN AO AP AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT ' +
      'BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CX CW CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET EU ' +
      'FI FJ FK FM FO FR FX GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN ' +
      'IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG ' +
      'MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL ' +
      'PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF ' +
      'TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW'
    ).split(' '),
  ],
};

const INCIDENT_TAIL = ['content?', 'additionalInfo?'] as const;
const ACCOUNT_START = ['espIdentifier?', 'espService?', 'compromisedAccount?:boolean', 'screenName?', 'displayName*'];
const PROFILE = ['profileUrl*', 'profileBio?', 'ipCaptureEvent*', 'deviceId*'] as const;
const DISABLED = ['accountTemporarilyDisabled?', 'accountPermanentlyDisabled?'] as const;
const CONTACT = ['firstName?', 'lastName?', 'phone*', 'email*', 'address*'] as const;
const NOTICE = { disabledDate: 'dateTime', userNotified: 'boolean', userNotifiedDate: 'dateTime' } as const;
const VERIFIED = { verified: 'boolean', verificationDate: 'dateTime' } as const;

export const STRUCTURES: Readonly<Record<string, Structure>> = {
  report: {
    sequence: [
      'batchedReport?',
      'incidentSummary',
      'internetDetails*',
      'lawEnforcement?',
      'reporter',
      'personOrUserReported*',
      'intendedRecipient*',
      'victim*',
      'additionalInfo?',
    ],
  },
  batchedReport: { attributes: { 'reason!': 'batchedReportReason' }, sequence: [] },
  incidentSummary: {
    sequence: [
      'incidentType',
      'platform?',
      'escalateToHighPriority?',
      'reportAnnotations?',
      'incidentDateTime:dateTime',
      'incidentDateTimeDescription?',
    ],
  },
  reportAnnotations: {
    all: [
      'sextortion?:yes',
      'csamSolicitation?:yes',
      'minorToMinorInteraction?:yes',
      'spam?:yes',
      'sadisticOnlineExploitation?:yes',
    ],
  },
  internetDetails: {
    sequence: [
      [
        'webPageIncident',
        'emailIncident',
        'newsgroupIncident',
        'chatImIncident',
        'onlineGamingIncident',
        'cellPhoneIncident',
        'nonInternetIncident',
        'peer2peerIncident',
      ].join('|'),
    ],
  },
  webPageIncident: { attributes: { thirdPartyHostedContent: 'boolean' }, sequence: ['url*', 'additionalInfo?'] },
  emailIncident: { sequence: ['emailAddress*:email', ...INCIDENT_TAIL] },
  newsgroupIncident: { sequence: ['name?', 'emailAddress*:email', ...INCIDENT_TAIL] },
  chatImIncident: { sequence: ['chatClient?', 'chatRoomName?', ...INCIDENT_TAIL] },
  onlineGamingIncident: { sequence: ['gameName?', 'console?', ...INCIDENT_TAIL] },
  cellPhoneIncident: {
    sequence: ['phoneNumber?:phone', 'latitude?:double', 'longitude?:double', 'additionalInfo?'],
  },
  nonInternetIncident: { sequence: ['locationName?', 'incidentAddress*:address', 'additionalInfo?'] },
  peer2peerIncident: { sequence: ['client?', 'ipCaptureEvent*', 'fileNames?', 'additionalInfo?'] },
  lawEnforcement: {
    sequence: [
      'agencyName',
      'caseNumber?',
      'officerContact?:contactPerson',
      'reportedToLe?:boolean',
      'servedLegalProcessDomestic?:boolean',
      'servedLegalProcessInternational?',
    ],
  },
  servedLegalProcessInternational: { attributes: { fleaCountry: 'country' }, text: 'boolean' },
  reporter: {
    sequence: ['reportingPerson:person', 'contactPerson?', 'companyTemplate?', 'termsOfService?', 'legalURL?'],
  },
  personOrUserReported: {
    sequence: [
      'personOrUserReportedPerson?:person',
      'vehicleDescription?',
      ...ACCOUNT_START,
      ...PROFILE,
      'thirdPartyUserReported?:boolean',
      'priorCTReports*:long',
      'groupIdentifier?',
      ...DISABLED,
      'estimatedLocation?',
      'allEmailsReported?:boolean',
      'associatedAccount*',
      'additionalInfo?',
    ],
  },
  intendedRecipient: {
    sequence: [
      'intendedRecipientPerson?:person',
      ...ACCOUNT_START,
      ...PROFILE,
      'priorCTReports*:long',
      'groupIdentifier?',
      ...DISABLED,
      'estimatedLocation?',
      'allEmailsReported?:boolean',
      'additionalInfo*',
    ],
  },
  victim: {
    sequence: [
      'victimPerson:person',
      ...ACCOUNT_START,
      ...PROFILE,
      'schoolName?',
      'priorCTReports*:long',
      ...DISABLED,
      'estimatedLocation?',
      'allEmailsReported?:boolean',
      'associatedAccount*',
      'additionalInfo?',
    ],
  },
  fileDetails: {
    sequence: [
      'reportId:long',
      'fileId:token',
      'fileName?',
      'originalFileName?',
      'uploadedToEspTimestamp?:dateTime',
      'locationOfFile?',
      'fileViewedByEsp?:boolean',
      'exifViewedByEsp?:boolean',
      'publiclyAvailable?:boolean',
      'fileRelevance?',
      'potentialMeme?:boolean|fileAnnotations?',
      'industryClassification?:fileClassification',
      'originalFileHash*:hash',
      'ipCaptureEvent?',
      'deviceId*',
      'details*',
      'additionalInfo*',
    ],
  },
  details: { attributes: { type: 'metadataTypes' }, sequence: ['nameValuePair+:nameValue'] },
  nameValue: { sequence: ['name', 'value'] },
  person: { sequence: [...CONTACT, 'age?:int', 'dateOfBirth?:date'] },
  contactPerson: { sequence: CONTACT },
  address: {
    attributes: { type: 'addressType' },
    sequence: ['address?:string', 'city?', 'zipCode?', 'state?', 'nonUsaState?', 'country?'],
  },
  email: { attributes: { type: 'emailType', ...VERIFIED }, text: 'string' },
  phone: {
    attributes: {
      type: 'phoneType',
      ...VERIFIED,
      countryCallingCode: 'phoneCountryCallingCode',
      extension: 'phoneExtension',
    },
    text: 'string',
  },
  estimatedLocation: {
    attributes: { verified: 'boolean', timestamp: 'dateTime' },
    sequence: ['city?', 'region?', 'countryCode?:country'],
  },
  ipCaptureEvent: {
    sequence: ['ipAddress', 'eventName?:ipCaptureType', 'dateTime?', 'possibleProxy?:boolean', 'port?:int'],
  },
  deviceId: { sequence: ['idType', 'idValue', 'eventName?:ipCaptureType', 'dateTime?'] },
  accountTemporarilyDisabled: { attributes: { ...NOTICE, reenabledDate: 'dateTime' }, text: 'boolean' },
  accountPermanentlyDisabled: { attributes: NOTICE, text: 'boolean' },
  associatedAccount: {
    attributes: { 'type!': 'associatedAccountType' },
    sequence: [
      'platform?:associatedPlatform',
      'firstName?',
      'middleName?',
      'lastName?',
      'approximateAge?:int',
      'dateOfBirth?:date',
      'phone*',
      'email*',
      'allEmailsReported?:boolean',
      'address*',
      'espService?',
      'espIdentifier?',
      'profileUrl*',
      'screenName?',
      'displayName*',
      'profileBio?',
      'groupIdentifier?',
      'compromisedAccount?:boolean',
      ...DISABLED,
      'ipCaptureEvent*',
      'deviceId*',
      'priorCTReport*:long',
      'additionalInfo?',
    ],
  },
  associatedPlatform: { attributes: { thirdPartyUser: 'boolean' }, text: 'string' },
  fileAnnotations: {
    all: [
      'animeDrawingVirtualHentai?:yes',
      'potentialMeme?:yes',
      'viral?:yes',
      'possibleSelfProduction?:yes',
      'physicalHarm?:yes',
      'violenceGore?:yes',
      'bestiality?:yes',
      'liveStreaming?:yes',
      'infant?:yes',
      'generativeAi?:yes',
    ],
  },
  hash: { attributes: { 'hashType!': 'string' }, text: 'string' },
  reportResponse: {
    sequence: ['responseCode:int', 'responseDescription', 'reportId?:long', 'fileId?:token', 'hash?:token'],
  },
  reportDoneResponse: { sequence: ['responseCode:int', 'reportId:long', 'files:doneFiles'] },
  doneFiles: { sequence: ['fileId*'] },
};

/** Documents that can be imported. */
export const ROOTS = ['report', 'reportResponse', 'reportDoneResponse', 'fileDetails'] as const;
export type Root = (typeof ROOTS)[number];

export interface Particle {
  readonly name: string;
  readonly type: string;
  readonly min: 0 | 1;
  readonly many: boolean;
}

/** `email*:email` taken apart. */
export const particleOf = (said: string): Particle => {
  const [, name = '', often = '', type] = /^(\w+)([?*+]?)(?::(\w+))?$/.exec(said) ?? [];
  const known = (candidate: string) => candidate in STRUCTURES || candidate in LISTS || candidate in TYPES;
  return {
    name,
    type: type ?? (known(name) ? name : 'string'),
    min: often === '?' || often === '*' ? 0 : 1,
    many: often === '*' || often === '+',
  };
};

const DATE = String.raw`-?([1-9]\d{4,}|\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])`;
const ZONE = String.raw`(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)?`;
const collapsed = (text: string) => text.replace(/[\t\n\r ]+/g, ' ').replace(/^ | $/g, '');
const isDate = (text: string, whole: RegExp): boolean => {
  const [, year = '', month = '', day = ''] = whole.exec(text) ?? [];
  if (!year || year === '0000') return false;
  const leap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return Number(day) <= days[Number(month) - 1]!;
};
const DATE_TIME = new RegExp(`^${DATE}T(([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d+)?|24:00:00(\\.0+)?)${ZONE}$`);
const DAY = new RegExp(`^${DATE}${ZONE}$`);
const isBetween = (text: string, low: bigint, high: bigint) =>
  /^[+-]?\d{1,40}$/.test(text) && BigInt(text.replace('+', '')) >= low && BigInt(text.replace('+', '')) <= high;

/** Types of text. White space around is part of strings and lists, and of nothing else. */
export const TYPES: Readonly<Record<string, (text: string) => boolean>> = {
  string: () => true,
  token: () => true,
  boolean: (text) => /^(true|false|1|0)$/.test(collapsed(text)),
  // An annotation is there or not: empty stands for the one value that it can have.
  yes: (text) => text === '' || /^(true|1)$/.test(collapsed(text)),
  dateTime: (text) => isDate(collapsed(text), DATE_TIME),
  date: (text) => isDate(collapsed(text), DAY),
  int: (text) => isBetween(collapsed(text), -(2n ** 31n), 2n ** 31n - 1n),
  long: (text) => isBetween(collapsed(text), -(2n ** 63n), 2n ** 63n - 1n),
  double: (text) => /^([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN)$/.test(collapsed(text)),
  phoneCountryCallingCode: (text) => /^\+[0-9]{1,3}$/.test(text),
  phoneExtension: (text) => /^[0-9]+$/.test(text),
};

export const isOfType = (type: string, text: string): boolean =>
  LISTS[type] ? LISTS[type].includes(text) : (TYPES[type]?.(text) ?? false);
