import { sha256, toHex, utf8 } from '@campaignkit/core/adapter'

const DIGITS = 5

/**
 * Tells the recipients of one request apart, which all have one message id: 20 bits of a digest of the address. That is
 * too little to tell whose it is, and enough within a request, since two of one tag never go together.
 */
export function recipientTag(address: string): string {
  return toHex(sha256(utf8(address.toLowerCase()))).slice(0, DIGITS)
}

/** The id by which a message is found again: the provider's own, or with others in one request that and the tag. */
export function storedMessageId(requestMessageId: string, tag: string | null): string {
  return tag === null ? requestMessageId : `${requestMessageId}:${tag}`
}
