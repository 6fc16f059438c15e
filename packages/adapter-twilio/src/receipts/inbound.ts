import type { InboundMessage } from '@campaignkit/core'
import type { TwilioItem } from './read-webhook.js'

/** A message that a person wrote, as Twilio tells it. */
export interface TwilioInbound {
  readonly messageSid: string
  readonly channel: 'sms' | 'whatsapp'
  /** The person's number, in E.164 form. */
  readonly from: string
  /** The number of ours, or the short code. */
  readonly to: string
  /** What was written; empty for a picture alone. */
  readonly body: string
  /** What Advanced Opt-Out understood: `STOP`, `START` or `HELP`; null without it. */
  readonly optOutType: string | null
}

const CHANNEL = /^whatsapp:/i
const INTENTS: Readonly<Record<string, NonNullable<InboundMessage['intent']>>> = {
  STOP: 'optOut',
  START: 'optIn',
  HELP: 'help',
}

/** A number, a short code, a name, each perhaps behind a channel: anything else did not come from Twilio. */
const SENDER = /^[\x20-\x7e]{0,100}[!-~][\x20-\x7e]{0,100}$/

/** The message of an inbound webhook; null when it is none: no sender, or a status of a message of ours. */
export function inboundOf(item: TwilioItem): TwilioInbound | null {
  const messageSid = item.field('MessageSid') ?? item.field('SmsSid')
  const from = item.field('From')
  const isOurs = item.field('MessageStatus') !== null
  if (
    messageSid === null ||
    !/^[A-Z]{2}[0-9a-fA-F]{32}$/.test(messageSid) ||
    from === null ||
    !SENDER.test(from) ||
    isOurs
  )
    return null
  return {
    messageSid,
    channel: CHANNEL.test(from) ? 'whatsapp' : 'sms',
    from: from.replace(CHANNEL, ''),
    to: (item.field('To') ?? '').replace(CHANNEL, ''),
    body: item.field('Body') ?? '',
    optOutType: item.field('OptOutType')?.toUpperCase() ?? null,
  }
}

/** The same in the kit's words. What no storage keeps is taken out of the text, which is kept nowhere anyway. */
export function inboundMessage({
  messageSid,
  channel,
  from,
  body,
  optOutType,
}: TwilioInbound): InboundMessage {
  const intent = optOutType === null || !Object.hasOwn(INTENTS, optOutType) ? undefined : INTENTS[optOutType]
  return {
    key: `twilio:${messageSid}`,
    channel,
    from,
    text: wellFormed(body.slice(0, 10_000)),
    ...(intent === undefined ? {} : { intent }),
  }
}

/** Without NUL and halves of surrogate pairs. */
function wellFormed(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Cs}/gu, '')
}
