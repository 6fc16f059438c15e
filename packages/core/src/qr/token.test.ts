import { describe, expect, it } from 'vitest'
import type { CampaignId, CustomerId, RunId } from '../base/ids.js'
import { DAY_MS } from '../base/time.js'
import type { Coupon } from '../model/coupon.js'
import {
  codeMatches,
  draftToken,
  hashOfCode,
  linkOfCode,
  makeCode,
  makeHandle,
  parseScanned,
} from './token.js'

const secret = Uint8Array.from({ length: 16 }, (_, index) => index * 16 + index)
const code = makeCode({ campaignHandle: 'ABC123', customerHandle: 'ZZZZ0001', secret })

describe('a code', () => {
  it('is campaign, customer and secret, 6, 8 and 26 letters wide', () => {
    expect(code).toMatch(/^ABC123-ZZZZ0001-[0-9A-HJKMNP-TV-Z]{26}$/)
  })

  it.each([
    ['campaignHandle', { campaignHandle: 'ABC12', customerHandle: 'ZZZZ0001', secret }],
    ['campaignHandle', { campaignHandle: 'ABC12U', customerHandle: 'ZZZZ0001', secret }],
    ['customerHandle', { campaignHandle: 'ABC123', customerHandle: 'zzzz0001', secret }],
    ['secret', { campaignHandle: 'ABC123', customerHandle: 'ZZZZ0001', secret: secret.subarray(1) }],
  ])('is refused with a %s of another form', (path, parts) => {
    expect(() => makeCode(parts)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path }))
  })

  it('takes a handle from as many random bytes as its letters need', () => {
    const asked: number[] = []
    const random = {
      bytes: (length: number) => {
        asked.push(length)
        return new Uint8Array(length).fill(255)
      },
    }
    expect(makeHandle(random, 6)).toBe('ZZZZZZ')
    expect(makeHandle(random, 8)).toBe('ZZZZZZZZ')
    expect(asked).toEqual([4, 5])
  })

  it('matches its own hash and no other', () => {
    const hash = hashOfCode(code)
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(codeMatches(code, hash)).toBe(true)
    expect(codeMatches(`${code.slice(0, -1)}0`, hash)).toBe(false)
    expect(codeMatches(code, hash.slice(1))).toBe(false)
    expect(codeMatches(code, '')).toBe(false)
  })
})

describe('what a scanner reads', () => {
  const read = { code, handle: 'ABC123-ZZZZ0001' }

  it.each([
    ['the code', code],
    ['the code in lower case', code.toLowerCase()],
    ['the code without hyphens', code.replaceAll('-', '')],
    ['the code with letters that look alike', code.replaceAll('1', 'I').replaceAll('0', 'o')],
    ['the code with spaces around it', ` \t${code}\r\n`],
    ['its link', linkOfCode('https://go.pizza.example', code)],
    ['its link in lower case', linkOfCode('https://go.pizza.example:8443', code).toLowerCase()],
    ['a link of this computer', linkOfCode('http://localhost:3000/', code)],
  ])('is understood as %s', (_what, text) => {
    expect(parseScanned(text)).toEqual(read)
  })

  it.each([
    ['nothing', ''],
    ['a part of a code', code.slice(0, -1)],
    ['more than a code', `${code}0`],
    ['a code with hyphens elsewhere', code.replace('ABC123-Z', 'ABC12-3Z')],
    ['a code with a letter that is none', code.replace('A', 'U')],
    ['a code with a letter that becomes one', code.replace('1', '\u0131')],
    ['another path', `https://go.pizza.example/x/${code}`],
    ['a longer path', `https://go.pizza.example/q/${code}/x`],
    ['a query', `https://go.pizza.example/q/${code}?x=1`],
    ['a user in the link', `https://a@go.pizza.example/q/${code}`],
    ['a script', `javascript://go.pizza.example/q/${code}`],
    ['no host', `https:///q/${code}`],
    ['a space in the host', `https://go pizza/q/${code}`],
    ['two codes', `${code} ${code}`],
  ])('is not understood when it is %s', (_what, text) => {
    expect(parseScanned(text)).toBeNull()
  })

  it('is not even looked at when it is long', () => {
    expect(parseScanned(`${' '.repeat(512)}${code}`)).toBeNull()
    expect(parseScanned(`https://${'a'.repeat(10_000_000)}`)).toBeNull()
  })
})

describe('the link of a code', () => {
  it('is in capitals, so that a QR code is smaller', () => {
    expect(linkOfCode('https://go.pizza.example', code)).toBe(`HTTPS://GO.PIZZA.EXAMPLE/Q/${code}`)
  })

  it.each([
    'http://go.pizza.example',
    'https://go.pizza.example/path',
    'https://go.pizza.example?x',
    'https://user@go.pizza.example',
    'https://pizzería.example',
    'https://',
    'go.pizza.example',
    '',
    'javascript:alert(1)',
    'https://go.pizza.example\n',
  ])('is refused for the public URL %j', (publicUrl) => {
    expect(() => linkOfCode(publicUrl, code)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'publicUrl' }),
    )
  })
})

describe('a drafted token', () => {
  const now = Date.UTC(2026, 2, 1)
  const reward = { kind: 'percent', value: 30 } as const
  const draft = (coupon: Coupon) =>
    draftToken({
      coupon,
      campaign: { id: 'cmp-1' as CampaignId, handle: 'ABC123' },
      runId: 'run-1' as RunId,
      customerId: 'c-42' as CustomerId,
      customerHandle: 'ZZZZ0001',
      secret,
      seal: (plain) => `2026a.${plain.length}`,
      now,
    })

  it('holds the hash and the seal of its code, never the code or the host its ids', () => {
    const drafted = draft({ reward, maxRedemptions: 2 })
    expect(drafted.code).toBe(code)
    expect(drafted.token).toEqual({
      runId: 'run-1',
      campaignId: 'cmp-1',
      customerId: 'c-42',
      handle: 'ABC123-ZZZZ0001',
      hash: hashOfCode(code),
      sealed: '2026a.42',
      reward,
      issuedAt: now,
      validFrom: now,
      expiresAt: null,
      maxRedemptions: 2,
      cancelledAt: null,
    })
    expect(JSON.stringify(drafted.token)).not.toContain(code)
  })

  it('expires so many days after it was drawn', () => {
    expect(draft({ reward, maxRedemptions: 1, validFor: { days: 1.5 } }).token.expiresAt).toBe(
      now + 1.5 * DAY_MS,
    )
  })

  it('is valid between the instants that the coupon names', () => {
    const coupon = { reward, maxRedemptions: 1, validFrom: now + 5, validUntil: now + 9 }
    expect(draft(coupon).token).toMatchObject({ validFrom: now + 5, expiresAt: now + 9 })
  })
})
