import { Button, NativeSelect, Radio, TextInput } from '@mantine/core';
import { allCommands } from '@resguardo/contracts';
import { type FormEvent, useState } from 'react';
import { type Trouble, troubleOf } from '../ask.js';
import { client } from '../client.js';
import { FIND_CHILD } from '../documents.js';
import { type Key, useLanguage, useSay } from '../i18n/language.js';
import type { ChildSearch, Refused } from '../types.js';
import { useWords } from '../words.js';
import { RuleText } from './rule-text.js';
import { Notice, Panel, TroubleNotice } from './states.js';

type Term =
  'givenNames' | 'firstSurname' | 'secondSurname' | 'curp' | 'birthDate' | 'phones' | 'handlePlatform' | 'handle';
type Terms = Partial<Record<Term, string>>;

export interface Searched {
  readonly searchId?: string;
  readonly matchId?: string;
  /** What was typed, so that the next step does not ask it again. */
  readonly identity: Readonly<Record<string, unknown>>;
  readonly unavailable: boolean;
}

const platforms = (): readonly string[] =>
  (allCommands['receiveReport']?.input['identity']?.fields?.['handlePlatform']?.codes ?? []) as readonly string[];

const IGNORED: Readonly<Record<string, Key>> = { CURP: 'search.curp', PHONE: 'search.phone', NAME: 'search.name' };
const WHY_IGNORED: Readonly<Record<string, Key>> = {
  FORMAT: 'search.FORMAT',
  STATE: 'search.STATE',
  DATE: 'search.DATE',
  CHECK_DIGIT: 'search.CHECK_DIGIT',
  SHORT_CODE: 'search.SHORT_CODE',
  NOT_A_NUMBER: 'search.NOT_A_NUMBER',
  ONE_WORD: 'search.ONE_WORD',
};
/** How many of the terms can be looked for at all: the parts of a name are one, a birth date or a platform alone is none. */
const usable = (given: Readonly<Record<string, unknown>>): number =>
  Number(['givenNames', 'firstSurname', 'secondSurname'].some((name) => name in given)) +
  Number('curp' in given) +
  ((given['phones'] as readonly string[] | undefined)?.length ?? 0) +
  Number('handle' in given);

