import type { AddressInfo } from 'node:net';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import type { INestApplication, Type } from '@nestjs/common';
import { Controller, Get, Injectable, Module, Scope } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Args, GraphQLModule, Mutation, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { Caller } from './caller.js';
import { IdentityModule } from './identity.module.js';
import { ANYBODY, May, TheCaller } from './may.js';
import { BadToken, TryAgain, type TokenVerifier } from './token-verifier.js';

const caller = (role: Caller['role'], agency: Caller['agency']): Caller => ({
  sub: `s-${role}`,
  username: role,
  role,
  agency,
  states: ['17'],
  expiresAt: 4_000_000_000,
  tokenId: 't',
});
const TOKENS: Record<string, Caller> = {
  officer: caller('OFFICER', 'HEALTH'),
  analyst: caller('ANALYST', 'SIPINNA'),
};
let signedOut = false;
let verifications = 0;
const verifier: TokenVerifier = {
  async verify(token) {
    verifications++;
    if (token === 'rotated') throw new TryAgain('the key is not known yet');
    const found = TOKENS[token];
    if (!found) throw new BadToken('no', 'malformed');
    return found;
  },
  stillGood: () => !signedOut,
  drop: () => undefined,
};

const SDL = `
  type Query { who: String, nobodys: String, thing: Thing, open: String }
  type Mutation { act(what: String): String }
  type Subscription { ticks: Int }
  type Thing { name: String, secret: String }
`;

@Resolver()
class Doors {
  @May('case:read') @Query('who') who(@TheCaller() { sub }: Caller) {
    return sub;
  }
  @May(ANYBODY) @Query('open') open() {
    return 'open';
  }
  @May('session:read') @Query('thing') thing() {
    return { name: 'a thing' };
  }
  @May('case:record') @Mutation('act') act(@Args('what') what: string) {
    return what;
  }
  @May('case:read') @Subscription('ticks') async *ticks() {
    yield { ticks: 1 };
  }
}
@Resolver('Thing')
class ThingDoors {
  @May('identity:read') @ResolveField('secret') secret(@Parent() { name }: { name: string }) {
    return `secret of ${name}`;
  }
}
@Controller()
class Health {
  @May(ANYBODY) @Get('health') health() {
    return 'ok';
  }
  @May('audit:read') @Get('audit') audit() {
    return 'audit';
  }
}

@Resolver()
class UnnamedQuery {
  @Query('nobodys') nobodys() {
    return 'seen';
  }
}
@Resolver()
class UnnamedMutation {
  @Mutation('act') act() {
    return 'done';
  }
}
@Resolver()
class UnnamedSubscription {
  @Subscription('ticks') async *ticks() {
    yield { ticks: 1 };
  }
}
@Resolver('Thing')
class UnnamedField {
  @ResolveField('secret') secret() {
    return 'seen';
  }
}
@Injectable({ scope: Scope.REQUEST })
@Resolver()
class UnnamedPerRequest {
  @Query('nobodys') nobodys() {
    return 'seen';
  }
}
@Resolver()
class Misspelt {
  @May('case:raed') @Query('nobodys') nobodys() {
    return 'seen';
  }
}
class Base {
  @Query('nobodys') nobodys() {
    return 'seen';
  }
}
@Resolver()
class Inherited extends Base {}
@Controller()
class UnnamedRoute {
  @Get('nobodys') nobodys() {
    return 'seen';
  }
}

const start = async (providers: Type[], controllers: Type[] = []): Promise<INestApplication> => {
  @Module({
    imports: [
      IdentityModule.with(verifier),
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        typeDefs: SDL,
        fieldResolverEnhancers: ['guards'],
        includeStacktraceInErrorResponses: false,
        subscriptions: {
          'graphql-ws': {
            onConnect: () => undefined,
          },
        },
        context: ({ req, connectionParams }: { req?: unknown; connectionParams?: unknown }) => ({
          req,
          connectionParams,
        }),
      }),
    ],
    providers,
    controllers,
  })
  class App {}
  const app = await NestFactory.create(App, { logger: false, abortOnError: false });
  await app.init();
  return app;
};

const named: Type[] = [Doors, ThingDoors];

