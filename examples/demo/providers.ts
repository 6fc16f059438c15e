import { createSendgridChannel, createSendgridReceipts } from '@campaignkit/adapter-sendgrid'
import { createFakeSendgrid, fakeWebhook } from '@campaignkit/adapter-sendgrid/testing'
import type { Channel, Clock, TenantKit } from '@campaignkit/core'
import { type Letter, letterOfApi, letterOfMail } from './letter.js'
import { openMailServer } from './mail-server.js'
import { isClosed } from './people.js'

/** Who brings the mail of the demo: a mail server, or a SendGrid, both in this process. */
export const PROVIDERS = ['smtp', 'fake-sendgrid'] as const

export type ProviderName = (typeof PROVIDERS)[number]

/** A provider that takes mail and brings it to the mailbox of this process. */
export interface OpenProvider {
  readonly channel: Channel
  /** What lies in the mailbox. */
  letters(): readonly Letter[]
  /** The first message that was taken, as it came over the wire, and what to call the file; null when there is none. */
  first(): { readonly name: string; readonly content: string | Uint8Array } | null
  /** Lets the provider say what became of the messages, where it does so later. */
  tell(kit: TenantKit): Promise<void>
  close(): Promise<void>
}

const SENDER = {
  from: 'Pizzeria Esempio <ciao@pizza.example>',
  price: { amountMinor: 90, per: 1_000, currency: 'EUR' },
  reachesPeople: false,
}

export function openProvider(name: ProviderName, clock: Clock): Promise<OpenProvider> {
  return name === 'smtp' ? openSmtp() : openSendgrid(clock)
}

async function openSmtp(): Promise<OpenProvider> {
  const mailbox = await openMailServer()
  const { host, port } = mailbox
  return {
    channel: createSendgridChannel({ ...SENDER, smtp: { host, port } }),
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
    channel: createSendgridChannel({
      ...SENDER,
      apiKey: 'SG.demo',
      transport: 'web-api',
      webApi: { baseUrl: sendgrid.url },
      clock,
    }),
    letters: () => sendgrid.messages.filter(({ to }) => !isClosed(to)).map(letterOfApi),
    first() {
      const [message] = sendgrid.messages
      return message === undefined
        ? null
        : { name: 'message.json', content: JSON.stringify(message, null, 2) }
    },
    async tell(kit) {
      const receive = createSendgridReceipts({ kit, publicKeys: webhook.publicKey, clock })
      const now = clock.now()
      const events = sendgrid.messages.map((message) =>
        webhook.event(message, isClosed(message.to) ? 'bounce' : 'delivered', now),
      )
      const { status } = await receive(webhook.post(events, now))
      if (status !== 204) throw new Error(`The webhook was answered ${status}`)
    },
    close: () => sendgrid.close(),
  }
}
