import { CampaignKitError } from '../base/error.js'
import type { Scope } from '../model/scope.js'

/** What an actor may be asked leave for; the part before the dot names the subject. */
export const ACTIONS = [
  'customer.read',
  'customer.open',
  'customer.write',
  'customer.erase',
  'consent.write',
  'segment.read',
  'segment.write',
  'audience.reach',
  'campaign.read',
  'campaign.write',
  'campaign.launch',
  'campaign.control',
  'campaign.test',
  'delivery.settle',
  'coupon.redeem',
  'coupon.reverse',
  'till.admit',
  'seal.renew',
  'event.track',
  'event.reclassify',
  'message.receive',
  'inbox.read',
  'inbox.write',
  'report.read',
  'journal.read',
] as const

export type Action = (typeof ACTIONS)[number]

/** The host's answer to "may this actor do that?". Asked before every use case, with the scope it runs under. */
export type AccessPolicy = (scope: Scope, action: Action) => boolean

/** The policy of a host that guards its own doors: everything is allowed. */
export const allowAll: AccessPolicy = () => true

/**
 * Goes on only when the policy allows the action.
 *
 * @throws FORBIDDEN
 */
export function authorize(policy: AccessPolicy, scope: Scope, action: Action): void {
  // not merely truthy: a promise of "no" is
  if (policy(scope, action) === true) return
  throw new CampaignKitError('FORBIDDEN', `The actor may not ${action}`, {
    details: { action, actor: scope.actor.id, roles: scope.actor.roles },
  })
}
