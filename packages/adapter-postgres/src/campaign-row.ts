import type { Campaign, CampaignId, Instant, Run, RunId } from '@campaignkit/core/adapter'
import type { Columns } from './columns.js'

/** How a campaign is written: the whole of it as a document, beside what is asked for. */
export const CAMPAIGN_COLUMNS: Columns<Campaign> = [
  { name: 'id', type: 'text', of: ({ id }) => id },
  { name: 'name', type: 'text', of: ({ content }) => content.name },
  { name: 'status', type: 'text', of: ({ status }) => status },
  { name: 'version', type: 'int', of: ({ version }) => version },
  { name: 'created_at', type: 'float8', of: ({ createdAt }) => createdAt },
  { name: 'archived_at', type: 'float8', of: ({ archivedAt }) => archivedAt },
  { name: 'ends_at', type: 'float8', of: ({ content }) => content.endsAt },
  { name: 'priority', type: 'int', of: ({ content }) => content.priority },
  // on which the deliveries of its runs may wait
  { name: 'channels', type: 'text[]', of: ({ content }) => Object.keys(content.messages) },
  { name: 'document', type: 'json', of: (campaign) => campaign },
]

/** How a run is written. */
export const RUN_COLUMNS: Columns<Run> = [
  { name: 'id', type: 'text', of: ({ id }) => id },
  { name: 'campaign_id', type: 'text', of: ({ campaignId }) => campaignId },
  { name: 'occurrence', type: 'text', of: ({ occurrence }) => occurrence },
  { name: 'scheduled_for', type: 'float8', of: ({ scheduledFor }) => scheduledFor },
  { name: 'freezing', type: 'json', of: ({ freeze }) => freeze },
  { name: 'is_frozen', type: 'bool', of: ({ freeze }) => freeze.phase === 'frozen' },
  { name: 'status', type: 'text', of: ({ status }) => status },
  { name: 'version', type: 'int', of: ({ version }) => version },
  { name: 'created_at', type: 'float8', of: ({ createdAt }) => createdAt },
  { name: 'ended_at', type: 'float8', of: ({ endedAt }) => endedAt },
  { name: 'first_ended_at', type: 'float8', of: ({ firstEndedAt }) => firstEndedAt },
]

/** A run as its table has it. */
export interface RunRow {
  readonly id: RunId
  readonly campaign_id: CampaignId
  readonly occurrence: string
  readonly scheduled_for: Instant
  readonly freezing: Run['freeze']
  readonly status: Run['status']
  readonly version: number
  readonly created_at: Instant
  readonly ended_at: Instant | null
  readonly first_ended_at: Instant | null
}

/** A run as the kit knows it. */
export function runOf(row: RunRow): Run {
  return {
    id: row.id,
    campaignId: row.campaign_id,
    occurrence: row.occurrence,
    scheduledFor: row.scheduled_for,
    freeze: row.freezing,
    status: row.status,
    version: row.version,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    firstEndedAt: row.first_ended_at,
  }
}
