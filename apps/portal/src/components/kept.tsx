import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { Dialog } from './dialog.js';
import { useAsk } from '../ask.js';
import { client } from '../client.js';
import { FORGET_KEPT, KEPT, KEPT_WORDS } from '../documents.js';
import { drafts, dropDraft, keepDraft } from '../drafts.js';
import { type Key, useSay } from '../i18n/language.js';
import { formOf, pathOf } from '../places.js';
import type { KeptEntry, KeptWords } from '../types.js';
import { useWords } from '../words.js';
import { refillSlot, sheetOf } from './command-form.js';
import { Notice, Panel, TroubleNotice } from './states.js';

const WHY: Readonly<Record<string, Key>> = {
  NO_SUCH_CASE: 'kept.noSuchCase',
  REUSED: 'kept.reused',
  UNREADABLE: 'kept.unreadable',
  'E-LIMIT': 'kept.notTaken',
  'E-REFUSED': 'kept.notTaken',
};

/** Forms that are about no case yet. */
const PATHS: Readonly<Record<string, string>> = {
  receiveReport: pathOf('report'),
  importPlatformReport: pathOf('import'),
};

/** What the person said that is not on the timeline: it waits in their agency, or it came back and they say it anew or let it go (D12). */
export function KeptHere() {
  const say = useSay();
  const words = useWords();
  const navigate = useNavigate();
  const asked = useAsk<{ kept: KeptEntry[] }>(KEPT);
  const [failed, setFailed] = useState(false);
  const [gone, setGone] = useState<KeptEntry>();
  const [leaving, setLeaving] = useState<KeptEntry>();

  const recover = async ({ commandId, code }: KeptEntry) => {
    setFailed(false);
    const { data } = await client
      .query<{ keptWords: KeptWords }>(KEPT_WORDS, { commandId }, { requestPolicy: 'network-only' })
      .toPromise();
    if (!data) return setFailed(true);
    const { command, caseId, folio, occurredAt, knownAt, input } = data.keptWords;
    const path = PATHS[command] ?? (caseId ? formOf(command, caseId) : `/hechos#${command}`);
    if (!path) return setFailed(true);
    keepDraft(refillSlot(command, caseId ?? undefined), {
      // The same id, so that it leaves this list when it has arrived; one that was taken for something else needs another.
      commandId: code === 'REUSED' ? crypto.randomUUID() : commandId,
      ...sheetOf(command, { input, occurredAt, knownAt }),
      folio: folio ?? '',
      command,
      path,
    });
    void navigate(path);
  };
  const forget = async (entry: KeptEntry) => {
    const { commandId } = entry;
    setLeaving(undefined);
    const { error } = await client.mutation(FORGET_KEPT, { commandId }).toPromise();
    setFailed(error !== undefined);
    if (error) return;
    setGone(entry);
    for (const [slot, draft] of drafts()) if (draft.commandId === commandId) dropDraft(slot);
    asked.again();
  };

  if (asked.trouble) return <TroubleNotice trouble={asked.trouble} what={say('day.kept')} again={asked.again} />;
  const kept = asked.data?.kept ?? [];
  if (kept.length === 0 && !gone) return null;
  const back = kept.filter(({ state }) => state === 'RETURNED');
  const waiting = kept.filter(({ state }) => state !== 'RETURNED');
  /** Alike on every line for the eye; told apart for whoever hears them. */
  const named = (key: Key, { command, keptAt }: KeptEntry) =>
    `${say(key)}: ${words.command(command)}, ${words.instant(keptAt)}`;
  const said = ({ command, keptAt }: KeptEntry) => (
    <>
      {words.command(command)} · <time dateTime={keptAt}>{words.instant(keptAt)}</time>
    </>
  );
  return (
    <>
      {failed && <Notice tone="error" title={say('kept.failed')} role="alert" />}
      {/* Its line is gone: the keyboard is taken to what says so. */}
      {gone && <Notice key={gone.commandId} tone="good" title={say('kept.forgotten')} focus />}
      {back.length > 0 && (
        <Panel title={say('kept.back')}>
          <p style={{ marginTop: 0 }}>{say('kept.backWhy')}</p>
          <ul className="bare bordered">
            {back.map((entry) => (
              <li key={entry.commandId}>
                {said(entry)}
                <p className="meta">{WHY[entry.code ?? ''] ? say(WHY[entry.code!]!) : words.code(entry.code)}</p>
                <Group gap="xs">
                  {entry.code !== 'UNREADABLE' && (
                    <Button size="xs" aria-label={named('kept.recover', entry)} onClick={() => void recover(entry)}>
                      {say('kept.recover')}
                    </Button>
                  )}
                  <Button
                    size="xs"
                    variant="default"
                    aria-label={named('kept.forget', entry)}
                    onClick={() => setLeaving(entry)}
                  >
                    {say('kept.forget')}
                  </Button>
                </Group>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {waiting.length > 0 && (
        <Panel title={say('day.kept')}>
          <p style={{ marginTop: 0 }}>{say('day.keptWhy')}</p>
          <ul className="bare bordered">
            {waiting.map((entry) => (
              <li key={entry.commandId}>{said(entry)}</li>
            ))}
          </ul>
        </Panel>
      )}
      <Dialog opened={leaving !== undefined} onClose={() => setLeaving(undefined)} title={say('kept.forgetTitle')}>
        <div className="stack">
          <p style={{ margin: 0 }}>
            {leaving && said(leaving)}. {say('kept.forgetWhy')}
          </p>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setLeaving(undefined)}>
              {say('action.back')}
            </Button>
            <Button onClick={() => leaving && void forget(leaving)}>{say('kept.forget')}</Button>
          </Group>
        </div>
      </Dialog>
    </>
  );
}
