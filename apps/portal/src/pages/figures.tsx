import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useAsk } from '../ask.js';
import { DataTable } from '../components/data-table.js';
import { RuleText } from '../components/rule-text.js';
import { Answer, Empty, Incomplete, Notice, Panel } from '../components/states.js';
import { NATIONAL_FIGURES } from '../documents.js';
import { useSay } from '../i18n/language.js';
import type { FigureCell, FigureRelease, FigureTable, NationalFigures } from '../types.js';
import { useWords } from '../words.js';

/** `2026-Q3` in words. */
const useQuarter = () => {
  const say = useSay();
  return (quarter: string) => say('figures.quarter', { n: Number(quarter.slice(6)), year: quarter.slice(0, 4) });
};

/** *Tablero nacional*: how many, and whether children were heard once. No figure leads to a case. */
export function FiguresPage() {
  const say = useSay();
  const asked = useAsk<{ nationalFigures: NationalFigures }>(NATIONAL_FIGURES);
  return (
    <>
      <h1>{say('nav.figures')}</h1>
      <p>{say('figures.lead')}</p>
      <div className="stack">
        <Answer asked={asked} what={say('nav.figures')}>
          {({ nationalFigures: { filling, incompleteSince, tables } }) => (
            <>
              {filling && (
                <Notice tone="partial" title={say('figures.filling')} role="status">
                  <p>{say('figures.fillingWhy')}</p>
                </Notice>
              )}
              <Incomplete since={incompleteSince} />
              {incompleteSince && <p style={{ margin: 0 }}>{say('figures.incompleteWhy')}</p>}
              {tables.map((table) => (
                <Table key={`${table.id} ${table.dimension}`} table={table} />
              ))}
            </>
          )}
        </Answer>
      </div>
    </>
  );
}

function Table({ table }: { table: FigureTable }) {
  const say = useSay();
  const words = useWords();
  const inWords = useQuarter();
  const { dimension, releases, nextQuarter, nextAt } = table;
  const [chosen, choose] = useState<string>();
  const release = releases.find(({ quarter }) => quarter === chosen) ?? releases[0];
  const next = { quarter: inWords(nextQuarter), at: words.instant(nextAt) };
  return (
    <Panel title={say(`figures.${dimension}`)}>
      <div className="stack">
        <p style={{ margin: 0 }}>{say(`figures.${dimension}.means`)}</p>
        {release ? (
          <>
            <NativeSelect
              label={say('figures.choose')}
              w={220}
              value={release.quarter}
              onChange={(event) => choose(event.currentTarget.value)}
              data={releases.map(({ quarter }) => ({ value: quarter, label: inWords(quarter) }))}
            />
            <Figures table={table} release={release} />
            <p className="meta" style={{ margin: 0 }}>
              {say('figures.next', next)}
            </p>
          </>
        ) : (
          <Empty>{say('figures.none', next)}</Empty>
        )}
        <How table={table} {...(release && { release })} />
      </div>
    </Panel>
  );
}

function Figures({ table, release }: { table: FigureTable; release: FigureRelease }) {
  const say = useSay();
  const words = useWords();
  const inWords = useQuarter();
  const { dimension, smallest } = table;
  const { total, cells, quarter } = release;
  const hidden = <span className="meta">{say('figures.hidden')}</span>;
  const nameOf = ({ code }: FigureCell) =>
    code === 'ONE' || code === 'SEVERAL' ? say(`figures.${code}`) : words.code(code);
  const shares = cells.some(({ percent }) => percent !== null);
  return (
    <>
      <p style={{ margin: 0 }}>
        <strong>
          {total === null ? say('figures.totalHidden', { n: smallest }) : say('figures.total', { count: total })}
        </strong>
      </p>
      <DataTable
        label={`${say(`figures.${dimension}`)}, ${inWords(quarter)}`}
        rows={cells}
        keyOf={({ code }) => code}
        columns={[
          { label: say('figures.category'), names: true, cell: nameOf },
          { label: say('figures.cases'), cell: ({ count }) => (count === null ? hidden : words.value(count)) },
          ...(shares
            ? [
                {
                  label: say('figures.percent'),
                  cell: ({ percent }: FigureCell) => (percent === null ? hidden : `${words.value(percent)} %`),
                },
              ]
            : []),
        ]}
      />
      {[total, ...cells.map(({ count }) => count)].includes(null) && (
        <p className="meta" style={{ margin: 0 }}>
          {say('figures.hiddenWhy', { n: smallest })}
        </p>
      )}
    </>
  );
}

/** R-808: whoever takes a figure along takes along what it says. */
function How({ table, release }: { table: FigureTable; release?: FigureRelease }) {
  const say = useSay();
  const words = useWords();
  const { id, dimension, version, roundedTo, rules } = table;
  return (
    <details>
      <summary>{say('figures.how')}</summary>
      <dl className="fact" style={{ marginTop: '.6rem' }}>
        <dt>{say('figures.indicator')}</dt>
        <dd>{id}</dd>
        <dt>{say('figures.unit')}</dt>
        <dd>{say('figures.unitCase')}</dd>
        {release && (
          <>
            <dt>{say('figures.asOf')}</dt>
            <dd>
              <time dateTime={release.asOf}>{words.instant(release.asOf)}</time>
            </dd>
            <dt>{say('figures.released')}</dt>
            <dd>
              <time dateTime={release.releasedAt}>{words.instant(release.releasedAt)}</time>
            </dd>
          </>
        )}
        <dt>{say('figures.version')}</dt>
        <dd>{release?.version ?? version}</dd>
        <dt>{say('figures.rounding')}</dt>
        <dd>{roundedTo === null ? say('figures.exact') : say('figures.roundedTo', { n: roundedTo })}</dd>
        <dt>{say('figures.limits')}</dt>
        <dd>{say(`figures.${dimension}.limits`)}</dd>
        <dt>{say('figures.rules')}</dt>
        <dd>
          <ul className="bare">
            {rules.map((rule) => (
              <li key={rule}>
                <RuleText rule={rule} />
              </li>
            ))}
          </ul>
        </dd>
      </dl>
    </details>
  );
}
