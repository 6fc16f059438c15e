import { describe, expect, it } from 'vitest'
import { DAY_MS, MINUTE_MS } from '../base/time.js'
import { createEndpoints } from '../endpoints/create-endpoints.js'
import type { EndpointOptions } from '../endpoints/endpoint-options.js'
import type { CampaignKitOptions } from './options.js'
import { createPizzeria, type SCOPE } from './pizzeria.fixture.js'
import { refusalOf } from './refusal.fixture.js'

const URL_OF_TILL = 'https://go.pizza.example/r'

interface Answer {
  readonly outcome?: string
  readonly repeated?: boolean
  readonly error?: { readonly code: string; readonly path: string | null }
}

/** A pizzeria with one coupon and a till that has a key. */
async function createTill(options: Partial<EndpointOptions> = {}, kit: Partial<CampaignKitOptions> = {}) {
  const pizzeria = createPizzeria({ kit })
  await pizzeria.welcome(1)
  await pizzeria.runCampaign()
  const content = pizzeria.outbox.sent[0]?.content
  const [code = ''] =
    /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/.exec(content?.type === 'email' ? content.text : '') ?? []
  const { key, expiresAt } = await pizzeria.kit.coupons.tillKey({ till: 'till-3', expiresInDays: 90 })
  const failures: unknown[] = []
  const serve = createEndpoints({
    links: pizzeria.root.links,
    till: 'keys',
    onError: (thrown) => failures.push(thrown),
    ...options,
  })
  const ask = async (init: RequestInit, url = URL_OF_TILL) => {
    const response = await serve(new Request(url, init))
    const body = (await response.json()) as Answer
    return { status: response.status, headers: response.headers, body }
  }
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    ask({
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    })
  return { ...pizzeria, code, key, expiresAt, failures, ask, post }
}

