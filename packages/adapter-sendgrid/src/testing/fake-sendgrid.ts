import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSystemClock } from '@campaignkit/core'
import { checkMailSend, type MailSendFault } from './check-mail-send.js'
import type { FakeBehaviour, FakeStep } from './fake-behaviour.js'
import { type FakeMessage, messageIdOf, messagesOf } from './fake-message.js'
import type { ReadMailSend } from './mail-send-schema.js'

/** How a fake differs from one that takes every sound request. */
export interface FakeSendgridOptions {
  /** What to do with a sound request. @default accept */
  readonly behaviour?: (step: FakeStep) => FakeBehaviour
  /** Whether to hang up while the nth request comes in, counted from 1. @default never */
  readonly cutsOff?: (n: number) => boolean
  /** Milliseconds before each answer. @default 0 */
  readonly latencyMs?: number
  /** Keys that may send. @default every key that begins with `SG.` */
  readonly apiKeys?: readonly string[]
  /** Addresses that mail may be from. @default all */
  readonly verifiedSenders?: readonly string[]
  /** Largest request in bytes. @default 31457280 */
  readonly maxBytes?: number
  /** Headers of every answer to a sound request, such as `x-ratelimit-remaining`. @default none */
  readonly headers?: (step: FakeStep) => Readonly<Record<string, string>>
}

/** A refusal, as the fake gave it. */
export interface FakeRefusal {
  readonly status: number
  readonly errors: readonly MailSendFault[]
}

/** A SendGrid on the loopback interface that keeps what it is given. */
export interface FakeSendgrid {
  /** The `baseUrl` of a channel. */
  readonly url: string
  /** What was taken, in the order in which it came: the provider's own log. */
  readonly messages: readonly FakeMessage[]
  /** What was refused, by itself or as it was told. */
  readonly refusals: readonly FakeRefusal[]
  /** Requests that came so far. */
  readonly requests: number
  /** Resolves when so many messages were taken; rejects when the fake closes before. */
  waitFor(count: number): Promise<readonly FakeMessage[]>
  close(): Promise<void>
}

/**
 * Opens a SendGrid in this process, on a free port of 127.0.0.1: `POST /v3/mail/send`, which checks requests as strictly as
 * the real one and answers in its form. With `fakeWebhook` it tells what became of messages.
 *
 * @example
 * ```ts
 * import { createSendgridChannel } from '@campaignkit/adapter-sendgrid'
 * import { createFakeSendgrid } from '@campaignkit/adapter-sendgrid/testing'
 * const sendgrid = await createFakeSendgrid({
 *   behaviour: ({ n }) => (n === 1 ? { type: 'throttle', retryAfterSeconds: 30 } : { type: 'accept' }),
 * })
 * const email = createSendgridChannel({
 *   apiKey: 'SG.test',
 *   transport: 'web-api',
 *   webApi: { baseUrl: sendgrid.url },
 *   from: 'Pizzeria <hi@pizza.example>',
 *   reachesPeople: false,
 * })
 * await sendgrid.close()
 * ```
 */
export async function createFakeSendgrid(options: FakeSendgridOptions = {}): Promise<FakeSendgrid> {
  const fake = new Fake(options)
  await fake.listen()
  return fake
}

const MAX_BYTES = 30 * 1_024 * 1_024
const ACCEPT: FakeBehaviour = { type: 'accept' }

interface Waiter {
  readonly count: number
  readonly resolve: () => void
  readonly reject: (reason: Error) => void
}

class Fake implements FakeSendgrid {
  readonly messages: FakeMessage[] = []
  readonly refusals: FakeRefusal[] = []
  readonly #clock = createSystemClock()
  readonly #options: FakeSendgridOptions
  readonly #server: Server
  #waiters: Waiter[] = []
  requests = 0

