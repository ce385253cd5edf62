import { GraphQLError } from 'graphql';

/** What the gateway itself has to say, beside what services say. */
export type GatewayCode = 'SERVICE_UNAVAILABLE' | 'OUTCOME_UNKNOWN' | 'SLOW_CONSUMER';

export const away = (service: string): GraphQLError =>
  new GraphQLError(`The service "${service}" does not answer.`, {
    extensions: { code: 'SERVICE_UNAVAILABLE', service },
  });

/** A command that was sent and not answered may have been taken: it is said again with its id, never shown as failed (D12). */
export const unknownOutcome = (service: string): GraphQLError =>
  new GraphQLError('Whether this was taken is not known. Say it again.', {
    extensions: { code: 'OUTCOME_UNKNOWN', service },
  });
