import { createHash } from 'node:crypto'
import { countSegments } from '../sms/segments.js'
import type { FakeTwilioBehaviour } from './fake-behaviour.js'

/** The behaviour of a fake that takes a message. */
export type Accept = Extract<FakeTwilioBehaviour, { type: 'accept' }>

/** A message that a fake Twilio took. */
export interface FakeTwilioMessage {
  readonly sid: string
  readonly to: string
  /** Empty as long as a Messaging Service has not chosen it. */
  readonly from: string
  readonly messagingServiceSid: string | null
  readonly body: string | null
  readonly contentSid: string | null
  readonly contentVariables: Readonly<Record<string, string>> | null
  readonly statusCallback: string | null
  readonly validityPeriod: number | null
  readonly segments: number
  readonly finalStatus: NonNullable<Accept['status']>
  readonly errorCode: number | null
  readonly price: string | null
}

/** What else a message is made of. */
export interface MessagePlace {
  /** Which message of the fake it is, from 1. */
  readonly number: number
  /** Whether the person wrote on WhatsApp; without a clock the window stays open. */
  readonly windowOpen: boolean
}

/** The message of a create that was checked. */
export function messageOf(
  params: URLSearchParams,
  accept: Accept,
  { number, windowOpen }: MessagePlace,
): FakeTwilioMessage {
  const to = params.get('To') ?? ''
  const body = params.get('Body')
  const isWhatsapp = to.startsWith('whatsapp:')
  // found out only after the create
  const isOutside = isWhatsapp && body !== null && !windowOpen && accept.status === undefined
  return {
    sid: `SM${digest(`message ${number}`)}`,
    to,
    from: params.get('From') ?? '',
    messagingServiceSid: params.get('MessagingServiceSid'),
    body,
    contentSid: params.get('ContentSid'),
    contentVariables: readOr(params.get('ContentVariables'), (text) => JSON.parse(text)),
    statusCallback: params.get('StatusCallback'),
    validityPeriod: readOr(params.get('ValidityPeriod'), Number),
    segments: isWhatsapp ? 1 : countSegments(body ?? '').segments,
    finalStatus: accept.status ?? (isOutside ? 'failed' : 'delivered'),
    errorCode: accept.errorCode ?? (isOutside ? 63_016 : null),
    price: accept.price ?? null,
  }
}

function readOr<Value>(text: string | null, read: (text: string) => Value): Value | null {
  return text === null ? null : read(text)
}

/** The resource as Twilio answers a create with it: a Messaging Service chooses sender and segments later. */
export function resourceOf(
  message: FakeTwilioMessage,
  accountSid: string,
): Readonly<Record<string, unknown>> {
  const isOfService = message.messagingServiceSid !== null
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}`
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: message.body ?? '',
    date_created: EPOCH,
    date_sent: null,
    date_updated: EPOCH,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: isOfService ? null : message.from,
    messaging_service_sid: message.messagingServiceSid,
    num_media: '0',
    num_segments: isOfService ? '0' : String(message.segments),
    price: message.price,
    price_unit: 'USD',
    sid: message.sid,
    status: isOfService ? 'accepted' : 'queued',
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  }
}

/** A fake has no clock. */
const EPOCH = 'Thu, 01 Jan 1970 00:00:00 +0000'

/** 32 hexadecimal digits that are always the same for a name. */
export function digest(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32)
}
