import { createHash } from 'node:crypto';
import { Kind, parse, print, visit } from 'graphql';

/**
 * Name of a GraphQL document by what it asks, not by how it is spaced: clients format documents and add `__typename`, which asks nothing.
 * @throws GraphQLError when it cannot be parsed
 */
export const documentKey = (text: string): string => {
  const bare = visit(parse(text, { noLocation: true, maxTokens: 5_000 }), {
    Field: (node) => (node.name.value === '__typename' && !node.alias ? null : undefined),
    SelectionSet: { leave: (node) => (node.selections.length > 0 ? undefined : EMPTY) },
  });
  return createHash('sha256').update(print(bare)).digest('hex');
};

/** A selection of `__typename` alone must stay a selection. */
const EMPTY = {
  kind: Kind.SELECTION_SET,
  selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }],
} as const;

/** Whether a document is one of the registered ones. Texts that were looked at are remembered, a bounded number of them. */
export const registeredDocuments = (documents: Readonly<Record<string, string>>, remembered = 1_000) => {
  const seen = new Map<string, boolean>();
  return (text: unknown): text is string => {
    if (typeof text !== 'string') return false;
    const before = seen.get(text);
    if (before !== undefined) return before;
    let known = false;
    try {
      known = Object.hasOwn(documents, documentKey(text));
    } catch {
      // What cannot be parsed is registered nowhere.
    }
    if (text.length <= 20_000) {
      seen.set(text, known);
      if (seen.size > remembered) seen.delete(seen.keys().next().value!);
    }
    return known;
  };
};
