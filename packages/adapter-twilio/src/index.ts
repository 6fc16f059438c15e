/**
 * SMS and WhatsApp over Twilio: the channels, and the handler of Twilio's callbacks and inbound messages.
 *
 * @packageDocumentation
 */
export { createTwilioChannel } from './channel.js'
export type { LastInboundAt, TwilioChannelOptions } from './options.js'
export {
  createTwilioReceipts,
  type TwilioAddressee,
  type TwilioInbox,
  type TwilioReceiptsOptions,
} from './receipts/create-twilio-receipts.js'
export type { TwilioInbound } from './receipts/inbound.js'
export { countSegments, type SegmentCount } from './sms/segments.js'
export { type Transliteration, transliterate } from './sms/transliterate.js'
export type { TwilioClient, TwilioMessage, TwilioMessageParams } from './twilio-client.js'
