import { hkdfSync } from 'node:crypto'
import { CampaignKitError } from '../base/error.js'

/** A secret of the host, from which the kit derives its keys. */
export interface Secret {
  /** Names the secret in what was sealed or signed with it: 1-16 of `a-z`, `0-9` and `-`. */
  readonly id: string
  /** At least 16 characters; 32 random bytes in base64 are recommended. */
  readonly key: string
}

const KEY_ID = /^[a-z0-9-]{1,16}$/
const LEAST_KEY_LENGTH = 16

/** Whether a text can be the id of a secret. */
export function isSecretId(text: string): boolean {
  return KEY_ID.test(text)
}

/**
 * Reads the host's secrets: the current one first, older ones after.
 *
 * @throws SECRET_INVALID when there is none, an id or key is not of its form, or an id is used twice; `path` names
 * the field, and the error never holds the key
 */
export function parseSecrets(secrets: unknown): readonly [Secret, ...Secret[]] {
  if (!Array.isArray(secrets)) refuse('secrets', 'Secrets are a list')
  const [first, ...older] = secrets.map(parseSecret)
  if (first === undefined) return refuse('secrets', 'At least one secret is needed')
  const seen = new Set<string>()
  for (const [index, { id }] of [first, ...older].entries()) {
    if (seen.has(id)) refuse(`secrets[${index}].id`, 'The id of a secret is used twice')
    seen.add(id)
  }
  return Object.freeze<[Secret, ...Secret[]]>([first, ...older])
}

/**
 * A key for one purpose, from a secret by HKDF-SHA-256 (RFC 5869): keys of different purposes tell nothing of each
 * other, and the secret itself never meets a cipher.
 *
 * @param purpose - what the key is for, such as `seal`
 * @returns 32 bytes
 */
export function deriveKey(secret: Secret, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret.key, '', `campaignkit/${purpose}/v1`, 32))
}

function parseSecret(secret: unknown, index: number): Secret {
  const path = `secrets[${index}]`
  const { id, key } = isRecord(secret) ? secret : refuse(path, 'A secret has an id and a key')
  if (typeof id !== 'string' || !isSecretId(id)) {
    return refuse(`${path}.id`, 'The id of a secret is 1-16 of a-z, 0-9 and -')
  }
  if (key === undefined) {
    return refuse(`${path}.key`, 'The key of a secret is missing: is the variable set that it is read from?')
  }
  if (typeof key !== 'string' || key.length < LEAST_KEY_LENGTH) {
    return refuse(`${path}.key`, `The key of a secret is a text of at least ${LEAST_KEY_LENGTH} characters`)
  }
  return Object.freeze({ id, key })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function refuse(path: string, message: string): never {
  throw new CampaignKitError('SECRET_INVALID', message, { path })
}
