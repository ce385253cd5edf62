/**
 * Every query and subscription of the portal, one constant per operation and nothing computed: the list of documents that the
 * server takes is made from this file. Mutations that are commands are made from them (contracts, `mutationDocument`).
 */

export const ME = /* GraphQL */ `
  query Me {
    me {
      actor
      name
      role
      agency
      states
      permissions
      pages
      now
    }
  }
`;

export const MY_DAY = /* GraphQL */ `
  query MyDay($since: Instant) {
    myDay(since: $since) {
      terms {
        caseId
        folio
        term {
          ...Due
        }
      }
      moreTerms
      referrals {
        caseId
        folio
        canOpen
        referral {
          referralId
          from
          to
          urgent
          service
          madeAt
          state
          due {
            ...Due
          }
        }
      }
      rounds {
        caseId
        folio
        canOpen
        interviewId
        opensAt
        closesAt
        urgent
      }
      tasks {
        caseId
        folio
        task {
          ...Missing
        }
      }
      changed {
        caseId
        folio
        entries
        lastAt
      }
      nextTerm {
        caseId
        folio
        term {
          ...Due
        }
      }
      incompleteSince
    }
  }
  fragment Due on DueTime {
    key
    rule
    startedAt
    dueAt
    breachAt
    state
    agency
  }
  fragment Missing on Task {
    command
    eventId
    agency
    since
    missing
  }
`;

export const CASES = /* GraphQL */ `
  query Cases($filter: CasesFilter, $sort: CasesSort!, $first: Int!, $after: String) {
    cases(filter: $filter, sort: $sort, first: $first, after: $after) {
      edges {
        cursor
        node {
          caseId
          folio
          state
          ageBand
          responsible
          stage
          openedAt
          changedAt
          closed
          nextDue {
            key
            rule
            startedAt
            dueAt
            breachAt
            state
            agency
          }
          overdue
          via
        }
      }
      totalVisible
      pageInfo {
        endCursor
        hasNextPage
      }
      incompleteSince
    }
  }
`;

export const CASE = /* GraphQL */ `
  query Case($caseId: ID!, $atLeast: Int) {
    case(caseId: $caseId, atLeast: $atLeast) {
      caseId
      folio
      revision
      behind
      incompleteSince
      via
      until
      state
      ageBand
      channel
      openedAt
      childUnidentified
      urgent
      responsible
      responsibilityOfferedTo
      board {
        agency
        lastType
        lastKind
        lastAt
        duties {
          ...Due
        }
        notApplicable
      }
      team {
        ...Member
      }
      representative {
        ...Member
      }
      representationKind
      adviser {
        ...Member
      }
      supportPersonRelation
      terms {
        ...Due
      }
      interview {
        stage
        interviewId
        slotStart
        slotEnd
        venueKind
        urgent
        intermediary
        plannedBy
        heldAt
        conducted
        additionalHeld
        conditions {
          key
          rule
          met
          at
        }
        round {
          opensAt
          closesAt
          closed
          shortened
          agencies {
            agency
            answer
            at
          }
        }
        questions {
          questionId
          eventId
          agency
          decision
          reasonCode
          objected
          decisionEventId
        }
        exceptions {
          requestId
          eventId
          agency
          requestedAt
          state
          approvals
          impactOpinion
          expiresAt
        }
        record {
          eventId
          sealedAt
          digest
          sharedWith
        }
      }
      retellings {
        count
        officials
        list {
          eventId
          agency
          role
          actKind
          placeKind
          persons
          onRecord
          needed
          occurredAt
        }
      }
      exams {
        eventId
        step
        kind
        agency
        occurredAt
      }
      referrals {
        referralId
        eventId
        from
        to
        urgent
        service
        madeAt
        state
        answeredAt
        due {
          ...Due
        }
      }
      links {
        caseId
        folio
        linkKind
        sameFacts
        leadCaseId
        canOpen
        since
      }
      closing {
        state
        kind
        proposedAt
        notifiedAt
        challengeUntil
        closedAt
      }
      firstSteps {
        command
        agency
        rule
        done
      }
      tasks {
        ...Missing
      }
      pending {
        ...Pending
      }
      participationWithdrawn
      erased
      permissions
    }
  }
  fragment Due on DueTime {
    key
    rule
    startedAt
    dueAt
    breachAt
    state
    agency
  }
  fragment Missing on Task {
    command
    eventId
    agency
    since
    missing
  }
  fragment Member on TeamMember {
    staffId
    agency
    role
    since
  }
  fragment Pending on Approval {
    eventId
    caseId
    folio
    what
    subjectId
    askedBy
    askedByAgency
    since
    due
    overdue
    must
    given
    canAct
    whyNot
  }
`;

