import { readdirSync, readFileSync } from 'node:fs';
import { allCommands, type Fields } from '@resguardo/contracts';

/** Code of one capability, without its tests; who somebody is goes to the vault, whoever asks it. */
const codeOf = (capability: string): string =>
  [...new Set([capability, 'vault'])]
    .flatMap((lib) =>
      (readdirSync(`libs/${lib}/src`, { recursive: true }) as string[])
        .filter((name) => name.endsWith('.ts') && !/\.spec\.ts$|testing/.test(name))
        .map((name) => readFileSync(`libs/${lib}/src/${name}`, 'utf8')),
    )
    .join('\n');

it('what a form asks is used: every field of a command stands in the code of the capability that decides it', () => {
  const code = new Map<string, string>();
  const unused: string[] = [];
  const walk = (said: string, text: string, fields: Fields): void => {
    for (const [name, field] of Object.entries(fields)) {
      if (!new RegExp(`\\b${name}\\b`).test(text))
        unused.push(`${said} is accepted and thrown away: name it in the decider of libs/, or take it out`);
      if (field.fields) walk(said, text, field.fields);
    }
  };
  for (const [command, { capability, input }] of Object.entries(allCommands)) {
    const text = code.get(capability) ?? codeOf(capability);
    code.set(capability, text);
    for (const [name, field] of Object.entries(input)) walk(`${command}.${name}`, text, { [name]: field });
  }
  expect(unused).toEqual([]);
});
