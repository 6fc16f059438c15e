import type { AudiencePlan, ReachableContact, Standing } from '@campaignkit/core/adapter'
import { type Columns, given } from './columns.js'
import type { Session } from './database.js'
import {
  codeAt,
  keyAt,
  type PlanningPlace,
  planningStatement,
  readyToPlan,
  type StretchToPlan,
  upTo,
} from './planning-statement.js'
import { sql } from './sql.js'

/** The rule of `DatabasePlanner.planStretch`, in one statement. */
export async function planStretch(
  session: Session,
  place: PlanningPlace,
  toPlan: StretchToPlan,
  contacts: readonly ReachableContact[],
): Promise<void> {
  const standings = [...new Set(contacts.map(({ standing }) => standing))]
  const keys = Math.max(1, ...contacts.flatMap(({ ways }) => ways.map((way) => way.addressKeys.length)))
  await readyToPlan(session)
  await session.rows(
    planningStatement(place, toPlan, {
      given: sql`select * from ${given(contactColumns(toPlan.plan, standings, keys), contacts)}`,
      standings,
      keys,
      isGiven: [place.source.among(contacts.map(({ customerId }) => customerId))],
      isKnown: null,
    }),
  )
}

/** What is known of the contacts: of each channel the keys of the address, so many of them, and the code of a gate that is shut. */
function contactColumns(
  { channels }: AudiencePlan,
  standings: readonly Standing[],
  keys: number,
): Columns<ReachableContact> {
  // as PostgreSQL counts the places of a list
  const numbers = new Map(standings.map((standing, at) => [standing, at + 1]))
  return [
    { name: 'id', type: 'text', of: ({ customerId }) => customerId },
    { name: 'normal', type: 'text', of: ({ customerId }) => normalUnlessSame(customerId) },
    { name: 'standing', type: 'int', of: ({ standing }) => numbers.get(standing) },
    ...channels.flatMap(
      (_, at): Columns<ReachableContact> => [
        ...upTo(keys).map((secret) => ({
          name: keyAt(at, secret),
          type: 'text' as const,
          of: ({ ways }: ReachableContact) => ways[at]?.addressKeys[secret],
        })),
        { name: codeAt(at), type: 'text', of: ({ ways }) => ways[at]?.exclusion },
      ],
    ),
  ]
}

/** Not left to the database, which may know another version of Unicode. */
function normalUnlessSame(id: string): string | null {
  const normal = id.normalize('NFC')
  return normal === id ? null : normal
}
