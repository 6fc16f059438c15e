import type { ChannelKind } from '../model/channel-kind.js'
import { type ConsentRecord, decideConsent } from '../model/consent.js'
import { type Addressee, contactOf, isAddressFor } from '../model/customer.js'
import { EXCLUSION_CODES, type ExclusionCode } from '../model/exclusion.js'
import type { SealedValue } from '../model/sealed.js'

/** What a campaign asks of a recipient. */
export interface GateRules {
  /** `marketing` needs consent; `transactional` does not. Suppressions bind both. */
  readonly purpose: 'marketing' | 'transactional'
  /** The consent topic. */
  readonly topic: string
}

/** What is known of a matched customer when the gates are asked. */
export interface GateFacts {
  /** Null when the customer was erased. */
  readonly customer: Addressee | null
  /** The standing records of this customer. */
  readonly consents: readonly ConsentRecord[]
  /** Whether an address, as the customer has it or sealed, is suppressed on a channel. */
  suppressedOn(channel: ChannelKind, address: string | SealedValue): boolean
  readonly globallyHeldOut: boolean
  /** Whether the customer's slot of the campaign's exclusion group belongs to others. @default false */
  readonly outsideSlots?: boolean
  /** What the external rules of the campaign say; `yes` when there are none. */
  readonly eligibility: 'yes' | 'no' | 'unknown'
}

/** Channels that reach a customer, or the reason why none does. */
export interface GatePassage {
  /** In the order in which they were asked for. */
  readonly channels: ChannelKind[]
  /** Null exactly when a channel is left. */
  readonly exclusion: ExclusionCode | null
}

/**
 * Asks the gates of one channel in the order of `EXCLUSION_CODES`, apart from frequency cap and duplicate address, which
 * need more than one customer's facts. A channel whose address is the customer's own id needs consent like any other.
 *
 * @returns the code of the first gate that is shut, or null when the channel may be used
 */
export function gateChannel(rules: GateRules, channel: ChannelKind, facts: GateFacts): ExclusionCode | null {
  return gateBeforeConsent(channel, facts) ?? gateConsent(rules, channel, facts)
}

/** Asks the gates of one channel that stand before consent: those of {@link gateChannel} without the last. */
export function gateBeforeConsent(
  channel: ChannelKind,
  facts: Omit<GateFacts, 'consents'>,
): ExclusionCode | null {
  return gatePerson(facts) ?? gateAddress(channel, facts)
}

/**
 * Asks the gates for every channel. A customer is excluded only when no channel is left, and then for the reason of the
 * channel that came furthest.
 *
 * @param channels - of the campaign; with none at all nobody has an address (`noAddress`)
 */
export function passGates(rules: GateRules, channels: readonly ChannelKind[], facts: GateFacts): GatePassage {
  const open: ChannelKind[] = []
  let furthest: ExclusionCode = gatePerson(facts) ?? 'noAddress'
  for (const channel of channels) {
    const code = gateChannel(rules, channel, facts)
    if (code === null) open.push(channel)
    else if (EXCLUSION_CODES.indexOf(code) > EXCLUSION_CODES.indexOf(furthest)) furthest = code
  }
  return open.length > 0 ? { channels: open, exclusion: null } : { channels: open, exclusion: furthest }
}

function gatePerson({
  customer,
  globallyHeldOut,
  outsideSlots,
  eligibility,
}: Omit<GateFacts, 'consents'>): ExclusionCode | null {
  if (eligibility === 'no') return 'notEligible'
  if (eligibility === 'unknown') return 'eligibilityUnknown'
  if (globallyHeldOut) return 'globalHoldout'
  if (outsideSlots === true) return 'otherCampaign'
  return customer === null ? 'erased' : null
}

function gateAddress(channel: ChannelKind, facts: Omit<GateFacts, 'consents'>): ExclusionCode | null {
  const address = facts.customer === null ? null : contactOf(facts.customer, channel)
  if (address === null) return 'noAddress'
  // one that is sealed was checked when it was written
  if (typeof address === 'string' && !isAddressFor(channel, address)) return 'invalidAddress'
  return facts.suppressedOn(channel, address) ? 'suppressed' : null
}

function gateConsent(
  { purpose, topic }: GateRules,
  channel: ChannelKind,
  { consents }: GateFacts,
): ExclusionCode | null {
  if (purpose === 'transactional') return null
  const decision = decideConsent(consents, channel, topic)
  if (decision === 'granted') return null
  return decision === 'denied' ? 'consentDenied' : 'noConsent'
}
