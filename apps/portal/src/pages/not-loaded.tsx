import { Button } from '@mantine/core';
import { useRouteError } from 'react-router';
import { DraftsKept, Notice } from '../components/states.js';
import { useSay } from '../i18n/language.js';

/** As the browsers say that a page's program could not be fetched. */
const NOT_FETCHED = /module script|imported module/i;

/**
 * In place of a page that could not be opened: its program was not fetched, since nobody answers or a newer one has taken its place, or it failed.
 * @param within a page that stays, whose heading is above this one
 */
export function NotLoadedPage({ within = false }: { readonly within?: boolean }) {
  const Heading = within ? 'h2' : 'h1';
  const say = useSay();
  const error = useRouteError();
  const isAway = error instanceof TypeError && NOT_FETCHED.test(error.message);
  return (
    <>
      <Heading>{say('notLoaded.title')}</Heading>
      <Notice tone="error" title={isAway ? say('state.unreachable') : say('state.failedWhy')} focus>
        {isAway && <DraftsKept />}
        {isAway && <p>{say('notLoaded.why')}</p>}
        <Button variant="default" onClick={() => window.location.reload()}>
          {say('action.retry')}
        </Button>
      </Notice>
    </>
  );
}
