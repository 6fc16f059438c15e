import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSystemClock } from '@campaignkit/core'
import { intentOf } from '@campaignkit/core/adapter'
import { countSegments } from '../sms/segments.js'
import type { TwilioClient } from '../twilio-client.js'
import { checkCreate, type FakeRefusal } from './check-create.js'
import { answer, bodyOf, hangUp, refuse } from './fake-answers.js'
import type { FakeTwilioBehaviour, FakeTwilioStep } from './fake-behaviour.js'
import { callbacksOf, type FakeWebhook, webhookRequest } from './fake-callbacks.js'
import { connectFakeTwilio, type FakeTwilioAccess } from './fake-client.js'
import { type Accept, digest, type FakeTwilioMessage, messageOf, resourceOf } from './fake-message.js'
import { shuffled } from './shuffled.js'

/** How a fake differs from one that takes everything. */
export interface FakeTwilioOptions {
  /** What to do with a create that the real one would take. @default accept */
  readonly behaviour?: (step: FakeTwilioStep) => FakeTwilioBehaviour
  /** Whether to hang up while the nth create comes in, counted from 1. @default never */
  readonly cutsOff?: (n: number) => boolean
  /** Numbers in E.164 form and Messaging Services of the account. @default any */
  readonly senders?: readonly string[]
  /** Where webhooks go: a handler in this process. @default the very URL, over the network */
  readonly webhook?: (request: Request) => Promise<Response>
  /** Milliseconds before each answer. @default 0 */
  readonly latencyMs?: number
}

/** How callbacks come. */
export interface CallbackOrder {
  /** Mixes them up, the same way for the same number. @default in the order in which they happened */
  readonly shuffleSeed?: number
  /** How often each comes. @default 1 */
  readonly times?: number
}

/** A message that a person writes. */
export interface FakeInbound {
  /** The person's number; `whatsapp:` before it for WhatsApp. */
  readonly from: string
  readonly to?: string
  readonly body: string
  /** Where the webhook of the number is. */
  readonly url: string
  /** Comes again with the same, as a repetition. @default a new one */
  readonly messageSid?: string
  /** What Advanced Opt-Out says. @default nothing */
  readonly optOutType?: 'STOP' | 'START' | 'HELP'
}

/** A Twilio in this process: its Messages resource, its callbacks and the messages of people. */
export interface FakeTwilio {
  readonly access: FakeTwilioAccess
  /** What it took, in order: Twilio's own log. */
  readonly messages: readonly FakeTwilioMessage[]
  /** Creates that reached it, refused ones among them. */
  readonly creates: number
  /** A client of it, for tests without the package `twilio`. */
  readonly client: TwilioClient
  /** Sends the callbacks that have not been sent yet. @returns the status of each answer, in the order in which they came */
  sendCallbacks(order?: CallbackOrder): Promise<readonly number[]>
  /** A person writes: STOP and START are obeyed as Twilio does. */
  receive(message: FakeInbound): Promise<Response>
  close(): Promise<void>
}

/**
 * Opens a Twilio on a free port of 127.0.0.1 that takes, refuses, drops or stalls as told, and signs its webhooks as the real
 * one does.
 *
 * @example
 * ```ts
 * import { createTwilioChannel } from '@campaignkit/adapter-twilio'
 * import { createFakeTwilio } from '@campaignkit/adapter-twilio/testing'
 * const fake = await createFakeTwilio({ behaviour: ({ n }) => (n === 3 ? { type: 'drop', at: 'accepted' } : { type: 'accept' }) })
 * const sms = createTwilioChannel({ client: fake.client, kind: 'sms', from: '+15005550006', reachesPeople: false })
 * console.log(sms.capabilities.kind) // sms
 * await fake.close()
 * ```
 */
export async function createFakeTwilio(options: FakeTwilioOptions = {}): Promise<FakeTwilio> {
  const fake = new Fake(options)
  await fake.listen()
  return fake
}

const ACCEPT: Accept = { type: 'accept' }
const WHATSAPP = 'whatsapp:'

class Fake implements FakeTwilio {
  readonly #account = { accountSid: `AC${digest('account')}`, authToken: digest('a token that signs') }
  readonly messages: FakeTwilioMessage[] = []
  readonly #clock = createSystemClock()
  readonly #options: FakeTwilioOptions
  readonly #server: Server
  readonly #optedOut = new Set<string>()
  /** WhatsApp numbers that wrote to us: their windows stay open, since a fake has no clock. */
  readonly #wrote = new Set<string>()
  #waiting: FakeWebhook[] = []
  #inbound = 0
  creates = 0

