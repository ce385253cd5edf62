import type { CommandSpec, CommandSpecs } from './command.js';
import type { Field, Fields } from './fields.js';

const SCALARS = {
  code: 'String',
  flag: 'Boolean',
  instant: 'Instant',
  day: 'Day',
  count: 'Int',
  ref: 'ID',
  digest: 'String',
  text: 'String',
} as const;

const upper = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Name of the input type of a command, and of a group inside it. */
export const inputType = (command: string, path: readonly string[] = []) =>
  `${upper(command)}${path.map(upper).join('')}Input`;

const typeOf = (field: Field, command: string, path: readonly string[]): string => {
  switch (field.kind) {
    case 'group':
      return inputType(command, path);
    case 'many':
      return `[${typeOf(field.item!, command, path)}!]`;
    case 'code':
    case 'flag':
    case 'instant':
    case 'day':
    case 'count':
    case 'ref':
    case 'digest':
    case 'text':
      return SCALARS[field.kind];
  }
};

const describe = (field: Field): string => {
  const inner = field.kind === 'many' ? field.item! : field;
  const notes = [
    `Class ${field.cls}${field.sealed ? ', sealed' : ''}.`,
    ...(inner.codes ? [`One of ${inner.codes.join(', ')}.`] : []),
  ];
  return `"${notes.join(' ')}" `;
};

const inputs = (fields: Fields, command: string, path: readonly string[] = []): string[] => {
  const lines = Object.entries(fields).map(
    ([name, field]) =>
      `  ${describe(field)}${name}: ${typeOf(field, command, [...path, name])}${field.optional ? '' : '!'}`,
  );
  const nested = Object.entries(fields).flatMap(([name, field]) =>
    field.kind === 'group' ? inputs(field.fields!, command, [...path, name]) : [],
  );
  return [`input ${inputType(command, path)} {\n${lines.join('\n')}\n}`, ...nested];
};

/** Arguments of a mutation: which case, the command's id, for facts when it happened, and its own input. */
export const mutationArguments = (
  name: string,
  { on, mark, input }: CommandSpec,
): readonly (readonly [string, string])[] => [
  ...(on === 'case'
    ? [['caseId', 'ID!'] as const]
    : on === 'anyone'
      ? [['caseId', 'ID'] as const, ['folio', 'String'] as const]
      : []),
  ['commandId', 'ID!'],
  ...(mark === 'fact' ? [['occurredAt', 'Instant!'] as const, ['knownAt', 'Instant'] as const] : []),
  ...(Object.keys(input).length > 0 ? [['input', `${inputType(name)}!`] as const] : []),
];

/** The SDL of all mutations. Generated into the composed schema, which is committed and checked for drift. */
export const commandsSdl = (commands: CommandSpecs): string => {
  const open = Object.entries(commands).filter(([, { on }]) => on !== 'process');
  const fields = open.map(([name, spec]) => {
    const args = mutationArguments(name, spec).map(([arg, type]) => `${arg}: ${type}`);
    return `  "${spec.mark === 'fact' ? 'Fact: always recorded (M-1).' : 'Intent.'} ${spec.rules.join(', ')}"\n  ${name}(${args.join(', ')}): CommandResult!`;
  });
  return [
    `type Mutation {\n${fields.join('\n')}\n}`,
    ...open.flatMap(([name, { input }]) => (Object.keys(input).length > 0 ? inputs(input, name) : [])),
  ].join('\n\n');
};

/** The one document by which the portal says a command. */
export const mutationDocument = (name: string, spec: CommandSpec): string => {
  const args = mutationArguments(name, spec);
  const variables = [...args.map(([arg, type]) => `$${arg}: ${type}`), '$locale: Locale! = ES'];
  return `mutation ${upper(name)}(${variables.join(', ')}) {
  result: ${name}(${args.map(([arg]) => `${arg}: $${arg}`).join(', ')}) {
    __typename
    ... on Accepted { caseId commandId revision repeated folio violations { rule text(locale: $locale) } }
    ... on Refused { rule code because(locale: $locale) instead(locale: $locale) source(locale: $locale) }
    ... on Busy { retryAfterMs }
    ... on Kept { commandId keptAt }
  }
}`;
};
