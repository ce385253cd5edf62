export type { DoorParts } from './door.js';
export { openDoor, operationNames } from './door.js';
export type { Asked, Elsewhere } from './elsewhere.js';
