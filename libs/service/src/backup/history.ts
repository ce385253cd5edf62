import { createPrivateKey, createPublicKey } from 'node:crypto';
import { verifyHistory } from '@resguardo/eventing';
import { postgresCheckpointStore } from '@resguardo/store-postgres';
import { z } from 'zod';
import { poolOf } from '../process.js';
import { Common, secretIn } from '../service-config.js';
import { settingsFrom, storeIn, StoreSettings } from '../settings.js';
import { openStore } from '../store.js';
import { upkeepLog } from '../upkeep.js';

const { DATABASE_URL, SECRETS } = Common.shape;
const Settings = z.object({ DATABASE_URL, SECRETS, ...StoreSettings });

/** Coordination’s history to be verified, also while its program runs. @throws Error naming what is wrong with the settings; WrongStore */
export const openHistory = async (env: NodeJS.ProcessEnv) => {
  const settings = settingsFrom(Settings, env);
  const { DATABASE_URL: url } = settings;
  const publicKey = createPublicKey(createPrivateKey(secretIn(settings.SECRETS, 'signing-key.pem')));
  const pool = poolOf('resguardo-verify', url);
  try {
    const kept = await openStore(storeIn(settings), { url, pool }, { warn: () => {} });
    return {
      verify: () => verifyHistory(kept, { checkpoints: postgresCheckpointStore(pool), publicKey }),
      upkeep: upkeepLog(pool),
      clock: () => new Date().toISOString(),
      close: async () => {
        await kept.close();
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
};
