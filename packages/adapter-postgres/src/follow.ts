import {
  type Campaign,
  type CampaignId,
  type Delivery,
  type EventStore,
  goingOn,
  hasEnded,
  type Instant,
  isOver,
  nextOfSent,
  type RunId,
  runGoingOn,
  type Scope,
} from '@campaignkit/core/adapter'
import { RUN_COLUMNS, type RunRow, runOf } from './campaign-row.js'
import { goOn } from './campaigns.js'
import { namesOf } from './columns.js'
import type { Session } from './database.js'
import { placeNext } from './insert-deliveries.js'
import { writeJournal } from './journal.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

type ReceiptEntry = Parameters<EventStore['appendReceipts']>[1][number]
type Following = NonNullable<ReceiptEntry['following']>

/** A delivery that is `sent`, locked, with all that its receipts say and what may follow it. */
export interface Followed {
  readonly receipts: Delivery['receipts']
  readonly following: Following
  /** Whether a receipt has just proved that it was sent. */
  readonly isProved: boolean
}

/**
 * The following of `EventStore.appendReceipts`, in its transaction, behind the locks of the deliveries: by statements for
 * all of them and for each campaign. The campaigns are locked in order of their ids before anything is placed.
 *
 * @returns the campaigns that were reopened for it
 */
export async function follow(
  session: Session,
  tables: Tables,
  scope: Scope,
  followed: readonly Followed[],
  now: Instant,
): Promise<readonly CampaignId[]> {
  const reopenings = new Map<CampaignId, Following['reopening']>()
  const followers = followed.flatMap(({ receipts, following, isProved }) => {
    const { next, nextIfReturned, reopening } = following
    const follower = nextOfSent(receipts, { next: isProved ? next : null, nextIfReturned })
    if (follower !== null) reopenings.set(follower.campaignId, reopening)
    return follower ?? []
  })
  if (followers.length === 0) return []
  const ids = [...reopenings.keys()]
  const rows = await session.rows<{ readonly document: Campaign }>(sql`
    select document from ${tables.campaigns} where tenant = ${scope.tenant} and id = any(${ids}::text[])
    order by id for update`)
  const open = rows.map(({ document }) => document).filter((campaign) => !isOver(campaign, now))
  const openIds = new Set(open.map(({ id }) => id))
  const placed = await placeNext(
    session,
    tables,
    scope,
    followers.filter(({ campaignId }) => openIds.has(campaignId)),
  )
  const moved = open.filter(({ id }) => placed.some(({ campaignId }) => campaignId === id))
  for (const campaign of moved) {
    const runs = await lockRuns(session, tables, scope, campaign, placed)
    await goOn(session, tables, scope, { campaign: goingOn(campaign, now), runs: runs.map(runGoingOn) })
  }
  const reopened = moved.filter(({ status }) => hasEnded(status)).map(({ id }) => id)
  if (reopened.length > 0) {
    const entries = reopened.flatMap((id) => reopenings.get(id) ?? [])
    await writeJournal(session, tables, scope, entries)
  }
  return reopened
}

async function lockRuns(
  session: Session,
  { runs }: Tables,
  { tenant }: Scope,
  { id }: Campaign,
  placed: readonly Pick<Delivery, 'campaignId' | 'runId'>[],
) {
  const ids = new Set<RunId>(placed.filter(({ campaignId }) => campaignId === id).map(({ runId }) => runId))
  const rows = await session.rows<RunRow>(sql`
    select ${namesOf(RUN_COLUMNS)} from ${runs}
    where tenant = ${tenant} and id = any(${[...ids]}::text[]) order by id for update`)
  return rows.map(runOf)
}
