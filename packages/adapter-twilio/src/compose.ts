import { isE164, type OutgoingMessage, SECOND_MS } from '@campaignkit/core/adapter'
import type { ChannelSettings } from './options.js'
import { countSegments } from './sms/segments.js'
import type { TwilioMessageParams } from './twilio-client.js'

/** The parameters of a create, or why there must be none. */
export type Composed =
  | { readonly type: 'params'; readonly params: TwilioMessageParams }
  | { readonly type: 'refused'; readonly code: string }

type Text = Extract<OutgoingMessage['content'], { type: 'text' }>

/** What a create says: free text, or a template. */
type Said = Pick<TwilioMessageParams, 'body' | 'contentSid' | 'contentVariables'>

/** Error 21617. */
const MOST_CHARACTERS = 1_600
const MOST_VALIDITY_S = 36_000
const TEMPLATE = /^HX[0-9a-fA-F]{32}$/

/**
 * Makes the parameters of a create of the Messages resource, or refuses what Twilio would.
 *
 * @param windowOpen - whether free text may be sent: always on SMS, on WhatsApp within 24 hours of the person's last message
 */
export function composeMessage(
  settings: ChannelSettings,
  message: OutgoingMessage,
  windowOpen: boolean,
): Composed {
  const { to, content, expiresAt } = message
  if (content.type !== 'text') return refused('content-not-text')
  if (!isE164(to)) return refused('address-invalid')
  const leftS = expiresAt === undefined ? null : (expiresAt - settings.clock.now()) / SECOND_MS
  if (leftS !== null && leftS <= 0) return refused('expired')
  const said = settings.kind === 'sms' ? smsOf(settings, content) : whatsappOf(content, windowOpen)
  if (typeof said === 'string') return refused(said)
  return {
    type: 'params',
    params: {
      to: settings.kind === 'sms' ? to : `whatsapp:${to}`,
      ...settings.sender,
      ...said,
      ...(settings.statusCallback === null
        ? {}
        : { statusCallback: callbackOf(settings.statusCallback, settings, message) }),
      ...(leftS === null || leftS >= MOST_VALIDITY_S
        ? {}
        : { validityPeriod: Math.max(1, Math.floor(leftS)) }),
    },
  }
}

function refused(code: string): Composed {
  return { type: 'refused', code }
}

function smsOf({ maxSegments }: ChannelSettings, { body }: Text): Said | string {
  const fault = faultOfBody(body)
  if (fault !== null) return fault
  return countSegments(body).segments > maxSegments ? 'too-many-segments' : { body }
}

function whatsappOf({ body, template }: Text, windowOpen: boolean): Said | string {
  if (body !== '' && windowOpen) return faultOfBody(body) ?? { body }
  if (template === undefined) return body === '' ? 'content-empty' : 'whatsapp-window-closed'
  if (!TEMPLATE.test(template.id)) return 'template-invalid'
  const variables = Object.entries(template.variables)
  // error 21656
  if (variables.some(([, text]) => text.trim() === '')) return 'template-variable-empty'
  return {
    contentSid: template.id,
    ...(variables.length === 0 ? {} : { contentVariables: JSON.stringify(template.variables) }),
  }
}

function faultOfBody(body: string): string | null {
  if (body.trim() === '') return 'content-empty'
  return [...body].length > MOST_CHARACTERS ? 'message-too-long' : null
}

/** The callback's URL with the delivery and what it counts as: signed by Twilio with all else of it. */
function callbackOf(
  base: string,
  { kind }: ChannelSettings,
  { deliveryId, content }: OutgoingMessage,
): string {
  const url = new URL(base)
  url.searchParams.set('delivery', deliveryId)
  if (kind === 'sms' && content.type === 'text') {
    const { segments } = countSegments(content.body)
    if (segments > 1) url.searchParams.set('segments', String(segments))
  }
  return url.href
}
