import { readFileSync } from 'node:fs';
import { type DoorParts, openDoor } from '@resguardo/door';
import { isAway } from '@resguardo/store-remote';
import type { CommonConfig } from './service-config.js';
import { TABLE } from './table.js';

const SCHEMA = 'libs/contracts/schema/resguardo.graphql';
const DOCUMENTS = 'libs/contracts/schema/documents.json';

/** Behind the gateway: its callers are counted there, and it asks what it pleases. */
const REQUESTS_PER_MINUTE = 1_000_000;

export const registeredDocuments = (): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(DOCUMENTS, 'utf8')) as Record<string, string>;

/** A service's GraphQL, for the gateway. */
export const openFront = (
  { HOST, PORT, NAMES }: Pick<CommonConfig, 'HOST' | 'PORT' | 'NAMES'>,
  parts: Pick<DoorParts, 'verifier' | 'modules' | 'providers' | 'log' | 'ready' | 'around'>,
) =>
  openDoor({
    ...parts,
    // Whatever has no answer of its own to that.
    away: (error) => (isAway(error) ? TABLE : undefined),
    port: PORT,
    host: HOST,
    ...(NAMES && { names: NAMES.split(',') }),
    typeDefs: readFileSync(SCHEMA, 'utf8'),
    documents: registeredDocuments(),
    documentsOnly: false,
    requestsPerMinute: REQUESTS_PER_MINUTE,
  });
