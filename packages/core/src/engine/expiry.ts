import { DAY_MS, type Instant } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import type { Delivery } from '../model/delivery.js'
import type { SkipCode } from '../model/exclusion.js'

/** From when on nobody may get the message of a delivery any more: end of the campaign or time to live; undefined for never. */
export function expiryOf(
  { content: { endsAt, timeToLiveDays } }: Pick<Campaign, 'content'>,
  { firstDueAt }: Pick<Delivery, 'firstDueAt'>,
): Instant | undefined {
  if (timeToLiveDays === undefined) return endsAt
  const livesUntil = firstDueAt + timeToLiveDays * DAY_MS
  return endsAt === undefined ? livesUntil : Math.min(endsAt, livesUntil)
}

/** Why a delivery may go out to nobody any more; null when it may. */
export function endCode(campaign: Campaign, delivery: Delivery, now: Instant): SkipCode | null {
  const { endsAt } = campaign.content
  if (endsAt !== undefined && endsAt <= now) return 'campaignEnded'
  const expiresAt = expiryOf(campaign, delivery)
  return expiresAt !== undefined && expiresAt <= now ? 'expired' : null
}
