import { NativeSelect } from '@mantine/core';
import { allCommands } from '@resguardo/contracts';
import { useState } from 'react';
import { useLocation } from 'react-router';
import { type Key, useSay } from '../i18n/language.js';
import { placeOf } from '../places.js';
import { useWords } from '../words.js';
import { type About, Form } from './actions.js';
import { Panel } from './states.js';

/** Any fact that the person may record, grouped by what it is about: in a case, or by folio without opening it. */
export function FactPicker({
  permissions,
  caseId,
  ...about
}: {
  permissions: readonly string[];
} & Pick<About, 'caseId' | 'choices' | 'onAccepted'>) {
  const say = useSay();
  const words = useWords();
  const { hash } = useLocation();
  const facts = Object.entries(allCommands).filter(
    ([, spec]) => spec.mark === 'fact' && spec.on === 'anyone' && permissions.includes(spec.may),
  );
  const groups = new Map<string, string[]>();
  for (const [name] of facts) {
    const section = placeOf(name)?.section ?? 'other';
    groups.set(section, [...(groups.get(section) ?? []), name]);
  }
  // Who comes back to a draft finds its form.
  const [command, setCommand] = useState(() => facts.find(([name]) => !caseId && hash === `#${name}`)?.[0] ?? '');
  if (facts.length === 0) return caseId ? null : <p>{say('facts.none')}</p>;
  return (
    <Panel title={say('facts.title')}>
      <div className="stack">
        <NativeSelect
          className="field"
          label={say('facts.which')}
          value={command}
          onChange={(event) => setCommand(event.currentTarget.value)}
        >
          <option value="">{say('form.choose')}</option>
          {[...groups].map(([section, names]) => (
            <optgroup key={section} label={say(`section.${section}` as Key)}>
              {names.map((name) => (
                <option key={name} value={name}>
                  {words.command(name)}
                </option>
              ))}
            </optgroup>
          ))}
        </NativeSelect>
        {command && (
          <Form key={command} command={command} named {...(caseId ? { caseId } : { folio: true })} {...about} />
        )}
      </div>
    </Panel>
  );
}
