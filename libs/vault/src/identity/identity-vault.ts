import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { KeyObject } from 'node:crypto';
import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { KeyRing } from '../key-ring.js';
import { ERASED, personKey, systemKey } from '../key-ring.js';
import { holdSubject, inTransaction } from '../schema.js';
import { lock, unlock } from '../wrapping.js';
import type { MatchKind, SearchTerms, Strength } from './blind-index.js';
import { blindTokens, strengthOf } from './blind-index.js';
import { validateCurp } from './curp.js';
import { normalisePhone } from './phone.js';
import type { IdentityChange, IdentityRecord } from './record.js';
import { changed } from './record.js';
import { overlapsTimetable } from './timetable.js';

/** The search cannot be made now. Intake goes on as provisional and the search becomes a task (M-2); never show it as "no match". */
export class SearchUnavailable extends Error {
  constructor(options?: { cause?: unknown }) {
    super('The search for the child is not available', options);
    this.name = 'SearchUnavailable';
  }
}

export interface SearchCaller {
  readonly actor: string;
  readonly agency: string;
  /** For the log of the search. */
  readonly role?: string;
  /** Only `INTAKE` may search (C-11). */
  readonly purpose: string;
}

/** That a case may be of the same child, and why one thinks so. No name, no content, no case id (C-11). */
export interface Match {
  /** Means something only together with its search. */
  readonly matchId: string;
  readonly kinds: readonly MatchKind[];
  readonly strength: Strength;
  readonly agency: string;
  /** Whom to call at that agency. */
  readonly contact: string;
}

/** A term that could not be searched for, and why. The report is received all the same. */
export interface IgnoredTerm {
  readonly term: 'CURP' | 'PHONE' | 'NAME';
  readonly problem: string;
}

export interface SearchResult {
  /** Receipt: who searched and when. A case can be linked from it for a day. */
  readonly searchId: string;
  readonly matches: readonly Match[];
  readonly ignored: readonly IgnoredTerm[];
}

export type IdentityAnswer =
  | { readonly state: 'known'; readonly childId: string; readonly identity: IdentityRecord; readonly asOf: string }
  | { readonly state: 'erased' }
  | { readonly state: 'unknown' };

/** What the vault made or found. `erased`: nothing was kept, because this case or person was erased (C-13). */
export interface Kept {
  readonly personId: string;
  readonly keyId: string;
  readonly erased: boolean;
}

/** A dated yes or no, fit to be put into a command (C-1). Without a statement by the child's side `stated` is false. */
export interface DatedAnswer {
  readonly stated: boolean;
  readonly asOf: string;
}

export interface IdentityVaultParts {
  readonly pool: Pool;
  readonly keyRing: KeyRing;
  /** Now, UTC, ISO 8601. */
  readonly clock: () => string;
  /** Which of the cases this user may not even learn of: named in them, related, under complaint. */
  readonly blockedIn?: (actor: string, caseIds: readonly string[]) => Promise<readonly string[]>;
  /**
   * Writes one record of each search that was made, without the terms: on the matched cases, on none where nobody was found.
   * Durable when it resolves (C-11, R-705).
   */
  readonly noteSearched: (
    caseIds: readonly string[],
    caller: SearchCaller,
    about: { readonly searchId: string; readonly blocked: readonly string[] },
  ) => Promise<void>;
  readonly dutyContact?: (agency: string) => string;
  /** Searches of one caller in any minute; attempts beyond it count too. */
  readonly searchesPerMinute?: number;
  readonly searchDeadlineMs?: number;
}

export type IdentityVault = ReturnType<typeof identityVault>;

const RECEIPT_HOURS = 24;
const MOST_MATCHES = 20;
const STRENGTHS: readonly Strength[] = ['STRONG', 'PROBABLE', 'POSSIBLE'];

interface VersionRow {
  readonly version_id: string;
  readonly at: Date;
  readonly box: Buffer;
}

