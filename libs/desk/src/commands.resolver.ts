import type { CommandSpec, CommandSpecs } from '@resguardo/contracts';
import { StoreUnavailable } from '@resguardo/eventing';
import type { Caller } from '@resguardo/identity';
import { May, TheCaller } from '@resguardo/identity';
import { Inject, type Provider, type Type } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { commandResult } from './answer.js';
import type { AgencyAnswer } from './agency-desk.js';
import type { Said } from './said.js';

const DESK = Symbol('desk');

/** The shared table's desk, or an agency's own that asks the table. */
interface AnyDesk {
  execute(name: string, said: Said, caller: Caller): Promise<AgencyAnswer>;
}

/** What travels on the command bus: the bus is a seam (logging, metrics), with one envelope class per capability. */
abstract class Envelope extends Command<AgencyAnswer> {
  constructor(
    readonly name: string,
    readonly said: Said,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** D12: the timeline does not answer. Whether it was kept is not known; said again under its id it is done once. */
const busyWithoutTimeline = (error: unknown): AgencyAnswer => {
  if (error instanceof StoreUnavailable) return { kind: 'busy' };
  throw error;
};

/** The envelope of one capability and the handler that takes it to the desk. */
const envelopeOf = (capability: string): { envelope: Type<Envelope>; handler: Type<ICommandHandler> } => {
  const className = `On${capability.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())}`;
  const envelope = { [className]: class extends Envelope {} }[className]!;
  class Handler implements ICommandHandler<Envelope, AgencyAnswer> {
    constructor(private readonly desk: AnyDesk) {}
    execute({ name, said, caller }: Envelope): Promise<AgencyAnswer> {
      return this.desk.execute(name, said, caller);
    }
  }
  Inject(DESK)(Handler, undefined, 0);
  CommandHandler(envelope)(Handler);
  Object.defineProperty(Handler, 'name', { value: `${className}Handler` });
  return { envelope, handler: Handler };
};

/**
 * One resolver method per declared command, each with its permission: a mutation that names none cannot come to be.
 * Written out by hand they would be a hundred copies of the same four lines.
 */
const commandsResolver = (commands: CommandSpecs, envelopeFor: (command: string) => Type<Envelope>): Type<unknown> => {
  class CommandsResolver {
    constructor(readonly bus: CommandBus) {}
  }
  Inject(CommandBus)(CommandsResolver, undefined, 0);
  for (const [name, spec] of Object.entries(commands)) if (spec.on !== 'process') door(name, spec);
  Resolver()(CommandsResolver);
  return CommandsResolver;

  function door(name: string, { may }: CommandSpec) {
    const prototype = CommandsResolver.prototype as unknown as Record<string, unknown>;
    prototype[name] = async function (this: CommandsResolver, said: Said, caller: Caller) {
      const answer = this.bus.execute(new (envelopeFor(name))(name, said, caller)).catch(busyWithoutTimeline);
      return commandResult(await answer, said.commandId);
    };
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
    Mutation(name)(prototype, name, descriptor);
    May(may)(prototype, name, descriptor);
    Args()(prototype, name, 0);
    TheCaller()(prototype, name, 1);
  }
};

/** What answers the mutations of `commands`: a resolver with the bus, an envelope per capability, and the desk behind it. */
export const commandProviders = (desk: AnyDesk, commands: CommandSpecs): Provider[] => {
  const names = new Set(Object.values(commands).map(({ capability }) => capability));
  const envelopes = new Map([...names].map((name) => [name, envelopeOf(name)]));
  return [
    { provide: DESK, useValue: desk },
    ...[...envelopes.values()].map(({ handler }) => handler),
    commandsResolver(commands, (command) => envelopes.get(commands[command]!.capability)!.envelope),
  ];
};
