import type { CampaignEvent } from '../model/event.js'
import type { Counter } from '../model/metrics.js'

/** Where a {@link Counter} stands: all of it but the numbers. */
export type CounterCell = Omit<
  Counter,
  'total' | 'members' | 'humanMembers' | 'machine' | 'amountMinor' | 'amountSquares' | 'costMicros'
>

/** A text that two cells share only when they are the same. */
export function cellKeyOf(cell: CounterCell): string {
  const { campaignId, runId, arm, channel, segment, type, currency } = cell
  return JSON.stringify([campaignId, runId, arm, channel, segment, type, currency])
}

/**
 * The cells in which an event counts, each once: for every attribution across all channels and on its own, and in both
 * across all segments and in each of its own.
 *
 * @returns the cells by their key
 */
export function cellsOf({ attributions, type, currency }: CampaignEvent): ReadonlyMap<string, CounterCell> {
  const cells = new Map<string, CounterCell>()
  for (const { campaignId, runId, arm, channel, segments } of attributions) {
    for (const each of channel === null ? [null] : [null, channel]) {
      for (const segment of [null, ...segments]) {
        const cell = { campaignId, runId, arm, channel: each, segment, type, currency }
        cells.set(cellKeyOf(cell), cell)
      }
    }
  }
  return cells
}
