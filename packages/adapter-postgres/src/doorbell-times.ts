import type { DurationMs } from '@campaignkit/core/adapter'

/** How often rings are asked for, and how often a listener says that it is alive. */
export const POLL_MS: DurationMs = 1_000
/** A listener that has not been heard of for so long is given up for dead, and its runs ring for others. */
export const BUSY_MS: DurationMs = 5_000
/** When the handler of a ring throws it is rung again after so long, twice as long each time. */
export const FIRST_RETRY_MS: DurationMs = 1_000
export const LAST_RETRY_MS: DurationMs = 60_000
