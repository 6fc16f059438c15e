import { createCipheriv, createDecipheriv } from 'node:crypto'
import { CampaignKitError } from '../base/error.js'
import type { Cipher } from '../ports/cipher.js'
import type { Random } from '../ports/random.js'
import { deriveKey, isSecretId, parseSecrets, type Secret } from './secrets.js'

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Seals with AES-256-GCM (NIST SP 800-38D) under keys derived from the host's secrets, as
 * `keyId.base64url(nonce, ciphertext, tag)`; the context is bound as additional data.
 *
 * Gotcha: nonces are drawn at random, so that one secret should make no more than 2^32 seals; then put a new one first.
 *
 * @param secrets - the current one first, older ones after; seals of the older ones stay readable
 * @throws SECRET_INVALID, as `parseSecrets`
 */
export function createAesCipher(secrets: readonly Secret[], random: Random): Cipher {
  const parsed = parseSecrets(secrets)
  const keys = new Map(parsed.map((secret) => [secret.id, deriveKey(secret, 'seal')]))
  const current = { id: parsed[0].id, key: deriveKey(parsed[0], 'seal') }

  return {
    seal(plain, context) {
      const nonce = random.bytes(NONCE_BYTES)
      const cipher = createCipheriv(ALGORITHM, current.key, nonce).setAAD(Buffer.from(context))
      const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${current.id}.${sealed.toString('base64url')}`
    },
    open(sealed, context) {
      const { keyId, bytes } = split(sealed)
      const key = keys.get(keyId)
      if (key === undefined) {
        throw new CampaignKitError('TOKEN_KEY_UNKNOWN', `No secret with the id ${keyId} is configured`, {
          details: { keyId },
        })
      }
      return decrypt(key, bytes, context)
    },
  }
}

function split(sealed: string): { readonly keyId: string; readonly bytes: Buffer } {
  const dot = sealed.indexOf('.')
  const keyId = sealed.slice(0, Math.max(dot, 0))
  const encoded = sealed.slice(dot + 1)
  const bytes = Buffer.from(encoded, 'base64url')
  // the decoder of Node skips what it does not know, and a seal has one spelling only
  const isWellFormed = isSecretId(keyId) && bytes.toString('base64url') === encoded
  if (!isWellFormed || bytes.length < NONCE_BYTES + TAG_BYTES) throw notGenuine()
  return { keyId, bytes }
}

function decrypt(key: Uint8Array, bytes: Buffer, context: string): string {
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([
      decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]).toString('utf8')
  } catch {
    throw notGenuine()
  }
}

function notGenuine(): CampaignKitError {
  return new CampaignKitError('SIGNATURE_INVALID', 'The sealed text or its context is not what was sealed')
}
