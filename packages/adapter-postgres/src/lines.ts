import { CHANNEL_KINDS } from '@campaignkit/core/adapter'
import { type Fragment, raw, sql } from './sql.js'

/** What a delivery stands in line for: to be claimed, or to hear of an attempt that may have gone through. */
export type WaitsFor = 'claim' | 'receipt'

const SEEDS: Readonly<Record<WaitsFor, Fragment>> = { claim: raw('1'), receipt: raw('2') }

/** Of which run and channel a line is, and up to which instant one looks along it. */
export interface Line {
  readonly waitsFor: WaitsFor
  readonly tenant: Fragment
  readonly runId: Fragment
  readonly channel: Fragment
  readonly upTo?: Fragment
}

/**
 * Which deliveries `d` stand in a line, to be ordered by `due_at, rank`. The number of the line, as the table makes it,
 * finds them; what it is made of is asked as well, since two lines may have the same. An interval that begins with all
 * time is taken for a narrow one as long as nothing is known of a new table; else the whole line would be read, and sorted.
 */
export function standsIn({ waitsFor, tenant, runId, channel, upTo = raw(`'infinity'`) }: Line): Fragment {
  return sql`d.line = hashtextextended(${channel}, hashtextextended(${runId}, ${SEEDS[waitsFor]}))
    and d.due_at between '-infinity' and ${upTo} and d.tenant = ${tenant} and d.run_id = ${runId} and d.channel = ${channel}`
}

/** Every channel there is, a row each, as `alias(channel)`. */
export function everyChannel(alias: string): Fragment {
  return sql`unnest(${raw(`array['${CHANNEL_KINDS.join("','")}']`)}) as ${raw(`${alias}(channel)`)}`
}
