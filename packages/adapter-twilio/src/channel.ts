import {
  type Channel,
  DAY_MS,
  type OutgoingMessage,
  type RenderedMessage,
  type Scope,
  type SendResult,
} from '@campaignkit/core/adapter'
import { composeMessage } from './compose.js'
import { costOf } from './cost.js'
import { type AccountBackOff, createBackOff } from './errors/back-off.js'
import { classifyFailed, classifyThrown } from './errors/classify.js'
import { inspectContent } from './inspect.js'
import { type ChannelSettings, parseOptions, type TwilioChannelOptions } from './options.js'
import { countSegments } from './sms/segments.js'
import { transliterate } from './sms/transliterate.js'
import type { TwilioMessage, TwilioMessageParams } from './twilio-client.js'

/**
 * Makes the SMS or the WhatsApp channel over Twilio's Messages resource. An SMS counts as its segments, in price and
 * pace; on WhatsApp free text goes out within 24 hours of the person's last message, an approved template at any time.
 *
 * One attempt is one create, never repeated here. `transient`, `permanent`, `throttled` and `misconfigured` are given
 * only when Twilio cannot have taken the message; a request that may have been sent and had no answer is `unknown`. Codes are
 * `twilio-` with Twilio's own code (`twilio-21610`), `twilio-http-` with a status, `twilio-` with a word of the network
 * (`twilio-econnreset`), `twilio-timeout`, `twilio-lost`, `address-invalid`, `content-empty`, `content-not-text`,
 * `message-too-long`, `too-many-segments`, `template-invalid`, `template-variable-empty`, `whatsapp-window-closed`,
 * `window-unknown`, `expired` and `aborted`.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD for an option, with its path
 *
 * @example
 * ```ts
 * import { createTwilioChannel, type TwilioClient } from '@campaignkit/adapter-twilio'
 * const smsOver = (client: TwilioClient) =>
 *   createTwilioChannel({
 *     client,
 *     kind: 'sms',
 *     from: '+15005550006',
 *     statusCallback: 'https://go.pizza.example/twilio',
 *     price: { amountMinor: 79, per: 100, currency: 'USD' },
 *   })
 * ```
 */
export function createTwilioChannel(options: TwilioChannelOptions): Channel {
  const settings = parseOptions(options)
  const backOff = createBackOff(settings.clock)
  const prepare = (content: RenderedMessage) => prepareContent(settings, content)
  return {
    capabilities: settings.capabilities,
    prepare,
    inspect: (content) => inspectContent(settings, content, prepare(content)),
    ...(settings.kind === 'sms' ? { weigh: segmentsOf } : {}),
    send: (scope, batch, call) =>
      Promise.all(
        batch.map((message) =>
          sendOne(settings, backOff, scope, { ...message, content: prepare(message.content) }, call?.signal),
        ),
      ),
  }
}

function prepareContent(
  { transliterate: wanted }: ChannelSettings,
  content: RenderedMessage,
): RenderedMessage {
  return wanted && content.type === 'text' ? { ...content, body: transliterate(content.body).text } : content
}

function segmentsOf(content: RenderedMessage): number {
  return content.type === 'text' ? countSegments(content.body).segments : 1
}

async function sendOne(
  settings: ChannelSettings,
  backOff: AccountBackOff,
  scope: Scope,
  message: OutgoingMessage,
  signal: AbortSignal | undefined,
): Promise<SendResult> {
  if (signal?.aborted === true) return { outcome: 'transient', code: 'aborted' }
  const windowOpen = await isWindowOpen(settings, scope, message).catch(() => null)
  // nothing was sent yet, so that the host's trouble costs nobody the message
  if (windowOpen === null) return { outcome: 'transient', code: 'window-unknown' }
  const composed = composeMessage(settings, message, windowOpen)
  if (composed.type === 'refused') return { outcome: 'permanent', code: composed.code }
  try {
    return resultOf(settings, backOff, await create(settings, composed.params))
  } catch (thrown) {
    return classifyThrown(thrown, backOff.refused)
  }
}

/** Whether free text may be sent: the 24-hour customer service window of WhatsApp; SMS knows none. */
async function isWindowOpen(
  { kind, lastInboundAt, clock }: ChannelSettings,
  scope: Scope,
  { to, content }: OutgoingMessage,
): Promise<boolean> {
  if (kind === 'sms') return true
  if (lastInboundAt === null || content.type !== 'text' || content.body === '') return false
  const lastAt = await lastInboundAt(scope, to)
  return lastAt !== null && clock.now() < lastAt + DAY_MS
}

/** @throws TimeoutError when no answer comes in time; what comes later is left to the callbacks */
function create({ client, timeoutMs }: ChannelSettings, params: TwilioMessageParams): Promise<TwilioMessage> {
  const timeout = AbortSignal.timeout(timeoutMs)
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(timeout.reason)
    timeout.addEventListener('abort', giveUp, { once: true })
    client.messages
      .create(params)
      .then(resolve, reject)
      .finally(() => timeout.removeEventListener('abort', giveUp))
  })
}

const NOT_SENT: readonly unknown[] = ['failed', 'undelivered', 'canceled']

function resultOf(
  { capabilities }: ChannelSettings,
  backOff: AccountBackOff,
  message: TwilioMessage,
): SendResult {
  if (typeof message?.sid !== 'string' || message.sid === '')
    return { outcome: 'unknown', code: 'twilio-no-sid' }
  if (NOT_SENT.includes(message.status)) return classifyFailed(message.errorCode ?? null, backOff.refused)
  backOff.taken()
  const costMicros = costOf(message, capabilities.price)
  return {
    outcome: 'accepted',
    providerMessageId: message.sid,
    ...(costMicros === undefined ? {} : { costMicros }),
  }
}
