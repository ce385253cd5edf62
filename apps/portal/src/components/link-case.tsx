import { useState } from 'react';
import { useSay } from '../i18n/language.js';
import { useWords } from '../words.js';
import { ChildSearchForm, type Searched } from './child-search.js';
import { type Accepted, CommandForm } from './command-form.js';

/** Two cases are tied from a match of the search: the other case is never named by hand (C-11). */
export function LinkCase({ caseId, onAccepted }: { caseId: string; onAccepted: (result: Accepted) => void }) {
  const say = useSay();
  const words = useWords();
  const [open, setOpen] = useState(false);
  const [found, setFound] = useState<Searched>();
  return (
    <div className="panel" data-section="link">
      <details
        className="more"
        onToggle={(event) => event.target === event.currentTarget && setOpen(event.currentTarget.open)}
        data-action="linkCase"
      >
        <summary>{words.command('linkCase')}</summary>
        {open && (
          <div className="inside stack">
            {!found && (
              <ChildSearchForm onDone={setFound} doneLabel={say('link.goOn')} skipLabel={say('link.without')} />
            )}
            {found && (
              <CommandForm
                command="linkCase"
                caseId={caseId}
                known={found.matchId ? { searchId: found.searchId, matchId: found.matchId } : {}}
                suggested={{ searchId: found.searchId, linkKind: 'SAME_CHILD' }}
                onAccepted={onAccepted}
              />
            )}
          </div>
        )}
      </details>
    </div>
  );
}
