import { ruleBook } from '@resguardo/contracts';

const STATE = { enforced: 'enforced', recorded: 'recorded only', waiting: 'waiting' } as const;
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** `docs/rules.md`: every rule that the code knows, from the same entries that explain refusals on the pages (D3). */
export const rulesPage = (): string => {
  const rows = Object.entries(ruleBook)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, rule]) => {
      const state =
        STATE[rule.state] +
        (rule.waitsFor ? `: ${rule.waitsFor}` : '') +
        (rule.notYet ? `; limit: ${rule.notYet}` : '');
      const files = [...new Set([rule.where, rule.scenario])].map((file) => `\`${file}\``).join(' ');
      return `| ${[id, rule.title.es, rule.title.en, rule.source, rule.basis, rule.confidence, state, files].map(cell).join(' | ')} |`;
    });
  return `# Rules

Generated from the code (\`npm run generate\`); do not edit. Nothing here is legal advice: every rule of confidence P or M needs
review by Mexican counsel before it governs a real case.

Basis: LAW text of a Mexican law in force, REC recommendation, STD foreign or professional standard, POL policy of this project.
Confidence: V the text was read, M from memory, P the principle was read and the number or mechanism is policy.
State: *enforced* refuses a command, stamps a fact, or leaves no other way; *recorded only* keeps the fact or shows the due time;
*waiting* names what it waits for. A term in a rule is computed and shown in every state; that it passed refuses nothing by itself.

| Rule | Regla | What must hold | Source | Basis | Confidence | State | Where, scenario |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
};
