import { Button, FileInput, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link } from 'react-router';
import { useAsk } from '../ask.js';
import { client } from '../client.js';
import { IMPORT_PLATFORM_REPORT, WAITING_PLATFORM_FILES } from '../documents.js';
import { KeptNotice, refillSlot } from '../components/command-form.js';
import { Answer, Empty, Notice, Panel, serviceKey } from '../components/states.js';
import { connection } from '../connection.js';
import { draftOf, dropDraft } from '../drafts.js';
import { useLanguage, useSay } from '../i18n/language.js';
import { useMe } from '../me.js';
import type { ImportedFile, ImportResult, WaitingPlatformFile } from '../types.js';
import { useWords } from '../words.js';

interface Chosen {
  readonly name: string;
  readonly content?: string;
  /** Of what came back: this page sends text. */
  readonly base64?: string;
}

const COMMAND = 'importPlatformReport';
const BACK = refillSlot(COMMAND);
const MAY = 'interchange:import';
/** The server bounds it too; here only so that nobody waits for a file that cannot be taken. */
const LONGEST = 2_000_000;

/** XML of a platform's report, as text. The page never shows what is inside and never fetches anything it names. */
export function ImportPage() {
  const say = useSay();
  const { language } = useLanguage();
  const me = useMe();
  const [back, setBack] = useState(() => draftOf(BACK));
  const said = (back?.values ?? {}) as { files?: readonly Chosen[]; reportId?: string; state?: string };
  const [files, setFiles] = useState<readonly Chosen[]>(said.files ?? []);
  const [pasted, setPasted] = useState('');
  const [commandId, setCommandId] = useState(() => back?.commandId ?? (crypto.randomUUID() as string));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [result, setResult] = useState<ImportResult>();
  const [errors, setErrors] = useState<readonly string[]>([]);
  const [reportId, setReportId] = useState(said.reportId ?? '');
  const [state, setState] = useState(said.state ?? me.states[0] ?? '');
  const words = useWords();
  const waiting = useAsk<{ waitingPlatformFiles: WaitingPlatformFile[] }>(
    WAITING_PLATFORM_FILES,
    {},
    !me.permissions.includes(MAY),
  );

  const add = async (chosen: readonly File[]) => {
    // By its name alone: what may be a picture is not even read.
    const other = chosen.filter((file) => !/\.xml$/i.test(file.name));
    const large = chosen.filter((file) => file.size > LONGEST);
    const names = (list: readonly File[]) => ({ name: list.map(({ name }) => name).join(', ') });
    setProblem(
      other.length > 0
        ? say('import.notXml', names(other))
        : large.length > 0
          ? say('import.tooBig', names(large))
          : undefined,
    );
    const read = await Promise.all(
      chosen
        .filter((file) => file.size <= LONGEST && !other.includes(file))
        .map(async (file) => ({ name: file.name, content: await file.text() })),
    );
    if (read.length > 0) change([...files, ...read]);
  };
  const change = (next: readonly Chosen[]) => {
    setFiles(next);
    // What came back leaves its list under its own id.
    setCommandId(back?.commandId ?? crypto.randomUUID());
    setResult(undefined);
    setErrors([]);
  };
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || files.length === 0) return;
    setBusy(true);
    setErrors([]);
    connection.waits(1);
    const { data, error } = await client
      .mutation<{ importPlatformReport: ImportResult }>(IMPORT_PLATFORM_REPORT, {
        commandId,
        input: { files, ...(reportId.trim() && { reportId: reportId.trim() }), ...(state && { state }) },
        locale: language === 'es' ? 'ES' : 'EN',
      })
      .toPromise();
    connection.waits(-1);
    setBusy(false);
    setResult(data?.importPlatformReport ?? undefined);
    if (data?.importPlatformReport) {
      const { files: told, kept } = data.importPlatformReport;
      setCommandId(crypto.randomUUID());
      setBack(undefined);
      dropDraft(BACK);
      // It is over for this page; what is wrong stays to be put right.
      if (kept) setFiles(files.filter((_, i) => told[i]?.outcome === 'REFUSED'));
      waiting.again();
    }
    if (error) {
      const found = error.graphQLErrors.flatMap((one) => {
        const listed = one.extensions?.['files'] ?? one.extensions?.['fields'];
        if (Array.isArray(listed)) return listed.map((item: unknown) => describe(item));
        const code = String(one.extensions?.['code'] ?? 'INTERNAL');
        if (code === 'TRY_AGAIN') return [say('result.unknownWhy')];
        return code === 'SERVICE_AWAY'
          ? [say('state.away', { service: say(serviceKey(String(one.extensions?.['service']))) })]
          : [say('state.code', { code })];
      });
      setErrors(found.length > 0 ? found : [say('result.unknownWhy')]);
    }
  };
  /** File, line and field of what is wrong; never the content. */
  const describe = (item: unknown): string => {
    const { name, path, line, field, problem: what } = item as Record<string, string | number | undefined>;
    return [name ?? path, line && say('import.line', { line }), field, what].filter(Boolean).join(' · ');
  };

  if (!me.permissions.includes(MAY))
    return (
      <>
        <h1>{say('nav.import')}</h1>
        <Notice tone="plain" title={say('state.denied', { what: say('nav.import') })}>
          <p>{say('state.deniedNobody')}</p>
        </Notice>
      </>
    );
  const told = (
    <ul className="bare bordered">
      {result?.files.map((file, i) => (
        <li key={`${file.name}:${i}`}>
          <Imported file={file} />
        </li>
      ))}
    </ul>
  );
  return (
    <>
      <h1>{say('nav.import')}</h1>
      <p>{say('import.lead')}</p>
      <form
        className="stack"
        data-command={COMMAND}
        onSubmit={(event) => void send(event)}
        aria-label={say('nav.import')}
      >
        <Panel title={say('import.choose')}>
          <div className="stack">
            <FileInput
              className="field"
              multiple
              accept=".xml,text/xml,application/xml"
              label={say('import.pick')}
              description={say('import.chooseHelp')}
              placeholder={say('form.choose')}
              value={[]}
              onChange={(chosen) => void add(chosen)}
              {...(problem && { error: problem })}
            />
            <Textarea
              className="field"
              label={say('import.paste')}
              value={pasted}
              spellCheck={false}
              onChange={(event) => setPasted(event.currentTarget.value)}
            />
            <div>
              <Button
                variant="default"
                size="xs"
                onClick={() => {
                  if (!pasted.trim()) return;
                  change([...files, { name: say('import.pasted', { n: files.length + 1 }), content: pasted }]);
                  setPasted('');
                }}
              >
                {say('import.addPasted')}
              </Button>
            </div>
          </div>
        </Panel>
        <Panel title={say('import.about')}>
          <div className="stack">
            <TextInput
              className="field"
              label={say('form.optional', { label: say('import.reportId') })}
              description={say('import.reportIdHelp')}
              value={reportId}
              autoComplete="off"
              onChange={(event) => setReportId(event.currentTarget.value)}
            />
            {me.states.length > 1 && (
              <NativeSelect
                className="field"
                label={words.field('state')}
                value={state}
                onChange={(event) => setState(event.currentTarget.value)}
                data={me.states.map((value) => ({ value, label: words.code(value) }))}
              />
            )}
          </div>
        </Panel>
        <Panel title={say('import.files')}>
          {files.length === 0 ? (
            <Empty>{say('import.none')}</Empty>
          ) : (
            <ul className="bare bordered">
              {files.map((file, i) => (
                <li key={`${file.name}:${i}`} className="row between">
                  <span>
                    {file.name}{' '}
                    <span className="meta">
                      {say('form.characters', { count: (file.content ?? file.base64 ?? '').length })}
                    </span>
                  </span>
                  <Button
                    variant="subtle"
                    size="xs"
                    aria-label={`${say('form.remove')}: ${file.name}`}
                    onClick={() => change(files.filter((_, at) => at !== i))}
                  >
                    {say('form.remove')}
                  </Button>
                </li>
              ))}
            </ul>
          )}
          <p className="meta">{say('import.same')}</p>
          <Button type="submit" aria-busy={busy} disabled={files.length === 0}>
            {busy ? say('form.sending') : say('import.go')}
          </Button>
        </Panel>
      </form>
      <div aria-live="polite" className="stack" style={{ marginTop: '1rem' }}>
        {errors.length > 0 && (
          <Notice tone="error" title={say('result.nothingRecorded')} focus>
            <ul className="plain">
              {errors.map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          </Notice>
        )}
        {result?.kept && <KeptNotice kept={result.kept}>{told}</KeptNotice>}
        {result && !result.kept && (
          <Notice
            tone={result.files.some(({ error }) => error) ? 'refused' : 'good'}
            title={say('import.result')}
            focus
          >
            {told}
          </Notice>
        )}
        <Answer asked={waiting} what={say('import.waiting')}>
          {({ waitingPlatformFiles }) => (
            <Panel title={say('import.waiting')}>
              {waitingPlatformFiles.length === 0 ? (
                <Empty>{say('import.noneWaiting')}</Empty>
              ) : (
                <ul className="bare bordered">
                  {waitingPlatformFiles.map((one) => (
                    <li key={one.id}>
                      {say(`import.document.${one.document}`)}
                      {one.reportId && <> · {one.reportId}</>}
                      <span className="meta">
                        {words.code(one.agency)} · {words.instant(one.since)}
                      </span>
                    </li>
                  ))}
                </ul>
              )}
            </Panel>
          )}
        </Answer>
      </div>
    </>
  );
}

/** One file: what became of it, where it went, and what is wrong by line and element; never what it says. */
function Imported({ file }: { file: ImportedFile }) {
  const say = useSay();
  return (
    <>
      <strong>{file.name}</strong> · {file.document && `${say(`import.document.${file.document}`)}: `}
      {say(`import.${file.outcome}`)}
      {file.caseIds.map((caseId, i) => (
        <span key={caseId}>
          {' · '}
          <Link to={`/casos/${caseId}`}>{file.folios[i] ?? caseId}</Link>
        </span>
      ))}
      {file.error && (
        <p style={{ margin: '.25rem 0 0' }}>
          {file.error.message}
          <span className="meta">
            <span>{say('state.code', { code: file.error.code })}</span>
            {file.error.line !== null && <span>{say('import.line', { line: file.error.line })}</span>}
            {file.error.field && <span>{file.error.field}</span>}
          </span>
        </p>
      )}
      {file.warnings.length > 0 && (
        <ul className="plain">
          {file.warnings.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </>
  );
}
