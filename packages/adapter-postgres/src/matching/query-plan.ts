import type { Session } from '../database.js'
import { type Fragment, sql } from '../sql.js'

/** A node of what `EXPLAIN (FORMAT JSON)` says. */
interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Total Cost': number
  readonly Plans?: readonly PlanNode[]
}

/** How the database means to run a statement. */
export interface QueryPlan {
  /** What `EXPLAIN (FORMAT JSON, SETTINGS)` says. */
  readonly told: unknown
  /** In the units of the database: 1 is a page that is read behind the one before. */
  readonly cost: number
  readonly nodes: readonly PlanNode[]
}

/** Asks how the database means to run a statement; `analyze` runs it. */
export async function planOf(session: Session, statement: Fragment, analyze = false): Promise<QueryPlan> {
  const explain = analyze
    ? sql`explain (format json, settings, analyze, buffers)`
    : sql`explain (format json, settings)`
  const [row] = await session.rows<{ readonly 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }>(
    sql`${explain} ${statement}`,
  )
  const told = row?.['QUERY PLAN'] ?? []
  const nodes = told.flatMap(({ Plan }) => allNodes(Plan))
  return { told, cost: nodes[0]?.['Total Cost'] ?? 0, nodes }
}

function allNodes(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(allNodes)]
}
