import {
  agentOf,
  canonicalJson,
  type DeliveryId,
  type Receipt,
  type ReceiptType,
  sha256,
  toHex,
  utf8,
} from '@campaignkit/core/adapter'
import { deliveryOfMessageId } from '../mail/message-id.js'
import { messageIdForms } from './message-ids.js'

/** Topics by the id of SendGrid's unsubscribe group. */
export type GroupTopics = Readonly<Record<string, string>>

type Fields = Readonly<Record<string, unknown>>

const TYPES: Readonly<Record<string, ReceiptType>> = {
  processed: 'accepted',
  deferred: 'deferred',
  delivered: 'delivered',
  bounce: 'bounced',
  blocked: 'blocked',
  dropped: 'dropped',
  open: 'opened',
  click: 'clicked',
  spamreport: 'complained',
  unsubscribe: 'unsubscribed',
  group_unsubscribe: 'unsubscribed',
  group_resubscribe: 'resubscribed',
}

/** Why SendGrid drops, in words of ours: its own may name the address. */
const DROPS: readonly (readonly [RegExp, string])[] = [
  [/bounced address/i, 'bounced-address'],
  [/unsubscribed address/i, 'unsubscribed-address'],
  [/spam report/i, 'spam-reporting-address'],
  [/spam content/i, 'spam-content'],
  [/smtpapi/i, 'invalid-smtpapi-header'],
  [/quota/i, 'over-quota'],
  [/invalid/i, 'invalid'],
]

const MAX_URL = 10_000

/**
 * Reads one event of the webhook as a receipt; null for what is none, or speaks of no message. The receipt holds neither the
 * address nor what a server wrote, which may quote it.
 */
export function readEvent(item: unknown, topics: GroupTopics): Receipt | null {
  if (typeof item !== 'object' || item === null) return null
  const fields = item as Fields
  const type = typeOf(fields)
  const seconds = textOf(fields, 'timestamp')
  if (type === null || !/^\d{1,11}(?:\.\d+)?$/.test(seconds)) return null
  const place = placeOf(fields)
  if (place === null) return null
  return {
    key: keyOf(fields),
    type,
    at: Math.floor(Number(seconds) * 1_000),
    ...place,
    ...reasonOf(type, fields),
    ...interactionOf(type, fields),
    ...topicOf(fields, topics),
  }
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** A block is no bounce: the server would not have this message, the address may be fine. */
function typeOf(fields: Fields): ReceiptType | null {
  const event = textOf(fields, 'event').toLowerCase()
  const type = Object.hasOwn(TYPES, event) ? TYPES[event] : undefined
  if (type !== 'bounced') return type ?? null
  const kind = textOf(fields, 'type').toLowerCase()
  const isSoft = kind === 'blocked' || (kind === '' && textOf(fields, 'status').startsWith('4'))
  return isSoft ? 'blocked' : 'bounced'
}

/** By our own argument, else by the ids of the message: asynchronous bounces carry no arguments. */
function placeOf(fields: Fields): Pick<Receipt, 'deliveryId' | 'providerMessageIds'> | null {
  const deliveryId = argumentOf(fields, 'delivery_id')
  if (deliveryId !== '') return { deliveryId: deliveryId as DeliveryId }
  const [sgMessageId, smtpId] = [textOf(fields, 'sg_message_id'), textOf(fields, 'smtp-id')]
  const ours = deliveryOfMessageId(smtpId)
  const providerMessageIds = messageIdForms(sgMessageId, smtpId, textOf(fields, 'email'))
  // of an attempt in doubt nothing else is known; and somebody else's id may happen to have the form of ours
  if (ours !== null) return { deliveryId: ours, providerMessageIds }
  return providerMessageIds.length === 0 ? null : { providerMessageIds }
}

/** Arguments stand beside the event's own fields, or in an object of their own. */
function argumentOf(fields: Fields, name: string): string {
  for (const group of [fields, fields.unique_args, fields.custom_args]) {
    const found = typeof group === 'object' && group !== null ? textOf(group as Fields, name) : ''
    if (found !== '') return found
  }
  return ''
}

function keyOf(fields: Fields): string {
  const id = textOf(fields, 'sg_event_id')
  return /^[\w.=+/-]{1,200}$/.test(id)
    ? `sendgrid:${id}`
    : `sendgrid:${toHex(sha256(utf8(canonicalJson(fields))))}`
}

function reasonOf(type: ReceiptType, fields: Fields): Pick<Receipt, 'reason'> {
  if (type === 'dropped') {
    const text = textOf(fields, 'reason')
    return { reason: DROPS.find(([pattern]) => pattern.test(text))?.[1] ?? 'other' }
  }
  if (type !== 'bounced' && type !== 'blocked' && type !== 'deferred') return {}
  const code = [textOf(fields, 'status'), textOf(fields, 'reason'), textOf(fields, 'response')]
    .map((text) =>
      /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})(?!\S)|^(\d\.\d{1,3}\.\d{1,3})$|^(\d{3})(?=\D|$)/.exec(text),
    )
    .flatMap((match) => match?.[1] ?? match?.[2] ?? match?.[3] ?? [])[0]
  return code === undefined ? {} : { reason: code }
}

/** What the kit's rule for machines goes by; `sg_machine_open` is SendGrid's word for opens by Apple's privacy proxy and the like. */
function interactionOf(type: ReceiptType, fields: Fields): Pick<Receipt, 'machine' | 'agent' | 'url'> {
  if (type !== 'opened' && type !== 'clicked') return {}
  const agent = agentOf(textOf(fields, 'useragent'))
  const url = textOf(fields, 'url')
  const hint = fields.sg_machine_open
  return {
    ...(type === 'opened' && typeof hint === 'boolean' ? { machine: hint } : {}),
    ...(agent === null ? {} : { agent }),
    ...(type === 'clicked' && url !== '' && url.length <= MAX_URL ? { url } : {}),
  }
}

/** A group is one topic: the one that the host named, else that of the campaign whose message it was. */
function topicOf(fields: Fields, topics: GroupTopics): Pick<Receipt, 'topic'> {
  if (!/^group_/i.test(textOf(fields, 'event'))) return {}
  const group = textOf(fields, 'asm_group_id')
  return { topic: (Object.hasOwn(topics, group) ? topics[group] : undefined) ?? null }
}
