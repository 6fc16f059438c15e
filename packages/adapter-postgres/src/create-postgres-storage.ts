import type { Storage } from '@campaignkit/core/adapter'
import type { Knex } from 'knex'
import { type Announcer, announcingLater, createAnnouncer } from './announcements.js'
import { createAudienceStore } from './audience.js'
import { createCampaignStore } from './campaigns.js'
import { checkKnex } from './checks.js'
import { createConsentStore } from './consents.js'
import { createCouponStore } from './coupons.js'
import { Database } from './database.js'
import { createDatabasePlanner } from './database-planner.js'
import { createDeliveryStore } from './deliveries.js'
import { createDueIndex } from './due-index.js'
import { createMark, isCommitted, requireTransaction } from './enlist.js'
import { createEventFeed } from './event-feed.js'
import { createEventStore } from './events.js'
import { exactNumbersOf } from './exact-numbers.js'
import { createFreezingStore } from './freezing.js'
import { throughKnex } from './host.js'
import { createJobQueue } from './job-queue.js'
import { createJournalStore } from './journal.js'
import { createLedgerStore } from './ledger.js'
import type { CustomerMapping } from './mapping/customer-mapping.js'
import { createSegmentQuestions, type SegmentQuestions } from './matching/explain-segment.js'
import { createMigrations, type MigrationSqlOptions, type MigrationStatus } from './migrate.js'
import { createNotices, type Notices } from './notices.js'
import { openCustomers } from './open-customers.js'
import { hostOf } from './pool.js'
import { createRateLimiter } from './rate-limiter.js'
import { requireFields } from './require-fields.js'
import { createSegmentStore } from './segments.js'
import { DEFAULT_SCHEMA, type Tables, tablesIn } from './tables.js'
import { timeoutsOf } from './timeouts.js'
import { maintain, type UpkeepOutcome } from './upkeep/maintain.js'
import type { UpkeepOptions } from './upkeep/upkeep-options.js'

/** Where a storage keeps its tables. */
export interface PostgresStorageOptions {
  /** The host's own instance, of the `pg` client or of PGlite; the host opens and closes it. */
  readonly knex: Knex
  /** The schema of the tables: lower-case letters, digits and `_`. @default 'campaignkit' */
  readonly schema?: string
  /**
   * Where the customers stand in a table or view of the host's, which is only read. @default in our own table, which
   * the kit writes
   */
  readonly customers?: CustomerMapping
  /**
   * How long a statement may take before the database ends it: 1 to 86,400,000 ms. Set within each transaction, at the price of
   * one more statement in it; transactions of the host, upkeep, and the statements that make members of a whole run have their own. @default what the connection has
   */
  readonly statementTimeoutMs?: number
  /** How long a statement may wait for a lock: 1 to 86,400,000 ms; it is tried again. @default what the connection has */
  readonly lockTimeoutMs?: number
}

const OPTIONS = ['knex', 'schema', 'customers', 'statementTimeoutMs', 'lockTimeoutMs']

/** A storage on PostgreSQL, with the calls by which its tables are made. */
export interface PostgresStorage extends Storage, SegmentQuestions {
  /**
   * Brings the tables up to date, in one transaction that no timeout of the connection ends. Safe when many processes start at
   * once; over a transaction of knex, part of that, which should be one of READ COMMITTED. Changes nothing, and needs no right to,
   * where all is done.
   *
   * @returns the names of the steps that were done
   * @throws STORAGE_FAILED, with the `step` in its details where a later version of the kit has made the tables
   */
  migrate(): Promise<readonly string[]>
  /**
   * Takes back the steps that were done last, and all that stands in their tables. Where something of the host depends on
   * those, such as a view, it is refused with the state 2BP01, and all stays as it was.
   *
   * @returns the names of the steps that were taken back
   * @throws STORAGE_FAILED
   */
  rollback(): Promise<readonly string[]>
  /**
   * Says which steps are done and which are not.
   *
   * @throws STORAGE_FAILED
   */
  status(): Promise<MigrationStatus>
  /**
   * Upkeep, to be called every hour or day, by a job of the host or by {@link runMaintenance}: makes the monthly partitions of events
   * ahead, and drops or deletes what is older than it is to be kept. The work of a call is bounded, one that dies leaves nothing
   * half done, and processes that call at once give way to each other. The journal is never touched.
   *
   * @throws INVALID_INPUT, UNKNOWN_FIELD with the path of the option, STORAGE_FAILED
   */
  maintain(options: UpkeepOptions): Promise<UpkeepOutcome>
  /**
   * What `migrate` does, for a host that runs its migrations by itself: one statement, done as a whole or not at all, which puts
   * its steps on record and leaves out those that are. It holds no question mark, which knex would take for a value. Empty when
   * there is no step behind {@link MigrationSqlOptions.after}.
   *
   * @throws INVALID_INPUT with path `after`, UNKNOWN_FIELD
   */
  migrationSql(options?: MigrationSqlOptions): string
}

