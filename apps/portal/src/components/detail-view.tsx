import { useSay } from '../i18n/language.js';
import type { Detail } from '../types.js';
import { useWords } from '../words.js';
import { Empty, Shown, TroubleNotice } from './states.js';

/** What was opened, and what of it could not be: where somebody else has the key and does not answer, who that is. */
export function DetailView({ detail, again }: { detail: Detail; again: () => void }) {
  const say = useSay();
  const words = useWords();
  const away = detail.unavailable.filter(({ why }) => why === 'AWAY');
  return (
    <Shown label={say('sealed.what')} key={away.length > 0 ? 'away' : 'here'}>
      {detail.fields.length === 0 && detail.unavailable.length === 0 && <Empty>{say('sealed.empty')}</Empty>}
      <dl className="fact">
        {detail.fields.map((field) => (
          <div key={field.name} style={{ display: 'contents' }}>
            <dt>{words.field(field.name)}</dt>
            <dd>{words.value(field.value)}</dd>
          </div>
        ))}
      </dl>
      {detail.unavailable
        .filter((gap) => !away.includes(gap))
        .map((gap) => (
          <p key={gap.cls} className="meta">
            {say('sealed.gap', { why: words.code(gap.why), cls: words.dataClass(gap.cls) })}
          </p>
        ))}
      {away[0] && (
        <TroubleNotice
          trouble={{ kind: 'away', code: 'SERVICE_AWAY', service: away[0].service ?? '' }}
          what={away.map(({ cls }) => words.dataClass(cls)).join(' · ')}
          again={again}
        />
      )}
    </Shown>
  );
}
