import { equalConstantTime, toHex, utf8 } from '../base/bytes.js'
import { sha256 } from '../base/digest.js'
import { CampaignKitError } from '../base/error.js'
import type { CampaignId, CustomerId, RunId } from '../base/ids.js'
import { DAY_MS, type Instant } from '../base/time.js'
import type { Coupon } from '../model/coupon.js'
import type { QrToken } from '../model/qr-token.js'
import type { Random } from '../ports/random.js'
import { CROCKFORD_ALPHABET, encodeCrockford, normalizeCrockford } from './crockford.js'

/** Letters of a campaign's public handle: 30 bits. */
export const CAMPAIGN_HANDLE_LETTERS = 6

/** Letters of a customer's public handle in a run: 40 bits. */
export const CUSTOMER_HANDLE_LETTERS = 8

/** Random bytes of a code: 128 bits. */
export const SECRET_BYTES = 16

/** 128 bits at five a letter; the last letter carries three of them. */
const SECRET_LETTERS = 26
const CODE_LETTERS = CAMPAIGN_HANDLE_LETTERS + CUSTOMER_HANDLE_LETTERS + SECRET_LETTERS

/** Longer texts are not read at all: the longest host name, a port, `/q/` and a code with room for spaces. */
const MAX_SCANNED = 512

/** A code that was scanned or typed, in its canonical form. */
export interface ScannedCode {
  /** `{campaign}-{customer}-{random}`. */
  readonly code: string
  /** `{campaign}-{customer}`. */
  readonly handle: string
}

/**
 * A random public handle: upper-case Crockford base32, five random bits a letter.
 *
 * @param letters - 1 to 64
 */
export function makeHandle(random: Random, letters: number): string {
  return encodeCrockford(random.bytes(Math.ceil((letters * 5) / 8)), letters)
}

/**
 * A whole code, `{campaign}-{customer}-{random}`: 6, 8 and 26 letters of upper-case Crockford base32.
 *
 * @throws INVALID_INPUT when a handle or the secret has another width
 */
export function makeCode(parts: {
  readonly campaignHandle: string
  readonly customerHandle: string
  /** 16 random bytes. */
  readonly secret: Uint8Array
}): string {
  const { campaignHandle, customerHandle, secret } = parts
  checkHandle(campaignHandle, CAMPAIGN_HANDLE_LETTERS, 'campaignHandle')
  checkHandle(customerHandle, CUSTOMER_HANDLE_LETTERS, 'customerHandle')
  if (secret.length !== SECRET_BYTES) throw invalid('secret', `must be ${SECRET_BYTES} bytes`)
  return `${campaignHandle}-${customerHandle}-${encodeCrockford(secret)}`
}

function checkHandle(handle: string, letters: number, path: string): void {
  if (handle.length === letters && [...handle].every((letter) => CROCKFORD_ALPHABET.includes(letter))) return
  throw invalid(path, `must be ${letters} letters of upper-case Crockford base32`)
}

function invalid(path: string, message: string): CampaignKitError {
  return new CampaignKitError('INVALID_INPUT', `${path}: ${message}`, { path })
}