  constructor(options: FakeSendgridOptions) {
    this.#options = options
    this.#server = createServer((request, response) => {
      request.on('error', () => undefined)
      response.on('error', () => undefined)
      void this.#serve(request, response)
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, '127.0.0.1', () => resolve())
    })
  }

  async waitFor(count: number): Promise<readonly FakeMessage[]> {
    if (this.messages.length < count) {
      await new Promise<void>((resolve, reject) => {
        this.#waiters.push({ count, resolve, reject })
      })
    }
    return this.messages
  }

  async close(): Promise<void> {
    for (const { reject } of this.#waiters) reject(new Error('The fake was closed'))
    this.#waiters = []
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    this.#server.closeAllConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.#faultOfCall(request)
    if (fault !== null) return this.#refuse(response, fault.status, [fault])
    this.requests += 1
    const n = this.requests
    if (this.#options.cutsOff?.(n) === true) {
      request.once('data', () => request.socket.destroy())
      return
    }
    const body = await bodyOf(request)
    if (body === null) return
    const size = Buffer.byteLength(body)
    if (size > (this.#options.maxBytes ?? MAX_BYTES))
      return this.#refuse(response, 413, [{ message: 'content too large' }])
    const checked = checkMailSend(body)
    if (checked.type === 'refused') return this.#refuse(response, 400, checked.faults)
    const { verifiedSenders } = this.#options
    if (verifiedSenders !== undefined && !verifiedSenders.includes(checked.request.from.email))
      return this.#refuse(response, 403, [UNVERIFIED])
    const apiKey = request.headers.authorization?.slice('Bearer '.length) ?? ''
    await this.#conclude({ n, request: checked.request, apiKey }, response)
  }

  #faultOfCall(request: IncomingMessage): (Partial<MailSendFault> & { readonly status: number }) | null {
    const [path] = (request.url ?? '').split('?')
    if (path !== '/v3/mail/send') return { status: 404, message: 'not found' }
    if (request.method !== 'POST') return { status: 405, message: 'method not allowed' }
    const key = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    const { apiKeys } = this.#options
    if (key === undefined || !(apiKeys?.includes(key) ?? key.startsWith('SG.')))
      return { status: 401, message: 'The provided authorization grant is invalid, expired, or revoked' }
    return /^application\/json\b/.test(request.headers['content-type'] ?? '')
      ? null
      : { status: 415, message: 'Content-Type should be application/json.' }
  }

  async #conclude(step: FakeStep & { readonly apiKey: string }, response: ServerResponse): Promise<void> {
    await this.#clock.sleepUntil(this.#clock.now() + (this.#options.latencyMs ?? 0))
    const behaviour = this.#options.behaviour?.(step) ?? ACCEPT
    const headers = this.#options.headers?.(step) ?? {}
    switch (behaviour.type) {
      case 'accept':
        await behaviour.after
        return this.#accept(step, response, headers)
      case 'refuse':
        return this.#refuse(response, behaviour.status, behaviour.errors ?? [], {
          ...headers,
          ...behaviour.headers,
        })
      case 'throttle':
        return this.#refuse(response, 429, [{ message: 'too many requests' }], throttled(behaviour))
      case 'stall':
        if (behaviour.keeps) this.#keep(step, false)
        return
      case 'drop':
        return this.#hangUp(step, response, behaviour)
    }
  }

  #hangUp(
    step: FakeStep & { readonly apiKey: string },
    response: ServerResponse,
    { at, keeps }: Extract<FakeBehaviour, { type: 'drop' }>,
  ): void {
    const { socket } = response
    switch (at) {
      case 'answer':
        if (keeps === true) this.#keep(step, false)
        socket?.destroy()
        return
      case 'head':
        this.#keep(step, false)
        socket?.write('HTTP/1.1 202 Acc', () => socket.destroy())
        return
      case 'accepted':
        this.#answerHalf(step, response)
        return
      case 'end':
        response.once('finish', () => socket?.destroy())
        this.#accept(step, response, {})
    }
  }

  #accept(
    step: FakeStep & { readonly apiKey: string },
    response: ServerResponse,
    headers: Readonly<Record<string, string>>,
  ): void {
    const isSandbox = step.request.mail_settings?.sandbox_mode?.enable === true
    if (!isSandbox) this.#keep(step, true)
    response.writeHead(isSandbox ? 200 : 202, {
      ...headers,
      'x-message-id': messageIdOf(step.n),
      'content-length': '0',
    })
    response.end()
  }

  /** The head of an answer, whole, and the end of the connection in place of the rest that it promises. */
  #answerHalf(step: FakeStep & { readonly apiKey: string }, response: ServerResponse): void {
    this.#keep(step, true)
    response.writeHead(202, { 'x-message-id': messageIdOf(step.n), 'content-length': '10' })
    response.write('half', () => response.socket?.destroy())
  }

  #refuse(
    response: ServerResponse,
    status: number,
    errors: readonly Partial<MailSendFault>[],
    headers: Readonly<Record<string, string>> = {},
  ): void {
    const told = errors.map(({ message = 'error', field = null, help = null }) => ({ message, field, help }))
    this.refusals.push({ status, errors: told })
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify({ errors: told }))
  }

  #keep(
    step: { readonly n: number; readonly request: ReadMailSend; readonly apiKey: string },
    answered: boolean,
  ): void {
    this.messages.push(...messagesOf(step.request, { n: step.n, apiKey: step.apiKey, answered }))
    const ready = this.#waiters.filter(({ count }) => count <= this.messages.length)
    this.#waiters = this.#waiters.filter((waiter) => !ready.includes(waiter))
    for (const waiter of ready) waiter.resolve()
  }
}

const UNVERIFIED: Partial<MailSendFault> = {
  message:
    'The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.',
  field: 'from',
}

function throttled({
  retryAfterSeconds,
  resetAtSeconds,
}: Extract<FakeBehaviour, { type: 'throttle' }>): Readonly<Record<string, string>> {
  return {
    'x-ratelimit-limit': '600',
    'x-ratelimit-remaining': '0',
    ...(resetAtSeconds === undefined ? {} : { 'x-ratelimit-reset': String(resetAtSeconds) }),
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  }
}

/** Null when the connection broke before its end. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = []
  try {
    for await (const piece of request) pieces.push(piece as Buffer)
  } catch {
    return null
  }
  return Buffer.concat(pieces).toString('utf8')
}
