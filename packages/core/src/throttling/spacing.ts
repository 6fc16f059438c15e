import type { DurationMs } from '../base/time.js'
import type { Pace } from '../model/pace.js'

const SLACK_SHARE = 0.005

/** How late a send may leave its slot without spoiling the pace, in whole milliseconds: 0.5 % of the period, at least 1. */
export function slackMsOf({ periodMs }: Pace): DurationMs {
  return Math.max(1, Math.floor(periodMs * SLACK_SHARE))
}

/**
 * The distance of two slots of a pace in milliseconds, with fractions.
 *
 * `limit + 1` slots reach over `periodMs + slack`. The first of them is used at most `slack` late and the last is
 * never used early, so that they lie at least `periodMs` apart: no window `[t, t + periodMs)` holds both.
 */
export function spacingMsOf(pace: Pace): number {
  return (pace.periodMs + slackMsOf(pace)) / pace.limit
}
