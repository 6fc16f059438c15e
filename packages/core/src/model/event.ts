import * as z from 'zod'
import type { CampaignId, CustomerId, DeliveryId, RunId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { ChannelKind } from './channel-kind.js'
import type { Arm } from './experiment.js'
import { currencySchema, hostIdSchema, instantSchema, wordSchema } from './fields.js'
import type { Interaction } from './interaction.js'

/** The place in the counts where an event belongs. */
export interface Attribution {
  readonly campaignId: CampaignId
  readonly runId: RunId
  readonly arm: Arm
  /** Null when the event is not of one channel. */
  readonly channel: ChannelKind | null
  readonly segments: readonly string[]
}

/**
 * Anything that happened and is counted. Types of the kit: those of receipts, `sent`, `failed`, `skipped`,
 * `cancelled`, `held`, `conversion`, `redemption`, `redemption-reversed`; a host may track words of its own.
 */
export interface CampaignEvent {
  /** Unique per tenant; a second event with the same key is the same event and changes nothing. */
  readonly key: string
  readonly type: string
  readonly at: Instant
  readonly recordedAt: Instant
  readonly customerId: CustomerId | null
  readonly deliveryId: DeliveryId | null
  /** Where it counts; none for an event outside every campaign. */
  readonly attributions: readonly Attribution[]
  /** Minor units of `currency`; 0 when there is no amount. */
  readonly amountMinor: number
  /** What it cost us, in millionths of a minor unit of `currency`. */
  readonly costMicros: number
  readonly currency: string | null
  readonly reason: string | null
  readonly url: string | null
  /** Whether a machine did it: of opens and clicks by the rule that `interaction` names. */
  readonly machine: boolean
  /** Of opens and clicks of a delivery what the rule went by; null for all else, and once the customer was erased. */
  readonly interaction: Interaction | null
}

/** Types that only the kit itself records. */
export const RESERVED_EVENT_TYPES = [
  'sent',
  'failed',
  'skipped',
  'cancelled',
  'held',
  'redemption',
  'redemption-reversed',
]

/** What a host tracks: a conversion with its revenue, or a word of its own. */
export const trackedEventSchema = z
  .strictObject({
    /** The caller's idempotency key; the order number of a conversion is a good one. */
    key: hostIdSchema,
    type: wordSchema.refine((type) => !RESERVED_EVENT_TYPES.includes(type), 'is recorded by the kit itself'),
    customerId: hostIdSchema.transform((text) => text as CustomerId),
    at: instantSchema.exactOptional(),
    /** Counts for this campaign alone; else for each campaign in whose conversion window it falls. */
    campaignId: hostIdSchema.transform((text) => text as CampaignId).exactOptional(),
    amountMinor: z.int().exactOptional(),
    currency: currencySchema.exactOptional(),
  })
  .refine(({ type, amountMinor = 0 }) => type !== 'conversion' || amountMinor >= 0, {
    message: 'a conversion takes nothing away; a refund is an event of another type',
    path: ['amountMinor'],
  })
  .refine(({ amountMinor, currency }) => (amountMinor === undefined) === (currency === undefined), {
    message: 'amountMinor and currency go together',
    path: ['currency'],
  })

export type TrackedEventInput = z.input<typeof trackedEventSchema>
export type TrackedEvent = z.output<typeof trackedEventSchema>
