export type { DoorParts } from './door.js';
export { openDoor } from './door.js';
