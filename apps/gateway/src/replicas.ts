import type { Service } from '@resguardo/contracts';
import type { GatewayConfig } from './config.js';

export interface Replicas {
  readonly names: readonly Service[];
  /** Addresses of a service's replicas, beginning with another each time. */
  inTurn(service: Service): readonly string[];
  /** One that answers; any when none does. With a single one nothing is asked. */
  live(service: Service): Promise<string>;
  answers(service: Service): Promise<boolean>;
}

export const replicasOf = (services: GatewayConfig['services'], limitMs: number): Replicas => {
  let turn = 0;
  const inTurn = (service: Service) => {
    const urls = services[service];
    const first = turn++ % urls.length;
    return [...urls.slice(first), ...urls.slice(0, first)];
  };
  const alive = (url: string) =>
    fetch(`${url}/health/live`, { redirect: 'error', signal: AbortSignal.timeout(limitMs) }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    );
  const firstAlive = async (urls: readonly string[]) => {
    for (const url of urls) if (await alive(url)) return url;
    return undefined;
  };
  return {
    names: Object.keys(services) as Service[],
    inTurn,
    live: async (service) => {
      const urls = inTurn(service);
      return (urls.length > 1 ? await firstAlive(urls) : undefined) ?? urls[0]!;
    },
    answers: async (service) => (await firstAlive(services[service])) !== undefined,
  };
};

/** Which services do not answer; asked at most once a second, however many want to know. */
export const awayFrom = ({ names, answers }: Replicas) => {
  let asked: { readonly at: number; readonly away: Promise<readonly string[]> } | undefined;
  const away = async () => (await Promise.all(names.map(async (name) => ((await answers(name)) ? [] : [name])))).flat();
  return () => {
    if (!asked || Date.now() - asked.at > 1_000) asked = { at: Date.now(), away: away() };
    return asked.away;
  };
};