/** Search before create: reasons and whom to call, never a name nor the content of a case (C-11). */
export function ChildSearchForm({
  onDone,
  doneLabel,
  skipLabel,
}: {
  onDone: (found: Searched) => void;
  doneLabel: string;
  skipLabel: string;
}) {
  const say = useSay();
  const words = useWords();
  const { language } = useLanguage();
  const [terms, setTerms] = useState<Terms>({});
  const [found, setFound] = useState<ChildSearch>();
  const [refused, setRefused] = useState<Refused>();
  const [trouble, setTrouble] = useState<Trouble>();
  const [matchId, setMatchId] = useState('');
  const [busy, setBusy] = useState(false);
  const [empty, setEmpty] = useState(false);
  const set = (name: keyof Terms, value: string) => {
    setTerms({ ...terms, [name]: value });
    setFound(undefined);
    setEmpty(false);
  };
  const given = Object.fromEntries(
    Object.entries(terms)
      .filter(([, value]) => value?.trim())
      .map(([name, value]) => [
        name,
        name === 'phones'
          ? value!
              .split(/[,;\n]/)
              .map((one) => one.trim())
              .filter(Boolean)
          : value!.trim(),
      ]),
  );
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    if (Object.keys(given).length === 0) return setEmpty(true);
    setBusy(true);
    setRefused(undefined);
    setTrouble(undefined);
    const { data, error } = await client
      .query<{ findChild: ChildSearch | Refused }>(FIND_CHILD, {
        terms: given,
        purpose: 'INTAKE',
        locale: language === 'es' ? 'ES' : 'EN',
      } as never)
      .toPromise();
    setBusy(false);
    if (error) return setTrouble(troubleOf(error));
    if (data?.findChild.__typename === 'ChildSearch') {
      setFound(data.findChild);
      setMatchId('');
    } else setRefused(data?.findChild as Refused);
  };
  const finish = () =>
    onDone({
      ...(found && { searchId: found.searchId }),
      ...(matchId && { matchId }),
      identity: given,
      unavailable: trouble !== undefined,
    });
  const input = (name: Exclude<keyof Terms, 'handlePlatform'>, type = 'text') => (
    <TextInput
      label={words.field(name)}
      type={type}
      autoComplete="off"
      value={terms[name] ?? ''}
      onChange={(event) => set(name, event.currentTarget.value)}
      {...(name === 'phones' && { description: say('search.phones') })}
    />
  );

  // Nothing that was typed could be searched for: this is not "no match", and must not read like it.
  const unsearched = found !== undefined && found.matches.length === 0 && usable(given) <= found.ignored.length;

  return (
    <div className="stack">
      <form
        className="panel stack"
        onSubmit={(event) => void submit(event)}
        aria-label={say('search.title')}
        data-form="findChild"
      >
        <h2 style={{ margin: 0, fontSize: '1.1rem' }}>{say('search.title')}</h2>
        <p style={{ margin: 0 }}>{say('search.lead')}</p>
        <div className="grid2">
          {input('givenNames')}
          {input('firstSurname')}
          {input('secondSurname')}
          {input('curp')}
          {input('birthDate', 'date')}
          {input('phones')}
          <NativeSelect
            label={words.field('handlePlatform')}
            value={terms.handlePlatform ?? ''}
            onChange={(event) => set('handlePlatform', event.currentTarget.value)}
            data={[
              { value: '', label: say('form.notSaid') },
              ...platforms().map((value) => ({ value, label: words.code(value) })),
            ]}
          />
          {input('handle')}
        </div>
        {empty && <Notice tone="error" title={say('search.nothing')} role="alert" focus />}
        <div className="row">
          <Button type="submit" aria-busy={busy}>
            {say('action.search')}
          </Button>
          <Button variant="default" onClick={finish}>
            {skipLabel}
          </Button>
        </div>
      </form>
      <div aria-live="polite" className="stack">
        {trouble &&
          (trouble.code === 'SEARCH_UNAVAILABLE' || trouble.kind === 'unreachable' || trouble.kind === 'away' ? (
            <Notice tone="partial" title={say('search.down')}>
              <p>{say('search.downWhy')}</p>
            </Notice>
          ) : (
            <TroubleNotice trouble={trouble} what={say('search.title')} />
          ))}
        {refused && (
          <Notice tone="refused" title={say('result.refused')} focus>
            <p>{refused.because}</p>
            <p>
              <strong>{say('result.instead')}</strong> {refused.instead}
            </p>
            <p className="meta">
              <span>{say('result.source', { source: refused.source })}</span>
              <RuleText rule={refused.rule} />
            </p>
          </Notice>
        )}
        {found && (
          <Panel title={unsearched ? say('search.unsearched') : say('search.results', { count: found.matches.length })}>
            <div className="stack">
              {found.ignored.map((one) => (
                <p key={one.term} style={{ margin: 0 }}>
                  {say('search.ignored', {
                    term: say(IGNORED[one.term] ?? 'search.term'),
                    problem: say(WHY_IGNORED[one.problem.split(' ')[0]!] ?? 'problem.unknown'),
                  })}
                </p>
              ))}
              {found.matches.length === 0 ? (
                <p style={{ margin: 0 }}>
                  {say(
                    unsearched ? 'search.correct' : found.ignored.length ? 'search.noMatchOfRest' : 'search.noMatch',
                  )}
                </p>
              ) : (
                <Radio.Group
                  label={say('search.choose')}
                  description={say('search.chooseHelp')}
                  value={matchId}
                  onChange={setMatchId}
                >
                  <div className="stack" style={{ marginTop: 8 }}>
                    {found.matches.map((one) => (
                      <Radio
                        key={one.matchId}
                        value={one.matchId}
                        label={say(one.contact === one.agency ? 'search.matchCall' : 'search.match', {
                          strength: words.code(one.strength),
                          kinds: one.kinds.map(words.code).join(', '),
                          agency: words.code(one.agency),
                          contact: one.contact,
                        })}
                      />
                    ))}
                    <Radio value="" label={say('search.none')} />
                  </div>
                </Radio.Group>
              )}
            </div>
          </Panel>
        )}
        {(found || trouble) && (
          <div>
            <Button onClick={finish}>{doneLabel}</Button>
          </div>
        )}
      </div>
    </div>
  );
}
