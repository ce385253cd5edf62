import { codeIn, helpOf, type LabelKind, labelOf, labels } from '@resguardo/contracts';
import { useMemo } from 'react';
import { dayText, instantText, relative, valueText } from './format.js';
import { useLanguage } from './i18n/language.js';

/** Codes, fields and commands in words, times as the portal writes them. */
export const useWords = () => {
  const { language } = useLanguage();
  return useMemo(() => {
    const word = (kind: LabelKind) => (name: string) => labelOf(kind, name, language);
    return {
      language,
      command: word('commands'),
      field: word('fields'),
      fact: word('facts'),
      term: word('terms'),
      /** Name of a query or a command in the access log. */
      operation: (name: string) => labelOf(name in labels.commands ? 'commands' : 'operations', name, language),
      /** A data class of the access log. */
      dataClass: word('classes'),
      code: (code: string | null | undefined) => (code ? labelOf('codes', code, language) : '—'),
      codeIn: (field: string, code: string) => codeIn(field, code, language),
      /** `AGENCY:ROLE`, as a pair of codes names somebody who may decide. */
      holder: (pair: string) =>
        pair
          .split(':')
          .map((code) => labelOf('codes', code, language))
          .join(' · '),
      commandHelp: (name: string) => helpOf('commands', name, language),
      fieldHelp: (name: string) => helpOf('fields', name, language),
      day: (iso: string | null | undefined) => (iso ? dayText(iso, language) : '—'),
      instant: (iso: string | null | undefined) => (iso ? instantText(iso, language) : '—'),
      relative: (iso: string, now = Date.now()) => relative(iso, now, language),
      /** A plain value of a fact. */
      value: (value: unknown): string => valueText(value, language),
    };
  }, [language]);
};