export const TIMELINE = /* GraphQL */ `
  query Timeline(
    $caseId: ID!
    $filter: TimelineFilter
    $knownOn: Instant
    $first: Int!
    $after: String
    $atLeast: Int
  ) {
    timeline(caseId: $caseId, filter: $filter, knownOn: $knownOn, first: $first, after: $after, atLeast: $atLeast) {
      entries {
        eventId
        revision
        type
        kind
        agency
        actor
        actorRole
        occurredAt
        knownAt
        recordedAt
        late
        correctedBy
        retractedBy
        retractionReason
        violations
        sight
        data
        hasDetail
        own
        cursor
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      revision
      behind
      incompleteSince
      agencies
      kinds
    }
  }
`;

export const CASE_CHANGED = /* GraphQL */ `
  subscription CaseChanged($caseId: ID!, $after: Int!) {
    caseChanged(caseId: $caseId, after: $after) {
      eventId
      revision
      type
      kind
      agency
      actor
      actorRole
      occurredAt
      knownAt
      recordedAt
      late
      correctedBy
      retractedBy
      retractionReason
      violations
      sight
      data
      hasDetail
      own
      cursor
    }
  }
`;

export const DETAIL = /* GraphQL */ `
  query Detail($caseId: ID!, $eventId: ID!, $purpose: Purpose!) {
    detail(caseId: $caseId, eventId: $eventId, purpose: $purpose) {
      eventId
      type
      fields {
        name
        value
        cls
      }
      unavailable {
        cls
        why
        service
      }
    }
  }
`;

export const APPROVALS = /* GraphQL */ `
  query Approvals {
    approvals {
      eventId
      caseId
      folio
      what
      subjectId
      askedBy
      askedByAgency
      since
      due
      overdue
      must
      given
      canAct
      whyNot
    }
  }
`;

export const APPROVAL_DETAIL = /* GraphQL */ `
  query ApprovalDetail($caseId: ID!, $eventId: ID!) {
    approvalDetail(caseId: $caseId, eventId: $eventId) {
      eventId
      type
      fields {
        name
        value
        cls
      }
      unavailable {
        cls
        why
        service
      }
    }
  }
`;

export const FIND_CHILD = /* GraphQL */ `
  query FindChild($terms: ChildTerms!, $purpose: Purpose!, $locale: Locale! = ES) {
    findChild(terms: $terms, purpose: $purpose) {
      __typename
      ... on ChildSearch {
        searchId
        matches {
          matchId
          kinds
          strength
          agency
          contact
        }
        ignored {
          term
          problem
        }
      }
      ... on Refused {
        rule
        code
        because(locale: $locale)
        instead(locale: $locale)
        source(locale: $locale)
      }
    }
  }
`;

export const IDENTITY = /* GraphQL */ `
  query Identity($caseId: ID!, $purpose: Purpose!) {
    identity(caseId: $caseId, purpose: $purpose) {
      state
      asOf
      givenNames
      firstSurname
      secondSurname
      curp
      birthDate
      age
      language
      phones
      handles {
        platform
        handle
      }
      addresses
      school
      withheld
    }
  }
`;

export const INTERMEDIARIES = /* GraphQL */ `
  query Intermediaries {
    intermediaries {
      intermediaryId
      profession
      trainingKind
      trainedOn
      validUntil
      state
    }
  }
`;

