import type { Channel, ChannelKind, Messages, ProviderRecord, TenantKit } from '@campaignkit/core'
import type { Clock } from '@campaignkit/core/adapter'

/** Where in a call the connection is cut. */
export const CUTS = [
  'before anything is taken',
  'in the middle of the request',
  'once it is taken, before the answer',
  'in the middle of the answer',
  'just after the answer',
] as const

export type Cut = (typeof CUTS)[number]

/** Which calls of a provider are cut, and where; null when none is. */
export interface CutPlan {
  readonly cut: Cut | null
  /** Whether the nth call is cut, counted from 1. */
  isCut(n: number): boolean
  readonly clock: Clock
}

/** A provider that cuts some connections, and its own log. */
export interface Provider {
  readonly kind: ChannelKind
  readonly channel: Channel
  /** What is sent over it: as many messages as there are customers. */
  readonly messages: Messages
  /** Every message that it took. */
  log(kit: TenantKit): Promise<readonly ProviderRecord[]>
  close(): Promise<void>
}

export type OpenProvider = (plan: CutPlan) => Promise<Provider>

/** Customers of a shop, and messages of a campaign. */
export const CUSTOMERS = 12

/** Their ids. */
export const customerIds = Array.from({ length: CUSTOMERS }, (_, number) => `c-${number}`)
