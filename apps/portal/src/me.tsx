import { createContext, type ReactNode, useContext } from 'react';
import { useAsk } from './ask.js';
import { Answer } from './components/states.js';
import { ME } from './documents.js';
import { useSay } from './i18n/language.js';
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
  return (
    <Answer asked={asked} what={say('shell.account')}>
      {({ me }) => <Context.Provider value={me}>{children}</Context.Provider>}
    </Answer>
  );
}
