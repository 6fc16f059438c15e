import { createMemoryStorage } from '@campaignkit/adapter-memory'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createPizzeria, SCOPE, winBack } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'

const CODE = /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/
const REWARD = { kind: 'percent', value: 30 } as const
const AT_TILL = { by: 'till-3' }

/** A campaign that sent one coupon to each of some customers. */
async function withCoupons(
  coupon: Partial<NonNullable<CampaignInput['coupon']>> = {},
  count = 1,
  options: Parameters<typeof createPizzeria>[0] = {},
) {
  const pizzeria = createPizzeria(options)
  await pizzeria.welcome(count)
  const { id } = await pizzeria.runCampaign({
    coupon: { reward: REWARD, ...coupon },
  })
  const codes = pizzeria.outbox.sent.map(
    ({ content }) => CODE.exec(content.type === 'email' ? content.text : '')?.[0] ?? '',
  )
  return { ...pizzeria, id, codes, code: codes[0] ?? '' }
}

describe('at the till a coupon is', () => {
  it('redeemed, by code in any case, by link, and spent the second time', async () => {
    const { kit, clock, codes } = await withCoupons({ validFor: { days: 30 } }, 4)
    const [first = '', second = '', third = '', fourth = ''] = codes
    expect(await kit.coupons.redeem(first, { ...AT_TILL, key: 'r-1' })).toMatchObject({
      outcome: 'redeemed',
      reward: REWARD,
      remaining: 0,
      repeated: false,
      redemption: { key: 'r-1', by: 'till-3', at: clock.now(), amount: null, reversedAt: null },
    })
    expect(await kit.coupons.redeem(first, { ...AT_TILL, key: 'r-2' })).toEqual({
      outcome: 'spent',
      reward: REWARD,
      expiresAt: SAMPLE_NOW + 30 * DAY_MS,
    })
    for (const [key, scanned] of [
      ['r-3', second.toLowerCase()],
      ['r-4', `HTTPS://GO.PIZZA.EXAMPLE/Q/${third}`],
      ['r-5', ` https://go.pizza.example/q/${fourth.toLowerCase().replaceAll('-', '')} \n`],
    ] as const) {
      expect((await kit.coupons.redeem(scanned, { ...AT_TILL, key })).outcome).toBe('redeemed')
    }
  })

  it('not yet valid, then valid, then expired, to the millisecond', async () => {
    const { kit, code } = await withCoupons({
      validFrom: SAMPLE_NOW + HOUR_MS,
      validUntil: SAMPLE_NOW + DAY_MS,
      maxRedemptions: 9,
    })
    const at = async (instant: number) =>
      (await kit.coupons.redeem(code, { ...AT_TILL, key: `at ${instant}`, at: instant })).outcome
    expect(await at(SAMPLE_NOW + HOUR_MS - 1)).toBe('notYetValid')
    expect(await at(SAMPLE_NOW + HOUR_MS)).toBe('redeemed')
    expect(await at(SAMPLE_NOW + DAY_MS - 1)).toBe('redeemed')
    expect(await at(SAMPLE_NOW + DAY_MS)).toBe('expired')
  })

  it('cancelled with its campaign, what was redeemed before stays so under its key', async () => {
    const { kit, root, outbox, welcome } = createPizzeria()
    await welcome(2)
    const { id } = await kit.campaigns.create(
      winBack({ schedule: { type: 'recurring', every: 'day', at: '12:00' } }),
    )
    await kit.campaigns.launch(id)
    await root.worker().drain({ until: SAMPLE_NOW + DAY_MS })
    const codes = outbox.sent.map(({ content }) => CODE.exec(JSON.stringify(content))?.[0] ?? '')
    await kit.coupons.redeem(codes[0] ?? '', { ...AT_TILL, key: 'r-1' })
    await kit.campaigns.cancel(id, 'wrong price')
    expect((await kit.coupons.redeem(codes[1] ?? '', { ...AT_TILL, key: 'r-2' })).outcome).toBe('cancelled')
    expect(await kit.coupons.redeem(codes[0] ?? '', { ...AT_TILL, key: 'r-1' })).toMatchObject({
      outcome: 'redeemed',
      repeated: true,
    })
  })

  it('cancelled with its campaign even when the process died between the two', async () => {
    const storage = createMemoryStorage()
    let dying = false
    const coupons = overridden(storage.coupons, {
      cancel: async (...given) => {
        if (dying) throw new Error('The process died')
        return storage.coupons.cancel(...given)
      },
    })
    const { kit, root, outbox, welcome } = createPizzeria({ storage: overridden(storage, { coupons }) })
    await welcome(1)
    const { id } = await kit.campaigns.create(
      winBack({ schedule: { type: 'recurring', every: 'day', at: '12:00' } }),
    )
    await kit.campaigns.launch(id)
    await root.worker().drain({ until: SAMPLE_NOW + DAY_MS })
    dying = true
    await expect(kit.campaigns.cancel(id, 'wrong price')).rejects.toThrow('died')
    dying = false
    const code = CODE.exec(JSON.stringify(outbox.sent[0]?.content))?.[0] ?? ''
    expect((await kit.coupons.redeem(code, { ...AT_TILL, key: 'r-1' })).outcome).toBe('cancelled')
    expect((await kit.journal.list()).items.at(-1)).toMatchObject({
      action: 'coupons.cancel',
      reason: 'wrong price',
    })
  })

  it('still good when its campaign was stopped, not cancelled', async () => {
    const { kit, id, code } = await withCoupons()
    expect((await kit.campaigns.get(id)).status).toBe('completed')
    expect((await kit.coupons.redeem(code, { ...AT_TILL, key: 'r-1' })).outcome).toBe('redeemed')
  })

  it('unknown when its secret is forged behind a true handle, or its handle is another one', async () => {
    const { kit, code } = await withCoupons()
    const [campaign = '', customer = '', secret = ''] = code.split('-')
    const forged = [
      `${campaign}-${customer}-${'0'.repeat(26)}`,
      `${campaign}-00000000-${secret}`,
      `${customer.slice(0, 6)}-${customer}-${secret}`,
    ]
    for (const scanned of forged)
      expect(await kit.coupons.redeem(scanned, { ...AT_TILL, key: scanned })).toEqual({ outcome: 'unknown' })
    expect((await kit.coupons.redeem(code, { ...AT_TILL, key: 'r-1' })).outcome).toBe('redeemed')
  })

  it('unknown to another tenant', async () => {
    const { root, code } = await withCoupons()
    const other = root.as({ ...SCOPE, tenant: 'trattoria' })
    expect(await other.coupons.redeem(code, { ...AT_TILL, key: 'r-1' })).toEqual({ outcome: 'unknown' })
  })

  it('unknown whatever else is scanned, and nothing is ever thrown', async () => {
    const { kit, code } = await withCoupons()
    const odd = [
      undefined,
      null,
      7,
      {},
      [],
      '',
      ' ',
      '__proto__',
      `${code}0`,
      code.slice(1),
      `https://evil.example/q/${code}/x`,
      '\0',
      'x'.repeat(100_000),
      '🍕'.repeat(40),
    ]
    for (const scanned of odd)
      expect(await kit.coupons.redeem(scanned as string, { ...AT_TILL, key: 'r' })).toEqual({
        outcome: 'unknown',
      })
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.anything()), async (scanned) => {
        expect(await kit.coupons.redeem(scanned as string, { ...AT_TILL, key: 'r' })).toEqual({
          outcome: 'unknown',
        })
      }),
      { numRuns: 200, seed: 7 },
    )
  })

  it.each<[unknown, string]>([
    [undefined, 'INVALID_INPUT '],
    [{ by: 'till' }, 'INVALID_INPUT key'],
    [{ key: 'r' }, 'INVALID_INPUT by'],
    [{ by: 'till', key: '' }, 'INVALID_INPUT key'],
    [
      { by: 'till', key: 'r', amount: { amountMinor: 1.5, currency: 'EUR' } },
      'INVALID_INPUT amount.amountMinor',
    ],
    [{ by: 'till', key: 'r', amount: { amountMinor: 1, currency: 'eur' } }, 'INVALID_INPUT amount.currency'],
    [{ by: 'till', key: 'r', tip: 1 }, 'UNKNOWN_FIELD tip'],
  ])('not taken with the options %j', async (options, refused) => {
    const { kit, code } = await withCoupons()
    expect(await codeOf(() => kit.coupons.redeem(code, options as never))).toBe(refused)
    expect((await kit.coupons.redeem(code, { ...AT_TILL, key: 'r' })).outcome).toBe('redeemed')
  })
})

