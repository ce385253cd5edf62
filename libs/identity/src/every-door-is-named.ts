import { PERMISSIONS } from '@resguardo/contracts';
import type { OnModuleInit } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ANYBODY, MAY } from './may.js';

/**
 * Root handlers, field resolvers and their older spelling, entity references, HTTP routes. Internal to Nest: the spec of this check starts
 * a real app and notices if they change.
 */
const WAYS_IN = [
  'graphql:resolver_type',
  'graphql:resolve_property',
  'graphql:delegate_property',
  'graphql:resolve_reference',
  'path',
];

/** Says which member of a union a value is: it reads nothing. */
const NO_DOOR = '__resolveType';

/**
 * An app with a way in that names no permission, or one that is not in the table, does not start.
 * It sees what a guard is not asked about: field resolvers, and providers made per request.
 */
@Injectable()
export class EveryDoorIsNamed implements OnModuleInit {
  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    const wrong = [...this.discovery.getProviders(), ...this.discovery.getControllers()].flatMap((wrapper) => {
      // A factory has no class of its own, and a provider made per request has no instance yet.
      const prototype: unknown = wrapper.instance
        ? Object.getPrototypeOf(wrapper.instance)
        : wrapper.metatype?.prototype;
      if (typeof prototype !== 'object' || prototype === null) return [];
      return this.scanner
        .getAllMethodNames(prototype)
        .filter((method) => method !== NO_DOOR)
        .map((method) => ({ method, handler: (prototype as Record<string, unknown>)[method] }))
        .filter(
          ({ handler }) => typeof handler === 'function' && WAYS_IN.some((way) => Reflect.hasMetadata(way, handler)),
        )
        .flatMap(({ method, handler }) => {
          const permission: unknown = Reflect.getMetadata(MAY, handler as object);
          const door = `${String(wrapper.name)}.${method}`;
          if (typeof permission !== 'string') return [`no @May on ${door}`];
          return permission === ANYBODY || Object.hasOwn(PERMISSIONS, permission)
            ? []
            : [`nobody holds ${permission} of ${door}`];
        });
    });
    if (wrong.length > 0) throw new Error(`Closed: ${wrong.join('; ')}`);
  }
}
