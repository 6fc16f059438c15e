import { createSendgridChannel, createSendgridReceipts } from '@campaignkit/adapter-sendgrid'
import { createFakeSendgrid, fakeWebhook } from '@campaignkit/adapter-sendgrid/testing'
import { createTwilioChannel, createTwilioReceipts } from '@campaignkit/adapter-twilio'
import {
  connectFakeTwilio,
  createFakeTwilio,
  type FakeTwilioAccess,
} from '@campaignkit/adapter-twilio/testing'
import type { Channel, TenantKit } from '@campaignkit/core'
import type { Clock } from '@campaignkit/core/adapter'
import { type Letter, letterOfApi, letterOfMail, letterOfText } from './letter.js'
import { openMailServer } from './mail-server.js'
import { isClosed } from './people.js'
import { type DemoChannel, PUBLIC_URL } from './win-back.js'

/** Who brings the messages of the demo: a mail server, a SendGrid or a Twilio, each in this process. */
export const PROVIDERS = ['smtp', 'fake-sendgrid', 'fake-twilio'] as const

export type ProviderName = (typeof PROVIDERS)[number]

/** The channel that a provider serves. */
export function channelOf(name: ProviderName): DemoChannel {
  return name === 'fake-twilio' ? 'sms' : 'email'
}

/** Where a provider is found, by the processes that send over it. */
export type ProviderPlace =
  | { readonly name: 'smtp'; readonly host: string; readonly port: number }
  | { readonly name: 'fake-sendgrid'; readonly url: string }
  | { readonly name: 'fake-twilio'; readonly access: FakeTwilioAccess }

/** A provider that takes messages and brings them to the people of this process. */
export interface OpenProvider {
  readonly place: ProviderPlace
  /** What has arrived. */
  letters(): readonly Letter[]
  /** The first message that was taken, as it came over the wire, and what to call the file; null when there is none. */
  first(): { readonly name: string; readonly content: string | Uint8Array } | null
  /** Lets the provider say what became of the messages, where it does so later. */
  tell(kit: TenantKit): Promise<void>
  /** Somebody answers a message, where the channel goes both ways. */
  answer(kit: TenantKit, from: string, body: string): Promise<void>
  close(): Promise<void>
}

export function openProvider(name: ProviderName, clock: Clock): Promise<OpenProvider> {
  switch (name) {
    case 'smtp':
      return openSmtp()
    case 'fake-sendgrid':
      return openSendgrid(clock)
    case 'fake-twilio':
      return openTwilio(clock)
  }
}

/** The channel over a provider. */
export function connectChannel(place: ProviderPlace, clock: Clock): Channel {
  switch (place.name) {
    case 'smtp':
      return createSendgridChannel({ ...SENDER, smtp: { host: place.host, port: place.port } })
    case 'fake-sendgrid':
      return createSendgridChannel({
        ...SENDER,
        apiKey: 'SG.demo',
        transport: 'web-api',
        webApi: { baseUrl: place.url },
        clock,
      })
    case 'fake-twilio':
      return createTwilioChannel({
        client: connectFakeTwilio(place.access),
        kind: 'sms',
        from: SHOP_NUMBER,
        statusCallback: TWILIO_URL,
        transliterate: true,
        price: { amountMinor: 79, per: 10, currency: 'EUR' },
        reachesPeople: false,
      })
  }
}

const SENDER = {
  from: 'Pizzeria Esempio <ciao@pizza.example>',
  price: { amountMinor: 90, per: 1_000, currency: 'EUR' },
  reachesPeople: false,
}

const SHOP_NUMBER = '+390612345678'
const TWILIO_URL = `${PUBLIC_URL}/twilio`

/** By mail nobody answers. */
const NO_ANSWERS = { answer: () => Promise.reject(new Error('Nobody reads what is written to the sender')) }

async function openSmtp(): Promise<OpenProvider> {
  const mailbox = await openMailServer()
  const { host, port } = mailbox
  return {
    ...NO_ANSWERS,
    place: { name: 'smtp', host, port },
    letters: () => mailbox.messages.map(letterOfMail),
    first() {
      const [mail] = mailbox.messages
      return mail === undefined ? null : { name: 'message.eml', content: mail.raw }
    },
    tell: () => Promise.resolve(),
    close: () => mailbox.close(),
  }
}

/** A SendGrid that takes everything, and whose webhook tells later which mailboxes were closed. */
async function openSendgrid(clock: Clock): Promise<OpenProvider> {
  const sendgrid = await createFakeSendgrid()
  const webhook = fakeWebhook()
  return {
    ...NO_ANSWERS,
    place: { name: 'fake-sendgrid', url: sendgrid.url },
    letters: () => sendgrid.messages.filter(({ to }) => !isClosed(to)).map(letterOfApi),
    first: () => wrapped(sendgrid.messages[0]),
    async tell(kit) {
      const receive = createSendgridReceipts({ kit, publicKeys: webhook.publicKey, clock })
      const now = clock.now()
      const events = sendgrid.messages.map((message) =>
        webhook.event(message, isClosed(message.to) ? 'bounce' : 'delivered', now),
      )
      expectStatus(await receive(webhook.post(events, now)), 204)
    },
    close: () => sendgrid.close(),
  }
}

/** A Twilio that takes everything, whose callbacks tell later which numbers are dead, and which people can answer. */
async function openTwilio(clock: Clock): Promise<OpenProvider> {
  let receive: (request: Request) => Promise<Response> = () => Promise.reject(new Error('Nobody listens yet'))
  const twilio = await createFakeTwilio({
    senders: [SHOP_NUMBER],
    webhook: (request) => receive(request),
    behaviour: ({ to }) =>
      isClosed(to) ? { type: 'accept', status: 'undelivered', errorCode: 30_005 } : { type: 'accept' },
  })
  const listen = (kit: TenantKit) => {
    receive = createTwilioReceipts({
      kit,
      authTokens: [twilio.access.authToken],
      publicUrl: PUBLIC_URL,
      clock,
    })
  }
  return {
    place: { name: 'fake-twilio', access: twilio.access },
    letters: () => twilio.messages.filter(({ to }) => !isClosed(to)).map(letterOfText),
    first: () => wrapped(twilio.messages[0]),
    async tell(kit) {
      listen(kit)
      const statuses = await twilio.sendCallbacks()
      const refused = statuses.find((status) => status !== 204)
      if (refused !== undefined) throw new Error(`A callback was answered ${refused}`)
    },
    async answer(kit, from, body) {
      listen(kit)
      expectStatus(await twilio.receive({ from, to: SHOP_NUMBER, body, url: TWILIO_URL }), 200)
    },
    close: () => twilio.close(),
  }
}

function wrapped(message: object | undefined) {
  return message === undefined ? null : { name: 'message.json', content: JSON.stringify(message, null, 2) }
}

function expectStatus({ status }: Response, expected: number): void {
  if (status !== expected) throw new Error(`The webhook was answered ${status}`)
}
