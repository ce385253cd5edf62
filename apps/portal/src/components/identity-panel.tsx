import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { type Trouble, troubleOf } from '../ask.js';
import { client } from '../client.js';
import { IDENTITY } from '../documents.js';
import { useSay } from '../i18n/language.js';
import { useMe } from '../me.js';
import { PURPOSES } from '../purposes.js';
import type { ChildIdentity } from '../types.js';
import { useWords } from '../words.js';
import { Panel, Shown, TroubleNotice } from './states.js';

/** Who the child is: folded, opened with a purpose, and each opening is written down. */
export function IdentityPanel({ caseId }: { caseId: string }) {
  const say = useSay();
  const words = useWords();
  const me = useMe();
  const [purpose, setPurpose] = useState('');
  const [identity, setIdentity] = useState<ChildIdentity>();
  const [trouble, setTrouble] = useState<Trouble>();
  if (!me.permissions.includes('identity:read')) return null;
  const open = async () => {
    const { data, error } = await client
      .query<{ identity: ChildIdentity }>(IDENTITY, { caseId, purpose } as never)
      .toPromise();
    setTrouble(error ? troubleOf(error) : undefined);
    setIdentity(error ? undefined : data?.identity);
  };
  const rows: readonly (readonly [string, string])[] = identity
    ? [
        ...(
          ['givenNames', 'firstSurname', 'secondSurname', 'curp', 'birthDate', 'language', 'phones', 'school'] as const
        ).flatMap((name) => {
          const value = identity[name];
          // As it was typed: a name or a CURP in capitals is no code.
          const text = Array.isArray(value) ? value.join(' · ') : (value ?? '');
          const said = name === 'birthDate' || name === 'language' ? words.value(text) : text;
          return text.length > 0 ? ([[words.field(name), said]] as const) : [];
        }),
        ...(identity.age === null ? [] : ([[say('cases.age'), say('identity.age', { age: identity.age })]] as const)),
        ...(identity.handles?.length
          ? ([
              [
                say('identity.handles'),
                identity.handles.map((one) => `${words.code(one.platform)}: ${one.handle}`).join(' · '),
              ],
            ] as const)
          : []),
        ...(identity.addresses?.length ? ([[words.field('address'), identity.addresses.join(' · ')]] as const) : []),
      ]
    : [];
  return (
    <Panel title={say('identity.title')}>
      <details className="more" onToggle={(event) => !event.currentTarget.open && setIdentity(undefined)}>
        <summary>{say('identity.open')}</summary>
        <div className="inside stack">
          {!identity && (
            <form
              className="row"
              style={{ alignItems: 'flex-end' }}
              onSubmit={(event) => {
                event.preventDefault();
                if (purpose) void open();
              }}
            >
              <NativeSelect
                label={say('sealed.purpose')}
                description={say('sealed.logged')}
                value={purpose}
                onChange={(event) => setPurpose(event.currentTarget.value)}
                data={[
                  { value: '', label: say('form.choose') },
                  ...PURPOSES(me.role).map((value) => ({ value, label: words.code(value) })),
                ]}
              />
              <Button type="submit" variant="default" disabled={!purpose}>
                {say('sealed.show')}
              </Button>
            </form>
          )}
          {trouble && <TroubleNotice trouble={trouble} what={say('identity.title')} />}
          {identity && (
            <Shown label={say('sealed.what')}>
              {identity.state !== 'known' && (
                <p>{say(identity.state === 'erased' ? 'identity.erased' : 'identity.unknown')}</p>
              )}
              {rows.length > 0 && (
                <dl className="fact">
                  {rows.map(([name, value]) => (
                    <div key={name} style={{ display: 'contents' }}>
                      <dt>{name}</dt>
                      <dd>{value}</dd>
                    </div>
                  ))}
                </dl>
              )}
              {identity.withheld.length > 0 && (
                <p className="meta">
                  {say('identity.withheld', { list: identity.withheld.map(words.field).join(', ') })}
                </p>
              )}
            </Shown>
          )}
        </div>
      </details>
    </Panel>
  );
}