export const INTEGRITY = /* GraphQL */ `
  query Integrity {
    integrity {
      at
      history {
        at
        events
        unsigned
        broken {
          why
          position
          checkpoint
          since
        }
      }
      services {
        service
        condition
        copies {
          backup
          drill {
            at
            whole
          }
        }
        followers {
          name
          kind
          leavesOut
          condition
          behind
          waitingSince
          parkedInAll
          gaps
          parked {
            id
            case {
              caseId
              folio
            }
            revision
            factType
            since
            error
            tries
            waiting
          }
        }
      }
    }
  }
`;

export const NATIONAL_FIGURES = /* GraphQL */ `
  query NationalFigures {
    nationalFigures {
      at
      filling
      incompleteSince
      tables {
        id
        dimension
        version
        rules
        smallest
        roundedTo
        nextQuarter
        nextAt
        releases {
          quarter
          version
          asOf
          releasedAt
          total
          cells {
            code
            count
            percent
          }
        }
      }
    }
  }
`;

export const RETRY_PARKED_CASE = /* GraphQL */ `
  mutation RetryParkedCase($input: ParkedCaseInput!) {
    retryParkedCase(input: $input) {
      outcome
    }
  }
`;

export const SET_PARKED_CASE_ASIDE = /* GraphQL */ `
  mutation SetParkedCaseAside($input: ParkedCaseInput!, $reason: SetAsideReason!) {
    setParkedCaseAside(input: $input, reason: $reason) {
      outcome
    }
  }
`;

export const ACCESSES = /* GraphQL */ `
  query Accesses($filter: AccessesFilter, $first: Int!, $after: String) {
    accesses(filter: $filter, first: $first, after: $after) {
      entries {
        eventId
        kind
        actor
        agency
        role
        at
        operation
        cases {
          caseId
          folio
        }
        classes
        purpose
        task
        underBreakGlass
        rule
        code
        service
        exported
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      incompleteSince
    }
  }
`;

export const REFUSALS = /* GraphQL */ `
  query Refusals($filter: RefusalsFilter, $first: Int!, $after: String) {
    refusals(filter: $filter, first: $first, after: $after) {
      entries {
        eventId
        case {
          caseId
          folio
        }
        actor
        agency
        role
        at
        command
        rule
        code
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      incompleteSince
    }
  }
`;

export const BREAK_GLASS_PENDING = /* GraphQL */ `
  query BreakGlassPending {
    breakGlassPending {
      glassId
      caseId
      folio
      eventId
      staffId
      staffAgency
      danger
      usedAt
      until
      endedAt
      reviewDue
      overdue
      canReview
    }
  }
`;

export const KEPT = /* GraphQL */ `
  query Kept {
    kept {
      commandId
      command
      keptAt
      state
      code
    }
  }
`;

export const KEPT_WORDS = /* GraphQL */ `
  query KeptWords($commandId: ID!) {
    keptWords(commandId: $commandId) {
      commandId
      command
      caseId
      folio
      occurredAt
      knownAt
      input
    }
  }
`;

export const FORGET_KEPT = /* GraphQL */ `
  mutation ForgetKept($commandId: ID!) {
    forgetKept(commandId: $commandId)
  }
`;

export const IMPORT_PLATFORM_REPORT = /* GraphQL */ `
  mutation ImportPlatformReport($commandId: ID!, $input: ImportPlatformReportInput!, $locale: Locale! = ES) {
    importPlatformReport(commandId: $commandId, input: $input) {
      files {
        name
        document
        outcome
        folios
        caseIds
        warnings(locale: $locale)
        error {
          code
          line
          column
          field
          message(locale: $locale)
        }
      }
      waiting
      kept {
        commandId
        keptAt
      }
    }
  }
`;

export const WAITING_PLATFORM_FILES = /* GraphQL */ `
  query WaitingPlatformFiles {
    waitingPlatformFiles {
      id
      document
      agency
      since
      reportId
    }
  }
`;

export const STAFF = /* GraphQL */ `
  query Staff($locale: Locale!) {
    staff {
      staffId
      name(locale: $locale)
      role
      agency
      states
    }
  }
`;
