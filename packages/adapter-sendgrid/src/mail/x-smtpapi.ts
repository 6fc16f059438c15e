import type { OutgoingMessage } from '@campaignkit/core/adapter'
import type { ProviderTracking } from './provider-tracking.js'

/**
 * The value of SendGrid's X-SMTPAPI header: ids by which its events find their delivery and nothing of the person, and
 * whether it counts clicks and opens itself.
 * ASCII, and folded after each entry, as SendGrid refuses lines of 1,000 characters and more.
 */
export function xSmtpApi(message: OutgoingMessage, tracking: ProviderTracking): string {
  const ids = Object.entries({
    campaign_id: message.campaignId,
    run_id: message.runId,
    delivery_id: message.deliveryId,
    attempt_id: message.attemptId,
  }).map(([name, id]) => `"${name}": ${asciiJson(id)}`)
  const filters = Object.entries({
    clicktrack: tracking.clicks,
    opentrack: tracking.opens,
    subscriptiontrack: false,
  }).map(([name, isOn]) => `"${name}": {"settings": {"enable": ${isOn ? 1 : 0}}}`)
  return (
    `{"unique_args": {${ids.join(',\r\n ')}},\r\n "category": [${asciiJson(message.campaignId)}],` +
    `\r\n "filters": {${filters.join(',\r\n ')}}}`
  )
}

function asciiJson(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^\u0020-\u007e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
