import type { CustomerId, Instant, Member, RunId } from '@campaignkit/core/adapter'
import type { Columns } from './columns.js'

/** How a member is written. */
export const MEMBER_COLUMNS: Columns<Member> = [
  { name: 'run_id', type: 'text', of: ({ runId }) => runId },
  { name: 'customer_id', type: 'text', of: ({ customerId }) => customerId },
  { name: 'rank_key', type: 'text', of: ({ rankKey }) => rankKey },
  { name: 'rank', type: 'float8', of: ({ rank }) => rank },
  { name: 'due_at', type: 'float8', of: ({ dueAt }) => dueAt },
  { name: 'arm', type: 'text', of: ({ arm }) => arm },
  { name: 'exclusion', type: 'text', of: ({ exclusion }) => exclusion },
  { name: 'channels', type: 'text[]', of: ({ channels }) => channels },
  { name: 'tags', type: 'text[]', of: ({ tags }) => tags },
  { name: 'segments', type: 'text[]', of: ({ segments }) => segments },
]

/** A member as its table has it. */
export interface MemberRow {
  readonly run_id: RunId
  readonly customer_id: CustomerId
  readonly rank_key: string
  readonly rank: number | null
  readonly due_at: Instant
  readonly arm: string | null
  readonly exclusion: Member['exclusion']
  readonly channels: Member['channels']
  readonly tags: readonly string[]
  readonly segments: readonly string[]
}

/** A member as the kit knows it. */
export function memberOf(row: MemberRow): Member {
  return {
    runId: row.run_id,
    customerId: row.customer_id,
    rankKey: row.rank_key,
    rank: row.rank,
    dueAt: row.due_at,
    arm: row.arm,
    exclusion: row.exclusion,
    channels: row.channels,
    tags: row.tags,
    segments: row.segments,
  }
}
