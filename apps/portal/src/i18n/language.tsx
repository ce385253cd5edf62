import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { IntlProvider, useIntl } from 'react-intl';
import type { Language } from '../format.js';
import { en } from './en.js';
import { es } from './es.js';

export type Key = keyof typeof es;

const Choice = createContext<{ language: Language; choose: (language: Language) => void }>({
  language: 'es',
  choose: () => {},
});

export const useLanguage = () => useContext(Choice);

/** Says a keyed sentence in the language of the page. */
export const useSay = () => {
  const intl = useIntl();
  return useMemo(
    () => (id: Key, values?: Record<string, string | number>) => intl.formatMessage({ id }, values),
    [intl],
  );
};

const KEPT = 'resguardo.language';

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, choose] = useState<Language>(() => (localStorage.getItem(KEPT) === 'en' ? 'en' : 'es'));
  useEffect(() => {
    localStorage.setItem(KEPT, language);
    document.documentElement.lang = language === 'es' ? 'es-MX' : 'en';
  }, [language]);
  const choice = useMemo(() => ({ language, choose }), [language]);
  return (
    <Choice.Provider value={choice}>
      <IntlProvider locale={language === 'es' ? 'es-MX' : 'en'} messages={language === 'es' ? es : en}>
        {children}
      </IntlProvider>
    </Choice.Provider>
  );
}
