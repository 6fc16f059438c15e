import { createManualClock } from '@campaignkit/core/testing'
import { describe, expect, it } from 'vitest'
import { createBackOff } from './back-off.js'
import { classifyFailed, classifyThrown } from './classify.js'
import { meaningOf } from './error-table.js'

const WAIT = () => 7_000
const answered = (status: number, code?: number, headers?: Record<string, string>) =>
  classifyThrown(Object.assign(new Error('no'), { status, code, headers }), WAIT)
const lost = (code: unknown, more: Record<string, unknown> = {}) =>
  classifyThrown(Object.assign(new Error('no'), { code, ...more }), WAIT)

describe('an answer of Twilio', () => {
  it.each([
    [400, 21_610, { outcome: 'permanent', code: 'twilio-21610', suppress: 'requested' }],
    [400, 63_014, { outcome: 'permanent', code: 'twilio-63014', suppress: 'requested' }],
    [400, 21_211, { outcome: 'permanent', code: 'twilio-21211', suppress: true }],
    [400, 21_614, { outcome: 'permanent', code: 'twilio-21614', suppress: true }],
    [400, 30_005, { outcome: 'permanent', code: 'twilio-30005', suppress: true }],
    [400, 30_006, { outcome: 'permanent', code: 'twilio-30006', suppress: true }],
    [400, 21_612, { outcome: 'permanent', code: 'twilio-21612' }],
    [400, 21_408, { outcome: 'permanent', code: 'twilio-21408' }],
    [400, 30_007, { outcome: 'permanent', code: 'twilio-30007' }],
    [400, 63_016, { outcome: 'permanent', code: 'twilio-63016' }],
    [400, 30_003, { outcome: 'transient', code: 'twilio-30003' }],
    [503, 20_503, { outcome: 'transient', code: 'twilio-20503', outage: true }],
    [429, 20_429, { outcome: 'throttled', code: 'twilio-20429', retryAfterMs: 7_000 }],
    [429, 63_018, { outcome: 'throttled', code: 'twilio-63018', retryAfterMs: 7_000 }],
    [400, 21_611, { outcome: 'throttled', code: 'twilio-21611', retryAfterMs: 7_000 }],
    [401, 20_003, { outcome: 'misconfigured', code: 'twilio-20003' }],
    [400, 21_606, { outcome: 'misconfigured', code: 'twilio-21606' }],
    [400, 21_608, { outcome: 'misconfigured', code: 'twilio-21608' }],
    [500, 20_500, { outcome: 'unknown', code: 'twilio-20500', outage: true }],
    [400, 99_999, { outcome: 'permanent', code: 'twilio-99999' }],
    [502, 99_999, { outcome: 'unknown', code: 'twilio-99999', outage: true }],
  ])('%i with code %i', (status, code, expected) => {
    expect(answered(status, code)).toEqual(expected)
  })

  it.each([
    [400, 'permanent'],
    [401, 'misconfigured'],
    [403, 'misconfigured'],
    [404, 'misconfigured'],
    [408, 'unknown'],
    [429, 'throttled'],
    [500, 'unknown'],
    [502, 'unknown'],
    [503, 'unknown'],
    [504, 'unknown'],
    [302, 'unknown'],
  ])('%i without a code is %s', (status, outcome) => {
    expect(answered(status)).toMatchObject({ outcome, code: `twilio-http-${status}` })
  })

  it.each([
    ['12', 12_000],
    ['0.5', 500],
    ['999999', 86_400_000],
    ['soon', 7_000],
    ['-1', 7_000],
    ['', 7_000],
  ])('that names %s as Retry-After is obeyed', (given, retryAfterMs) => {
    expect(answered(429, 20_429, { 'Retry-After': given })).toMatchObject({ retryAfterMs })
  })
})

describe('a connection that broke', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])(
    'before the request (%s) sent nothing',
    (code) => {
      expect(lost(code)).toEqual({ outcome: 'transient', code: `twilio-${code.toLowerCase()}`, outage: true })
    },
  )

  it('while it was opened sent nothing', () => {
    expect(lost('ETIMEDOUT', { syscall: 'connect' })).toMatchObject({ outcome: 'transient' })
  })

  it.each(['ECONNRESET', 'ECONNABORTED', 'ETIMEDOUT', 'EPIPE', 'ERR_BAD_RESPONSE', 'ERR_NETWORK'])(
    'later (%s) is in doubt',
    (code) => {
      expect(lost(code)).toEqual({ outcome: 'unknown', code: `twilio-${code.toLowerCase()}`, outage: true })
    },
  )

  it.each(['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    'over a certificate (%s) is for a person',
    (code) => {
      expect(lost(code)).toMatchObject({ outcome: 'misconfigured' })
    },
  )

  it('without a word of the network is in doubt, and nothing of it gets into the code', () => {
    for (const thrown of [null, undefined, 7, 'x', {}, new SyntaxError('+393331234567'), { code: '+39 333' }])
      expect(classifyThrown(thrown, WAIT)).toEqual({ outcome: 'unknown', code: 'twilio-lost', outage: true })
    const { reason } = AbortSignal.abort(new DOMException('late', 'TimeoutError'))
    expect(classifyThrown(reason, WAIT)).toEqual({ outcome: 'unknown', code: 'twilio-timeout', outage: true })
  })
})

describe('a message that was made only to fail', () => {
  it('is judged by its code, and never in doubt', () => {
    expect(classifyFailed(21_610, WAIT)).toMatchObject({ outcome: 'permanent', suppress: 'requested' })
    expect(classifyFailed(30_001, WAIT)).toMatchObject({ outcome: 'throttled' })
    expect(classifyFailed(20_500, WAIT)).toMatchObject({ outcome: 'permanent' })
    expect(classifyFailed(null, WAIT)).toEqual({ outcome: 'permanent', code: 'twilio-failed' })
  })
})

describe('the back-off of an account', () => {
  it('doubles with each refusal up to a minute, and begins anew once a message was taken', async () => {
    const clock = createManualClock()
    const backOff = createBackOff(clock)
    const waits: number[] = []
    for (let n = 0; n < 8; n += 1) {
      waits.push(backOff.refused())
      await clock.advance(waits[n] ?? 0)
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
    backOff.taken()
    expect(backOff.refused()).toBe(1_000)
  })

  it('counts a burst that was refused together once', () => {
    const backOff = createBackOff(createManualClock())
    expect(Array.from({ length: 20 }, () => backOff.refused())).toEqual(
      Array.from({ length: 20 }, () => 1_000),
    )
  })
})

describe('the table', () => {
  it('knows no code that Twilio does not have here', () => {
    expect(meaningOf(0)).toBeNull()
    expect(meaningOf(21_610)).toBe('optedOut')
  })
})
