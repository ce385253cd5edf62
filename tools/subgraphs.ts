import type { Subgraph } from '@resguardo/contracts';
import { allCommands, SUBGRAPHS, subgraphOf } from '@resguardo/contracts';
import type { DefinitionNode, DocumentNode, GraphQLSchema, ObjectTypeDefinitionNode, TypeNode } from 'graphql';
import { Kind, lexicographicSortSchema, parse, print, printSchema, visit } from 'graphql';

const ROOTS = ['Query', 'Mutation', 'Subscription'];
const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: [{ name: "@shareable" }])\n\n';

type Named = Extract<DefinitionNode, { name: unknown; kind: `${string}TypeDefinition` }>;
const isNamed = (node: DefinitionNode): node is Named => node.kind.endsWith('TypeDefinition') && 'name' in node;

const rootsOf = (document: DocumentNode, name: Subgraph): readonly Named[] =>
  document.definitions.filter(isNamed).flatMap((type) => {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION || !ROOTS.includes(type.name.value)) return [];
    const fields = type.fields?.filter((field) => subgraphOf(field.name.value, allCommands) === name) ?? [];
    return fields.length > 0 ? [{ ...type, fields }] : [];
  });

/** The root types of one part and every type that can be reached from them. */
const reached = (document: DocumentNode, name: Subgraph): ReadonlyMap<string, Named> => {
  const all = new Map(document.definitions.filter(isNamed).map((type) => [type.name.value, type]));
  const found = new Map<string, Named>();
  const reach = (type: Named): void => {
    if (found.has(type.name.value)) return;
    found.set(type.name.value, type);
    visit(type, {
      NamedType({ name: { value } }: Extract<TypeNode, { kind: Kind.NAMED_TYPE }>) {
        const next = all.get(value);
        if (next) reach(next);
      },
    });
  };
  for (const root of rootsOf(document, name)) reach(root);
  return found;
};

const SHARED = parse('type T @shareable { a: Int }').definitions[0] as ObjectTypeDefinitionNode;

/** The SDL of one part of the schema, as a subgraph of Federation 2. Types that several parts have are the same in each. */
export const subgraphSdl = (schema: GraphQLSchema, name: Subgraph): string => {
  const document = parse(printSchema(lexicographicSortSchema(schema)));
  const others = SUBGRAPHS.filter((other) => other !== name).map((other) => reached(document, other));
  const types = [...reached(document, name).values()].map((type) =>
    type.kind === Kind.OBJECT_TYPE_DEFINITION &&
    !ROOTS.includes(type.name.value) &&
    others.some((other) => other.has(type.name.value))
      ? { ...type, directives: SHARED.directives }
      : type,
  );
  const definitions = types.sort((a, b) => (a.name.value < b.name.value ? -1 : 1));
  return `${LINK}${definitions.map((type) => print(type as DefinitionNode)).join('\n\n')}\n`;
};
