import { useSay } from '../i18n/language.js';
import type { Detail } from '../types.js';
import { useWords } from '../words.js';
import { Empty, Shown } from './states.js';

/** What was opened, and what of it could not be. */
export function DetailView({ detail }: { detail: Detail }) {
  const say = useSay();
  const words = useWords();
  return (
    <Shown label={say('sealed.what')}>
      {detail.fields.length === 0 && detail.unavailable.length === 0 && <Empty>{say('sealed.empty')}</Empty>}
      <dl className="fact">
        {detail.fields.map((field) => (
          <div key={field.name} style={{ display: 'contents' }}>
            <dt>{words.field(field.name)}</dt>
            <dd>{words.value(field.value)}</dd>
          </div>
        ))}
      </dl>
      {detail.unavailable.map((gap) => (
        <p key={gap.cls} className="meta">
          {say('sealed.gap', { why: words.code(gap.why), cls: words.dataClass(gap.cls) })}
        </p>
      ))}
    </Shown>
  );
}
