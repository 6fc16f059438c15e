import { parseUrl } from '@campaignkit/core/adapter'

/** A refusal in Twilio's form. */
export interface FakeRefusal {
  readonly status: number
  readonly code: number
  readonly message: string
}

/** What the fake knows beside the request. */
export interface FakeSenders {
  /** Numbers and Messaging Services of the account; null for any. */
  readonly senders: readonly string[] | null
  /** Numbers that answered STOP. */
  readonly optedOut: ReadonlySet<string>
}

const E164 = /^\+[1-9]\d{6,14}$/
const CHANNEL = /^whatsapp:/

const refusal = (code: number, message: string): FakeRefusal => ({ status: 400, code, message })

/** Refuses the parameters that the Messages resource refuses, with its code; null when it takes them. */
export function checkCreate(params: URLSearchParams, known: FakeSenders): FakeRefusal | null {
  return checkParties(params, known) ?? checkContent(params) ?? checkRest(params)
}

function checkParties(params: URLSearchParams, known: FakeSenders): FakeRefusal | null {
  const to = params.get('To') ?? ''
  if (to === '') return refusal(21_604, "A 'To' phone number is required.")
  const fault = checkSender(params.get('From'), params.get('MessagingServiceSid'), to, known)
  if (fault !== null) return fault
  if (!E164.test(to.replace(CHANNEL, ''))) return refusal(21_211, "Invalid 'To' Phone Number.")
  return known.optedOut.has(to) ? refusal(21_610, 'Attempt to send to unsubscribed recipient.') : null
}

function checkSender(
  from: string | null,
  service: string | null,
  to: string,
  { senders }: FakeSenders,
): FakeRefusal | null {
  if (from === null)
    return service === null
      ? refusal(21_603, "A 'From' phone number is required.")
      : checkService(service, senders)
  const isWhatsapp = CHANNEL.test(from)
  if (isWhatsapp !== CHANNEL.test(to)) {
    return refusal(21_910, 'Invalid From and To pair. From and To should be of the same channel.')
  }
  if (senders === null || senders.includes(from.replace(CHANNEL, ''))) return null
  return isWhatsapp
    ? refusal(63_007, 'Twilio could not find a Channel with the specified From address.')
    : refusal(21_606, "The 'From' phone number is not a valid, message-capable Twilio phone number.")
}

function checkService(service: string, senders: readonly string[] | null): FakeRefusal | null {
  if (!/^MG[0-9a-fA-F]{32}$/.test(service)) return refusal(21_705, 'The Messaging Service Sid is invalid.')
  return senders === null || senders.includes(service)
    ? null
    : refusal(21_701, 'The Messaging Service does not exist.')
}

function checkContent(params: URLSearchParams): FakeRefusal | null {
  const body = params.get('Body')
  const content = params.get('ContentSid')
  const variables = params.get('ContentVariables')
  if (content === null && variables !== null) return refusal(21_654, 'ContentSid Required.')
  if (content !== null && (body !== null || params.has('MediaUrl'))) {
    return refusal(20_422, 'Body and MediaUrl do not go with ContentSid.')
  }
  if (content !== null && !/^HX[0-9a-fA-F]{32}$/.test(content))
    return refusal(21_655, 'The ContentSid is Invalid.')
  if (variables !== null && !areVariables(variables))
    return refusal(21_656, 'The ContentVariables Parameter is invalid.')
  if (content !== null) return null
  if (body === null && !params.has('MediaUrl')) {
    return refusal(21_619, 'A text message body or media urls must be specified.')
  }
  if (body?.trim() === '') return refusal(21_602, 'Message body is required.')
  return [...(body ?? '')].length > 1_600
    ? refusal(21_617, 'The concatenated message body exceeds the 1600 character limit.')
    : null
}

function areVariables(text: string): boolean {
  try {
    const read: unknown = JSON.parse(text)
    if (typeof read !== 'object' || read === null || Array.isArray(read)) return false
    return Object.values(read).every((value) => typeof value === 'string' && value !== '')
  } catch {
    return false
  }
}

function checkRest(params: URLSearchParams): FakeRefusal | null {
  const validity = params.get('ValidityPeriod')
  if (
    validity !== null &&
    !(/^\d{1,5}$/.test(validity) && Number(validity) >= 1 && Number(validity) <= 36_000)
  ) {
    return refusal(90_007, 'Invalid validity period value.')
  }
  const callback = params.get('StatusCallback')
  if (callback === null) return null
  const url = parseUrl(callback)
  return url === null || !/^https?:$/.test(url.protocol) || url.hostname.includes('_')
    ? refusal(21_609, "The 'StatusCallback' URL is not a valid URL.")
    : null
}
