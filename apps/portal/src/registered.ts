import { allCommands, mutationDocument } from '@resguardo/contracts';
import * as documents from './documents.js';

const texts = new Map<string, string>();
for (const text of Object.values(documents)) {
  const name = /(?:query|mutation|subscription)\s+(\w+)/.exec(text)?.[1];
  if (name) texts.set(name, text.trim());
}

/** The text of an operation exactly as it is registered with the server, which knows it by its digest; clients reformat it. */
export const registeredText = (operation: string | undefined, text: string): string => {
  if (!operation) return text;
  const known = texts.get(operation);
  if (known) return known;
  const command = operation.charAt(0).toLowerCase() + operation.slice(1);
  const spec = allCommands[command];
  return spec ? mutationDocument(command, spec) : text;
};
