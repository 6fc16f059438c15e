import type { Attribution, CampaignEvent, CampaignId, DeliveryId, Scope } from '@campaignkit/core/adapter'
import { type Columns, given, namesOf, typedNamesOf } from './columns.js'
import { countingOf } from './count-events.js'
import type { Session } from './database.js'
import { EVENT_COLUMNS, type EventPart, partsOf } from './event-row.js'
import { locksOf } from './fact-locks.js'
import { firstOfEach } from './first-of-each.js'
import { frequent } from './ready-statements.js'
import { type Fragment, sql } from './sql.js'
import type { Tables } from './tables.js'

/** Of so many events at most the plan that is kept ready may compare all with all. */
const FEW = 20

/** An event, and the delivery without whose settlement it did not happen. */
interface Fact {
  readonly event: CampaignEvent
  readonly settles: DeliveryId | null
}

/** Where a fact stands among those that are given, and its attributions among the documents of all of them, from 1. */
interface PlacedFact extends Fact {
  readonly place: number
  readonly document: number
}

interface PlacedPart extends EventPart {
  readonly place: number
}

const GIVEN: Columns<PlacedFact> = [
  { name: 'place', type: 'int', of: ({ place }) => place },
  { name: 'settles', type: 'text', of: ({ settles }) => settles },
  { name: 'document', type: 'int', of: ({ document }) => document },
  ...EVENT_COLUMNS.filter(({ name }) => name !== 'attributions').map(({ of, ...column }) => ({
    ...column,
    of: ({ event }: PlacedFact) => of(event),
  })),
]

const PARTS: Columns<PlacedPart> = [
  { name: 'place', type: 'int', of: ({ place }) => place },
  { name: 'part', type: 'int', of: ({ part }) => part },
  { name: 'campaign_id', type: 'text', of: ({ campaignId }) => campaignId },
]

/**
 * Adds events and folds them into the counts, as `foldEvents` would, in one statement. Who writes a key first has the
 * event: another transaction with the same one waits for the end of this.
 *
 * @returns those that were new, in order
 */
export async function appendEvents(
  session: Session,
  tables: Tables,
  scope: Scope,
  events: readonly CampaignEvent[],
): Promise<readonly CampaignEvent[]> {
  const firsts = firstOfEach(events, ({ key }) => key)
  if (firsts.length === 0) return []
  const facts = firsts.map((event) => ({ event, settles: null }))
  const statement = sql`with ${recordingOf(tables, scope, facts, sql``)} select key from fresh`
  const written = await session.rows<{ readonly key: string }>(
    firsts.length <= FEW ? frequent(statement) : statement,
  )
  const keys = new Set(written.map(({ key }) => key))
  return firsts.filter(({ key }) => keys.has(key))
}

/**
 * The part of a statement that adds events, each with a key of its own, and folds them into the counts; the keys of the new
 * ones are `fresh`. Keys, then marks of members, then counters are locked, each in order.
 *
 * @param facts - at least one, with the delivery that `condition` may ask for as `given.settles`
 */
export function recordingOf(
  tables: Tables,
  scope: Scope,
  facts: readonly Fact[],
  condition: Fragment,
): Fragment {
  const { tenant } = scope
  const { documents, numbers } = attributionsOf(facts)
  const placed = facts.map(({ event, settles }, place) => ({
    event,
    settles,
    place,
    document: numbers[place] ?? 0,
  }))
  const events = facts.map(({ event }) => event)
  const parts = placed.flatMap(({ event, place }) => partsOf(event).map((part) => ({ ...part, place })))
  return sql`facts as materialized (
      select ${typedNamesOf(GIVEN)}, (${documents}::json[])[given.document] as attributions
      from ${given(GIVEN, placed)} ${condition}
    ), fresh as (
      insert into ${tables.event_keys} (tenant, key, recorded_at)
      select ${tenant}, key, recorded_at from facts
      where ${locksOf(scope, campaignsOf(events), 'shared')} order by key
      on conflict (tenant, key) do nothing returning key
    ), written as (
      insert into ${tables.events} (tenant, part, campaign_id, ${namesOf(EVENT_COLUMNS)})
      select ${tenant}, part, campaign_id, ${namesOf(EVENT_COLUMNS)}
      from ${given(PARTS, parts)} join facts using (place) join fresh using (key)
    )${countingOf(tables, scope, placed)}`
}

/** What many events of a chunk have alike travels once, and is read once. */
function attributionsOf(facts: readonly Fact[]) {
  const documents = new Map<string, number>()
  let last: readonly Attribution[] | null = null
  let number = 0
  const numbers = facts.map(({ event: { attributions } }) => {
    // as a rule one is like the one before, and to write it is dearer than to see that
    if (last === null || !areAlike(last, attributions)) {
      const text = JSON.stringify(attributions)
      number = documents.get(text) ?? documents.size + 1
      documents.set(text, number)
    }
    last = attributions
    return number
  })
  return { documents: [...documents.keys()], numbers }
}

function areAlike(left: readonly Attribution[], right: readonly Attribution[]): boolean {
  return left.length === right.length && left.every((each, at) => isLike(each, right[at]))
}

function isLike(one: Attribution, other: Attribution | undefined): boolean {
  return (
    other !== undefined &&
    one.campaignId === other.campaignId &&
    one.runId === other.runId &&
    one.arm === other.arm &&
    one.channel === other.channel &&
    one.segments.length === other.segments.length &&
    one.segments.every((segment, at) => segment === other.segments[at])
  )
}

function campaignsOf(events: readonly CampaignEvent[]): readonly CampaignId[] {
  return events.flatMap(({ attributions }) => attributions.map(({ campaignId }) => campaignId))
}
