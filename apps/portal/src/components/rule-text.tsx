import { ruleBook } from '@resguardo/contracts';
import { useWords } from '../words.js';

/** A rule in words, its id beside it: nobody has to look a code up. */
export function RuleText({ rule }: { rule: string }) {
  const { language } = useWords();
  const title = ruleBook[rule]?.title[language];
  return (
    <>
      {title && <span>{title}</span>}
      <span className="meta"> {rule}</span>
    </>
  );
}
