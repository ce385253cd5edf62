import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** How much one operation may ask (D7). */
export const LIMITS = {
  /** Characters of a document. */
  document: 20_000,
  /** Characters of the variables as JSON. Platform reports are the largest that come. */
  variables: 6_000_000,
  /** Nesting of fields. */
  depth: 10,
  /** Fields, each counted as often as the page size above it says. */
  cost: 20_000,
  /** Root fields of one operation: aliases must not multiply mutations or searches. */
  rootFields: 5,
} as const;

const tooMuch = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'TOO_MUCH', http: { status: 400 } } });

/** Why an operation is refused before it runs; undefined when it may run. */
export const exceeded = (
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | undefined => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  let operation: OperationDefinitionNode | undefined;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    else if (
      definition.kind === Kind.OPERATION_DEFINITION &&
      (!operationName || definition.name?.value === operationName)
    )
      operation ??= definition;
  }
  if (!operation) return undefined;

  let cost = 0;
  let roots = 0;
  let deepest = 0;
  const walk = (set: SelectionSetNode | undefined, depth: number, times: number, seen: readonly string[]): void => {
    if (!set || cost > LIMITS.cost || deepest > LIMITS.depth) return;
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) {
        deepest = Math.max(deepest, depth);
        if (depth === 1) roots++;
        cost += times;
        const first = node.arguments?.find(({ name }) => name.value === 'first')?.value;
        const asked =
          first?.kind === Kind.INT
            ? Number(first.value)
            : first?.kind === Kind.VARIABLE
              ? Number(variables[first.name.value] ?? 1)
              : 1;
        walk(node.selectionSet, depth + 1, times * Math.max(1, Math.min(asked || 1, 1_000)), seen);
      } else if (node.kind === Kind.INLINE_FRAGMENT) walk(node.selectionSet, depth, times, seen);
      else if (!seen.includes(node.name.value))
        walk(fragments.get(node.name.value)?.selectionSet, depth, times, [...seen, node.name.value]);
    }
  };
  walk(operation.selectionSet, 1, 1, []);
  if (roots > LIMITS.rootFields) return tooMuch(`At most ${LIMITS.rootFields} root fields in one operation.`);
  if (deepest > LIMITS.depth) return tooMuch(`At most ${LIMITS.depth} levels of fields.`);
  if (cost > LIMITS.cost) return tooMuch('This operation asks for too much at once; ask for smaller pages.');
  return undefined;
};

/** Requests of one caller in a window of time. Bounded: the longest idle caller is forgotten first. */
export const rateLimit = (limit: number, windowMs: number, now: () => number, maxCallers = 10_000) => {
  const spent = new Map<string, { until: number; count: number }>();
  return (caller: string): boolean => {
    const at = now();
    const entry = spent.get(caller);
    if (!entry || entry.until <= at) {
      spent.delete(caller);
      spent.set(caller, { until: at + windowMs, count: 1 });
      if (spent.size > maxCallers) spent.delete(spent.keys().next().value!);
      return true;
    }
    entry.count++;
    return entry.count <= limit;
  };
};
