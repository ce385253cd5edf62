import type { DataClass } from '@resguardo/contracts';
import { factSpec } from '@resguardo/contracts/timeline';
import type { RecordedEvent } from '@resguardo/eventing';
import { type Opened, sightOf, viewerOf } from '@resguardo/home';
import type { Caller } from '@resguardo/identity';
import { type Call, isAway, mayNotAsk, remoteEventStore, type ServiceSigner } from '@resguardo/store-remote';
import type { Sealer } from '@resguardo/vault';
import type { Logger } from 'pino';
import type { Callers } from './callers.js';
import { UnsealCall } from './calls.js';
import { TABLE } from './table.js';

/** What was sealed here is opened for coordination, in the name of a person who shows their own token. */
export const unsealing =
  (seals: Pick<Sealer, 'open'>, mayAsk = (service: string): boolean => service === TABLE): Call<Caller> =>
  async (body, { service, caller }) => {
    const { event, classes } = UnsealCall.parse(body);
    const spec = factSpec(event.type);
    if (!mayAsk(service) || !caller || !spec) throw mayNotAsk('only coordination asks this');
    return seals.open(event, spec, mayRead(caller, event.meta, classes));
  };

/**
 * Coordination has asked whether they may in this case, and by which way; whose keys these are asks the matrix once more, for the widest of the
 * ways: on the team, or under break-glass.
 */
const mayRead = (
  caller: Caller,
  { agency, actor }: { readonly agency: string; readonly actor: string },
  classes: readonly DataClass[],
): readonly DataClass[] =>
  classes.filter((cls) =>
    (['team', 'break-glass'] as const).some((via) => sightOf(cls, { agency, actor }, viewerOf(caller, via)) === 'FULL'),
  );

/** Less than whoever asks here waits for this answer: else who does not answer would be taken to be here. Milliseconds. */
const UNSEAL_MS = 3_000;

/**
 * What the services at these addresses sealed is opened by them, in the name of who asks. Whoever does not answer is away; that one may not,
 * or that it failed, is an answer, and rejects.
 */
export const openUnsealing = (
  addresses: Readonly<Record<string, string>>,
  sign: (audience: string) => ServiceSigner,
  callers: Pick<Callers, 'as' | 'now'>,
  log: Pick<Logger, 'warn' | 'error'>,
) => {
  const services = new Map(
    Object.entries(addresses).map(([service, address]) => [
      service,
      remoteEventStore({ addresses: [address], sign: sign(service), onBehalf: callers.now, timeoutMs: UNSEAL_MS }),
    ]),
  );
  return {
    unseal: async (
      owner: string,
      caller: Caller,
      event: RecordedEvent,
      classes: readonly DataClass[],
    ): Promise<Opened> => {
      const service = services.get(owner);
      if (!service) throw new Error(`there is no service ${owner} that unseals`);
      try {
        return (await callers.as(caller, () => service.call('unseal', { event, classes }))) as Opened;
      } catch (error) {
        const about = { owner, name: (error as Error).name };
        if (!isAway(error)) {
          log.error(about, 'a service did not unseal what it has the key to');
          throw error;
        }
        log.warn(about, 'a service that has a key does not answer');
        return { away: owner };
      }
    },
    close: () => {
      for (const service of services.values()) service.close();
    },
  };
};
