/** The parts of oidc-provider 9 that the embedded issuer uses; it is published without types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }
  export interface Session {
    uid: string;
    accountId?: string;
    grantIdFor(clientId: string): string | undefined;
  }
  export interface Context {
    status: number;
    type: string;
    body: unknown;
    set(header: string, value: string): void;
    get(header: string): string;
    acceptsLanguages(languages: string[]): string | false;
    oidc: {
      provider: Provider;
      client: { clientId: string };
      session?: Session;
      params: Record<string, string | undefined>;
      result?: { consent?: { grantId?: string } };
      entities: { IdTokenHint?: unknown };
      entity(name: string, value: unknown): void;
    };
  }
  export interface Interaction {
    uid: string;
    params: Record<string, unknown>;
    prompt: { name: string };
  }
  export default class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    callback(): RequestListener;
    on(event: string, listener: (ctx: Context, ...rest: unknown[]) => void): this;
    registerGrantType(
      name: string,
      handler: (ctx: Context, next: () => Promise<void>) => Promise<void>,
      params: readonly string[],
      duplicates?: readonly string[],
    ): void;
    interactionDetails(req: IncomingMessage, res: ServerResponse): Promise<Interaction>;
    interactionFinished(
      req: IncomingMessage,
      res: ServerResponse,
      result: Record<string, unknown>,
      options?: { mergeWithLastSubmission?: boolean },
    ): Promise<void>;
    Grant: {
      new (of: { clientId: string; accountId: string }): Grant;
      find(id: string): Promise<Grant | undefined>;
    };
  }
}
