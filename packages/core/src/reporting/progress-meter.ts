import { type DurationMs, type Instant, MINUTE_MS } from '../base/time.js'
import type { Progress } from '../model/progress.js'

/** Estimates pace and end from what was settled lately. */
export interface ProgressMeter {
  /**
   * Takes how far things have come.
   *
   * @param at - an instant before the last one counts as the last one
   * @param settled - deliveries settled; fewer than before begins the measurement anew
   * @param total - deliveries that exist
   */
  update(at: Instant, settled: number, total: number): Pick<Progress, 'ratePerMinute' | 'etaMs'>
}

interface Reading {
  readonly at: Instant
  readonly settled: number
}

/** Readings that a window is made of at most: later ones within a hundredth of the window replace each other. */
const READINGS = 100

/**
 * Makes a meter with a sliding window: the rate is what was settled since the last reading that is at least a window
 * old (the first one, while there is none), divided by the time since then. So pauses within the window count, and a
 * pace slower than one reading a window is still measured. Memory is constant.
 *
 * @param options.windowMs - more than 0. @default 60,000
 */
export function createProgressMeter(options: { readonly windowMs?: DurationMs } = {}): ProgressMeter {
  const windowMs = options.windowMs ?? MINUTE_MS
  let readings: readonly Reading[] = []

  const record = (reading: Reading): Reading => {
    const last = readings.at(-1)
    if (last === undefined || reading.settled < last.settled) {
      readings = [reading]
      return reading
    }
    const isClose = readings.length > 1 && reading.at - (readings.at(-2)?.at ?? 0) < windowMs / READINGS
    const kept = [...(isClose ? readings.slice(0, -1) : readings), reading]
    const base = kept.findLastIndex(({ at }) => at <= reading.at - windowMs)
    readings = kept.slice(Math.max(0, base))
    return readings[0] ?? reading
  }

  return {
    update(at, settled, total) {
      const now = Math.max(at, readings.at(-1)?.at ?? at)
      const base = record({ at: now, settled })
      const elapsedMs = now - base.at
      const ratePerMinute = elapsedMs === 0 ? null : ((settled - base.settled) * MINUTE_MS) / elapsedMs
      return { ratePerMinute, etaMs: etaOf(total - settled, total, ratePerMinute) }
    },
  }
}

function etaOf(left: number, total: number, ratePerMinute: number | null): DurationMs | null {
  if (left <= 0) return total === 0 ? null : 0
  return ratePerMinute === null || ratePerMinute === 0 ? null : Math.ceil((left / ratePerMinute) * MINUTE_MS)
}
