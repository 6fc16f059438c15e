import { fromBase64Url, toBase64Url } from './bytes.js'

/** Base64 (RFC 4648, section 4) with padding. */
export function toBase64(bytes: Uint8Array): string {
  const text = toBase64Url(bytes).replaceAll('-', '+').replaceAll('_', '/')
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}

/** Bytes of a base64 text, its padding left out or not; null when it is not one. */
export function fromBase64(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null
  const [letters = '', ...padding] = text.split('=')
  if (padding.length > 0 && text.length % 4 !== 0) return null
  return fromBase64Url(letters.replaceAll('+', '-').replaceAll('/', '_'))
}
