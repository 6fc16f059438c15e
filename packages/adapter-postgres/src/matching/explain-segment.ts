import type { CriteriaInput, Instant, Scope } from '@campaignkit/core/adapter'
import type { Database, Session } from '../database.js'
import { type CustomerMapping, invalid } from '../mapping/customer-mapping.js'
import { openCustomers } from '../open-customers.js'
import { requireFields } from '../require-fields.js'
import { createSegmentStore } from '../segments.js'
import type { Fragment } from '../sql.js'
import type { Tables } from '../tables.js'
import { chooseCount } from './choose-count.js'
import { withCountSettings } from './count-settings.js'
import { parameterised } from './matching-statements.js'
import { planOf } from './query-plan.js'
import { segmentRule } from './segment-rule.js'

/** How a rule is asked. */
export interface AskSegmentOptions {
  /** From which windows reach back, in milliseconds of the epoch; a storage never asks the time. */
  readonly asOf: Instant
}

/** How a rule is explained. */
export interface ExplainSegmentOptions extends AskSegmentOptions {
  /** Whether the statement is run, so that the plan says what it took. @default false */
  readonly analyze?: boolean
}

/** The statement that counts whom a rule matches, and how the database means to do it. */
export interface ExplainedSegment {
  /** With `$1` and so on for its parameters. */
  readonly statement: string
  /** How many parameters it has. */
  readonly parameters: number
  /** What `EXPLAIN (FORMAT JSON, SETTINGS)` says; counts are planned with settings of their own where a server has its as they come. */
  readonly plan: unknown
  /** External rules, which are asked after matching and stand in no statement. */
  readonly externalRules: readonly string[]
}

/** Asks whom rules match, before any gate, in one statement each. */
export interface SegmentQuestions {
  /**
   * Counts whom a rule matches. Named segments are read as they stand; external rules are not asked.
   *
   * @throws CRITERIA_INVALID, UNKNOWN_FIELD, CRITERIA_TOO_DEEP, SEGMENT_NOT_FOUND, SEGMENT_CYCLE, ELIGIBILITY_MISPLACED,
   *   INVALID_INPUT with path `asOf`, or for a mapping of customers that the database does not bear out, STORAGE_FAILED
   */
  countMatching(scope: Scope, criteria: CriteriaInput, options: AskSegmentOptions): Promise<number>
  /**
   * Gives the statement that {@link SegmentQuestions.countMatching} runs, and the plan that the database has for it.
   *
   * @throws as {@link SegmentQuestions.countMatching}, and INVALID_INPUT with path `analyze`
   */
  explainSegment(
    scope: Scope,
    criteria: CriteriaInput,
    options: ExplainSegmentOptions,
  ): Promise<ExplainedSegment>
}

/** A rule, of whose tenant it is asked, and how. */
interface Question {
  readonly scope: Scope
  readonly input: CriteriaInput
  readonly options: AskSegmentOptions
}

function checkAsking(options: ExplainSegmentOptions, known: readonly string[]): void {
  requireFields(options, known)
  const { asOf, analyze = false } = options
  if (!isInstant(asOf)) throw invalid('asOf', 'expected milliseconds of the epoch')
  if (typeof analyze !== 'boolean') throw invalid('analyze', 'expected true or false')
}

/** As far as dates go. */
const LAST_INSTANT = 8.64e15

function isInstant(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= LAST_INSTANT
}

/** The questions of {@link PostgresStorage}. */
export function createSegmentQuestions(
  database: Database,
  tables: Tables,
  mapping: CustomerMapping | undefined,
): SegmentQuestions {
  const segments = createSegmentStore(database, tables)
  const customers = openCustomers(database, tables, mapping)
  /** Does its work with the statement that counts, in the session that it was chosen for. */
  const withCount = async <Result>(
    { scope, input, options }: Question,
    work: (session: Session, statement: Fragment) => Promise<Result>,
  ) => {
    const { asOf } = options
    const { criteria, rules } = await segmentRule(segments, scope, input)
    const place = { source: await customers.source(), tables, tenant: scope.tenant }
    const result = await withCountSettings(database, async (session) =>
      work(session, await chooseCount(session, place, { criteria, asOf })),
    )
    return { result, rules }
  }
  return {
    countMatching: async (scope, input, options) => {
      checkAsking(options, ['asOf'])
      const { result } = await withCount({ scope, input, options }, (session, statement) =>
        session.rows<{ readonly count: number }>(statement),
      )
      return result[0]?.count ?? 0
    },
    explainSegment: async (scope, input, options) => {
      checkAsking(options, ['asOf', 'analyze'])
      const { analyze = false } = options
      const { result, rules } = await withCount({ scope, input, options }, async (session, statement) => {
        const { told } = await planOf(session, statement, analyze)
        return { statement: parameterised(statement), parameters: statement.values.length, plan: told }
      })
      return { ...result, externalRules: rules }
    },
  }
}