describe('a redemption', () => {
  it('is the same one for the same key, counted, told and kept in the journal once', async () => {
    const { kit, root, id, code } = await withCoupons({ maxRedemptions: 5 })
    const heard: string[] = []
    root.on('events.recorded', ({ events }) => heard.push(...events.map(({ type }) => type)))
    const amount = { amountMinor: 2_590, currency: 'EUR' }
    const first = await kit.coupons.redeem(code, { ...AT_TILL, key: 'r-1', amount })
    const again = await kit.coupons.redeem(code, {
      by: 'till-9',
      key: 'r-1',
      amount: { amountMinor: 1, currency: 'USD' },
    })
    expect(again).toEqual({ ...first, repeated: true })
    expect(first).toMatchObject({ remaining: 4, redemption: { amount } })
    expect(heard).toEqual(['redemption'])
    expect((await kit.journal.list()).items.filter(({ action }) => action === 'coupon.redeem')).toHaveLength(
      1,
    )
    const report = await kit.reports.campaign(id)
    expect(report.counts).toMatchObject({ redemptions: 1, redemptionRevenue: [amount] })
  })

  it('under the key of another coupon is taken too, each once', async () => {
    const { kit, id, codes } = await withCoupons({}, 2)
    const [first = '', second = ''] = codes
    const scan = (code: string) => kit.coupons.redeem(code, { ...AT_TILL, key: 'r-1' })
    for (const repeated of [false, true]) {
      expect(await scan(first)).toMatchObject({ outcome: 'redeemed', repeated })
      expect(await scan(second)).toMatchObject({ outcome: 'redeemed', repeated })
    }
    expect((await kit.reports.campaign(id)).counts.redemptions).toBe(2)
  })

  it('refused is asked again under the same key: nothing is remembered of a refusal', async () => {
    const { kit, code } = await withCoupons()
    await kit.coupons.redeem(code, { ...AT_TILL, key: 'r-1' })
    expect((await kit.coupons.redeem(code, { ...AT_TILL, key: 'r-2' })).outcome).toBe('spent')
    expect((await kit.coupons.redeem(code, { ...AT_TILL, key: 'r-2' })).outcome).toBe('spent')
    await kit.coupons.reverse({ key: 'r-1', by: 'boss', reason: 'wrong scan' })
    expect(await kit.coupons.redeem(code, { ...AT_TILL, key: 'r-2' })).toMatchObject({
      outcome: 'redeemed',
      repeated: false,
    })
  })

  it.each([1, 3])('is won by exactly %i of a thousand at once', async (maxRedemptions) => {
    const { kit, id, code } = await withCoupons({ maxRedemptions })
    const tills = Array.from({ length: 1_000 }, (_, till) =>
      kit.coupons.redeem(code, { by: `till-${till}`, key: `r-${till}` }),
    )
    const outcomes = (await Promise.all(tills)).map(({ outcome }) => outcome)
    expect(outcomes.filter((outcome) => outcome === 'redeemed')).toHaveLength(maxRedemptions)
    expect(outcomes.filter((outcome) => outcome === 'spent')).toHaveLength(1_000 - maxRedemptions)
    expect((await kit.reports.campaign(id)).counts.redemptions).toBe(maxRedemptions)
  })

  it('is one when a thousand ask with the same key', async () => {
    const { kit, id, code } = await withCoupons({ maxRedemptions: 5 })
    const asked = await Promise.all(
      Array.from({ length: 1_000 }, () => kit.coupons.redeem(code, { ...AT_TILL, key: 'r-1' })),
    )
    expect(asked.filter((answer) => answer.outcome === 'redeemed' && !answer.repeated)).toHaveLength(1)
    expect(asked.every((answer) => answer.outcome === 'redeemed' && answer.remaining === 4)).toBe(true)
    expect((await kit.reports.campaign(id)).counts.redemptions).toBe(1)
  })
})

