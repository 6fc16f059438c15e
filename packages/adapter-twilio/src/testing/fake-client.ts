import type { TwilioClient, TwilioMessage, TwilioMessageParams } from '../twilio-client.js'

/** Where a fake is, and by what it knows its account. */
export interface FakeTwilioAccess {
  /** Such as `http://127.0.0.1:41234`, in place of `https://api.twilio.com`. */
  readonly origin: string
  readonly accountSid: string
  /** Signs webhooks as well. */
  readonly authToken: string
}

/** What Twilio's Messages resource answers, in its own names. */
interface MessageResource {
  readonly sid: string
  readonly status: string
  readonly error_code: number | null
  readonly num_segments: string
  readonly price: string | null
  readonly price_unit: string
}

/** An error as the package `twilio` throws it. */
class RestError extends Error {
  readonly status: number
  readonly code: number | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(response: Response, code: number | undefined) {
    super(`[HTTP ${response.status}] Failed to execute request`)
    this.status = response.status
    this.code = code
    this.headers = Object.fromEntries(response.headers)
  }
}

/**
 * A client of a fake, with the platform's own fetch: also in another process than the one that opened it.
 *
 * @example
 * ```ts
 * import { connectFakeTwilio, createFakeTwilio } from '@campaignkit/adapter-twilio/testing'
 * const fake = await createFakeTwilio()
 * const { status } = await connectFakeTwilio(fake.access).messages.create({ to: '+393331234567', from: '+15005550006', body: 'Hello' })
 * console.log(status) // queued
 * await fake.close()
 * ```
 */
export function connectFakeTwilio({ origin, accountSid, authToken }: FakeTwilioAccess): TwilioClient {
  const url = `${origin}/2010-04-01/Accounts/${accountSid}/Messages.json`
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  return {
    accountSid,
    messages: {
      async create(params) {
        const response = await fetch(url, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
          body: formOf(params),
        })
        if (response.ok) return messageOf((await response.json()) as MessageResource)
        const error: unknown = await response.json().catch(() => null)
        const isCoded = typeof error === 'object' && error !== null && 'code' in error
        throw new RestError(response, isCoded ? Number(error.code) : undefined)
      },
    },
  }
}

function formOf(params: TwilioMessageParams): string {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) form.set(name.charAt(0).toUpperCase() + name.slice(1), String(value))
  }
  return form.toString()
}

function messageOf(resource: MessageResource): TwilioMessage {
  return {
    sid: resource.sid,
    status: resource.status,
    errorCode: resource.error_code,
    numSegments: resource.num_segments,
    price: resource.price,
    priceUnit: resource.price_unit,
  }
}
