import type { MessagePrice } from '@campaignkit/core/adapter'
import type { TwilioMessage } from './twilio-client.js'

const MICROS = 1_000_000

/**
 * What a message cost, in millionths of a minor unit of the list price's currency: its own price where Twilio knows it
 * by then, else its segments at the list price; undefined while Twilio says neither.
 */
export function costOf(message: TwilioMessage, list: MessagePrice | null): number | undefined {
  if (list === null) return undefined
  const { price, priceUnit } = message
  const amount = price === null || price === undefined || price === '' ? Number.NaN : Math.abs(Number(price))
  if (Number.isFinite(amount) && priceUnit?.toUpperCase() === list.currency) {
    return Math.round(amount * 10 ** minorDigits(list.currency) * MICROS)
  }
  const segments = Number(message.numSegments ?? 0)
  // 0 as long as a Messaging Service has not chosen the sender
  if (!Number.isInteger(segments) || segments < 1) return undefined
  return Math.round((list.amountMinor * segments * MICROS) / list.per)
}

function minorDigits(currency: string): number {
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  )
}
