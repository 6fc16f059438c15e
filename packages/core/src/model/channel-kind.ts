import * as z from 'zod'

/** Kinds of channel, in the order in which reports list them. */
export const CHANNEL_KINDS = [
  'email',
  'sms',
  'whatsapp',
  'push',
  'in-app',
  'web',
  'social',
  'display',
] as const

export type ChannelKind = (typeof CHANNEL_KINDS)[number]

export const channelKindSchema = z.enum(CHANNEL_KINDS)

/** The address of a customer that a channel writes to; `id` means that the customer's own id is the address. */
export type AddressKind = 'email' | 'phone' | 'push' | 'id'

const ADDRESS_OF: Readonly<Record<ChannelKind, AddressKind>> = {
  email: 'email',
  sms: 'phone',
  whatsapp: 'phone',
  push: 'push',
  'in-app': 'id',
  web: 'id',
  social: 'id',
  display: 'id',
}

/** Which address of a customer a channel uses. */
export function addressKindOf(channel: ChannelKind): AddressKind {
  return ADDRESS_OF[channel]
}
