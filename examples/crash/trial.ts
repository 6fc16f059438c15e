import { sampleScope } from '@campaignkit/core/testing'
import type { KillPlan } from './kill-points.js'

/** The tenant whose campaigns are sent. */
export const scope = sampleScope('pizzeria')

/** One trial: campaigns, one after the other until every planned death has come, and the workers that send them. */
export interface Trial {
  /** Customers that each campaign writes to. */
  readonly deliveries: number
  readonly workers: number
  /** What becomes of a message of which nobody knows whether it was sent. */
  readonly policy: 'hold' | 'resend'
  readonly plans: readonly KillPlan[]
  /** Stops PostgreSQL at once and starts it again when half of the plans are through. */
  readonly restartsDatabase: boolean
}