const LINK = /^https?:\/\/[^\s/?#\\@]+\/q\/([^\s/?#]+)$/i

/**
 * Reads what a scanner gave or a person typed: a code with or without its hyphens, or a link `https://host/q/CODE`,
 * in any case, with spaces around it; I and L count as 1, O as 0. Null for everything else. Whether the code exists
 * is another question.
 */
export function parseScanned(text: string): ScannedCode | null {
  if (text.length > MAX_SCANNED) return null
  const trimmed = text.trim()
  const written = LINK.exec(trimmed)?.[1] ?? trimmed
  const letters = hasCodeShape(written) ? normalizeCrockford(written) : null
  if (letters === null) return null
  const campaign = letters.slice(0, CAMPAIGN_HANDLE_LETTERS)
  const customer = letters.slice(CAMPAIGN_HANDLE_LETTERS, CAMPAIGN_HANDLE_LETTERS + CUSTOMER_HANDLE_LETTERS)
  const handle = `${campaign}-${customer}`
  return { code: `${handle}-${letters.slice(campaign.length + customer.length)}`, handle }
}

const SHAPE = new RegExp(
  `^[0-9A-Z]{${CAMPAIGN_HANDLE_LETTERS}}-[0-9A-Z]{${CUSTOMER_HANDLE_LETTERS}}-[0-9A-Z]{${SECRET_LETTERS}}$`,
  'i',
)
const BARE_SHAPE = new RegExp(`^[0-9A-Z]{${CODE_LETTERS}}$`, 'i')

/** Hyphens stand where the kit writes them, or there are none. */
function hasCodeShape(written: string): boolean {
  return SHAPE.test(written) || BARE_SHAPE.test(written)
}

/** SHA-256 of a code in lower-case hexadecimal: what is stored of it to compare with. */
export function hashOfCode(code: string): string {
  return toHex(sha256(utf8(code)))
}

/** Whether a code has this hash, in a time that does not depend on where they differ. */
export function codeMatches(code: string, hash: string): boolean {
  return equalConstantTime(utf8(hashOfCode(code)), utf8(hash))
}

const ORIGIN = /^https:\/\/[a-z0-9.-]+(?::\d{1,5})?\/?$/i
const LOCAL_ORIGIN = /^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d{1,5})?\/?$/i

/**
 * The link that the image of a coupon encodes, in capitals so that a QR code holds it in alphanumeric mode:
 * `HTTPS://HOST/Q/CODE`.
 *
 * @param publicUrl - an https origin without a path (http for localhost); its host in ASCII
 * @throws INVALID_INPUT with path `publicUrl`
 */
export function linkOfCode(publicUrl: string, code: string): string {
  if (!ORIGIN.test(publicUrl) && !LOCAL_ORIGIN.test(publicUrl)) {
    throw invalid('publicUrl', 'must be an https origin without a path; http only for localhost')
  }
  return `${publicUrl.replace(/\/$/, '')}/Q/${code}`.toUpperCase()
}

/** What the coupon of one customer in one run is made from. */
export interface TokenOrder {
  readonly coupon: Coupon
  readonly campaign: { readonly id: CampaignId; readonly handle: string }
  readonly runId: RunId
  readonly customerId: CustomerId
  readonly customerHandle: string
  /** 16 random bytes. */
  readonly secret: Uint8Array
  /** Encrypts the code under a key id of the host. */
  readonly seal: (code: string) => string
  readonly now: Instant
}

/**
 * Draws a token, and with it the code that is shown to the customer and nowhere kept in the clear. It is valid from
 * the coupon's `validFrom`, else from now; until `validUntil`, else `validFor` days from now, else for good.
 *
 * @throws INVALID_INPUT when a handle or the secret has the wrong width
 */
export function draftToken(order: TokenOrder): { readonly token: QrToken; readonly code: string } {
  const { coupon, campaign, customerHandle, secret, now } = order
  const code = makeCode({ campaignHandle: campaign.handle, customerHandle, secret })
  const token: QrToken = {
    runId: order.runId,
    campaignId: campaign.id,
    customerId: order.customerId,
    handle: `${campaign.handle}-${customerHandle}`,
    hash: hashOfCode(code),
    sealed: order.seal(code),
    reward: coupon.reward,
    issuedAt: now,
    validFrom: coupon.validFrom ?? now,
    expiresAt: expiryOf(coupon, now),
    maxRedemptions: coupon.maxRedemptions,
    cancelledAt: null,
  }
  return { token, code }
}

function expiryOf({ validFor, validUntil }: Coupon, now: Instant): Instant | null {
  if (validUntil !== undefined) return validUntil
  return validFor === undefined ? null : now + Math.round(validFor.days * DAY_MS)
}
