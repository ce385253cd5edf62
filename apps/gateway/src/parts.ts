import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
  separateOperations,
  visit,
} from 'graphql';

/** What of an operation one service is asked. */
export interface Part<Name> {
  readonly service: Name;
  /** The names under which its root fields stand in the answer. */
  readonly keys: readonly string[];
  /** Undefined: the whole operation, as it came. */
  readonly query: string | undefined;
  readonly variables: readonly string[];
}

const keyOf = ({ alias, name }: FieldNode) => (alias ?? name).value;
const ownMeta = ({ name }: FieldNode) => name.value.startsWith('__');

/**
 * Divides an operation by the services that answer its root fields: queries one part for each, to be asked side by side; mutations in
 * the order in which they stand, as GraphQL runs them. No part at all when nothing but the schema itself is asked for.
 */
export const partsOf = <Name>(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  serviceOf: (field: string) => Name,
): readonly Part<Name>[] => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);

  const services: Name[] = [];
  const places = new Map<string, number>();
  const place = (set: SelectionSetNode): void => {
    for (const node of set.selections) {
      if (node.kind !== Kind.FIELD)
        place(node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : fragments.get(node.name.value)!.selectionSet);
      else if (!ownMeta(node) && !places.has(keyOf(node))) {
        const service = serviceOf(node.name.value);
        const known =
          operation.operation === 'mutation'
            ? services.at(-1) === service
              ? services.length - 1
              : -1
            : services.indexOf(service);
        places.set(keyOf(node), known >= 0 ? known : services.push(service) - 1);
      }
    }
  };
  place(operation.selectionSet);

  const only = (part: number, { selections }: SelectionSetNode): SelectionNode[] =>
    selections.flatMap((node): SelectionNode[] => {
      if (node.kind === Kind.FIELD) return (places.get(keyOf(node)) ?? 0) === part ? [node] : [];
      // A fragment may hold fields of several services: it is written out where it stands.
      const from = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value)!;
      const left = only(part, from.selectionSet);
      if (left.length === 0) return [];
      return [
        {
          kind: Kind.INLINE_FRAGMENT,
          ...(from.typeCondition && { typeCondition: from.typeCondition }),
          ...(node.directives && { directives: node.directives }),
          selectionSet: { kind: Kind.SELECTION_SET, selections: left },
        },
      ];
    });

  return services.map((service, part) => {
    const keys = [...places].filter(([, at]) => at === part).map(([key]) => key);
    const declared = (operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
    if (services.length === 1) return { service, keys, query: undefined, variables: declared };
    const narrowed: OperationDefinitionNode = {
      ...operation,
      variableDefinitions: [],
      selectionSet: { kind: Kind.SELECTION_SET, selections: only(part, operation.selectionSet) },
    };
    const asked = separateOperations({ kind: Kind.DOCUMENT, definitions: [narrowed, ...fragments.values()] })[
      operation.name?.value ?? ''
    ]!;
    const used = new Set<string>();
    visit(asked, { Variable: ({ name }) => void used.add(name.value) });
    const variableDefinitions = operation.variableDefinitions?.filter(({ variable }) => used.has(variable.name.value));
    const query = print({
      ...asked,
      definitions: asked.definitions.map((one) =>
        one.kind === Kind.OPERATION_DEFINITION ? { ...one, ...(variableDefinitions && { variableDefinitions }) } : one,
      ),
    });
    return { service, keys, query, variables: declared.filter((name) => used.has(name)) };
  });
};
