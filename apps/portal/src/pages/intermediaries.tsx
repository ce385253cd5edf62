import { useAsk } from '../ask.js';
import { Actions } from '../components/actions.js';
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
                  <div className="scroll" tabIndex={0} role="group" aria-label={say('register.list')}>
                    <table className="data">
                      <thead>
                        <tr>
                          <th scope="col">{words.field('staffId')}</th>
                          <th scope="col">{words.field('profession')}</th>
                          <th scope="col">{words.field('trainingKind')}</th>
                          <th scope="col">{words.field('trainedOn')}</th>
                          <th scope="col">{words.field('validUntil')}</th>
                          <th scope="col">{say('register.state')}</th>
                        </tr>
                      </thead>
                      <tbody>
                        {intermediaries.map((one) => (
                          <tr key={one.intermediaryId}>
                            <th scope="row">
                              <Person id={one.intermediaryId} withId />
                            </th>
                            <td>{words.code(one.profession)}</td>
                            <td>{words.code(one.trainingKind)}</td>
                            <td>{words.day(`${one.trainedOn}T18:00:00Z`)}</td>
                            <td>{words.day(`${one.validUntil}T18:00:00Z`)}</td>
                            <td>{words.code(one.state)}</td>
                          </tr>
                        ))}
                      </tbody>
                    </table>
                  </div>
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
                onAccepted={() => window.setTimeout(asked.again, 300)}
              />
            </>
          )}
        </Answer>
      </div>
    </>
  );
}
