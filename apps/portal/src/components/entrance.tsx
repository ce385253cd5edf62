import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLanguage, useSay } from '../i18n/language.js';

/** What is shown to whoever is not inside: one thing, in the middle. */
export const Entrance = ({ children }: { children: ReactNode }) => (
  <main className="entrance">
    <div className="stack">{children}</div>
  </main>
);

export function LanguageChoice() {
  const say = useSay();
  const { language, choose } = useLanguage();
  return (
    <NativeSelect
      aria-label={say('shell.language')}
      size="xs"
      w={104}
      value={language}
      onChange={(event) => choose(event.currentTarget.value === 'en' ? 'en' : 'es')}
      data={[
        { value: 'es', label: 'Español' },
        { value: 'en', label: 'English' },
      ]}
    />
  );
}
