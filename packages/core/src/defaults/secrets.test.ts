import { describe, expect, it } from 'vitest'
import { CampaignKitError } from '../base/error.js'
import { deriveKey, parseSecrets } from './secrets.js'

const KEY = 'sixteen letters.'

function refusalOf(secrets: unknown): CampaignKitError {
  try {
    parseSecrets(secrets)
  } catch (thrown) {
    if (thrown instanceof CampaignKitError) return thrown
  }
  throw new Error('it was not refused')
}

describe('secrets', () => {
  it('are taken in their order and frozen', () => {
    const secrets = parseSecrets([
      { id: '2026a', key: KEY, note: 'ignored' },
      { id: 'old-1', key: `${KEY}!` },
    ])
    expect(secrets).toEqual([
      { id: '2026a', key: KEY },
      { id: 'old-1', key: `${KEY}!` },
    ])
    expect(Object.isFrozen(secrets) && Object.isFrozen(secrets[0])).toBe(true)
  })

  it.each<[string, unknown]>([
    ['secrets', undefined],
    ['secrets', 'text'],
    ['secrets', []],
    ['secrets[0]', [null]],
    ['secrets[0]', ['text']],
    ['secrets[0].id', [{ key: KEY }]],
    ['secrets[0].id', [{ id: '', key: KEY }]],
    ['secrets[0].id', [{ id: 'A', key: KEY }]],
    ['secrets[0].id', [{ id: 'a.b', key: KEY }]],
    ['secrets[0].id', [{ id: 'a\n', key: KEY }]],
    ['secrets[0].id', [{ id: 'abcdefghijklmnopq', key: KEY }]],
    ['secrets[0].key', [{ id: 'a' }]],
    ['secrets[0].key', [{ id: 'a', key: undefined }]],
    [
      'secrets[1].key',
      [
        { id: 'a', key: KEY },
        { id: 'b', key: 'fifteen letters' },
      ],
    ],
    [
      'secrets[1].id',
      [
        { id: 'a', key: KEY },
        { id: 'a', key: `${KEY}!` },
      ],
    ],
  ])('are refused at %s: %j', (path, secrets) => {
    expect(refusalOf(secrets)).toMatchObject({ code: 'SECRET_INVALID', path })
  })

  it('that are missing are told from those that are too short', () => {
    expect(refusalOf([{ id: 'a', key: undefined }]).message).toContain('is missing')
    expect(refusalOf([{ id: 'a', key: 'short' }]).message).toContain('at least 16 characters')
  })

  it('never stand in the refusal', () => {
    expect(JSON.stringify(refusalOf([{ id: 'a', key: 'hush' }]))).not.toContain('hush')
  })
})

describe('a derived key', () => {
  it('differs by secret and by purpose, and is the same each time', () => {
    const keys = [
      deriveKey({ id: 'a', key: KEY }, 'seal'),
      deriveKey({ id: 'a', key: KEY }, 'link'),
      deriveKey({ id: 'a', key: `${KEY}!` }, 'seal'),
    ]
    expect(new Set(keys.map((key) => key.join())).size).toBe(3)
    for (const key of keys) expect(key).toHaveLength(32)
    expect(deriveKey({ id: 'other id', key: KEY }, 'seal')).toEqual(keys[0])
  })

  it('is what RFC 5869 says', async () => {
    const { hmac } = await import('@noble/hashes/hmac.js')
    const { sha256 } = await import('@noble/hashes/sha2.js')
    const extracted = hmac(sha256, new Uint8Array(32), Buffer.from(KEY))
    const expanded = hmac(sha256, extracted, Buffer.from('campaignkit/seal/v1\u0001'))
    expect(deriveKey({ id: 'a', key: KEY }, 'seal')).toEqual(Uint8Array.from(expanded))
  })
})
