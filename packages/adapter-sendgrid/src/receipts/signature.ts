import { createPublicKey, type KeyObject, verify } from 'node:crypto'

/** The headers of the Signed Event Webhook. */
export const SIGNATURE_HEADER = 'x-twilio-email-event-webhook-signature'
export const TIMESTAMP_HEADER = 'x-twilio-email-event-webhook-timestamp'

/** Reads a verification key as SendGrid shows it, DER in base64, or in PEM; null when it is none of P-256. */
export function readPublicKey(text: string): KeyObject | null {
  try {
    const key = text.includes('-----BEGIN')
      ? createPublicKey(text)
      : createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : null
  } catch {
    return null
  }
}

/** Whether one of the keys signed the timestamp followed by the body, byte by byte: ECDSA with SHA-256. */
export function isSigned(
  keys: readonly KeyObject[],
  {
    signature,
    timestamp,
    body,
  }: { readonly signature: string; readonly timestamp: string; readonly body: Uint8Array },
): boolean {
  const signed = Buffer.concat([Buffer.from(timestamp), body])
  const bytes = Buffer.from(signature, 'base64')
  return keys.some((key) => {
    try {
      return verify('sha256', signed, key, bytes)
    } catch {
      return false
    }
  })
}
