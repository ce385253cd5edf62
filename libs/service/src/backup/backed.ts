import { createPrivateKey, createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import type { Service } from '@resguardo/contracts';
import { z } from 'zod';
import { Called, Common, knownKeysIn, masterKeyIn, secretIn, serviceKeyIn } from '../service-config.js';
import { settingsFrom, storeIn, StoreSettings } from '../settings.js';
import { TABLE } from '../table.js';
import type { Backed } from './backup.js';

const { DATABASE_URL, SECRETS, SERVICE_KEYS } = Common.shape;
const Settings = z.object({ DATABASE_URL, SECRETS, SERVICE_KEYS });
const WithStore = z.object(StoreSettings);
const WithErasures = Settings.extend({ ERASURES: Called.ERASURES });

/** A service as its own settings say it: the same that its program is started with. @throws Error naming what is wrong */
export const backedService = (service: Service, env: NodeJS.ProcessEnv): Backed => {
  const { DATABASE_URL: databaseUrl, SECRETS: secrets, SERVICE_KEYS } = settingsFrom(Settings, env);
  // Insights seals nothing, so there is nothing that it would have to erase.
  const seals = service !== 'insights';
  const known = knownKeysIn(SERVICE_KEYS);
  const keysOf = (name: string) => known.filter(({ service: of }) => of === name).map(({ publicKey }) => publicKey);
  return {
    ...{ service, databaseUrl },
    masterKey: seals ? masterKeyIn(secrets) : undefined,
    privateKey: serviceKeyIn(secrets, service).privateKey,
    publicKeys: keysOf(service),
    tableKeys: keysOf(TABLE),
    historyKey: service === TABLE ? createPublicKey(createPrivateKey(secretIn(secrets, 'signing-key.pem'))) : undefined,
    store: service === TABLE ? storeIn(settingsFrom(WithStore, env)) : undefined,
    erasures: seals ? join(settingsFrom(WithErasures, env).ERASURES, 'erasures.jsonl') : undefined,
  };
};