  constructor(options: FakeTwilioOptions) {
    this.#options = options
    this.#server = createServer((request, response) => {
      request.on('error', () => undefined)
      response.on('error', () => undefined)
      void this.#serve(request, response)
    })
  }

  get access(): FakeTwilioAccess {
    return { ...this.#account, origin: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}` }
  }

  get client(): TwilioClient {
    return connectFakeTwilio(this.access)
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, '127.0.0.1', () => resolve())
    })
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    this.#server.closeAllConnections()
    await closed
  }

  async sendCallbacks({ shuffleSeed, times = 1 }: CallbackOrder = {}): Promise<readonly number[]> {
    const waiting = this.#waiting.flatMap((each) => Array.from({ length: times }, () => each))
    this.#waiting = []
    const ordered = shuffleSeed === undefined ? waiting : shuffled(waiting, shuffleSeed)
    const statuses: number[] = []
    for (const webhook of ordered) statuses.push((await this.#call(webhook)).status)
    return statuses
  }

  async receive({
    from,
    to = '+15005550006',
    body,
    url,
    messageSid,
    optOutType,
  }: FakeInbound): Promise<Response> {
    this.#inbound += 1
    const sid = messageSid ?? `SM${digest(`inbound ${this.#inbound}`)}`
    const intent = from.startsWith(WHATSAPP) ? null : intentOf(optOutType ?? body)
    if (intent === 'optOut') this.#optedOut.add(from)
    if (intent === 'optIn') this.#optedOut.delete(from)
    if (from.startsWith(WHATSAPP)) this.#wrote.add(from)
    return this.#call({
      url,
      params: {
        ToCountry: 'US',
        SmsMessageSid: sid,
        NumMedia: '0',
        SmsSid: sid,
        SmsStatus: 'received',
        Body: body,
        FromCountry: 'US',
        To: to,
        NumSegments: String(countSegments(body).segments),
        MessageSid: sid,
        AccountSid: this.#account.accountSid,
        From: from,
        ApiVersion: '2010-04-01',
        ...(optOutType === undefined ? {} : { OptOutType: optOutType }),
      },
    })
  }

  #call(webhook: FakeWebhook): Promise<Response> {
    const request = webhookRequest(webhook, this.#account.authToken)
    return this.#options.webhook?.(request) ?? fetch(request)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = this.#refuseRequest(request)
    if (refusal === null) this.creates += 1
    const n = this.creates
    if (refusal === null && this.#options.cutsOff?.(n) === true) {
      request.once('data', () => request.socket.destroy())
      return
    }
    const form = await bodyOf(request)
    if (form === null) return
    if (refusal !== null) return refuse(response, refusal)
    const params = new URLSearchParams(form)
    const fault = checkCreate(params, { optedOut: this.#optedOut, senders: this.#options.senders ?? null })
    if (fault !== null) return refuse(response, fault)
    const step = { n, to: params.get('To') ?? '', body: params.get('Body') }
    await this.#behave(response, params, this.#options.behaviour?.(step) ?? ACCEPT)
  }

  #refuseRequest({ method, url, headers }: IncomingMessage): FakeRefusal | null {
    const expected = `Basic ${Buffer.from(`${this.#account.accountSid}:${this.#account.authToken}`).toString('base64')}`
    if (headers.authorization !== expected) return { status: 401, code: 20_003, message: 'Authenticate' }
    if (url?.split('?')[0] !== `/2010-04-01/Accounts/${this.#account.accountSid}/Messages.json`) {
      return { status: 404, code: 20_404, message: 'The requested resource was not found' }
    }
    if (method !== 'POST') return { status: 405, code: 20_004, message: 'Method not allowed' }
    const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '')
    return isForm ? null : { status: 415, code: 20_415, message: 'Unsupported media type' }
  }

  async #behave(
    response: ServerResponse,
    params: URLSearchParams,
    behaviour: FakeTwilioBehaviour,
  ): Promise<void> {
    await this.#clock.sleepUntil(this.#clock.now() + (this.#options.latencyMs ?? 0))
    switch (behaviour.type) {
      case 'accept': {
        const message = this.#take(params, behaviour)
        await behaviour.after
        return answer(response, 201, resourceOf(message, this.#account.accountSid))
      }
      case 'refuse': {
        if (behaviour.retryAfterS !== undefined)
          response.setHeader('retry-after', String(behaviour.retryAfterS))
        const { status, code = status === 429 ? 20_429 : 20_000 + status } = behaviour
        return refuse(response, { status, code, message: status === 429 ? 'Too Many Requests' : 'Refused' })
      }
      case 'stall':
        if (behaviour.keeps !== false) this.#take(params, ACCEPT)
        return
      case 'drop':
        if (behaviour.at === 'request') return void response.destroy()
        return hangUp(
          response,
          behaviour.at,
          resourceOf(this.#take(params, ACCEPT), this.#account.accountSid),
        )
    }
  }

  #take(params: URLSearchParams, accept: Accept): FakeTwilioMessage {
    const message = messageOf(params, accept, {
      number: this.messages.length + 1,
      windowOpen: this.#wrote.has(params.get('To') ?? ''),
    })
    this.messages.push(message)
    this.#waiting.push(...callbacksOf(message, this.#account.accountSid))
    return message
  }
}
