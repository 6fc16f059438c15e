import * as z from 'zod'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.js'
import type { ChannelKind } from './channel-kind.js'

/** At most `limit` sends in any window of `periodMs`. */
export interface Pace {
  /** 1 to 10,000,000. */
  readonly limit: number
  /** 1 second to 1 day. */
  readonly periodMs: number
}

export const paceSchema: z.ZodType<Pace> = z.strictObject({
  limit: z.int().min(1).max(10_000_000),
  periodMs: z.int().min(SECOND_MS).max(DAY_MS),
})

/** At most so many sends in any second. */
export const perSecond = (limit: number): Pace => ({ limit, periodMs: SECOND_MS })
/** At most so many sends in any minute. */
export const perMinute = (limit: number): Pace => ({ limit, periodMs: MINUTE_MS })
/** At most so many sends in any hour. */
export const perHour = (limit: number): Pace => ({ limit, periodMs: HOUR_MS })

/** The pace of a channel for which neither campaign nor host names one. */
export const DEFAULT_PACES: Readonly<Record<ChannelKind, Pace>> = {
  email: perMinute(100),
  sms: perMinute(10),
  whatsapp: perMinute(10),
  push: perMinute(1_000),
  'in-app': perMinute(10_000),
  web: perMinute(10_000),
  social: perMinute(1),
  display: perMinute(10),
}
