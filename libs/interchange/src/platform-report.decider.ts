import type { Agency, CommandOf, interchangeCommands } from '@resguardo/contracts';
import { AGENCIES, folioOf, limitationOf, TEAM_ROLES, ZONE_OF_STATE } from '@resguardo/contracts';
import type {
  CaseFileFact,
  InterchangeFact,
  NewCaseFileFact,
  NewInterchangeFact,
  NewVaultFact,
} from '@resguardo/contracts/timeline';
import type { Decider } from '@resguardo/eventing';

/** What the vault answered: the child as the platform names it, and whether somebody like that is known (C-11). */
export interface PlatformKnown {
  readonly search?: 'MADE' | 'NOT_MADE' | 'NOTHING_TO_SEARCH';
  readonly possibleMatches?: number;
  readonly child?: { readonly childId: string; readonly keyId: string; readonly underSix: 'YES' | 'NO' | 'UNKNOWN' };
}

export interface PlatformState {
  readonly opened: boolean;
  readonly closed: boolean;
  /** Digests of the report documents that the case has. */
  readonly documents: readonly string[];
  readonly referenced: readonly string[];
  readonly files: Readonly<Record<string, readonly string[]>>;
}

export type PlatformCommand = CommandOf<typeof interchangeCommands, PlatformKnown>;
export type NewPlatformFact =
  NewInterchangeFact | NewCaseFileFact | Extract<NewVaultFact, { type: 'ChildIdentitySealed' }>;
type Command<Name extends PlatformCommand['name']> = Extract<PlatformCommand, { name: Name }>;

const agencyOf = (agency: string): Agency => AGENCIES.find((known) => known === agency) ?? 'PROSECUTOR';

const initialState: PlatformState = { opened: false, closed: false, documents: [], referenced: [], files: {} };

const evolve = (state: PlatformState, fact: InterchangeFact | CaseFileFact): PlatformState => {
  switch (fact.type) {
    case 'CaseOpened':
      return { ...state, opened: true };
    case 'CaseClosed':
      return { ...state, closed: true };
    case 'CaseReopened':
      return { ...state, closed: false };
    case 'PlatformReportReceived':
      return { ...state, documents: [...state.documents, fact.data.document] };
    case 'PlatformReportReferenced':
      return { ...state, referenced: [...state.referenced, fact.data.document] };
    case 'PlatformFileReported': {
      const { fileKey, documents } = fact.data;
      return { ...state, files: { ...state.files, [fileKey]: [...(state.files[fileKey] ?? []), ...documents] } };
    }
    // Facts of the case that say nothing of a platform's report.
    default:
      return state;
  }
};

/** Field by field: what is kept for ever is chosen. */
const reported = ({ input }: Command<'receivePlatformReport'>): NewPlatformFact => ({
  type: 'PlatformReportReceived',
  data: {
    reportKey: input.reportKey,
    document: input.document,
    victimNumber: input.victimNumber,
    victimCount: input.victimCount,
    child: input.child,
    urgency: input.urgency,
    reportedIsChild: input.reportedIsChild,
    ...(input.tags && { tags: input.tags }),
    ...(input.incidentAt && { incidentAt: input.incidentAt }),
    ...(input.escalation && { escalation: input.escalation }),
    ...(input.reference && { reference: input.reference }),
    ...(input.incident && { incident: input.incident }),
    ...(input.places && { places: input.places }),
    ...(input.reporter && { reporter: input.reporter }),
    ...(input.accounts && { accounts: input.accounts }),
    ...(input.otherAuthorities && { otherAuthorities: input.otherAuthorities }),
    ...(input.remarks && { remarks: input.remarks }),
  },
});

