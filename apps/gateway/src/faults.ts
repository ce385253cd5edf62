import { GraphQLError } from 'graphql';

/** A service does not answer. `service` is its name; where it runs is nobody's business. */
export const serviceAway = (service: string, path?: readonly string[]): GraphQLError =>
  new GraphQLError(`${service} does not answer now`, {
    ...(path && { path }),
    extensions: { code: 'SERVICE_AWAY', service },
  });

/** A command was sent and no answer came: it may have been done. The same command with the same id is done once (D12). */
export const outcomeUnknown = (service: string, path?: readonly string[]): GraphQLError =>
  new GraphQLError('The outcome is not known. Say the same command, with the same id, again.', {
    ...(path && { path }),
    extensions: { code: 'TRY_AGAIN', service },
  });

/** An error as a service told it; with the status of its answer, which is what its own resolvers had asked for. */
export const asTold = (told: unknown, status = 200): GraphQLError => {
  const { message, path, extensions } = (told ?? {}) as Record<string, unknown>;
  return new GraphQLError(typeof message === 'string' ? message : 'Internal error', {
    ...(Array.isArray(path) && { path: path as (string | number)[] }),
    extensions: {
      ...(typeof extensions === 'object' ? extensions : {}),
      ...(status !== 200 && { http: { status } }),
    },
  });
};
