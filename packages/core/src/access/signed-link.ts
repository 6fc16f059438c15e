import { equalConstantTime, fromBase64Url, toBase64Url, utf8 } from '../base/bytes.js'
import { hmacUnder, type Secret } from '../model/secret.js'

/** What a signed link is for; one made for another purpose does not verify. */
export type LinkPurpose =
  | 'click'
  | 'open'
  | 'unsubscribe'
  | 'preferences'
  | 'preferences-form'
  | 'confirm'
  | 'till'

/** 128 bits: half of an HMAC-SHA-256, as RFC 2104, section 5 allows. */
const SIGNATURE_BYTES = 16

/**
 * A text for a link: `keyId.payload.signature`, the last two in base64url.
 *
 * @param fields - what the link says, in order; never personal data
 */
export function signLink(secret: Secret, purpose: LinkPurpose, fields: readonly string[]): string {
  const payload = toBase64Url(utf8(JSON.stringify(fields)))
  return `${secret.id}.${payload}.${toBase64Url(signature(secret, purpose, payload))}`
}

/**
 * The fields of a text that {@link signLink} made, or null when it was not made so, for this purpose, under one of
 * these secrets.
 */
export function readSignedLink(
  secrets: readonly Secret[],
  purpose: LinkPurpose,
  text: string,
): readonly string[] | null {
  // whoever serves links in plain JavaScript may hand anything through
  if (typeof text !== 'string') return null
  const [keyId, payload, mark, ...rest] = text.split('.')
  const secret = secrets.find(({ id }) => id === keyId)
  if (secret === undefined || payload === undefined || mark === undefined || rest.length > 0) return null
  const given = fromBase64Url(mark)
  if (given === null || !equalConstantTime(given, signature(secret, purpose, payload))) return null
  const bytes = fromBase64Url(payload)
  return bytes === null ? null : parseFields(bytes)
}

/** A signature tells who wrote the payload, not that it is one: another program may share the secret. */
function parseFields(payload: Uint8Array): readonly string[] | null {
  try {
    const fields: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload),
    )
    return Array.isArray(fields) && fields.every((field) => typeof field === 'string') ? fields : null
  } catch {
    return null
  }
}

function signature(secret: Secret, purpose: LinkPurpose, payload: string): Uint8Array {
  return hmacUnder(secret, 'campaignkit.link', purpose, payload).subarray(0, SIGNATURE_BYTES)
}