/** C-15, R-201: a platform's report is received like any other; nothing of the child is confirmed by it. */
const received = (command: Command<'receivePlatformReport'>, state: PlatformState): readonly NewPlatformFact[] => {
  const { input, known, caseId, occurredAt, by } = command;
  if (state.documents.includes(input.document)) return [];
  if (state.opened)
    return [
      reported(command),
      ...(state.closed ? [{ type: 'CaseReopened', data: { reopeningReason: 'NEW_REPORT' } } as const] : []),
    ];
  const zone = input.zone ?? ZONE_OF_STATE[input.state];
  const agency = agencyOf(by.agency);
  const { child } = known;
  return [
    {
      type: 'CaseOpened',
      data: {
        folio: folioOf(caseId, input.state, occurredAt, zone),
        state: input.state,
        zone,
        channel: 'PLATFORM_REPORT',
        sourceAgency: agency,
        provisional: known.search === 'NOT_MADE',
        possibleMatches: known.possibleMatches ?? 0,
        underSix: child?.underSix ?? 'UNKNOWN',
        ...(child && { childId: child.childId }),
        ...(input.factsYear !== undefined && { factsYear: input.factsYear }),
        ...(input.factsMonth !== undefined && { factsMonth: input.factsMonth }),
      },
    },
    {
      type: 'ReportReceived',
      data: {
        channel: 'PLATFORM_REPORT',
        mode: 'DIGITAL',
        reportedBy: 'PLATFORM',
        anonymous: false,
        urgency: input.urgency,
        // Nobody asked the child anything: a platform's report is no retelling (C-7).
        accountGiven: false,
        immediateFullAccount: false,
        // The platform cannot know the rest: it stays to be answered (M-2).
        answered: ['channel', 'mode', 'reportedBy', 'anonymous', 'urgency', 'accountGiven', 'immediateFullAccount'],
        riskFlags: input.tags?.includes('SEXTORTION') ? ['THREATS'] : [],
        limitation: limitationOf(input.forms),
        ...(input.forms && { forms: input.forms }),
        ...(input.platforms && { platforms: input.platforms }),
        ...(input.reportedIsChild && { authorAge: 'UNDER_18' as const }),
        ...(input.ageBand && { ageBand: input.ageBand }),
      },
    },
    ...(child ? [{ type: 'ChildIdentitySealed', data: { childId: child.childId, keyId: child.keyId } } as const] : []),
    {
      type: 'TeamMemberAdded',
      data: { staffId: by.actor, agency, role: TEAM_ROLES.find((r) => r === by.role) ?? 'OFFICER' },
    },
    reported(command),
    ...input.sameReportIn
      .filter((otherCaseId) => otherCaseId !== caseId)
      .map((otherCaseId) => ({
        type: 'CaseLinked' as const,
        data: { otherCaseId, linkKind: 'SAME_CONTENT' as const, urgency: input.urgency, mirrored: false },
      })),
  ];
};

const referenced = ({ input }: Command<'recordPlatformReference'>, state: PlatformState): readonly NewPlatformFact[] =>
  state.referenced.includes(input.document)
    ? []
    : [
        {
          type: 'PlatformReportReferenced',
          data: { reportKey: input.reportKey, document: input.document, reference: input.reference },
        },
      ];

/** A document that was told before adds nothing; whatever order they came in. */
const fileReported = ({ input }: Command<'recordPlatformFile'>, state: PlatformState): readonly NewPlatformFact[] => {
  const told = state.files[input.fileKey] ?? [];
  if (input.documents.every((document) => told.includes(document))) return [];
  return [
    {
      type: 'PlatformFileReported',
      data: {
        reportKey: input.reportKey,
        fileKey: input.fileKey,
        documents: input.documents,
        ...(input.md5 && { md5: input.md5 }),
        ...(input.sha1 && { sha1: input.sha1 }),
        ...(input.sha256 && { sha256: input.sha256 }),
        ...(input.sha512 && { sha512: input.sha512 }),
        viewedByPlatform: input.viewedByPlatform,
        metadataViewedByPlatform: input.metadataViewedByPlatform,
        publiclyAvailable: input.publiclyAvailable,
        relevance: input.relevance,
        ...(input.otherHashes && { otherHashes: input.otherHashes }),
        ...(input.reference && { reference: input.reference }),
        ...(input.fileName && { fileName: input.fileName }),
        ...(input.originalName && { originalName: input.originalName }),
        ...(input.location && { location: input.location }),
        ...(input.uploadedAt && { uploadedAt: input.uploadedAt }),
        ...(input.grade && { grade: input.grade }),
        ...(input.marks && { marks: input.marks }),
        ...(input.traces && { traces: input.traces }),
        ...(input.remarks && { remarks: input.remarks }),
      },
    },
  ];
};

export const platformReportDecider: Decider<
  PlatformState,
  PlatformCommand,
  NewPlatformFact,
  InterchangeFact | CaseFileFact
> = {
  initialState,
  evolve,
  decide: (command, state) => {
    switch (command.name) {
      case 'receivePlatformReport':
        return received(command, state);
      case 'recordPlatformReference':
        return referenced(command, state);
      case 'recordPlatformFile':
        return fileReported(command, state);
    }
  },
};
