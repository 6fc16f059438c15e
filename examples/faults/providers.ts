import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSendgridChannel } from '@campaignkit/adapter-sendgrid'
import {
  createFakeSendgrid,
  createSmtpMailbox,
  type FakeBehaviour,
  type MailboxBehaviour,
} from '@campaignkit/adapter-sendgrid/testing'
import { createTwilioChannel } from '@campaignkit/adapter-twilio'
import { createFakeTwilio, type FakeTwilioBehaviour } from '@campaignkit/adapter-twilio/testing'
import { type Channel, createWebhookChannel } from '@campaignkit/core'
import type { Clock } from '@campaignkit/core/adapter'

/** Where in a call the connection is cut. */
export const CUTS = [
  'before anything is taken',
  'in the middle of the request',
  'once it is taken, before the answer',
  'in the middle of the answer',
] as const

export type Cut = (typeof CUTS)[number]

/** A provider that cuts some connections, and its own log. */
export interface Provider {
  readonly kind: 'email' | 'sms' | 'push'
  readonly channel: Channel
  /** The address of every message that it took. */
  log(): readonly string[]
  close(): Promise<void>
}

export type OpenProvider = (cut: Cut, clock: Clock) => Promise<Provider>

/** Whether the nth call of a provider is cut. */
const isCut = (n: number) => n % 3 === 2

const MAIL = { from: 'Pizzeria <hi@pizza.example>', reachesPeople: false } as const

const SMTP_CUTS: Readonly<Record<Cut, MailboxBehaviour>> = {
  'before anything is taken': { type: 'drop', at: 'rcpt' },
  'in the middle of the request': { type: 'drop', at: 'body' },
  'once it is taken, before the answer': { type: 'drop', at: 'answer', keeps: true },
  'in the middle of the answer': { type: 'drop', at: 'accepted' },
}

async function openSmtp(cut: Cut): Promise<Provider> {
  const mailbox = await createSmtpMailbox({
    behaviour: ({ n }) => (isCut(n) ? SMTP_CUTS[cut] : { type: 'accept' }),
  })
  const { host, port } = mailbox
  return {
    kind: 'email',
    channel: createSendgridChannel({ ...MAIL, smtp: { host, port }, connections: 2 }),
    log: () => mailbox.messages.map(({ to }) => to),
    close: () => mailbox.close(),
  }
}

const SENDGRID_CUTS: Readonly<Record<Exclude<Cut, 'in the middle of the request'>, FakeBehaviour>> = {
  'before anything is taken': { type: 'drop', at: 'answer' },
  'once it is taken, before the answer': { type: 'drop', at: 'answer', keeps: true },
  'in the middle of the answer': { type: 'drop', at: 'accepted' },
}

async function openSendgrid(cut: Cut, clock: Clock): Promise<Provider> {
  const sendgrid = await createFakeSendgrid(
    cut === 'in the middle of the request'
      ? { cutsOff: isCut }
      : { behaviour: ({ n }) => (isCut(n) ? SENDGRID_CUTS[cut] : { type: 'accept' }) },
  )
  const webApi = { baseUrl: sendgrid.url, batchSize: 5, requestTimeoutMs: 1_000 }
  return {
    kind: 'email',
    channel: createSendgridChannel({ ...MAIL, apiKey: 'SG.test', transport: 'web-api', webApi, clock }),
    log: () => sendgrid.messages.map(({ to }) => to),
    close: () => sendgrid.close(),
  }
}

const TWILIO_CUTS: Readonly<Record<Cut, FakeTwilioBehaviour>> = {
  'before anything is taken': { type: 'drop', at: 'request' },
  'in the middle of the request': { type: 'stall', keeps: false },
  'once it is taken, before the answer': { type: 'drop', at: 'accepted' },
  'in the middle of the answer': { type: 'drop', at: 'answer' },
}

async function openTwilio(cut: Cut, clock: Clock): Promise<Provider> {
  const twilio = await createFakeTwilio({
    behaviour: ({ n }) => (isCut(n) ? TWILIO_CUTS[cut] : { type: 'accept' }),
  })
  return {
    kind: 'sms',
    channel: createTwilioChannel({
      client: twilio.client,
      kind: 'sms',
      from: '+15005550006',
      timeoutMs: 300,
      reachesPeople: false,
      clock,
    }),
    log: () => twilio.messages.map(({ to }) => to),
    close: () => twilio.close(),
  }
}

interface Posted {
  readonly data: { readonly messages: readonly { readonly idempotencyKey: string; readonly to: string }[] }
}

/** A service that knows again what it has taken, by its key, as the webhook channel asks of it. */
async function openService(cut: Cut): Promise<Provider> {
  const kept = new Map<string, string>()
  let calls = 0
  const take = async (request: IncomingMessage) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const { data }: Posted = JSON.parse(Buffer.concat(pieces).toString())
    for (const { idempotencyKey, to } of data.messages) kept.set(idempotencyKey, to)
  }
  const answer = (response: ServerResponse) => {
    response.writeHead(200, { 'content-length': 2 })
    response.end('{}')
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    calls += 1
    if (!isCut(calls)) {
      await take(request)
      return answer(response)
    }
    if (cut === 'before anything is taken') return void request.socket.destroy()
    if (cut === 'in the middle of the request')
      return void request.once('data', () => request.socket.destroy())
    await take(request)
    if (cut === 'once it is taken, before the answer') return void request.socket.destroy()
    response.writeHead(200, { 'content-length': 50 })
    response.write('{', () => request.socket.destroy())
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    kind: 'push',
    channel: createWebhookChannel({
      kind: 'push',
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`,
      secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
      batchSize: 5,
      timeoutMs: 1_000,
      reachesPeople: false,
    }),
    log: () => [...kept.values()],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Each provider that the kit can send over, behind a real connection. */
export const PROVIDERS: Readonly<Record<string, OpenProvider>> = {
  'a mail server': openSmtp,
  "SendGrid's Web API": openSendgrid,
  Twilio: openTwilio,
  'a service behind the webhook channel': openService,
}
