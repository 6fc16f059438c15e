import * as z from 'zod'
import type { CampaignId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { CampaignStatus } from './campaign-status.js'
import { type ChannelKind, channelKindSchema } from './channel-kind.js'
import { DEFAULT_TOPIC, EVERY_TOPIC } from './consent.js'
import { couponSchema } from './coupon.js'
import type { Criteria } from './criteria.js'
import { criteriaSchema } from './criteria-schema.js'
import { exclusionGroupSchema } from './exclusion-group.js'
import { experimentSchema, SOLE_VARIANT, type Stratum, type Variant } from './experiment.js'
import { daysSchema, instantSchema, refusingProto, textSchema, wordSchema } from './fields.js'
import { firstOfSchema } from './first-of.js'
import { jsonObjectSchema } from './json.js'
import { channelsOf, messagesSchema } from './message.js'
import { paceSchema } from './pace.js'
import { rule } from './parse.js'
import { DEFAULT_PRIORITY, prioritySchema } from './priority.js'
import type { PublicPlacement } from './public-placement.js'
import type { Rollout } from './rollout.js'
import { scheduleSchema } from './schedule.js'

const MAX_METADATA_BYTES = 65_536

const utmValueSchema = textSchema(200)

/** Parameters that links are given for the host's web analytics. */
const utmSchema = z.strictObject({
  source: utmValueSchema,
  /** By default the channel. */
  medium: utmValueSchema.exactOptional(),
  /** By default the name of the campaign. */
  campaign: utmValueSchema.exactOptional(),
  term: utmValueSchema.exactOptional(),
  /** By default the variant, where there is an experiment. */
  content: utmValueSchema.exactOptional(),
})

const contentFields = {
  /** Unique per tenant. */
  name: textSchema(200),
  /** An open lower-case word of the host: `win-back`, `newsletter`. */
  type: wordSchema.default('general'),
  objective: textSchema(2_000).exactOptional(),
  /** `marketing` needs consent; `transactional` does not, but suppressions bind both. */
  purpose: z.enum(['marketing', 'transactional']).default('marketing'),
  /** The consent topic. */
  topic: wordSchema.refine((topic) => topic !== EVERY_TOPIC).default(DEFAULT_TOPIC),
  audience: criteriaSchema,
  messages: messagesSchema,
  /** One message on each channel that reaches the customer, or on the first that works. */
  delivery: z.union([z.literal('each'), firstOfSchema]).default('each'),
  experiment: experimentSchema.exactOptional(),
  /** Shares its customers out with other campaigns, so that nobody is in two of them. */
  exclusionGroup: exclusionGroupSchema.exactOptional(),
  coupon: couponSchema.exactOptional(),
  pace: refusingProto(z.partialRecord(channelKindSchema, paceSchema)).default({}),
  /**
   * Which of several campaigns a worker serves first: 1 to 9, the higher before the lower. Campaigns of one priority take
   * turns. No pace and no limit depends on it.
   */
  priority: prioritySchema.default(DEFAULT_PRIORITY),
  schedule: scheduleSchema.exactOptional(),
  startsAt: instantSchema.exactOptional(),
  endsAt: instantSchema.exactOptional(),
  /** A message not sent this long after its due instant is skipped, in days. */
  timeToLiveDays: daysSchema.exactOptional(),
  tracking: z
    .strictObject({
      clicks: z.boolean().default(false),
      opens: z.boolean().default(false),
      utm: utmSchema.exactOptional(),
    })
    .default({ clicks: false, opens: false }),
  /** How the QR code stands in an e-mail: a part referred to by CID, a data URI, or only as a link. */
  qrEmbedding: z.enum(['cid', 'data', 'link']).default('cid'),
  /** What becomes of an attempt of which nobody knows whether it was sent, after the channel's receipt window. */
  inDoubt: z.enum(['hold', 'resend']).default('hold'),
  /** Tries after the first for failures that the channel calls transient. */
  maxRetries: z.int().min(0).max(10).default(3),
  metadata: jsonObjectSchema(MAX_METADATA_BYTES).default({}),
}

/** The strict schema of what a host writes when it creates a campaign. */
export const campaignDraftSchema = z
  .strictObject(contentFields)
  .refine(
    ({ messages }) => channelsOf(messages).length > 0,
    rule('CAMPAIGN_CHANNEL_REQUIRED', 'needs one message', ['messages']),
  )
  .superRefine(({ messages, delivery, experiment, startsAt, endsAt, schedule }, context) => {
    const channels = channelsOf(messages)
    const issue = (message: string, path: PropertyKey[]) =>
      context.addIssue({ code: 'custom', message, path })
    if (delivery !== 'each') {
      const { firstOf } = delivery
      if (new Set(firstOf).size !== firstOf.length) issue('names a channel twice', ['delivery', 'firstOf'])
      firstOf.forEach((channel, index) => {
        if (!channels.includes(channel)) issue('has no message', ['delivery', 'firstOf', index])
      })
    }
    experiment?.variants.forEach((variant, index) => {
      for (const channel of channelsOf((variant.messages ?? {}) as never)) {
        if (!channels.includes(channel))
          issue('the campaign has no such message', ['experiment', 'variants', index, 'messages', channel])
      }
    })
    if (startsAt !== undefined && endsAt !== undefined && endsAt <= startsAt)
      issue('must lie after startsAt', ['endsAt'])
    if (schedule?.type === 'once' && startsAt !== undefined)
      issue('a schedule of type once names its own start', ['startsAt'])
    if (schedule?.type === 'recurring' && schedule.weekdays !== undefined && schedule.every !== 'week') {
      issue('only with every: week', ['schedule', 'weekdays'])
    }
  })

/** What a host passes to `kit.campaigns.create`. */
export type CampaignInput = z.input<typeof campaignDraftSchema>

/** The content of a campaign: what is said, to whom, when, at what pace. Immutable from `preparing` on. */
export type CampaignContent = z.output<typeof campaignDraftSchema>

/** A change of a draft: fields that are present replace those of the draft, `null` removes an optional one. */
export type CampaignPatch = { [Field in keyof CampaignInput]?: CampaignInput[Field] | null }

/** A campaign as it is kept. */
export interface Campaign {
  readonly id: CampaignId
  /** Short public handle, part of tokens: Crockford base32. */
  readonly handle: string
  /** Random, immutable; under it customers are ranked. Never a name. */
  readonly salt: string
  readonly content: CampaignContent
  readonly status: CampaignStatus
  /** Counts the changes, from 1; every write names the version that it saw. */
  readonly version: number
  /** SHA-256 of the content with its references resolved, from scheduling or launch on. */
  readonly digest: string | null
  /** The audience with every named segment replaced by its rule: pinned from launch on, null before. */
  readonly pinnedAudience: Criteria | null
  /** The strata with every named segment replaced by its rule: pinned with the audience, null where there are none. */
  readonly pinnedStrata: readonly Stratum[] | null
  readonly createdAt: Instant
  readonly updatedAt: Instant
  /** When the first run began, or is to begin. */
  readonly startsAt: Instant | null
  readonly launchedAt: Instant | null
  readonly endedAt: Instant | null
  /** Why it stands where it stands: `stopped`, a justification, an error code. */
  readonly statusReason: string | null
  readonly archivedAt: Instant | null
  /** Where it is put over public channels: pinned with the audience, empty before and where there are none. */
  readonly placements: readonly PublicPlacement[]
  /** The arm that the remainder was given; null before, and for good where there is none. */
  readonly rollout: Rollout | null
}

/** The variants of a campaign; one of its own when it has no experiment. */
export function variantsOf(content: CampaignContent): readonly Variant[] {
  return content.experiment?.variants ?? [{ name: SOLE_VARIANT, weight: 1 }]
}

/** Every rule by which a campaign tells customers apart: its audience, and its strata. */
export function criteriaOf({ audience, experiment }: CampaignContent): readonly Criteria[] {
  return [audience, ...(experiment?.strata ?? []).map(({ criteria }) => criteria)]
}

/** Channels of a campaign in the order in which they are tried, unless a customer's own goes before it. */
export function channelOrder(content: CampaignContent): readonly ChannelKind[] {
  return content.delivery === 'each' ? channelsOf(content.messages) : content.delivery.firstOf
}

/** Whether each customer's own order of channels goes before that of the campaign. */
export function isPersonalOrder({ delivery }: CampaignContent): boolean {
  return delivery !== 'each' && delivery.order === 'personal'
}
