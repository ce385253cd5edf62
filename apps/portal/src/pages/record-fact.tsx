import { FactPicker } from '../components/fact-picker.js';
import { useSay } from '../i18n/language.js';
import { useMe } from '../me.js';

/** A fact about a case by its folio, also by somebody who is not on the team: it opens nothing to read (C-9). */
export function RecordFactPage() {
  const say = useSay();
  const me = useMe();
  return (
    <>
      <h1>{say('nav.fact')}</h1>
      <p>{say('facts.lead')}</p>
      <FactPicker permissions={me.permissions} />
    </>
  );
}
