import { domainToASCII } from 'node:url'

/** One mailbox: where a message goes, and the name that is shown beside it. */
export interface Mailbox {
  /** Empty when there is none. */
  readonly name: string
  /** As given, but for an internationalised domain, which is in its ASCII form. */
  readonly address: string
  /** Whether the local part needs SMTPUTF8 (RFC 6531). */
  readonly needsUtf8: boolean
}

const MAX_ADDRESS_BYTES = 254
const MAX_LOCAL_BYTES = 64
const LOCAL_PART = /^(?:[^\s<>()[\]\\,;:@"]+|"[^\s<>\\"]*(?: [^\s<>\\"]+)*")$/u
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u
const DOMAIN = /^[\p{L}\p{M}\p{N}.\-\u3002\uff0e\uff61]+$/u
const ASCII_DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is asked for
const ASCII = /^[\u0000-\u007f]*$/
const NAMED = /^(?:"(?<quoted>(?:[^"\\]|\\["\\])*)"|(?<plain>[^"<>\\]*?))\s*<(?<address>[^<>]*)>$/u

/** Whether a text is pure ASCII. */
export function isAscii(text: string): boolean {
  return ASCII.test(text)
}

/** Whether a text holds characters that nobody sees: line breaks, controls, direction marks, lone surrogates. */
export function hasInvisible(text: string): boolean {
  return INVISIBLE.test(text)
}

/**
 * Reads exactly one bare address, such as `ada@example.com`; null when it is none, or more than one. Stricter than
 * RFC 5321: no domain literals, no escapes in a quoted local part.
 */
export function parseAddress(text: string): Mailbox | null {
  const at = text.lastIndexOf('@')
  const local = text.slice(0, at)
  if (at < 1 || hasInvisible(text) || !LOCAL_PART.test(local)) return null
  if (Buffer.byteLength(local) > MAX_LOCAL_BYTES) return null
  const domain = asciiDomain(text.slice(at + 1))
  if (domain === null) return null
  const address = `${local}@${domain}`
  return Buffer.byteLength(address) > MAX_ADDRESS_BYTES
    ? null
    : { name: '', address, needsUtf8: !isAscii(local) }
}

/** Reads `ada@example.com`, `Ada <ada@example.com>` or `"Ada, Countess" <ada@example.com>`; null when it is none. */
export function parseMailbox(text: string): Mailbox | null {
  if (!text.includes('<')) return parseAddress(text)
  const parts = NAMED.exec(text)?.groups
  const mailbox = parts?.address === undefined ? null : parseAddress(parts.address)
  if (parts === undefined || mailbox === null) return null
  const name = parts.quoted?.replaceAll(/\\(["\\])/g, '$1') ?? parts.plain ?? ''
  return hasInvisible(name) ? null : { ...mailbox, name: name.trim() }
}

function asciiDomain(domain: string): string | null {
  if (!DOMAIN.test(domain)) return null
  // the ASCII form is asked for only where it differs: URL rules would rewrite numbers as IPv4 addresses
  const ascii = isAscii(domain) ? domain : domainToASCII(domain)
  return ASCII_DOMAIN.test(ascii) && !/(?:^|\.)\d+$/.test(ascii) ? ascii : null
}
