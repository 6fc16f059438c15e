import { parseUrl, readBody } from '@campaignkit/core/adapter'
import { BODY_DIGEST, bodyDigest, type FormFields, isSame, isSigned } from './signature.js'

/** One thing that Twilio tells, by the names of its parameters; Event Streams write them in small letters at first. */
export interface TwilioItem {
  /** Null when there is none, or it is no text. */
  field(name: string): string | null
}

/** What a request turned out to be. */
export type ReadWebhook =
  | { readonly outcome: 'items'; readonly items: readonly TwilioItem[] }
  | { readonly outcome: 'tooLarge' | 'forged' | 'malformed' }

/** How requests are read. */
export interface WebhookReading {
  readonly authTokens: readonly string[]
  readonly maxBodyBytes: number
  /** The URL that Twilio was told, of this request. */
  readonly urlOf: (request: Request) => string
}

/**
 * Reads a request of Twilio once it is sure to be one: a form whose fields are signed with the URL, or a body of another
 * kind whose digest stands in it.
 */
export async function readWebhook(request: Request, reading: WebhookReading): Promise<ReadWebhook> {
  const body = await readBody(request, reading.maxBodyBytes)
  if (body === null) return { outcome: 'tooLarge' }
  const url = reading.urlOf(request)
  const signature = request.headers.get('x-twilio-signature') ?? ''
  const digest = queryOf(url).get(BODY_DIGEST)
  if (digest !== null) {
    const isGenuine = isSigned(reading.authTokens, signature, url) && isSame(digest, bodyDigest(body))
    if (!isGenuine) return { outcome: 'forged' }
    return isForm(request) ? { outcome: 'items', items: [formItem(formOf(body))] } : readJson(body)
  }
  // a body that is no form is not covered by the signature of its URL
  if (!isForm(request)) return { outcome: 'forged' }
  const fields = formOf(body)
  if (!isSigned(reading.authTokens, signature, url, fields)) return { outcome: 'forged' }
  return { outcome: 'items', items: [formItem(fields)] }
}

function queryOf(url: string): URLSearchParams {
  return parseUrl(url)?.searchParams ?? new URLSearchParams()
}

function isForm(request: Request): boolean {
  const type = request.headers.get('content-type') ?? ''
  return /^\s*application\/x-www-form-urlencoded\b/i.test(type)
}

function formOf(body: Uint8Array): FormFields {
  const fields = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(new TextDecoder().decode(body))) {
    fields.set(name, [...(fields.get(name) ?? []), value])
  }
  return fields
}

function formItem(fields: FormFields): TwilioItem {
  return { field: (name) => fields.get(name)?.at(-1) ?? null }
}

/** An object with parameters, or a batch of them; those of Event Streams have them under `data`. */
function readJson(body: Uint8Array): ReadWebhook {
  try {
    const read: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    const items: readonly unknown[] = Array.isArray(read) ? read : [read]
    if (!Array.isArray(read) && !isRecord(read)) return { outcome: 'malformed' }
    return { outcome: 'items', items: items.map(jsonItem) }
  } catch {
    return { outcome: 'malformed' }
  }
}

function jsonItem(item: unknown): TwilioItem {
  const whole = isRecord(item) ? item : {}
  const inner = isRecord(whole.data) ? whole.data : whole
  return {
    field(name) {
      const small = name.charAt(0).toLowerCase() + name.slice(1)
      const value = Object.hasOwn(inner, name)
        ? inner[name]
        : Object.hasOwn(inner, small)
          ? inner[small]
          : null
      if (typeof value === 'number') return String(value)
      return typeof value === 'string' ? value : null
    },
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
