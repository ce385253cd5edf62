export type { AgencyService } from './agency.js';
export { Agency, openAgency } from './agency.js';
export { backedService } from './backup/backed.js';
export type { Backed } from './backup/backup.js';
export { takeBackup } from './backup/backup.js';
export { openHistory } from './backup/history.js';
export { restoreBackup, tryBackup } from './backup/restore.js';
export { openCoordination } from './coordination.js';
export { parkedTypeIn, serviceFollowers, typeIn } from './followers-of.js';
export { openRelay, pseudonyms, told } from './feeds.js';
export { openInsights, publishing } from './insights.js';
export { openOversight } from './oversight.js';
export { homeOf } from './home-of.js';
export { clockOf, poolOf, runService } from './process.js';
export { Beside, configOf, Coordination, Insights, Oversight } from './service-config.js';
export type { KeptStore } from './store.js';
export { isEmpty, openStore } from './store.js';
export {
  CAPABILITIES,
  keysOf,
  openTableCore,
  openTableFollowers,
  TABLE_FOLLOWERS,
  tableChores,
  watched,
} from './table-core.js';
export { tableProviders } from './table-front.js';
export { noteVerdict } from './upkeep.js';
