import { allCommands } from '@resguardo/contracts';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'react-router';
import { useFactChoices } from '../fact-refs.js';
import { type Key, useSay } from '../i18n/language.js';
import { useMe } from '../me.js';
import { type Place, sectionsOf } from '../places.js';
import { useWords } from '../words.js';
import { type Accepted, anchorOf, type Choice, CommandForm, type Known } from './command-form.js';

export interface About {
  readonly caseId?: string;
  /** Ask for the folio of the case: what may be said of one that the page has not opened. */
  readonly folio?: boolean;
  readonly known?: Known;
  readonly suggested?: Known;
  readonly choices?: Readonly<Record<string, readonly Choice[]>>;
  /** Show these fields first, the rest under "more". */
  readonly askOnly?: readonly string[];
  readonly onAccepted?: (result: Accepted) => void;
}

/** One command behind a line that opens it; the form is made when it is opened. */
export function Action({
  command,
  label,
  opened = false,
  onOpened,
  ...about
}: About & { command: string; label?: string; opened?: boolean; onOpened?: () => void }) {
  const words = useWords();
  const { hash, key } = useLocation();
  const exact = hash === `#${anchorOf(command, about.known)}`;
  const asked = exact || hash === `#${command}`;
  const [open, setOpen] = useState(opened || exact);
  const line = useRef<HTMLDetailsElement>(null);
  // A link that names the form leads to it: unfolded, with all that holds it, and with the keyboard there.
  useEffect(() => {
    // Of several forms of one command, the one that is named, or else the first.
    if (!asked || (!exact && document.querySelector(`details[data-action="${command}"]`) !== line.current)) return;
    for (let at: HTMLElement | null = line.current; at; at = at.parentElement)
      if (at instanceof HTMLDetailsElement) at.open = true;
    line.current?.querySelector('summary')?.focus();
  }, [asked, exact, command, key]);
  return (
    <details
      ref={line}
      className="more"
      open={open}
      onToggle={(event) => {
        if (event.target !== event.currentTarget) return;
        setOpen(event.currentTarget.open);
        if (event.currentTarget.open) onOpened?.();
      }}
      data-action={command}
    >
      <summary>{label ?? words.command(command)}</summary>
      {open && (
        <div className="inside">
          <Form command={command} named={asked} {...about} />
        </div>
      )}
    </details>
  );
}

/**
 * The form with what the case already knows: who explains is the caller unless said otherwise, earlier facts are chosen and not typed.
 * `named`: shown also when the fact that it must point at is missing.
 */
export function Form({ command, named, suggested, choices, ...about }: About & { command: string; named: boolean }) {
  const say = useSay();
  const words = useWords();
  const me = useMe();
  const found = useFactChoices(command, about.caseId);
  if (!found) return <p role="status">{say('state.loading', { what: words.command(command) })}</p>;
  if (found.lacks && !named) return <p role="status">{say('form.lacks', { fact: words.fact(found.lacks) })}</p>;
  return (
    <CommandForm
      command={command}
      {...about}
      suggested={{ version: 'v1', explanationVersion: 'v1', explainedBy: me.actor, givenBy: me.actor, ...suggested }}
      choices={{ ...choices, ...found.choices }}
    />
  );
}

/**
 * The forms of one place under their headings: only what the person may do. What would find nothing to act on is named in one sentence and
 * has no form, unless a link leads to it or the person has it open already: what is being written, and its receipt, stay.
 */
export function Actions({
  place,
  section,
  permissions,
  known = {},
  title,
  except = [],
  nothing = () => false,
  ...about
}: About & {
  place: Place;
  section?: string;
  permissions: readonly string[];
  title?: string;
  except?: readonly string[];
  /** Whether a command would find nothing to act on. */
  nothing?: (command: string) => boolean;
}) {
  const say = useSay();
  const words = useWords();
  const { hash } = useLocation();
  const [held, hold] = useState<ReadonlySet<string>>(new Set());
  const ledTo = (command: string) => hash === `#${command}` || hash.startsWith(`#${command}~`);
  const idle = (command: string) => !held.has(command) && !ledTo(command) && nothing(command);
  const sections = sectionsOf(place)
    .filter((found) => !section || found.section === section)
    .map((found) => ({
      ...found,
      commands: found.commands.filter((name) => permissions.includes(allCommands[name]!.may) && !except.includes(name)),
    }))
    .filter(({ commands }) => commands.length > 0);
  const panels = sections.map(({ section: name, commands }) => (
    <div key={name} className="panel" data-section={name}>
      <h3 style={{ margin: '0 0 .4rem', fontSize: '1rem' }}>{title ?? say(`section.${name}` as Key)}</h3>
      {commands
        .filter((command) => !idle(command))
        .map((command) => {
          // A page's knowledge fits only the fields that the command has.
          const fitting = Object.fromEntries(
            Object.entries(known).filter(([field]) => field in allCommands[command]!.input),
          );
          return (
            <Action
              key={command}
              command={command}
              known={fitting}
              onOpened={() => hold((known) => new Set([...known, command]))}
              {...about}
            />
          );
        })}
      {commands.some(idle) && (
        <p className="meta" data-part="idle" style={{ margin: '.4rem 0 0' }}>
          {say('case.idle', { list: commands.filter(idle).map(words.command).join(' · ') })}
        </p>
      )}
    </div>
  ));
  return panels.length > 1 ? <div className="grid2">{panels}</div> : panels;
}