describe('the till over HTTP', () => {
  it('takes a coupon once, and tells nothing of the customer', async () => {
    const { code, post, clock } = await createTill()
    const amount = { amountMinor: 1_450, currency: 'EUR' }
    const first = await post({ code, key: 'receipt-1', amount })
    const redeemed = {
      outcome: 'redeemed',
      reward: { kind: 'percent', value: 30 },
      remaining: 0,
      repeated: false,
      redemptionId: 'redemption-1',
      at: new Date(clock.now()).toISOString(),
    }
    expect([first.status, first.body]).toEqual([200, redeemed])
    expect(first.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(first.headers.get('cache-control')).toBe('no-store')
    expect((await post({ code: code.toLowerCase(), key: 'receipt-1' })).body).toEqual({
      ...redeemed,
      repeated: true,
    })
    expect((await post({ code: `HTTPS://GO.PIZZA.EXAMPLE/Q/${code}`, key: 'receipt-2' })).body).toMatchObject(
      {
        outcome: 'spent',
        expiresAt: expect.stringMatching(/Z$/),
      },
    )
  })

  it('answers whatever has become of a coupon with 200', async () => {
    const { code, post, kit, clock } = await createTill()
    expect((await post({ code: 'pizza', key: 'r' })).body).toEqual({ outcome: 'unknown' })
    await post({ code, key: 'receipt-1' })
    await kit.coupons.reverse({ key: 'receipt-1', by: 'till-3', reason: 'sent back' })
    const reversed = await post({ code, key: 'receipt-1' })
    expect([reversed.status, reversed.body]).toMatchObject([
      200,
      { outcome: 'reversed', redemptionId: 'redemption-1' },
    ])
    await clock.advance(31 * DAY_MS)
    expect((await post({ code, key: 'receipt-2' })).body).toMatchObject({ outcome: 'expired' })
  })

  it('takes its key from the header or the body, which must not differ', async () => {
    const { code, post } = await createTill()
    expect((await post({ code }, { 'idempotency-key': '"receipt-1"' })).body.outcome).toBe('redeemed')
    const again = await post({ code, key: 'receipt-1' }, { 'idempotency-key': 'receipt-1' })
    expect(again.body.repeated).toBe(true)
    for (const [body, headers] of [
      [{ code, key: 'receipt-2' }, { 'idempotency-key': 'receipt-3' }],
      [{ code }, {}],
      [{ code }, { 'idempotency-key': '' }],
    ] as const) {
      const refused = await post(body, headers)
      expect([refused.status, refused.body]).toEqual([400, { error: { code: 'INVALID_INPUT', path: 'key' } }])
    }
  })

  it.each<[string, unknown, Record<string, string>, number, object]>([
    ['no JSON', '{', {}, 400, { code: 'INVALID_INPUT', path: null }],
    ['a list', [], {}, 400, { code: 'INVALID_INPUT', path: null }],
    ['no code', { key: 'r' }, {}, 400, { code: 'INVALID_INPUT', path: 'code' }],
    ['a code that is none', { code: 7, key: 'r' }, {}, 400, { code: 'INVALID_INPUT', path: 'code' }],
    [
      'an amount below nothing',
      { code: 'x', key: 'r', amount: { amountMinor: -1, currency: 'EUR' } },
      {},
      400,
      { code: 'INVALID_INPUT', path: 'amount' },
    ],
    ['another till', { code: 'x', key: 'r', by: 'till-9' }, {}, 400, { code: 'UNKNOWN_FIELD', path: 'by' }],
    ['another time', { code: 'x', key: 'r', at: 0 }, {}, 400, { code: 'UNKNOWN_FIELD', path: 'at' }],
    [
      'a form',
      'code=x&key=r',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      { code: 'INVALID_INPUT', path: 'content-type' },
    ],
    ['text', '{}', { 'content-type': 'text/plain' }, 415, { code: 'INVALID_INPUT', path: 'content-type' }],
    ['too much', { code: 'x'.repeat(5_000), key: 'r' }, {}, 413, { code: 'INVALID_INPUT', path: null }],
  ])('refuses %s', async (_what, body, headers, status, error) => {
    const { post, kit } = await createTill()
    const refused = await post(body, headers)
    expect([refused.status, refused.body]).toEqual([status, { error }])
    expect((await kit.journal.list()).items.map(({ action }) => action)).not.toContain('coupon.redeem')
  })

  it('takes a POST alone', async () => {
    const { ask, key } = await createTill()
    const headers = { authorization: `Bearer ${key}` }
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      const refused = await ask({ method, headers })
      expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST'])
    }
  })

  it.each([
    ['no key', {}],
    ['a key of another kind', { authorization: 'Basic dGlsbDpr' }],
    ['an empty key', { authorization: 'Bearer ' }],
    ['a forged key', { authorization: 'Bearer 2026a.W10.AAAAAAAAAAAAAAAAAAAAAA' }],
  ])('lets nobody in with %s', async (_what, headers: Record<string, string>) => {
    const { ask, code } = await createTill()
    const refused = await ask({
      method: 'POST',
      body: JSON.stringify({ code, key: 'r' }),
      headers: { 'content-type': 'application/json', ...headers },
    })
    expect([refused.status, refused.body]).toEqual([401, { error: { code: 'UNAUTHORIZED', path: null } }])
    expect(refused.headers.get('www-authenticate')).toBe('Bearer')
  })

  it('lets nobody in with a key that has expired', async () => {
    const { post, code, clock, expiresAt } = await createTill()
    await clock.advanceTo(expiresAt - 1)
    expect((await post({ code, key: 'r' })).status).toBe(200)
    await clock.advanceTo(expiresAt)
    expect((await post({ code, key: 'r' })).status).toBe(401)
  })

  it('asks the access policy of the host, as the till', async () => {
    const asked: unknown[] = []
    const access = ({ actor }: typeof SCOPE, action: string) => {
      if (action === 'coupon.redeem') asked.push(actor)
      return action !== 'coupon.redeem'
    }
    const { post, code } = await createTill({}, { access: access as never })
    const refused = await post({ code, key: 'r' })
    expect([refused.status, refused.body.error?.code]).toEqual([403, 'FORBIDDEN'])
    expect(asked).toEqual([{ id: 'till-3', kind: 'service', roles: ['till'] }])
  })

  it('may be told from elsewhere who is there', async () => {
    const till: EndpointOptions['till'] = async (request) =>
      request.headers.get('x-till') === 'open' ? { tenant: 'pizzeria', by: 'ada', roles: ['cashier'] } : null
    const { post, code, kit } = await createTill({ till })
    expect((await post({ code, key: 'r' })).status).toBe(401)
    expect((await post({ code, key: 'r' }, { 'x-till': 'open' })).body.outcome).toBe('redeemed')
    const entry = (await kit.journal.list({}, { limit: 100 })).items.find(
      ({ action }) => action === 'coupon.redeem',
    )
    expect(entry?.actor).toEqual({ id: 'ada', kind: 'service', roles: ['cashier'] })
  })

  it('fails without details when the host cannot tell, or tells of nobody', async () => {
    for (const till of [() => Promise.reject(new Error('hunter2')), () => ({ tenant: '', by: 'x' })]) {
      const { post, code, failures } = await createTill({ till })
      const failed = await post({ code, key: 'r' })
      expect([failed.status, failed.body]).toEqual([500, { error: { code: 'FAILED', path: null } }])
      expect(failures).toHaveLength(1)
    }
  })

  it('is not there unless the host says who may', async () => {
    const { root } = createPizzeria()
    const response = await createEndpoints({ links: root.links })(
      new Request(URL_OF_TILL, { method: 'POST' }),
    )
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toContain('text/html')
  })

  it('slows a till down that asks too often, and no other', async () => {
    const { post, kit, clock } = await createTill()
    const statuses: number[] = []
    for (let times = 0; times < 121; times += 1) statuses.push((await post({ code: 'x', key: 'r' })).status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(120)
    const slowed = await post({ code: 'x', key: 'r' })
    expect([slowed.status, slowed.body.error?.code, slowed.headers.get('retry-after')]).toEqual([
      429,
      'TOO_MANY',
      '1',
    ])
    const other = await kit.coupons.tillKey({ till: 'till-4', expiresInDays: 1 })
    expect((await post({ code: 'x', key: 'r' }, { authorization: `Bearer ${other.key}` })).status).toBe(200)
    await clock.advance(MINUTE_MS)
    expect((await post({ code: 'x', key: 'r' })).status).toBe(200)
  })

  it.each([
    [{ till: '', expiresInDays: 1 }, 'till'],
    [{ till: 'x', expiresInDays: 0 }, 'expiresInDays'],
    [{ till: 'x', expiresInDays: 367 }, 'expiresInDays'],
  ])('has no key for %j', async (input, path) => {
    const { kit } = createPizzeria()
    expect(await refusalOf(() => kit.coupons.tillKey(input))).toMatchObject({ code: 'INVALID_INPUT', path })
  })
})
