import type { CampaignId } from '../../base/ids.js'
import type { Attribution, CampaignEvent } from '../../model/event.js'
import type { Counter } from '../../model/metrics.js'

interface Cell {
  readonly counter: Counter
  readonly members: Set<string>
  readonly humans: Set<string>
  readonly amounts: Map<string, bigint>
}

/**
 * The counts of a campaign, folded from its events as slowly and plainly as can be: what every storage must come to.
 *
 * @param events - each key once
 */
export function foldCounters(events: readonly CampaignEvent[], campaignId: CampaignId): readonly Counter[] {
  const cells = new Map<string, Cell>()
  for (const event of events) {
    for (const attribution of event.attributions) {
      if (attribution.campaignId !== campaignId) continue
      for (const place of placesOf(attribution)) count(cells, event, attribution, place)
    }
  }
  return [...cells.values()].map(({ counter, members, humans, amounts }) => ({
    ...counter,
    amountSquares: Number([...amounts.values()].reduce((sum, amount) => sum + amount * amount, 0n)),
    members: members.size,
    humanMembers: humans.size,
  }))
}

type Place = Pick<Counter, 'channel' | 'segment'>

function placesOf({ channel, segments }: Attribution): Place[] {
  const channels = channel === null ? [null] : [null, channel]
  return channels.flatMap((each) =>
    [null, ...new Set(segments)].map((segment) => ({ channel: each, segment })),
  )
}

function count(cells: Map<string, Cell>, event: CampaignEvent, attribution: Attribution, place: Place): void {
  const { campaignId, runId, arm } = attribution
  const { type, currency } = event
  const key = JSON.stringify([runId, arm, place.channel, place.segment, type, currency])
  const empty = { campaignId, runId, arm, ...place, type, currency, members: 0, humanMembers: 0 }
  const cell: Cell = cells.get(key) ?? {
    counter: { ...empty, total: 0, machine: 0, amountMinor: 0, amountSquares: 0, costMicros: 0 },
    members: new Set(),
    humans: new Set(),
    amounts: new Map(),
  }
  if (event.customerId !== null) {
    cell.members.add(event.customerId)
    if (!event.machine) cell.humans.add(event.customerId)
    cell.amounts.set(event.customerId, (cell.amounts.get(event.customerId) ?? 0n) + BigInt(event.amountMinor))
  }
  const counter = {
    ...cell.counter,
    total: cell.counter.total + 1,
    machine: cell.counter.machine + (event.machine ? 1 : 0),
    amountMinor: cell.counter.amountMinor + event.amountMinor,
    costMicros: cell.counter.costMicros + event.costMicros,
  }
  cells.set(key, { ...cell, counter })
}