describe('giving a redemption back', () => {
  it('is told to the key that took it, which takes the coupon no more; a new sale takes a new key', async () => {
    const { kit, root, id, code, clock } = await withCoupons({ maxRedemptions: 2 })
    const scan = (key: string) => kit.coupons.redeem(code, { ...AT_TILL, key })
    await scan('r-1')
    await clock.advance(HOUR_MS)
    const redemption = await kit.coupons.reverse({ key: 'r-1', by: 'boss', reason: 'returned' })
    const heard: string[] = []
    root.on('events.recorded', ({ events }) => heard.push(...events.map(({ type }) => type)))
    const entries = (await kit.journal.list()).items.length
    const late = await Promise.all(Array.from({ length: 1_000 }, () => scan('r-1')))
    expect(late).toEqual(Array(1_000).fill({ outcome: 'reversed', redemption, reward: REWARD }))
    expect(redemption.reversedAt).toBe(clock.now())
    expect([heard, (await kit.journal.list()).items.length]).toEqual([[], entries])
    expect(await scan('r-2')).toMatchObject({ outcome: 'redeemed', remaining: 1, repeated: false })
    expect(await scan('r-3')).toMatchObject({ outcome: 'redeemed', remaining: 0 })
    expect((await scan('r-1')).outcome).toBe('reversed')
    expect((await kit.reports.campaign(id)).counts.redemptions).toBe(2)
    await clock.advance(31 * DAY_MS)
    expect((await scan('r-1')).outcome).toBe('reversed')
  })

  it('of one coupon of a receipt leaves the others of the key as they are', async () => {
    const { kit, codes } = await withCoupons({}, 2)
    const [first = '', second = ''] = codes
    const scan = (code: string) => kit.coupons.redeem(code, { ...AT_TILL, key: 'r-1' })
    for (const code of codes) await scan(code)
    await kit.coupons.reverse({ key: 'r-1', code: first, by: 'boss', reason: 'returned' })
    expect((await scan(first)).outcome).toBe('reversed')
    expect(await scan(second)).toMatchObject({ outcome: 'redeemed', repeated: true })
  })

  it('frees the use, takes count and amount back, once', async () => {
    const { kit, root, id, code, clock } = await withCoupons()
    const amount = { amountMinor: 2_590, currency: 'EUR' }
    await kit.coupons.redeem(code, { ...AT_TILL, key: 'r-1', amount })
    const heard: string[] = []
    root.on('events.recorded', ({ events }) => heard.push(...events.map(({ type }) => type)))
    const reversed = await kit.coupons.reverse({ key: 'r-1', by: 'boss', reason: 'wrong scan' })
    expect(reversed).toMatchObject({ key: 'r-1', reversedAt: clock.now() })
    const both = await Promise.all([
      kit.coupons.reverse({ key: 'r-1', by: 'boss', reason: 'again' }),
      kit.coupons.reverse({ key: 'r-1', by: 'boss', reason: 'again' }),
    ])
    expect(both).toEqual([reversed, reversed])
    expect(heard).toEqual(['redemption-reversed'])
    expect(
      (await kit.journal.list()).items.filter(({ action }) => action === 'coupon.reverse'),
    ).toMatchObject([{ reason: 'wrong scan', before: { key: 'r-1' }, after: { by: 'boss' } }])
    const report = await kit.reports.campaign(id)
    expect(report.counts.redemptions).toBe(0)
    expect(report.counts.redemptionRevenue.every(({ amountMinor }) => amountMinor === 0)).toBe(true)
    expect(report.timeline).toMatchObject([{ redemptions: 1, reversals: 1 }])
    expect((await kit.coupons.redeem(code, { ...AT_TILL, key: 'r-2' })).outcome).toBe('redeemed')
  })

  it('is told once when two do it at the same time', async () => {
    const { kit, root, code } = await withCoupons()
    await kit.coupons.redeem(code, { ...AT_TILL, key: 'r-1' })
    const heard: string[] = []
    root.on('events.recorded', ({ events }) => heard.push(...events.map(({ type }) => type)))
    await Promise.all(
      Array.from({ length: 10 }, () => kit.coupons.reverse({ key: 'r-1', by: 'boss', reason: 'x' })),
    )
    expect(heard).toEqual(['redemption-reversed'])
  })

  it('and a redemption are not told when the storage tried in vain before another was faster', async () => {
    const memory = createMemoryStorage()
    const coupons = overridden(memory.coupons, {
      async redeem(scope, request, records) {
        const token = await memory.coupons.byHandle(scope, request.handle)
        const lost = { ...request, reversedAt: null, runId: 'r', campaignId: 'c', customerId: 'x' }
        if (token !== null) records(token, lost as never)
        return memory.coupons.redeem(scope, request, records)
      },
      async reverse(scope, place, at, records) {
        const [known] = await memory.coupons.redemptionsByKey(scope, place.key)
        if (known !== undefined) records({ ...known, reversedAt: at })
        return memory.coupons.reverse(scope, place, at, records)
      },
    })
    const { kit, root, clock, code } = await withCoupons({}, 1, { storage: overridden(memory, { coupons }) })
    const heard: (readonly [string, string | null])[] = []
    root.on('events.recorded', ({ events }) =>
      heard.push(...events.map((event) => [event.type, event.customerId] as const)),
    )
    await kit.coupons.redeem(code, { ...AT_TILL, key: 'r-1' })
    await kit.coupons.redeem(code, { ...AT_TILL, key: 'r-1' })
    await kit.coupons.reverse({ key: 'r-1', by: 'boss', reason: 'x' })
    await clock.advance(1)
    await kit.coupons.reverse({ key: 'r-1', by: 'boss', reason: 'x' })
    expect(heard).toEqual([
      ['redemption', 'c-0'],
      ['redemption-reversed', 'c-0'],
    ])
  })

  it('needs a key that was redeemed, and a reason', async () => {
    const { kit } = await withCoupons()
    expect(await codeOf(() => kit.coupons.reverse({ key: 'r-9', by: 'boss', reason: 'x' }))).toBe(
      'REDEMPTION_NOT_FOUND',
    )
    expect(await codeOf(() => kit.coupons.reverse({ key: 'r-9', by: 'boss', reason: ' ' }))).toBe(
      'INVALID_INPUT reason',
    )
    expect(await codeOf(() => kit.coupons.reverse(undefined as never))).toBe('INVALID_INPUT ')
  })

  it('of a key that took several coupons needs the code, and touches no other', async () => {
    const { kit, codes } = await withCoupons({}, 3)
    const [first = '', second = '', third = ''] = codes
    for (const code of [first, second]) await kit.coupons.redeem(code, { ...AT_TILL, key: 'r-1' })
    const reverse = (code?: string) =>
      kit.coupons.reverse({ key: 'r-1', by: 'boss', reason: 'x', ...(code === undefined ? {} : { code }) })
    expect(await codeOf(() => reverse())).toBe('REDEMPTION_AMBIGUOUS code')
    const link = `https://go.pizza.example/q/${second.toLowerCase()}`
    expect(await reverse(link)).toMatchObject({ key: 'r-1', handle: second.slice(0, 15) })
    // a use that was given back still counts: a repeated call must not go on to the other coupon
    expect(await codeOf(() => reverse())).toBe('REDEMPTION_AMBIGUOUS code')
    expect((await kit.coupons.redeem(second, { ...AT_TILL, key: 'r-2' })).outcome).toBe('redeemed')
    expect((await kit.coupons.redeem(first, { ...AT_TILL, key: 'r-3' })).outcome).toBe('spent')
    const forged = `${first.slice(0, -1)}${first.endsWith('0') ? '1' : '0'}`
    for (const wrong of [third, forged, 'something else', '']) {
      expect(await codeOf(() => reverse(wrong))).toBe('REDEMPTION_NOT_FOUND')
    }
    expect(await codeOf(() => reverse(7 as never))).toBe('INVALID_INPUT code')
  })

  it('finds nothing when the redemption is gone in the meantime', async () => {
    const storage = createMemoryStorage()
    const coupons = overridden(storage.coupons, { reverse: async () => null })
    const { kit, code } = await withCoupons({}, 1, { storage: overridden(storage, { coupons }) })
    await kit.coupons.redeem(code, { ...AT_TILL, key: 'r-1' })
    expect(await codeOf(() => kit.coupons.reverse({ key: 'r-1', by: 'boss', reason: 'x' }))).toBe(
      'REDEMPTION_NOT_FOUND',
    )
  })
})
