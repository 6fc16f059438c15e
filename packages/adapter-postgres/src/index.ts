/**
 * Storage, job queue and rate limiter of campaignkit on PostgreSQL.
 *
 * @packageDocumentation
 */

export {
  createPostgresStorage,
  type PostgresStorage,
  type PostgresStorageOptions,
} from './create-postgres-storage.js'
export type { CustomerMapping, FactColumns } from './mapping/customer-mapping.js'
export type {
  AskSegmentOptions,
  ExplainedSegment,
  ExplainSegmentOptions,
  SegmentQuestions,
} from './matching/explain-segment.js'
export type { MigrationSqlOptions, MigrationStatus } from './migrate.js'
export type { UpkeepOutcome } from './upkeep/maintain.js'
export type { SweptKind } from './upkeep/old-rows.js'
export { type MaintenanceOptions, runMaintenance } from './upkeep/run-maintenance.js'
export type { UpkeepOptions } from './upkeep/upkeep-options.js'
