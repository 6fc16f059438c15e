import Bottleneck from 'bottleneck'
import { Liquid } from 'liquidjs'
import { toBuffer } from 'qrcode'
import type { AttemptId, CampaignId, DeliveryId, RunId, TenantId, WorkerId } from '../base/ids.js'
import { createQrEncoder } from '../defaults/qr-encoder.js'
import { createSystemRandom } from '../defaults/system-random.js'
import { workerScope } from '../model/scope.js'
import type { Channel, RenderedMessage } from '../ports/channel.js'
import { makeHandle } from '../qr/token.js'
import { LETTER } from '../rendering/letter.fixture.js'
import { launchedCampaign, nullChannel } from './launched-campaign.fixture.js'
import { lapsedCustomer } from './pizzeria.fixture.js'

const RECIPIENTS = 5_000
const USUAL_RECIPIENTS = 200
const CHUNK = 100

const SCOPE_OF_WORKER = workerScope('pizzeria' as TenantId, 'worker' as WorkerId)

async function dueCampaign(content: Parameters<typeof launchedCampaign>[1]) {
  const { freeze, send } = await launchedCampaign(RECIPIENTS, content)
  await freeze()
  return send
}

type Recipient = ReturnType<typeof lapsedCustomer>
type Compose = (recipient: Recipient) => RenderedMessage | Promise<RenderedMessage>

function email(subject: string, html: string, text: string, png: Uint8Array | null): RenderedMessage {
  const qr = { filename: 'qr.png', contentType: 'image/png', contentId: 'qr' }
  const attachments = png === null ? [] : [{ ...qr, bytes: png }]
  return { type: 'email', subject, html, text, replyTo: null, headers: {}, attachments }
}

/** The letter by precompiled liquidjs, with an image of a code drawn for the recipient. */
function letterComposer(pngOf: (link: string) => Uint8Array | Promise<Uint8Array>): Compose {
  const liquid = new Liquid({ outputEscape: 'escape' })
  const random = createSystemRandom()
  const [subject, html, text] = [LETTER.subject, LETTER.html, LETTER.text].map((source) =>
    liquid.parse(source),
  )
  return async (customer) => {
    const [inSubject, inHtml, inText] = [subject, html, text].map((template = []) =>
      String(liquid.renderSync(template, { customer })),
    )
    const png = await pngOf(`HTTPS://GO.PIZZA.EXAMPLE/Q/${makeHandle(random, 40)}`)
    return email(inSubject ?? '', inHtml ?? '', inText ?? '', png)
  }
}

/** One call of the channel, as the engine makes it. */
async function send(
  channel: Channel,
  { id, addresses }: Recipient,
  content: RenderedMessage,
): Promise<string | null> {
  const [result] = await channel.send(SCOPE_OF_WORKER, [
    {
      deliveryId: id as DeliveryId,
      attemptId: id as AttemptId,
      campaignId: 'campaign' as CampaignId,
      runId: 'run' as RunId,
      idempotencyKey: id,
      to: addresses?.email ?? '',
      content,
    },
  ])
  if (result?.outcome !== 'accepted') throw new Error('not accepted')
  return result.providerMessageId
}

/** Claims a chunk of an array, composes and sends it, records each result. */
function byHand(compose: Compose) {
  const channel = nullChannel()
  const recipients = Array.from({ length: RECIPIENTS }, (_, number) => lapsedCustomer(number))
  return async () => {
    const status = new Map<string, string>()
    const results = new Map<string, { readonly providerMessageId: string | null; readonly at: number }>()
    for (let from = 0; from < recipients.length; from += CHUNK) {
      const chunk = recipients.slice(from, from + CHUNK)
      for (const { id } of chunk) status.set(id, 'claimed')
      const messages = await Promise.all(chunk.map(compose))
      for (const { id } of chunk) status.set(id, 'attempting')
      await Promise.all(
        chunk.map(async (recipient, index) => {
          const message = messages[index]
          if (message === undefined) throw new Error('no message')
          const providerMessageId = await send(channel, recipient, message)
          results.set(recipient.id, { providerMessageId, at: 0 })
          status.set(recipient.id, 'sent')
        }),
      )
    }
    return results.size
  }
}

/** The usual packages wired together: a job of bottleneck, qrcode's PNG and a write for each recipient. */
function usualWiring(compose: Compose) {
  const channel = nullChannel()
  const recipients = Array.from({ length: USUAL_RECIPIENTS }, (_, number) => lapsedCustomer(number))
  return async () => {
    const limiter = new Bottleneck({ maxConcurrent: CHUNK })
    const results = new Map<string, string | null>()
    const jobs = recipients.map((recipient) =>
      limiter.schedule(async () => {
        results.set(recipient.id, await send(channel, recipient, await compose(recipient)))
      }),
    )
    await Promise.all(jobs)
    return results.size
  }
}

const NOTE = { messages: { email: { subject: 'Hello', text: 'Hello {{ customer.firstName }}' } } }
const COUPON_LETTER = {
  messages: { email: { ...LETTER, html: LETTER.html.replace('</body>', '{{ qr }}</body>') } },
  coupon: { reward: { kind: 'percent' as const, value: 30 }, validFor: { days: 30 } },
}

/** What a recipient costs besides channel, letter and image; then all of it beside two other ways. */
export const dispatchBenches = [
  {
    stage: 'dispatch: one line of text, no coupon',
    unit: 'recipient',
    bareName: 'a loop by hand',
    goal: { timesBare: 0.6 },
    prepare: () => ({
      ours: () => dueCampaign(NOTE),
      bare: () => byHand(({ firstName }) => email('Hello', '', `Hello ${firstName}`, null)),
    }),
  },
  {
    stage: 'whole pipeline: 10 KB, QR, results',
    unit: 'recipient',
    bareName: 'a loop by hand, same QR',
    goal: {},
    prepare() {
      const encoder = createQrEncoder()
      return {
        ours: () => dueCampaign(COUPON_LETTER),
        bare: () => byHand(letterComposer((link) => encoder.png(link))),
      }
    },
  },
  {
    stage: 'whole pipeline, the usual wiring',
    unit: 'recipient',
    bareName: 'bottleneck, liquidjs, qrcode',
    goal: { timesBare: 60 },
    prepare: () => ({
      ours: () => dueCampaign(COUPON_LETTER),
      bare: () =>
        usualWiring(letterComposer((link) => toBuffer(link, { errorCorrectionLevel: 'M', scale: 8 }))),
    }),
  },
]
