import {
  addedSquare,
  type CampaignEvent,
  type CampaignId,
  type Counter,
  type CounterCell,
  type CustomerId,
  cellsOf,
  countEvent,
  emptyCounter,
  type Firsts,
  type RunId,
} from '@campaignkit/core/adapter'

interface Cell {
  counter: Counter
  squares: bigint
  /** Who did it, and whether any time it was no machine. */
  readonly customers: Map<CustomerId, boolean>
  /** What their events came to, of those where it is not 0. */
  readonly amounts: Map<CustomerId, number>
}

/** The counts of a tenant's events, folded as they come. */
export class CounterTable {
  readonly #campaigns = new Map<CampaignId, Map<string, Cell>>()

  /** @param only - the campaign in which it counts; without it all of its own */
  add(event: CampaignEvent, only?: CampaignId): void {
    for (const [key, place] of cellsOf(event)) {
      if (only !== undefined && place.campaignId !== only) continue
      const cell = this.#cell(key, place)
      cell.counter = Object.freeze(countEvent(cell.counter, event, firstsOf(cell, event)))
      addAmount(cell, event)
    }
  }

  /** Forgets every count of a campaign. */
  clear(campaignId: CampaignId): void {
    this.#campaigns.delete(campaignId)
  }

  /** Forgets that the event was this customer's; the counts stay. */
  forget(event: CampaignEvent, customerId: CustomerId, only?: CampaignId): void {
    for (const [key, place] of cellsOf(event)) {
      if (only !== undefined && place.campaignId !== only) continue
      this.#forget(this.#cell(key, place), customerId)
    }
  }

  list(campaignId: CampaignId, runId: RunId | undefined): readonly Counter[] {
    return [...(this.#campaigns.get(campaignId)?.values() ?? [])]
      .map(({ counter, squares }) => ({ ...counter, amountSquares: Number(squares) }))
      .filter((counter) => runId === undefined || counter.runId === runId)
  }

  #forget({ customers, amounts }: Cell, customerId: CustomerId): void {
    customers.delete(customerId)
    amounts.delete(customerId)
  }

  #cell(key: string, place: CounterCell): Cell {
    const cells = this.#campaigns.get(place.campaignId) ?? new Map<string, Cell>()
    this.#campaigns.set(place.campaignId, cells)
    const cell = cells.get(key) ?? {
      counter: emptyCounter(place),
      squares: 0n,
      customers: new Map(),
      amounts: new Map(),
    }
    cells.set(key, cell)
    return cell
  }
}

function addAmount(cell: Cell, { customerId, amountMinor }: CampaignEvent): void {
  if (customerId === null || amountMinor === 0) return
  const before = cell.amounts.get(customerId) ?? 0
  cell.amounts.set(customerId, before + amountMinor)
  cell.squares += addedSquare(before, amountMinor)
}

/** What is first in the cell, and is not from now on. */
function firstsOf({ customers }: Cell, { customerId, machine }: CampaignEvent): Firsts {
  if (customerId === null) return { isFirst: false, isFirstHuman: false }
  const wasHuman = customers.get(customerId)
  const isFirst = wasHuman === undefined
  const isFirstHuman = !machine && wasHuman !== true
  if (isFirst || isFirstHuman) customers.set(customerId, !machine)
  return { isFirst, isFirstHuman }
}
