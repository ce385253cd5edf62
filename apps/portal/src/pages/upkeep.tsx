import { DataTable } from '../components/data-table.js';
import { Empty, Notice, Panel, serviceKey } from '../components/states.js';
import { type Key, useSay } from '../i18n/language.js';
import type { Integrity } from '../types.js';
import { useWords } from '../words.js';

/** Whose history it is. */
const TABLE = 'coordination';
/** The verification is daily: after two days one was left out. */
const LATE_MS = 2 * 86_400_000;

/** Whether the history is what was written, by its last verification (D6). */
export function History({ at, history, services }: Pick<Integrity, 'at' | 'history' | 'services'>) {
  const say = useSay();
  const words = useWords();
  const answered = services.some(({ service, condition }) => service === TABLE && condition === 'ANSWERED');
  const content = () => {
    if (!history) return <Empty>{say(answered ? 'integrity.history.never' : 'integrity.history.unknown')}</Empty>;
    const { broken, events, unsigned } = history;
    return (
      <>
        {broken ? (
          <Notice tone="error" role="alert" title={say('integrity.history.broken')}>
            <dl className="fact">
              <dt>{say('integrity.history.what')}</dt>
              <dd>{say(`integrity.broken.${broken.why}` as Key)}</dd>
              <dt>{say('integrity.history.place')}</dt>
              <dd>
                {broken.position === null && broken.checkpoint === null && say('integrity.history.noPlace')}
                {broken.position !== null && say('integrity.history.event', { n: broken.position })}
                {broken.checkpoint !== null && (
                  <span className="meta">{say('integrity.history.signature', { n: broken.checkpoint })}</span>
                )}
              </dd>
              <dt>{say('integrity.since')}</dt>
              <dd>
                <time dateTime={broken.since}>{words.instant(broken.since)}</time>
              </dd>
            </dl>
            <p>{say('integrity.history.tell')}</p>
          </Notice>
        ) : (
          <p style={{ margin: 0 }}>
            <span aria-hidden="true">✓ </span>
            <strong>{say('integrity.history.whole')}</strong>
          </p>
        )}
        <p className="meta" style={{ margin: 0 }}>
          <span>
            {say('integrity.history.at')} <time dateTime={history.at}>{words.instant(history.at)}</time>
          </span>
          <span>{say('integrity.history.events', { count: events })}</span>
          <span>{say('integrity.history.unsigned', { count: unsigned })}</span>
        </p>
        {Date.parse(at) - Date.parse(history.at) > LATE_MS && (
          <Notice tone="partial" role="status" title={say('integrity.history.late')}>
            <p>{say('integrity.history.lateWhy')}</p>
          </Notice>
        )}
      </>
    );
  };
  return (
    <Panel title={say('integrity.history')}>
      <div className="stack">{content()}</div>
    </Panel>
  );
}

/** When each service was backed up last, and when a restore was tried. */
export function Copies({ services }: Pick<Integrity, 'services'>) {
  const say = useSay();
  const words = useWords();
  const rows = services.flatMap(({ service, copies }) => (copies ? [{ service, ...copies }] : []));
  const never = say('integrity.copies.never');
  return (
    <Panel title={say('integrity.copies')}>
      {rows.length === 0 ? (
        <Empty>{say('integrity.copies.unknown')}</Empty>
      ) : (
        <DataTable
          label={say('integrity.copies')}
          caption={say('integrity.copies.why')}
          rows={rows}
          keyOf={({ service }) => service}
          columns={[
            { label: say('integrity.service'), names: true, cell: ({ service }) => say(serviceKey(service)) },
            {
              label: say('integrity.copies.backup'),
              cell: ({ backup }) => (backup ? <time dateTime={backup}>{words.instant(backup)}</time> : never),
            },
            {
              label: say('integrity.copies.drill'),
              cell: ({ drill }) =>
                drill ? (
                  <>
                    <span aria-hidden="true">{drill.whole ? '✓ ' : '▲ '}</span>
                    {say(drill.whole ? 'integrity.copies.whole' : 'integrity.copies.failed')}
                    <span className="meta">
                      <time dateTime={drill.at}>{words.instant(drill.at)}</time>
                    </span>
                  </>
                ) : (
                  never
                ),
            },
          ]}
        />
      )}
    </Panel>
  );
}