/**
 * Makes a storage that keeps everything in a schema of a PostgreSQL database, 14 or later, or of PGlite. Call
 * {@link PostgresStorage.migrate} before the first use.
 *
 * @throws UNKNOWN_FIELD with the path of what is no option; INVALID_INPUT with path `knex`, `schema`, `statementTimeoutMs` or
 *   `lockTimeoutMs`; INVALID_INPUT, UNKNOWN_FIELD with the path of what is wrong in the mapping of `customers`. A column of it that the database does not have is refused at
 *   its first use, and so are connections that round numbers (`extra_float_digits` below 1): INVALID_INPUT with path `knex`
 *
 * @example
 * ```ts
 * import { createPostgresStorage } from '@campaignkit/adapter-postgres'
 * import createKnex from 'knex'
 * const knex = createKnex({ client: 'pg', connection: process.env.DATABASE_URL ?? '' })
 * const storage = createPostgresStorage({ knex, schema: 'campaigns' })
 * console.log(storage.migrationSql().includes('create schema "campaigns"')) // true
 * ```
 */
export function createPostgresStorage(options: PostgresStorageOptions): PostgresStorage {
  requireFields(options, OPTIONS)
  const { knex, schema = DEFAULT_SCHEMA, customers, statementTimeoutMs, lockTimeoutMs } = options
  checkKnex(knex)
  const tables = tablesIn(schema)
  const timeouts = timeoutsOf({ statementTimeoutMs, lockTimeoutMs })
  const host = exactNumbersOf(hostOf(knex))
  const database = new Database(host, { before: timeouts })
  // a sweep, or a freezing, may take longer than a statement that somebody waits for
  const unbounded = new Database(host)
  const notices = createNotices(knex, database, schema)
  const announcer = createAnnouncer(notices)
  return {
    ...createStores(database, tables, { unbounded, announcer, notices, customers }),
    ...createSegmentQuestions(database, tables, customers),
    enlist: (transaction) => {
      const begun = requireTransaction(transaction)
      const mark = createMark(tables)
      const committed = isCommitted(begun, database, mark)
      const joined = new Database(throughKnex(begun), { first: mark.leave })
      const told = { announcer: announcingLater(announcer, committed), notices, customers }
      return {
        storage: { ...createStores(joined, tables, { ...told, unbounded: joined }), enlist: null },
        committed,
      }
    },
    maintain: (options) => maintain(unbounded, tables, options),
    ...createMigrations(knex, schema),
    close: () => notices.close(),
  }
}

/** What stores share: how others are told of what is written, and where customers stand. */
interface Shared {
  /** The same database without bounds to how long a statement may take. */
  readonly unbounded: Database
  readonly announcer: Announcer
  readonly notices: Notices
  /** Where the customers stand. */
  readonly customers: CustomerMapping | undefined
}

function createStores(
  database: Database,
  tables: Tables,
  { unbounded, announcer, notices, customers }: Shared,
): Omit<Storage, 'enlist'> {
  const limiter = createRateLimiter(database, tables)
  const { directory, source } = openCustomers(database, tables, customers)
  return {
    capabilities: { durable: true, announces: true, enlists: true, plansInDatabase: true },
    customers: directory,
    consents: createConsentStore(database, tables),
    segments: createSegmentStore(database, tables),
    campaigns: createCampaignStore(database, tables, announcer),
    freezing: createFreezingStore({ database, unbounded }, tables, announcer),
    databasePlanner: createDatabasePlanner({ customers: directory, unbounded, source }, tables, announcer),
    audience: createAudienceStore(database, tables),
    deliveries: createDeliveryStore(database, tables, announcer),
    events: createEventStore(database, tables, announcer),
    coupons: createCouponStore(database, tables),
    journal: createJournalStore(database, tables),
    ledger: createLedgerStore(database, tables),
    dueIndex: createDueIndex(database, tables),
    eventFeed: createEventFeed(database, tables),
    announcements: announcer,
    jobQueue: (clock) => createJobQueue(database, tables, { clock, notices }),
    rateLimiter: () => limiter,
  }
}
