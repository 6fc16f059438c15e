import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { readSignedLink, signLink } from '../access/signed-link.js'
import { DAY_MS, type DurationMs, type Instant } from '../base/time.js'
import { hostIdSchema } from '../model/fields.js'
import { perMinute } from '../model/pace.js'
import { parseInput } from '../model/parse.js'
import type { RedeemOptions, RedemptionOutcome } from '../model/redemption.js'
import { type Scope, scopeSchema } from '../model/scope.js'
import { admit } from './admission.js'
import type { EngineContext } from './context.js'
import { redeemCoupon } from './redeem-coupon.js'

/** Coupons that one till may ask for: so many at once, then two a second. */
const TILL_PACE = perMinute(120)

/** Who takes coupons, and for which tenant. */
export interface Till {
  readonly tenant: string
  /** The host's id of the till or of the person at it; kept with each redemption. */
  readonly by: string
  /** Given to the access policy. @default ['till'] */
  readonly roles?: readonly string[]
}

const tillKeySchema = z.strictObject({
  /** The host's id of the till. */
  till: hostIdSchema,
  /** How long the key opens, 1 to 366 days. */
  expiresInDays: z.number().min(1).max(366),
})

/** For which till a key is, and for how long. */
export type TillKeyInput = z.input<typeof tillKeySchema>

/** A key that a till shows as its `Authorization: Bearer`. */
export interface TillKey {
  readonly key: string
  readonly expiresAt: Instant
}

/**
 * Makes a key with which a till redeems over HTTP. It is signed and kept nowhere, so it ends by its expiry or with the
 * secret that it was signed under.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD, FORBIDDEN
 */
export function makeTillKey(context: EngineContext, scope: Scope, input: TillKeyInput): TillKey {
  authorize(context.access, scope, 'till.admit')
  const { till, expiresInDays } = parseInput(tillKeySchema, input)
  const expiresAt = context.clock.now() + Math.round(expiresInDays * DAY_MS)
  const [secret] = context.settings.secrets
  return { key: signLink(secret, 'till', [scope.tenant, till, String(expiresAt)]), expiresAt }
}

/** The till of a key; null for one that is forged or has expired. */
export function readTillKey({ settings, clock }: EngineContext, key: string): Till | null {
  const [tenant, by, expiresAt] = readSignedLink(settings.secrets, 'till', key) ?? []
  if (tenant === undefined || by === undefined || !(clock.now() < Number(expiresAt))) return null
  return { tenant, by }
}

/** After how many milliseconds a till may ask; 0 for now. @throws INVALID_INPUT for a till that a host made up wrongly */
export async function admitTill(context: EngineContext, till: Till): Promise<DurationMs> {
  return admit(context, scopeOf(till), { key: `till:${till.by}`, pace: TILL_PACE, sharedByTenants: false })
}

/** Takes a coupon for a till. @throws as `redeemCoupon` */
export function redeemAtTill(
  context: EngineContext,
  till: Till,
  scanned: string,
  options: Omit<RedeemOptions, 'by' | 'at'>,
): Promise<RedemptionOutcome> {
  return redeemCoupon(context, scopeOf(till), scanned, { ...options, by: till.by })
}

/** @throws INVALID_INPUT for a till that a host made up wrongly */
function scopeOf({ tenant, by, roles = ['till'] }: Till): Scope {
  return parseInput(scopeSchema, { tenant, actor: { id: by, kind: 'service', roles: [...roles] } }, 'till')
}
