export type { AgencyService } from './agency.js';
export { openAgency } from './agency.js';
export { openCoordination } from './coordination.js';
export { openOversight } from './oversight.js';
export { runService } from './process.js';
