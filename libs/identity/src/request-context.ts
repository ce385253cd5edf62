import type { ExecutionContext } from '@nestjs/common';
import type { GqlContextType } from '@nestjs/graphql';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { Caller } from './caller.js';

/** What a request or a socket brings, in the few shapes in which it comes: express, Apollo, graphql-ws. */
export interface RequestContext {
  /** Set once the token was verified. */
  caller?: Caller;
  verifying?: Promise<Caller>;
  headers?: Record<string, unknown>;
  req?: { headers?: Record<string, unknown>; connectionParams?: Record<string, unknown> };
  connectionParams?: Record<string, unknown>;
}

/** The object on which the caller of this operation is kept: the GraphQL context, or the HTTP request. */
export const contextOf = (context: ExecutionContext): RequestContext =>
  context.getType<GqlContextType>() === 'graphql'
    ? GqlExecutionContext.create(context).getContext<RequestContext>()
    : context.switchToHttp().getRequest<RequestContext>();

/** The bearer token of a request; a socket brings it in its connection parameters. Never from an address: those are logged. */
export const bearerOf = ({ headers, req, connectionParams }: RequestContext): string | undefined => {
  const said =
    req?.headers?.['authorization'] ??
    headers?.['authorization'] ??
    connectionParams?.['authorization'] ??
    connectionParams?.['Authorization'] ??
    req?.connectionParams?.['authorization'];
  return typeof said === 'string' && said.startsWith('Bearer ') ? said.slice(7) : undefined;
};
