import type { Instant, OutgoingMessage, SendResult } from '@campaignkit/core/adapter'
import { checkMail, type SoundMail } from '../mail/check-mail.js'
import type { Mailbox } from '../mail/mailbox.js'
import { classifyHttp } from './classify-http.js'
import { composeRequest, type RequestSettings } from './compose-request.js'
import { type PlannedMail, type PlannedRequest, planRequests, singleRequest } from './plan-requests.js'
import { type Fetch, type PostOutcome, post } from './post.js'
import { storedMessageId } from './recipient-tag.js'
import { createTurns, type Turns } from './turns.js'

/** How the Web API is spoken to. */
export interface WebApiSettings extends RequestSettings {
  readonly replyTo: Mailbox | null
  readonly fetch: Fetch
  /** Without a slash at its end. */
  readonly baseUrl: string
  readonly batchSize: number
  /** Requests under way at once. */
  readonly requests: number
  readonly requestTimeoutMs: number
  readonly maxMessageBytes: number
  readonly now: () => Instant
}

/** What a call of the channel hands on. */
export interface WebApiCall {
  readonly key: string
  readonly batch: readonly OutgoingMessage[]
  readonly signal: AbortSignal | undefined
}

export interface WebApi {
  send(call: WebApiCall): Promise<readonly SendResult[]>
  /** Begins nothing more, and resolves when what was begun has ended. */
  close(): Promise<void>
}

/** Makes the channel's way over `POST /v3/mail/send`. */
export function createWebApi(settings: WebApiSettings): WebApi {
  const turns = createTurns(settings.requests)
  return {
    send: (call) => new Sending(settings, turns, call).results(),
    close: () => turns.close(),
  }
}

const SPLITTING_STATUSES: readonly number[] = [400, 413]

/** One call: its messages, the requests that they go in, and what became of each. */
class Sending {
  readonly #settings: WebApiSettings
  readonly #turns: Turns
  readonly #call: WebApiCall
  readonly #results: SendResult[]
  /** Aborts when a request that is begun later could outlast the call. */
  readonly #late: AbortSignal

  constructor(settings: WebApiSettings, turns: Turns, call: WebApiCall) {
    this.#settings = settings
    this.#turns = turns
    this.#call = call
    this.#late = AbortSignal.timeout(settings.requestTimeoutMs)
    this.#results = call.batch.map(() => NOT_BEGUN)
  }

  async results(): Promise<readonly SendResult[]> {
    const sound = this.#call.batch.flatMap((message, at) => {
      const mail = this.#read(message)
      if (mail.type === 'sound') return [{ at, mail }]
      this.#results[at] = { outcome: 'permanent', code: mail.code }
      return []
    })
    const requests = planRequests(sound, this.#settings.batchSize)
    await Promise.all(requests.map((request) => this.#deliver(request)))
    return this.#results
  }

  #read(message: OutgoingMessage): SoundMail | { readonly type: 'refused'; readonly code: string } {
    const mail = checkMail(this.#settings, message)
    if (mail.type === 'refused') return mail
    const { html, text, attachments } = mail.content
    const refused = (code: string) => ({ type: 'refused', code }) as const
    if (mail.to.needsUtf8) return refused('smtputf8-unsupported')
    if (text === '' && (html ?? '') === '') return refused('content-empty')
    if (mail.content.subject === '') return refused('subject-invalid')
    if (attachments.some(({ bytes }) => bytes.length === 0)) return refused('attachment-invalid')
    return mail
  }

  /** Posts a request; one that is too large, or refused for the sake of some of its messages, is divided. */
  async #deliver(request: PlannedRequest): Promise<void> {
    const body = JSON.stringify(composeRequest(this.#settings, request))
    if (Buffer.byteLength(body) > this.#settings.maxMessageBytes) {
      const tooLarge: SendResult = { outcome: 'permanent', code: 'message-too-large' }
      return this.#divide(request, tooLarge)
    }
    const turn = await this.#turns.take(this.#call.signal, this.#late, () => this.#post(body))
    if (turn.type !== 'done') {
      const result: SendResult = turn.type === 'late' ? NOT_BEGUN : { outcome: 'transient', code: turn.type }
      return this.#conclude(request.mails, result)
    }
    const outcome = turn.value
    if (outcome.type === 'taken') return this.#accept(request, outcome)
    const result = classifyHttp(outcome)
    if (
      outcome.type === 'lost' ||
      !SPLITTING_STATUSES.includes(outcome.status) ||
      result.outcome === 'misconfigured'
    )
      return this.#conclude(request.mails, result)
    const named = new Set(outcome.errors.flatMap(({ field }) => personalizationAt(field) ?? []))
    const blamed = request.mails.filter((_, at) => named.has(at))
    const others = request.mails.filter((_, at) => !named.has(at))
    if (blamed.length === 0 || others.length === 0) return this.#divide(request, result)
    // nothing of a refused request was taken, so that those who did nothing wrong lose nothing
    await Promise.all([this.#again(blamed), this.#again(others)])
  }

  #post(body: string): Promise<PostOutcome> {
    const { fetch, baseUrl, requestTimeoutMs, now } = this.#settings
    const url = `${baseUrl}/v3/mail/send`
    return post({ fetch, url, key: this.#call.key, body, timeoutMs: requestTimeoutMs, now })
  }

  async #divide({ mails }: PlannedRequest, result: SendResult): Promise<void> {
    if (mails.length === 1) return this.#conclude(mails, result)
    const half = Math.ceil(mails.length / 2)
    await Promise.all([this.#again(mails.slice(0, half)), this.#again(mails.slice(half))])
  }

  async #again(mails: readonly PlannedMail[]): Promise<void> {
    const [only, second] = mails
    const requests =
      only !== undefined && second === undefined
        ? [singleRequest(only)]
        : planRequests(mails, this.#settings.batchSize)
    await Promise.all(requests.map((request) => this.#deliver(request)))
  }

  #accept(
    { mails }: PlannedRequest,
    { messageId, pauseForMs }: Extract<PostOutcome, { type: 'taken' }>,
  ): void {
    for (const { at, tag } of mails) {
      this.#results[at] = {
        outcome: 'accepted',
        providerMessageId:
          messageId === null ? null : storedMessageId(messageId, mails.length === 1 ? null : tag),
        ...(pauseForMs === null ? {} : { pauseForMs }),
      }
    }
  }

  #conclude(mails: readonly PlannedMail[], result: SendResult): void {
    for (const { at } of mails) this.#results[at] = result
  }
}

/** For messages whose request was not begun in time: they go with a later call, and no try is spent. */
const NOT_BEGUN: SendResult = { outcome: 'throttled', code: 'not-called', retryAfterMs: 1_000 }

/** Which message of a request a field such as `personalizations.3.to.0.email` is of. */
function personalizationAt(field: string): number | null {
  const match = /^personalizations[.[](\d+)/.exec(field)
  return match?.[1] === undefined ? null : Number(match[1])
}
