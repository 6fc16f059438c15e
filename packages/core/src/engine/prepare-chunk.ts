import { isCampaignKitError } from '../base/error.js'
import type { AddressKey } from '../base/ids.js'
import { gateChannel } from '../consent/gates.js'
import type { Campaign } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import { addressOf, type Customer, isAddressFor } from '../model/customer.js'
import type { SkipCode } from '../model/exclusion.js'
import { isPublicIn } from '../model/public-placement.js'
import type { Scope } from '../model/scope.js'
import type { Settlement } from '../ports/storage/delivery-store.js'
import { bytesOn, mostBytesOn } from '../rendering/message-size.js'
import type { ReadyMessage } from './call-channel.js'
import { preparedContent, weightOf } from './channel-content.js'
import type { ChannelLane } from './channel-lane.js'
import type { EngineContext } from './context.js'
import { deliveredBefore, isFollower } from './delivered-before.js'
import { endCode } from './expiry.js'
import { type CouponOpener, isExpired, issueCoupons } from './issue-coupons.js'
import { loadPermissions, type Permissions } from './load-permissions.js'
import { mapInTurns } from './map-in-turns.js'
import { preparePosts } from './prepare-posts.js'
import { renderMessage } from './render-message.js'
import { openCustomer } from './seal-customer.js'
import { type HeldDelivery, skipped, unrenderable } from './settlements.js'
import { type HostData, templateData } from './template-data.js'

/** Messages that are rendered at a stretch: with a long letter and an image 0.3 ms each. */
const RENDERED_A_TURN = 25

/** A chunk, split into messages that may go out and deliveries that a gate or a template stops. */
export interface PreparedChunk {
  readonly ready: readonly ReadyMessage[]
  readonly stopped: readonly Settlement[]
}

/**
 * Asks the gates again, draws coupons and renders messages.
 *
 * @throws TEMPLATE_DATA_FAILED when the host's data cannot be had; nobody fails for it
 */
export async function prepareChunk(
  context: EngineContext,
  scope: Scope,
  lane: ChannelLane,
  chunk: readonly HeldDelivery[],
): Promise<PreparedChunk> {
  if (isPublicIn(lane.campaign.placements, lane.kind)) return preparePosts(context, scope, lane, chunk)
  const { allowed, stopped } = await passGatesAgain(context, scope, lane, chunk)
  const people = allowed.map(({ customer }) => customer)
  const coupons = await issueCoupons(context, scope, lane.campaign, lane.run.id, people)
  const data = await templateData(context, scope, lane.campaign, people)
  const ready: ReadyMessage[] = []
  const now = context.clock.now()
  const write = ({ held, customer, addressKey }: Allowed) => {
    const coupon = coupons.get(customer.id)
    if (isFollower(held) && isExpired(coupon, now)) {
      stopped.push(skipped(context, held, 'couponExpired'))
      return
    }
    const written = tryWrite(context, scope, lane, held, customer, coupon?.open ?? null, data)
    if ('failure' in written) stopped.push(unrenderable(context, held, written.failure))
    else ready.push({ held, addressKey, ...written })
  }
  await mapInTurns(context, allowed, write, RENDERED_A_TURN)
  return { ready, stopped }
}

interface Allowed {
  readonly held: HeldDelivery
  readonly customer: Customer
  readonly addressKey: AddressKey
}

interface Gated {
  readonly allowed: Allowed[]
  readonly stopped: Settlement[]
}

async function passGatesAgain(
  context: EngineContext,
  scope: Scope,
  { campaign, run, kind }: ChannelLane,
  chunk: readonly HeldDelivery[],
): Promise<Gated> {
  const isDelivered = await deliveredBefore(context, scope, campaign, run.id, chunk)
  const ids = chunk.flatMap(({ delivery }) => delivery.customerId ?? [])
  const found = await context.storage.customers.get(scope, ids)
  const customers = new Map(found.map((customer) => [customer.id, customer]))
  const permissions = await loadPermissions(context, scope, [kind], found)
  const now = context.clock.now()
  const gated: Gated = { allowed: [], stopped: [] }
  for (const held of chunk) {
    const { customerId } = held.delivery
    const customer = customerId === null ? null : (customers.get(customerId) ?? null)
    const addressKey = customer === null ? null : permissions.keyOf(customer, kind)
    const code =
      endCode(campaign, held.delivery, now) ??
      (isDelivered(held.delivery) ? 'deliveredBefore' : gateCode(campaign, kind, customer, permissions))
    if (code === null && customer !== null && addressKey !== null)
      gated.allowed.push({ held, customer, addressKey })
    else gated.stopped.push(skipped(context, held, code ?? 'noAddress'))
  }
  return gated
}

function gateCode(
  campaign: Campaign,
  kind: ChannelKind,
  customer: Customer | null,
  permissions: Permissions,
): SkipCode | null {
  const { purpose, topic } = campaign.content
  return gateChannel({ purpose, topic }, kind, {
    customer,
    consents: customer === null ? [] : permissions.consentsOf(customer.id),
    suppressedOn: () => customer !== null && permissions.suppressedOn(customer, kind),
    globallyHeldOut: false,
    eligibility: 'yes',
  })
}

type Written = Pick<ReadyMessage, 'to' | 'content' | 'weight'> | { readonly failure: string }

/** Opens customer and coupon, for this message alone, and fills it in; what goes wrong here stops nobody else. */
function tryWrite(
  context: EngineContext,
  scope: Scope,
  { campaign, kind, channel }: ChannelLane,
  { delivery }: HeldDelivery,
  sealed: Customer,
  openCoupon: CouponOpener | null,
  data: HostData,
): Written {
  try {
    const customer = openCustomer(context, scope, sealed)
    const to = addressOf(customer, kind)
    // one that was sealed is seen here for the first time
    if (to === null || !isAddressFor(kind, to)) return { failure: 'ADDRESS_INVALID' }
    const rendered = renderMessage(context, scope, {
      campaign,
      channel: kind,
      arm: delivery.arm,
      customer,
      deliveryId: delivery.id,
      coupon: openCoupon === null ? null : openCoupon(),
      data: data.get(customer.id) ?? {},
    })
    const content = preparedContent(channel, rendered)
    return bytesOn(kind, content) > mostBytesOn(kind, channel.capabilities.maxMessageBytes)
      ? { failure: 'MESSAGE_TOO_LARGE' }
      : { to, content, weight: weightOf(channel, content) }
  } catch (thrown) {
    const error = isCampaignKitError(thrown) ? thrown.code : 'unknown'
    context.logger.warn('a message could not be rendered', { deliveryId: delivery.id, error })
    return { failure: UNOPENED.includes(error) ? error : 'TEMPLATE_RENDER_FAILED' }
  }
}

/** Codes of a seal that does not open. */
const UNOPENED: readonly string[] = ['TOKEN_KEY_UNKNOWN', 'SIGNATURE_INVALID']
