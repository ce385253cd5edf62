import { Button } from '@mantine/core';
import { createContext, type ReactNode, useContext } from 'react';
import { useAsk } from './ask.js';
import { Entrance, LanguageChoice } from './components/entrance.js';
import { Answer, Notice, serviceKey, TroubleNotice } from './components/states.js';
import { ME } from './documents.js';
import { useSay } from './i18n/language.js';
import { useSession } from './session.js';
import type { Me } from './types.js';

const Context = createContext<Me | undefined>(undefined);

export const useMe = (): Me => {
  const me = useContext(Context);
  if (!me) throw new Error('nobody is signed in');
  return me;
};

export function MeProvider({ children }: { children: ReactNode }) {
  const say = useSay();
  const asked = useAsk<{ me: Me }>(ME);
  const session = useSession();
  const { trouble } = asked;
  if (trouble && asked.data === undefined)
    return (
      <Entrance>
        <h1>{say('app.title')}</h1>
        {trouble.kind === 'away' ? (
          <Notice tone="partial" title={say('state.away', { service: say(serviceKey(trouble.service)) })} role="alert">
            <p>{say('account.away')}</p>
            <Button variant="default" size="xs" onClick={asked.again}>
              {say('action.retry')}
            </Button>
          </Notice>
        ) : (
          <TroubleNotice trouble={trouble} what={say('shell.account')} again={asked.again} />
        )}
        <div className="row">
          <Button variant="default" onClick={() => session.signOut()}>
            {say('shell.signOut')}
          </Button>
          <LanguageChoice />
        </div>
      </Entrance>
    );
  return (
    <Answer asked={asked} what={say('shell.account')}>
      {({ me }) => <Context.Provider value={me}>{children}</Context.Provider>}
    </Answer>
  );
}
