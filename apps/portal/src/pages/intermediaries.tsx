import { useAsk } from '../ask.js';
import { Actions } from '../components/actions.js';
import { DataTable } from '../components/data-table.js';
import { Answer, Empty, Panel } from '../components/states.js';
import { INTERMEDIARIES } from '../documents.js';
import { useSay } from '../i18n/language.js';
import { useMe } from '../me.js';
import type { Intermediary } from '../types.js';
import { Person, useNameOf } from '../staff.js';
import { useWords } from '../words.js';

export function IntermediariesPage() {
  const say = useSay();
  const words = useWords();
  const me = useMe();
  const nameOf = useNameOf();
  const asked = useAsk<{ intermediaries: Intermediary[] }>(INTERMEDIARIES);
  return (
    <>
      <h1>{say('nav.intermediaries')}</h1>
      <div className="stack">
        <Answer asked={asked} what={say('nav.intermediaries')}>
          {({ intermediaries }) => (
            <>
              <Panel title={say('register.list')}>
                {intermediaries.length === 0 ? (
                  <Empty>{say('register.none')}</Empty>
                ) : (
                  <DataTable
                    label={say('register.list')}
                    rows={intermediaries}
                    keyOf={({ intermediaryId }) => intermediaryId}
                    columns={[
                      { label: words.field('staffId'), names: true, cell: (one) => <Person id={one.intermediaryId} /> },
                      { label: words.field('profession'), cell: (one) => words.code(one.profession) },
                      { label: words.field('trainingKind'), cell: (one) => words.code(one.trainingKind) },
                      { label: words.field('trainedOn'), cell: (one) => words.day(`${one.trainedOn}T18:00:00Z`) },
                      { label: words.field('validUntil'), cell: (one) => words.day(`${one.validUntil}T18:00:00Z`) },
                      { label: say('register.state'), cell: (one) => words.code(one.state) },
                    ]}
                  />
                )}
              </Panel>
              <Actions
                place="intermediaries"
                permissions={me.permissions}
                choices={
                  intermediaries.length > 0
                    ? {
                        intermediaryId: intermediaries.map((one) => ({
                          value: one.intermediaryId,
                          label: `${nameOf(one.intermediaryId)} · ${words.code(one.state)}`,
                        })),
                      }
                    : {}
                }
                onAccepted={() => asked.follow((now) => now.intermediaries)}
              />
            </>
          )}
        </Answer>
      </div>
    </>
  );
}