/** The only place that knows who the child is. Rows are encrypted per person and found by keyed digests. */
export const identityVault = ({
  pool,
  keyRing,
  clock,
  blockedIn = async () => [],
  noteSearched,
  dutyContact = (agency) => agency,
  searchesPerMinute = 30,
  searchDeadlineMs = 3000,
}: IdentityVaultParts) => {
  const indexKey = async (): Promise<KeyObject> => {
    const key = await keyRing.key(systemKey('blind-index'));
    if (key === ERASED) throw new Error('The key of the blind indexes was destroyed');
    return key;
  };
  const place = (personId: string, versionId: string) => `person ${personId} ${versionId}`;

  const recordOf = async (
    client: Pool | PoolClient,
    personId: string,
    key: KeyObject,
  ): Promise<{ record: IdentityRecord; asOf: string | undefined }> => {
    const { rows } = await client.query<VersionRow>(
      'select version_id, at, box from vault.person_version where person_id = $1 order by seq',
      [personId],
    );
    let record: IdentityRecord = {};
    for (const { version_id, box } of rows)
      record = changed(record, JSON.parse(unlock(key, place(personId, version_id), box).toString()) as IdentityChange);
    return { record, asOf: rows.at(-1)?.at.toISOString() };
  };

  /** Insert-or-select: the same version again changes nothing. Committed when it resolves. */
  const keep = async (
    person: { readonly personId: string; readonly caseId: string; readonly agency: string; readonly kind: string },
    versionId: string,
    change: IdentityChange,
  ): Promise<Kept> => {
    const [key, index] = await Promise.all([keyRing.key(personKey(person.personId)), indexKey()]);
    const { name: keyId } = personKey(person.personId);
    const erased: Kept = { personId: person.personId, keyId, erased: true };
    if (key === ERASED) return erased;
    return inTransaction(pool, async (client) => {
      if ((await holdSubject(client, person.caseId)) || (await holdSubject(client, person.personId))) return erased;
      await client.query(
        `insert into vault.person (person_id, case_id, agency, kind, made_at) values ($1, $2, $3, $4, $5)
         on conflict do nothing`,
        [person.personId, person.caseId, person.agency, person.kind, clock()],
      );
      // Held for this transaction: the index must be made from the record that this version is the last of.
      const { rows } = await client.query<{ case_id: string }>(
        'select case_id from vault.person where person_id = $1 for update',
        [person.personId],
      );
      if (!rows[0]) return OTHER_CHILD;
      if (rows[0].case_id !== person.caseId) throw new Error('This person belongs to another case');
      const { rowCount } = await client.query(
        `insert into vault.person_version (version_id, person_id, at, box) values ($1, $2, $3, $4)
         on conflict (version_id) do nothing`,
        [
          versionId,
          person.personId,
          clock(),
          lock(key, place(person.personId, versionId), Buffer.from(JSON.stringify(change))),
        ],
      );
      if (rowCount === 1) {
        const { record } = await recordOf(client, person.personId, key);
        const tokens = blindTokens(index, record);
        await client.query(
          `insert into vault.blind_index (kind, token, whole, version_id, person_id)
           select kind, token, whole, $4, $5 from unnest($1::text[], $2::bytea[], $3::boolean[]) as t (kind, token, whole)
           on conflict do nothing`,
          [
            tokens.map(({ kind }) => kind),
            tokens.map(({ token }) => token),
            tokens.map(({ whole }) => whole),
            versionId,
            person.personId,
          ],
        );
      }
      return { personId: person.personId, keyId, erased: false };
    }).then((kept) => {
      if (kept !== OTHER_CHILD) return kept;
      // The case has its child already, under another id: that one is meant, whoever asks.
      return childOf(person.caseId).then((child) =>
        child ? keep({ ...person, personId: child }, versionId, change) : keep(person, versionId, change),
      );
    });
  };

  const childOf = async (caseId: string): Promise<string | undefined> => {
    const { rows } = await pool.query<{ person_id: string }>(
      `select person_id from vault.person where case_id = $1 and kind = 'CHILD'`,
      [caseId],
    );
    return rows[0]?.person_id;
  };

  const identityOf = async (caseId: string): Promise<IdentityAnswer> => {
    const childId = await childOf(caseId);
    if (!childId) return { state: (await keyRing.isErased(caseId)) ? 'erased' : 'unknown' };
    const key = await keyRing.existing(personKey(childId));
    if (key === ERASED) return { state: 'erased' };
    if (!key) throw new Error('A child has a record and no key');
    const { record, asOf } = await recordOf(pool, childId, key);
    return { state: 'known', childId, identity: record, asOf: asOf ?? clock() };
  };

  const search = async (
    terms: SearchTerms,
    caller: SearchCaller,
    searchId: string,
    except: string | undefined,
  ): Promise<SearchResult | Refusal> => {
    const at = clock();
    const { rowCount } = await pool.query(
      `insert into vault.search_receipt as r (search_id, actor, agency, at) values ($1, $2, $3, $4)
       on conflict (search_id) do update set asked = r.asked + 1, at = excluded.at where r.actor = excluded.actor`,
      [searchId, caller.actor, caller.agency, at],
    );
    if (rowCount === 0) return refuse('C-11', 'E-SEARCH-RECEIPT');
    // The receipt is committed before it is counted: searches racing each other all count each other.
    const { rows: counted } = await pool.query<{ n: number }>(
      `select sum(asked)::int as n from vault.search_receipt
       where actor = $1 and at > $2::timestamptz - interval '1 minute'`,
      [caller.actor, at],
    );
    if ((counted[0]?.n ?? 0) > searchesPerMinute)
      return refuse('C-11', 'E-SEARCH-RATE', { perMinute: searchesPerMinute });

    const tokens = blindTokens(await indexKey(), terms);
    const { rows } = await pool.query<{
      person_id: string;
      case_id: string;
      agency: string;
      kinds: MatchKind[];
      whole: boolean;
    }>(
      `select p.case_id, p.agency, min(p.person_id) as person_id, array_agg(distinct b.kind order by b.kind) as kinds,
              bool_or(b.whole and q.whole and b.kind in ('NAME_EXACT', 'NAME_PHONETIC')) as whole
       from unnest($1::text[], $2::bytea[], $3::boolean[]) as q (kind, token, whole)
       join vault.blind_index b on b.token = q.token and b.kind = q.kind
       join vault.person p on p.person_id = b.person_id
       where (p.kind = 'CHILD' or (p.kind in ('GUARDIAN', 'RELATIVE', 'SUPPORT_PERSON') and b.kind in ('PHONE', 'HANDLE')))
         and p.case_id is distinct from $4
       group by p.case_id, p.agency`,
      [
        tokens.map(({ kind }) => kind),
        tokens.map(({ token }) => token),
        tokens.map(({ whole }) => whole),
        except ?? null,
      ],
    );
    const found = rows
      .flatMap(({ case_id: caseId, person_id: personId, agency, kinds, whole }) => {
        // What sounds alike is not told beside what is written alike: it would add nothing.
        const told = kinds.includes('NAME_EXACT') ? kinds.filter((kind) => kind !== 'NAME_PHONETIC') : kinds;
        const strength = strengthOf(told, whole);
        return strength ? [{ caseId, personId, agency, kinds: told, strength }] : [];
      })
      .sort((a, b) => STRENGTHS.indexOf(a.strength) - STRENGTHS.indexOf(b.strength))
      .slice(0, MOST_MATCHES);
    const caseIds = found.map(({ caseId }) => caseId);
    const blocked = caseIds.length > 0 ? await blockedIn(caller.actor, caseIds) : [];
    const shown = found
      .filter(({ caseId }) => !blocked.includes(caseId))
      .map((match) => ({ ...match, matchId: randomUUID() }));
    if (shown.length > 0)
      await pool.query(
        `insert into vault.search_match (match_id, search_id, person_id, case_id, kinds)
         select match_id, $5, person_id, case_id, string_to_array(kinds, ',')
         from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as m (match_id, person_id, case_id, kinds)`,
        [
          shown.map(({ matchId }) => matchId),
          shown.map(({ personId }) => personId),
          shown.map(({ caseId }) => caseId),
          shown.map(({ kinds }) => kinds.join(',')),
          searchId,
        ],
      );
    // Also where nobody was found: who tries a list of children must be seen before one of them is here.
    await noteSearched(caseIds, caller, { searchId, blocked });
    return {
      searchId,
      matches: shown.map(({ matchId, kinds, strength, agency }) => ({
        matchId,
        kinds,
        strength,
        agency,
        contact: dutyContact(agency),
      })),
      ignored: ignoredTerms(
        terms,
        tokens.map(({ kind }) => kind),
      ),
    };
  };

  return {
    /**
     * Keeps who the child of a case is, before the case is opened. Said twice, by anyone, it is kept once; the first child of a case stays its child.
     * `versionId` names this entry: the command's id when a fact will refer to it.
     */
    register: (
      childId: string,
      caseId: string,
      agency: string,
      identity: IdentityChange,
      versionId = `${childId}:first`,
    ): Promise<Kept> => keep({ personId: childId, caseId, agency, kind: 'CHILD' }, versionId, identity),

    addThirdPerson: (
      personId: string,
      caseId: string,
      agency: string,
      kind: string,
      identity: IdentityChange,
    ): Promise<Kept> => keep({ personId, caseId, agency, kind }, `${personId}:first`, identity),

    /** A later version of the child's record; makes the record when there is none. Both old and new spellings are found. */
    correct: async (caseId: string, agency: string, change: IdentityChange, versionId: string): Promise<Kept> =>
      keep(
        { personId: (await childOf(caseId)) ?? `child:${caseId}`, caseId, agency, kind: 'CHILD' },
        versionId,
        change,
      ),

    /** Everything known of the child. Whoever asks has been let in and has left an access record. */
    identityOf,

    /** Third persons of a case, as `identityOf`. */
    thirdPersonsOf: async (
      caseId: string,
    ): Promise<readonly { readonly personId: string; readonly kind: string; readonly identity: IdentityRecord }[]> => {
      const { rows } = await pool.query<{ person_id: string; kind: string }>(
        `select person_id, kind from vault.person where case_id = $1 and kind <> 'CHILD' order by made_at, person_id`,
        [caseId],
      );
      const found = [];
      for (const { person_id: personId, kind } of rows) {
        const key = await keyRing.existing(personKey(personId));
        if (key && key !== ERASED)
          found.push({ personId, kind, identity: (await recordOf(pool, personId, key)).record });
      }
      return found;
    },

    /**
     * Cases that may be of the same child, for the purpose of intake (C-11). Repeating it under the same `searchId` searches again on the
     * same receipt, and counts again.
     * A refusal when the purpose is another, the caller searches too often, or the receipt is somebody else's.
     * @throws SearchUnavailable: go on as provisional.
     */
    findChild: async (
      terms: SearchTerms,
      caller: SearchCaller,
      { searchId = randomUUID(), exceptCaseId }: { searchId?: string; exceptCaseId?: string } = {},
    ): Promise<SearchResult | Refusal> => {
      if (caller.purpose !== 'INTAKE') return refuse('C-11', 'E-SEARCH-PURPOSE');
      let timer: NodeJS.Timeout | undefined;
      try {
        return await Promise.race([
          search(terms, caller, searchId, exceptCaseId),
          new Promise<never>((_, reject) => {
            timer = setTimeout(() => reject(new Error('The search took too long')), searchDeadlineMs);
          }),
        ]);
      } catch (error) {
        throw new SearchUnavailable({ cause: error });
      } finally {
        clearTimeout(timer);
      }
    },

    /** The case behind a match, for whoever made that search within a day; else undefined. */
    caseOfMatch: async (searchId: string, matchId: string, actor: string): Promise<string | undefined> => {
      const { rows } = await pool.query<{ case_id: string }>(
        `select m.case_id from vault.search_match m join vault.search_receipt r using (search_id)
         where m.match_id = $2 and r.search_id = $1 and r.actor = $3
           and r.at > $4::timestamptz - make_interval(hours => $5)`,
        [searchId, matchId, actor, clock(), RECEIPT_HOURS],
      );
      return rows[0]?.case_id;
    },

    /** Whether this search was made by this user within a day: search before create is forced. */
    wasSearched: async (searchId: string, actor: string): Promise<boolean> => {
      const { rowCount } = await pool.query(
        `select 1 from vault.search_receipt where search_id = $1 and actor = $2
         and at > $3::timestamptz - make_interval(hours => $4)`,
        [searchId, actor, clock(), RECEIPT_HOURS],
      );
      return rowCount === 1;
    },

    /** This case and those that were found to be of the same child. */
    casesOfSameChild: async (caseId: string): Promise<readonly string[]> => {
      const { rows } = await pool.query<{ case_id: string }>(
        `with recursive same (case_id) as (
           select $1::text union select s.other_case_id from vault.same_child s join same on same.case_id = s.case_id)
         select case_id from same order by case_id`,
        [caseId],
      );
      return rows.map(({ case_id }) => case_id);
    },
    /** Keeps the vault in step with `CaseLinked{SAME_CHILD}`; repeating it changes nothing. The facts are the truth. */
    link: async (caseId: string, otherCaseId: string): Promise<void> => {
      await pool.query('insert into vault.same_child values ($1, $2), ($2, $1) on conflict do nothing', [
        caseId,
        otherCaseId,
      ]);
    },
    /** The same for `CaseUnlinked`. */
    unlink: async (caseId: string, otherCaseId: string): Promise<void> => {
      await pool.query(
        'delete from vault.same_child where (case_id, other_case_id) in (($1::text, $2::text), ($2::text, $1::text))',
        [caseId, otherCaseId],
      );
    },

    /** Whether a slot touches the child's school hours. `start` UTC; blocks are wall time in `zone`. */
    timetableOverlaps: async (
      caseId: string,
      start: string,
      minutes: number,
      zone = 'America/Mexico_City',
    ): Promise<DatedAnswer & { readonly overlaps: boolean }> => {
      const answer = await identityOf(caseId);
      const blocks = (answer.state === 'known' && answer.identity.timetable) || [];
      return {
        stated: blocks.length > 0,
        overlaps: overlapsTimetable(blocks, start, minutes, zone),
        asOf: clock(),
      };
    },
    /** Whether somebody of this gender is whom the child wants as examiner. Without a preference anybody matches. */
    examinerPreferenceMatches: (caseId: string, gender: string) => preference(caseId, 'examinerGender', gender),
    /** The same for whoever has to view material. */
    viewerPreferenceMatches: (caseId: string, gender: string) => preference(caseId, 'viewerGender', gender),

    /**
     * Removes what a command kept and no fact refers to, once it is older than `olderThanMs`: its append never came.
     * Resolves with how many entries went.
     */
    sweep: async (
      isReferenced: (ids: {
        readonly caseId: string;
        readonly personId: string;
        readonly versionId: string;
      }) => Promise<boolean>,
      olderThanMs = 3_600_000,
    ): Promise<number> => {
      const before = new Date(Date.parse(clock()) - olderThanMs).toISOString();
      const { rows } = await pool.query<{ version_id: string; person_id: string; case_id: string }>(
        `select v.version_id, v.person_id, p.case_id from vault.person_version v join vault.person p using (person_id)
         where v.at < $1 and not v.referred_to`,
        [before],
      );
      let gone = 0;
      for (const { version_id: versionId, person_id: personId, case_id: caseId } of rows) {
        if (await isReferenced({ caseId, personId, versionId })) {
          // Facts are for ever: it is not asked about again.
          await pool.query('update vault.person_version set referred_to = true where version_id = $1', [versionId]);
          continue;
        }
        await pool.query('delete from vault.person_version where version_id = $1', [versionId]);
        gone++;
      }
      await pool.query(
        `delete from vault.person p where made_at < $1
         and not exists (select 1 from vault.person_version v where v.person_id = p.person_id)`,
        [before],
      );
      await pool.query(`delete from vault.search_receipt where at < $1::timestamptz - interval '7 days'`, [clock()]);
      return gone;
    },

    /**
     * Erases cases: their keys, their persons, everything they could be found by. No key and no record of them is made again.
     * Safe to repeat, also after a restore.
     */
    erase: async (caseIds: readonly string[]): Promise<{ readonly keys: number; readonly persons: number }> => {
      // First the cases: from here on nobody is added to them. Then whoever is in them.
      const ofCases = await keyRing.destroy(caseIds);
      const { rows } = await pool.query<{ person_id: string }>(
        'select person_id from vault.person where case_id = any ($1)',
        [caseIds],
      );
      const ofPersons = await keyRing.destroy(rows.map(({ person_id }) => person_id));
      await inTransaction(pool, async (client) => {
        await client.query('delete from vault.search_match where case_id = any ($1)', [caseIds]);
        await client.query('delete from vault.same_child where case_id = any ($1) or other_case_id = any ($1)', [
          caseIds,
        ]);
        await client.query('delete from vault.person where case_id = any ($1)', [caseIds]);
      });
      if (rows.length > 0)
        for (const table of ['person', 'person_version', 'blind_index', 'search_match'])
          await pool.query(`vacuum vault.${table}`);
      return { keys: ofCases + ofPersons, persons: rows.length };
    },
  };

  async function preference(
    caseId: string,
    of: 'examinerGender' | 'viewerGender',
    gender: string,
  ): Promise<DatedAnswer & { readonly matches: boolean }> {
    const answer = await identityOf(caseId);
    const wanted = answer.state === 'known' ? answer.identity[of] : undefined;
    const stated = wanted !== undefined && wanted !== 'ANY';
    return { stated, matches: !stated || wanted === gender, asOf: clock() };
  }
};

/** The case has a child under another id. */
const OTHER_CHILD = 'OTHER_CHILD';

/** What the searcher typed and nothing was looked for by. */
const ignoredTerms = (terms: SearchTerms, lookedFor: readonly string[]): readonly IgnoredTerm[] => {
  const ignored: IgnoredTerm[] = [];
  if (terms.curp) {
    const verdict = validateCurp(terms.curp);
    // It is searched for as it stands; a typing error in it finds nobody, so it is told.
    if (!verdict.valid) ignored.push({ term: 'CURP', problem: verdict.problems.join(' ') });
  }
  for (const phone of terms.phones ?? []) {
    const verdict = normalisePhone(phone);
    if (!verdict.valid) ignored.push({ term: 'PHONE', problem: verdict.problem });
  }
  if (!lookedFor.includes('NAME_EXACT') && (terms.givenNames || terms.firstSurname || terms.secondSurname))
    ignored.push({ term: 'NAME', problem: 'ONE_WORD' });
  return ignored;
};
