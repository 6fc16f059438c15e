import { concatBytes, equalConstantTime, fromBase64Url, toBase64Url, utf8 } from '../base/bytes.js'
import { lengthPrefixed, sha256 } from '../base/digest.js'
import { CampaignKitError } from '../base/error.js'
import type { Cipher } from '../ports/cipher.js'

const TAG_BYTES = 8
const NONCE_BYTES = 4

/**
 * Makes a cipher that keeps the contract of seals and hides nothing: the text stands in the seal, in base64url.
 *
 * @param keyId - the key that seals name
 */
export function createFakeCipher(keyId = 'test'): Cipher {
  let sealed = 0
  const tagOf = (nonce: Uint8Array, plain: string, context: string) =>
    sha256(concatBytes(nonce, lengthPrefixed(plain, context))).slice(0, TAG_BYTES)

  return {
    seal(plain, context) {
      sealed += 1
      const nonce = new Uint8Array(NONCE_BYTES)
      new DataView(nonce.buffer).setUint32(0, sealed)
      return `${keyId}.${toBase64Url(concatBytes(nonce, tagOf(nonce, plain, context), utf8(plain)))}`
    },
    open(text, context) {
      const dot = text.indexOf('.')
      if (text.slice(0, dot) !== keyId) throw new CampaignKitError('TOKEN_KEY_UNKNOWN', 'No such key')
      const bytes = fromBase64Url(text.slice(dot + 1)) ?? new Uint8Array()
      const plain = new TextDecoder().decode(bytes.slice(NONCE_BYTES + TAG_BYTES))
      const tag = bytes.slice(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)
      if (!equalConstantTime(tag, tagOf(bytes.slice(0, NONCE_BYTES), plain, context))) {
        throw new CampaignKitError('SIGNATURE_INVALID', 'The seal was changed or belongs elsewhere')
      }
      return plain
    },
  }
}
