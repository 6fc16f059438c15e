import type { SmtpMailbox } from '@campaignkit/adapter-sendgrid/testing'
import {
  type CampaignEvent,
  type CampaignId,
  type Counter,
  foldEvents,
  type Storage,
} from '@campaignkit/core/adapter'
import { scope, type Trial } from './trial.js'

/** A campaign of the trial: its letters are told from the others' by their subject. */
export interface Launched {
  readonly id: CampaignId
  readonly subject: string
}

/** What the mailbox and the tables say of one campaign when the last worker has gone. */
export interface Aftermath {
  readonly isComplete: boolean
  readonly sent: number
  readonly held: number
  readonly failed: number
  /** Deliveries that are not settled. */
  readonly open: number
  /** Customers who have no message, though their delivery is not held. */
  readonly lost: number
  /** Messages beyond the first of a customer. */
  readonly doubled: number
  /** Cells in which the counters differ from the fold of the events. */
  readonly miscounted: number
}

/** Counts what is left of a campaign. */
export async function lookAt(
  storage: Storage,
  { id, subject }: Launched,
  mailbox: SmtpMailbox,
  { deliveries }: Trial,
): Promise<Aftermath> {
  const messages = mailbox.messages.filter((message) => message.raw.includes(`Subject: ${subject}\r\n`))
  const mails = countBy(messages, ({ to }) => to)
  const kept = await everything((cursor) => storage.deliveries.list(scope, id, {}, { cursor, limit: 1_000 }))
  const counts = await storage.deliveries.counts(scope, id)
  const events = await everything((cursor) => storage.events.list(scope, id, {}, { cursor, limit: 1_000 }))
  const missing = kept.filter(({ status, customerId }) => {
    return status !== 'held' && mails[`${customerId}@mail.example`] === undefined
  })
  return {
    isComplete: (await storage.campaigns.get(scope, id))?.status === 'completed',
    sent: counts.sent,
    held: counts.held,
    failed: counts.failed,
    open: counts.queued + counts.claimed + counts.attempting + counts.inDoubt,
    lost: missing.length + deliveries - kept.length,
    doubled: messages.length - Object.keys(mails).length,
    miscounted: differences(await storage.events.counters(scope, id), events),
  }
}

function differences(counters: readonly Counter[], events: readonly CampaignEvent[]): number {
  const write = (counter: Counter) => JSON.stringify(Object.entries(counter).sort())
  const folded = new Set(foldEvents(events).map(write))
  const stored = new Set(counters.map(write))
  return (
    [...folded].filter((cell) => !stored.has(cell)).length +
    [...stored].filter((cell) => !folded.has(cell)).length
  )
}

async function everything<Item>(
  page: (
    cursor: string | null,
  ) => Promise<{ readonly items: readonly Item[]; readonly nextCursor: string | null }>,
): Promise<readonly Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  do {
    const next: Awaited<ReturnType<typeof page>> = await page(cursor)
    items.push(...next.items)
    cursor = next.nextCursor
  } while (cursor !== null)
  return items
}

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string) {
  const counts: Record<string, number | undefined> = {}
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1
  return counts
}
