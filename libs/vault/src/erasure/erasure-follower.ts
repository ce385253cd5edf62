import type { FactOf } from '@resguardo/contracts';
import { factSpec, type vaultFacts } from '@resguardo/contracts/timeline';
import type { EventStore, Position, RecordedEvent } from '@resguardo/eventing';
import { upcast, uuidv5 } from '@resguardo/eventing';
import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { IdentityVault } from '../identity/identity-vault.js';
import type { ErasureList } from './erasure-list.js';
import { stepsAfterOrder } from './erasure.process.js';

export interface ErasureParts {
  readonly vault: IdentityVault;
  readonly list: ErasureList;
  /** Service whose keys these are. */
  readonly service: string;
  /** Now, UTC, ISO 8601. */
  readonly clock: () => string;
  /** Clears what else remembers a case: caches, search indexes, sealed boxes in read models. Each must bear repetition. */
  readonly purge: readonly ((caseId: string) => Promise<void>)[];
  /**
   * Sends a command of the process `erasure`; resolves when it was accepted (the same id twice does it once).
   * @throws when it was not: the step is tried again.
   */
  readonly send: (
    name: 'orderLinkedErasure' | 'recordKeysDestroyed',
    command: { readonly commandId: string; readonly caseId: string; readonly input: object },
  ) => Promise<void>;
}

export const ERASURE_PROCESS = 'erasure';

const FOLLOWED: readonly string[] = ['ErasureOrdered', 'CaseLinked', 'CaseUnlinked'];
/** Facts that nothing follows from move the checkpoint once in so many: passing over them again after a restart costs nothing. */
const PASSED_OVER = 1_000;

/** Carries out what facts order: erasures, and the vault's own index of which cases are of the same child. */
export const erasureHandler = ({ vault, list, service, clock, purge, send }: ErasureParts) => {
  const erase = async (caseId: string, erasureId: string) => {
    // The list first: a crash after it repeats the erasure, a crash before it has destroyed nothing.
    await list.add({ caseId, erasureId, at: clock() });
    const erased = await vault.erase([caseId]);
    for (const clear of purge) await clear(caseId);
    return erased;
  };
  type Order = Extract<FactOf<typeof vaultFacts>, { type: 'ErasureOrdered' }>['data'];
  const ordered = async ({ id, meta: { caseId } }: RecordedEvent, order: Order): Promise<void> => {
    for (const [index, step] of stepsAfterOrder(caseId, order).entries()) {
      const commandId = uuidv5(ERASURE_PROCESS, id, String(index));
      switch (step.kind) {
        case 'order':
          await send('orderLinkedErasure', { commandId, caseId: step.caseId, input: step.input });
          break;
        case 'erase': {
          const { keys, persons } = await erase(step.caseId, step.erasureId);
          const input = { erasureId: step.erasureId, service, keys, persons };
          await send('recordKeysDestroyed', { commandId, caseId: step.caseId, input });
          break;
        }
      }
    }
  };
  return {
    /** Every fact of a case, in order; those it does not know are skipped. May be given a fact twice. */
    each: async (events: readonly RecordedEvent[]): Promise<void> => {
      for (const event of events) {
        if (!event.stream.startsWith('case-') || !FOLLOWED.includes(event.type)) continue;
        const { caseId } = event.meta;
        const data = upcast(event, factSpec(event.type)!);
        const other = String(data['otherCaseId']);
        if (event.type === 'ErasureOrdered') await ordered(event, data as unknown as Order);
        else if (event.type === 'CaseLinked' && data['linkKind'] === 'SAME_CHILD') await vault.link(caseId, other);
        else if (event.type === 'CaseUnlinked') await vault.unlink(caseId, other);
      }
    },
    /** Repeats every erasure on the list: at each start, so that what a restored backup brought back goes again before anyone reads. */
    repeatAll: async (): Promise<number> => {
      const all = await list.all();
      for (const { caseId, erasureId } of all) await erase(caseId, erasureId);
      return all.length;
    },
  };
};

/** Follows the store from where it was last time, until `stop`. What fails is tried again; nothing is skipped. */
export const followErasures = async (
  {
    pool,
    store,
    onTrouble,
    reached = () => {},
  }: {
    pool: Pool;
    store: EventStore;
    onTrouble: (error: unknown) => void;
    /** Told up to where everything was carried out. */
    reached?: (position: Position | undefined) => void;
  },
  { each }: ReturnType<typeof erasureHandler>,
  stop: AbortSignal,
): Promise<void> => {
  for (let tries = 0; !stop.aborted; tries++)
    try {
      const { rows } = await pool.query<{ position: Position }>(
        'select position from vault.checkpoint where name = $1',
        [ERASURE_PROCESS],
      );
      let passedOver = 0;
      reached(rows[0]?.position);
      await store.follow(
        rows[0]?.position,
        async (events) => {
          await each(events);
          reached(events.at(-1)?.position);
          passedOver += events.length;
          if (passedOver < PASSED_OVER && !events.some(({ type }) => FOLLOWED.includes(type))) return;
          passedOver = 0;
          await pool.query(
            `insert into vault.checkpoint (name, position) values ($1, $2)
             on conflict (name) do update set position = excluded.position`,
            [ERASURE_PROCESS, events.at(-1)?.position],
          );
          tries = 0;
        },
        stop,
      );
    } catch (error) {
      if (stop.aborted) return;
      onTrouble(error);
      await setTimeout(Math.min(100 * 2 ** tries, 10_000), undefined, { signal: stop }).catch(() => {});
    }
};
