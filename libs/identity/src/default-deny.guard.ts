import { holds } from '@resguardo/contracts';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { HttpException, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GraphQLError } from 'graphql';
import type { Caller } from './caller.js';
import { ANYBODY, MAY } from './may.js';
import { bearerOf, contextOf, type RequestContext } from './request-context.js';
import { TOKEN_VERIFIER, TryAgain, type TokenVerifier } from './token-verifier.js';

const no = (message: string, code: string, status: number) =>
  new GraphQLError(message, { extensions: { code, http: { status } } });

const unauthenticated = () => no('Sign in to do this', 'UNAUTHENTICATED', 401);

/**
 * Registered once, for every app. A way in without @May is closed, not open.
 * GraphQL asks it about fields only with `fieldResolverEnhancers: ['guards']`.
 */
@Injectable()
export class DefaultDeny implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(TOKEN_VERIFIER) private readonly verifier: TokenVerifier,
  ) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const permission = this.reflector.get<string | undefined>(MAY, execution.getHandler());
    if (permission === ANYBODY) return true;
    try {
      const caller = await callerOfContext(contextOf(execution), this.verifier);
      if (permission === undefined || !holds(caller.role, caller.agency, permission))
        throw no('Your account may not do this', 'FORBIDDEN', 403);
      return true;
    } catch (error) {
      throw execution.getType<string>() === 'http' && error instanceof GraphQLError ? asHttp(error) : error;
    }
  }
}

const asHttp = ({ message, extensions }: GraphQLError) =>
  new HttpException({ message, code: extensions['code'] }, (extensions['http'] as { status: number }).status);

/**
 * The verified caller of a request or socket, verified once and kept on it; still asked each time whether they are signed in:
 * a subscription outlives its token. For the few ways in that Nest's guards are not asked about.
 * @throws GraphQLError `UNAUTHENTICATED`, or `TRY_AGAIN` when the token could not be judged now.
 */
export const callerOfContext = async (context: RequestContext, verifier: TokenVerifier): Promise<Caller> => {
  // The promise, for the fields of one operation ask at the same time.
  context.verifying ??= verified(bearerOf(context), verifier);
  const caller = await context.verifying;
  if (!verifier.stillGood(caller)) throw unauthenticated();
  context.caller = caller;
  return caller;
};

const verified = async (token: string | undefined, verifier: TokenVerifier): Promise<Caller> => {
  if (!token) throw unauthenticated();
  try {
    return await verifier.verify(token);
  } catch (error) {
    if (error instanceof TryAgain) throw no('Your sign-in could not be checked now', 'TRY_AGAIN', 503);
    throw unauthenticated();
  }
};
