import { type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import type { RequestContext } from '@resguardo/identity';
import type {
  DocumentNode,
  ExecutionArgs,
  ExecutionResult,
  GraphQLError,
  GraphQLFormattedError,
  OperationDefinitionNode,
} from 'graphql';

/** An operation that has been parsed, validated and weighed. */
export interface Asked {
  /** Its text as it came. */
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly context: RequestContext;
}

/** Whoever answers in place of resolvers of this process: other services, where it is a gateway. */
export interface Elsewhere {
  /**
   * Errors that the caller should see are in the answer, with their HTTP status as those of resolvers have it (`extensions.http`).
   * Undefined: this process answers (introspection).
   */
  answer(asked: Asked): Promise<ExecutionResult | undefined>;
  /** The iterator's `return()` settles whatever waits and leaves nothing open. */
  subscribe(asked: ExecutionArgs): AsyncIterableIterator<ExecutionResult>;
}

/** Gives Apollo the answer of others instead of executing. */
export const answeredElsewhere = (
  elsewhere: Elsewhere,
  formatted: (errors: readonly GraphQLError[]) => GraphQLFormattedError[],
): ApolloServerPlugin => ({
  requestDidStart: () =>
    Promise.resolve({
      responseForOperation: async ({ request, source, document, operation, operationName, contextValue }) => {
        const found = await elsewhere.answer({
          query: source,
          operationName: operationName ?? undefined,
          variables: request.variables ?? {},
          document,
          operation,
          context: contextValue as RequestContext,
        });
        if (!found) return null;
        const { data, errors = [] } = found;
        const status = errors.map(({ extensions }) => (extensions['http'] as { status?: number } | undefined)?.status);
        return {
          http: { headers: new HeaderMap(), status: status.findLast((one) => one !== undefined) },
          body: {
            kind: 'single',
            singleResult: {
              ...(data !== undefined && { data }),
              ...(errors.length > 0 && { errors: formatted(errors) }),
            },
          },
        };
      },
    }),
});
