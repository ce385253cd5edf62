export { renderChart } from './artefacts.js';
export type { KafkaCluster, KafkaOptions } from './kafka.js';
export { startKafka } from './kafka.js';
export type { KeycloakOptions, RunningKeycloak } from './keycloak.js';
export { startKeycloak } from './keycloak.js';
export type { RunFolder, Server } from './run-folder.js';
export { freePorts, ready, runFolder } from './run-folder.js';
