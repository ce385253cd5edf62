export type { AgencyService } from './agency.js';
export { Agency, openAgency } from './agency.js';
export { Coordination, openCoordination } from './coordination.js';
export { openOversight } from './oversight.js';
export { runService } from './process.js';
export { Beside, configOf } from './service-config.js';
