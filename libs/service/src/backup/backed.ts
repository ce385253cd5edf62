import { createPrivateKey, createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import type { Service } from '@resguardo/contracts';
import { z } from 'zod';
import { Called, Common, knownKeysIn, masterKeyIn, secretIn, serviceKeyIn } from '../service-config.js';
import { settingsFrom } from '../settings.js';
import { TABLE } from '../table.js';
import type { Backed } from './backup.js';

const { DATABASE_URL, SECRETS, SERVICE_KEYS } = Common.shape;
const Settings = z.object({ DATABASE_URL, SECRETS, SERVICE_KEYS, ERASURES: Called.ERASURES });

/** A service as its own settings say it: the same that its program is started with. @throws Error naming what is wrong */
export const backedService = (service: Service, env: NodeJS.ProcessEnv): Backed => {
  const { DATABASE_URL: databaseUrl, SECRETS: secrets, SERVICE_KEYS, ERASURES } = settingsFrom(Settings, env);
  const known = knownKeysIn(SERVICE_KEYS);
  const keysOf = (name: string) => known.filter(({ service: of }) => of === name).map(({ publicKey }) => publicKey);
  return {
    ...{ service, databaseUrl },
    masterKey: masterKeyIn(secrets),
    privateKey: serviceKeyIn(secrets, service).privateKey,
    publicKeys: keysOf(service),
    tableKeys: keysOf(TABLE),
    historyKey: service === TABLE ? createPublicKey(createPrivateKey(secretIn(secrets, 'signing-key.pem'))) : undefined,
    erasures: join(ERASURES, 'erasures.jsonl'),
  };
};
