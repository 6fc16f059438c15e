import { describe, expect, it } from 'vitest'
import { utf8 } from '../base/bytes.js'
import { isCampaignKitError } from '../base/error.js'
import { checkWebhook, parseWebhookSecrets, signWebhook } from './webhook-signature.js'

// the secret, message and signature that the libraries of Standard Webhooks test themselves by
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
const SECONDS = 1_614_265_330
const BODY = utf8('{"test": 2432232314}')
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
const OTHER = 'whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo='

const keys = parseWebhookSecrets([SECRET])
const at = (seconds: number) => ({ now: seconds * 1_000 + 999, toleranceSeconds: 300 })
const headers = { 'webhook-id': ID, 'webhook-timestamp': String(SECONDS), 'webhook-signature': SIGNATURE }

describe('a signed webhook', () => {
  it('has the signature that the libraries of the standard expect', () => {
    expect(signWebhook(keys, ID, SECONDS * 1_000 + 999, BODY)).toEqual(headers)
    expect(checkWebhook(keys, headers, BODY, at(SECONDS))).toBe('valid')
  })

  it('is signed over the bytes of its body: computed with hmac of Python', () => {
    const [signed] = [signWebhook(parseWebhookSecrets([OTHER]), 'msg_1', 1_000, utf8('é🍕'))]
    expect(signed['webhook-signature']).toBe('v1,ul/tfzpF02OMijHA8ZJzhVYtjMyj54emiscSLaQm/nI=')
  })

  it('carries one signature a key while keys change, and any of them is enough', () => {
    const both = signWebhook(parseWebhookSecrets([OTHER, SECRET]), ID, SECONDS * 1_000, BODY)
    expect(both['webhook-signature'].split(' ')).toHaveLength(2)
    expect(both['webhook-signature']).toContain(SIGNATURE)
    for (const secrets of [[SECRET], [OTHER], [OTHER, SECRET]])
      expect(checkWebhook(parseWebhookSecrets(secrets), both, BODY, at(SECONDS))).toBe('valid')
    const v1a = { ...headers, 'webhook-signature': `v1a,${SIGNATURE.slice(3)} ${SIGNATURE}` }
    expect(checkWebhook(keys, v1a, BODY, at(SECONDS))).toBe('valid')
  })

  it.each([-300, 300])('is taken at the edge of the tolerance: %i seconds', (seconds) => {
    expect(checkWebhook(keys, headers, BODY, at(SECONDS + seconds))).toBe('valid')
  })

  it.each([-301, 301])('is stale beyond it: %i seconds', (seconds) => {
    expect(checkWebhook(keys, headers, BODY, at(SECONDS + seconds))).toBe('stale')
  })

  it.each([
    ['no id', { 'webhook-id': null }, 'unsigned'],
    ['an empty signature', { 'webhook-signature': '' }, 'unsigned'],
    ['no timestamp', { 'webhook-timestamp': null }, 'unsigned'],
    ['another id', { 'webhook-id': 'msg_2' }, 'forged'],
    ['another timestamp', { 'webhook-timestamp': String(SECONDS + 1) }, 'forged'],
    ['a timestamp that is none', { 'webhook-timestamp': '1e9' }, 'forged'],
    ['a signature of another version', { 'webhook-signature': SIGNATURE.replace('v1', 'v2') }, 'forged'],
    ['a signature without its version', { 'webhook-signature': SIGNATURE.slice(3) }, 'forged'],
    ['a signature cut short', { 'webhook-signature': SIGNATURE.slice(0, -1) }, 'forged'],
    ['an empty signature of the version', { 'webhook-signature': 'v1,' }, 'forged'],
  ] as const)('with %s is refused', (_what, changes, check) => {
    expect(checkWebhook(keys, { ...headers, ...changes }, BODY, at(SECONDS))).toBe(check)
  })

  it('is forged under another secret, and with another body', () => {
    expect(checkWebhook(parseWebhookSecrets([OTHER]), headers, BODY, at(SECONDS))).toBe('forged')
    expect(checkWebhook(keys, headers, utf8('{"test": 2432232315}'), at(SECONDS))).toBe('forged')
  })
})

describe('secrets of webhooks', () => {
  it('may leave out the prefix', () => {
    expect(checkWebhook(parseWebhookSecrets([SECRET.slice(6)]), headers, BODY, at(SECONDS))).toBe('valid')
  })

  it.each([
    ['secrets', undefined],
    ['secrets', []],
    ['secrets', Array.from({ length: 11 }, () => SECRET)],
    ['secrets[0]', [7]],
    ['secrets[1]', [SECRET, 'whsec_']],
    ['secrets[0]', ['whsec_not base64']],
    ['secrets[0]', [`whsec_${'A'.repeat(31)}`]],
    ['secrets[0]', [`whsec_${'A'.repeat(88)}`]],
  ])('are refused at %s without telling them', (path, secrets) => {
    const thrown = (() => {
      try {
        return parseWebhookSecrets(secrets)
      } catch (refusal) {
        return refusal
      }
    })()
    expect(isCampaignKitError(thrown, 'SECRET_INVALID')).toBe(true)
    expect(thrown).toMatchObject({ path })
    expect(JSON.stringify(thrown)).not.toContain('AAAA')
  })
})
