import type { ExecutionContext } from '@nestjs/common';
import { createParamDecorator, SetMetadata } from '@nestjs/common';
import type { Caller } from './caller.js';
import { contextOf } from './request-context.js';

export const MAY = 'resguardo:may';

/** For what must answer before anybody has signed in: a health check, the portal's settings. It opens no case. */
export const ANYBODY = 'anybody';

/** Names the permission `capability:verb` of a way in. Without it the app does not start. Who holds it: `permissions.ts` of contracts. */
export const May = (permission: string) => SetMetadata(MAY, permission);

/** The verified caller. The guard has been there before: a handler that is reached has one, unless it is for ANYBODY. */
export const TheCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = contextOf(context);
  if (!caller) throw new Error('a handler for ANYBODY has no caller');
  return caller;
});