describe('an app does not start', () => {
  it.each<[string, Type[], Type[], string]>([
    ['a query', [...named, UnnamedQuery], [], 'UnnamedQuery.nobodys'],
    ['a mutation', [UnnamedMutation], [], 'UnnamedMutation.act'],
    ['a subscription', [UnnamedSubscription], [], 'UnnamedSubscription.ticks'],
    ['a field resolver', [Doors, UnnamedField], [], 'UnnamedField.secret'],
    ['a resolver made per request', [...named, UnnamedPerRequest], [], 'UnnamedPerRequest.nobodys'],
    ['an inherited handler', [...named, Inherited], [], 'Inherited.nobodys'],
    ['a route', named, [UnnamedRoute], 'UnnamedRoute.nobodys'],
  ])('D7: when %s names no permission', async (_, providers, controllers, door) => {
    await expect(start(providers, controllers)).rejects.toThrow(`no @May on ${door}`);
  });

  it('D7: when a permission is in no table', async () => {
    await expect(start([...named, Misspelt])).rejects.toThrow('nobody holds case:raed of Misspelt.nobodys');
  });
});

describe('an app whose doors are named', () => {
  let app: INestApplication;
  let url: string;
  beforeAll(async () => {
    app = await start(named, [Health]);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    url = `127.0.0.1:${port}`;
  });
  afterAll(async () => {
    await app.close();
  });
  beforeEach(() => {
    signedOut = false;
    verifications = 0;
  });

  const ask = async (query: string, token?: string) => {
    const answer = await fetch(`http://${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query }),
    });
    const body = (await answer.json()) as {
      data?: Record<string, unknown>;
      errors?: { extensions: { code: string } }[];
    };
    return { data: body.data, code: body.errors?.[0]?.extensions.code };
  };

  it('starts, and gives the handler its caller', async () => {
    expect((await ask('{ who }', 'officer')).data).toEqual({ who: 's-OFFICER' });
  });
  it('without a token, or with a bad one, the answer is UNAUTHENTICATED', async () => {
    expect((await ask('{ who }')).code).toBe('UNAUTHENTICATED');
    expect((await ask('{ who }', 'forged')).code).toBe('UNAUTHENTICATED');
  });
  it('a token that could not be judged now is not called bad', async () => {
    expect((await ask('{ who }', 'rotated')).code).toBe('TRY_AGAIN');
  });
  it('a permission that the role does not hold is FORBIDDEN, for queries and mutations', async () => {
    expect((await ask('{ who }', 'analyst')).code).toBe('FORBIDDEN');
    expect((await ask('mutation { act(what: "x") }', 'analyst')).code).toBe('FORBIDDEN');
    expect((await ask('mutation { act(what: "x") }', 'officer')).data).toEqual({ act: 'x' });
  });
  it('a field resolver is asked as well, behind a query that is allowed', async () => {
    expect(await ask('{ thing { name secret } }', 'analyst')).toEqual({
      data: { thing: { name: 'a thing', secret: null } },
      code: 'FORBIDDEN',
    });
    expect((await ask('{ thing { secret } }', 'officer')).data).toEqual({ thing: { secret: 'secret of a thing' } });
  });
  it('a token is verified once per operation, and whether it still holds is asked each time', async () => {
    await ask('{ who thing { secret } again: who }', 'officer');
    expect(verifications).toBe(1);
    signedOut = true;
    expect((await ask('{ who }', 'officer')).code).toBe('UNAUTHENTICATED');
  });
  it('what is for anybody answers anybody; a route with a permission does not', async () => {
    expect((await ask('{ open }')).data).toEqual({ open: 'open' });
    expect((await fetch(`http://${url}/health`)).status).toBe(200);
    expect((await fetch(`http://${url}/audit`)).status).toBe(401);
    expect((await fetch(`http://${url}/audit`, { headers: { authorization: 'Bearer officer' } })).status).toBe(403);
  });
  it('a subscription is asked for its permission like a query', async () => {
    const subscribe = async (token?: string) => {
      const client = createClient({
        url: `ws://${url}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        ...(token && { connectionParams: { authorization: `Bearer ${token}` } }),
      });
      try {
        for await (const { data, errors } of client.iterate({ query: 'subscription { ticks }' }))
          return { data, code: errors?.[0]?.extensions?.['code'] };
        return undefined;
      } finally {
        await client.dispose();
      }
    };
    expect(await subscribe('officer')).toMatchObject({ data: { ticks: 1 } });
    for (const token of ['analyst', undefined]) {
      const refused = await subscribe(token).catch((error: unknown) => ({ data: undefined, error }));
      expect(refused?.data ?? undefined).toBeUndefined();
    }
  });
});
