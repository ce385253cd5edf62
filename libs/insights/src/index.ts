export { countedCases } from './counted-case.projection.js';
export { InsightsModule } from './insights.module.js';
export type { CountedCases, Insights, InsightsParts, SqlQuery } from './releases.js';
export { insights } from './releases.js';
