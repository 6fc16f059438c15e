import { describe, expect, it } from 'vitest'
import type { DeliveryId } from '../base/ids.js'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import type { Receipt } from '../model/receipt.js'
import { everyone, tag } from '../segmentation/builders.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createPizzeria, winBack } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'

const CODE = /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/

/** A small world that can be counted on the fingers: ten customers, two variants of four and a holdout of two. */
async function smallWorld(name = 'We miss you') {
  const email = createRecordingChannel({
    receipts: ['delivered', 'bounced', 'opened', 'clicked', 'complained', 'unsubscribed'],
    price: { amountMinor: 100, per: 4, currency: 'EUR' },
  })
  const pizzeria = createPizzeria({ email })
  const { kit, clock } = pizzeria
  await pizzeria.welcome(10)
  await kit.customers.upsert([
    { id: 'z-silent', tags: ['pizza-lover'], facts: { lastOrderAt: SAMPLE_NOW - 300 * DAY_MS } },
  ])
  await kit.segments.save({ name: 'all of them', criteria: everyone() })
  await kit.segments.save({ name: 'none of them', criteria: tag('nobody') })
  const { id } = await pizzeria.runCampaign({
    name,
    experiment: { variants: [{ name: 'plain' }, { name: 'emoji' }], holdout: 0.2, minContacts: 10 },
    tracking: { clicks: true, opens: true },
  })
  const { items } = await kit.campaigns.deliveries(id)
  const of = (arm: string) => items.filter((delivery) => delivery.arm === arm)
  const [p1, p2, p3, p4] = of('plain') as [
    (typeof items)[0],
    (typeof items)[0],
    (typeof items)[0],
    (typeof items)[0],
  ]
  const [e1, e2, e3, e4] = of('emoji') as [
    (typeof items)[0],
    (typeof items)[0],
    (typeof items)[0],
    (typeof items)[0],
  ]
  let made = 0
  const said = (
    type: Receipt['type'],
    delivery: { readonly id: DeliveryId },
    more: Partial<Receipt> = {},
  ): Receipt => {
    made += 1
    return { key: `r-${made}`, type, at: SAMPLE_NOW + made * 60_000, deliveryId: delivery.id, ...more }
  }
  await kit.events.ingest([
    ...[p1, p2, p3, e1, e2, e3, e4].map((delivery) => said('delivered', delivery)),
    said('bounced', p4),
    said('opened', p1),
    said('opened', p1),
    said('opened', e1),
    said('opened', e2),
    said('opened', e3, { machine: true }),
    said('clicked', p1),
    said('clicked', e1),
    said('clicked', e1),
    said('clicked', e4, { machine: true }),
    said('unsubscribed', e2),
  ])
  const sold = (key: string, customerId: string, amountMinor: number) => ({
    key,
    type: 'conversion',
    customerId,
    at: SAMPLE_NOW + 2 * HOUR_MS,
    amountMinor,
    currency: 'EUR',
  })
  const held = Array.from({ length: 10 }, (_, number) => `c-${number}`).filter(
    (customerId) => !items.some((delivery) => delivery.customerId === customerId),
  )
  await kit.events.track([
    sold('o-1', p1.customerId ?? '', 3_000),
    sold('o-2', e1.customerId ?? '', 1_000),
    sold('o-3', held[0] ?? '', 500),
  ])
  const code = CODE.exec(JSON.stringify(email.sent[0]?.content))?.[0] ?? ''
  await kit.coupons.redeem(code, {
    by: 'till',
    key: 'receipt-1',
    at: SAMPLE_NOW + 3 * HOUR_MS,
    amount: { amountMinor: 2_000, currency: 'EUR' },
  })
  return { ...pizzeria, clock, id }
}

const rateOf = (numerator: number, denominator: number) =>
  expect.objectContaining({
    numerator,
    denominator,
    value: numerator / denominator,
    percent: expect.closeTo((100 * numerator) / denominator, 9),
  })

describe('the report of a small world', () => {
  it('has the numbers that are counted by hand', async () => {
    const { kit, id } = await smallWorld()
    const report = await kit.reports.campaign(id)
    expect(report.audience).toEqual({
      matched: 11,
      recipients: 8,
      holdout: 2,
      remainder: 0,
      excluded: { noAddress: 1 },
    })
    expect(report.exclusions).toEqual([{ code: 'noAddress', words: 'no address for the channel', count: 1 }])
    expect(report.deliveries).toMatchObject({ sent: 8, failed: 0, skipped: 0 })
    expect(report.counts).toMatchObject({
      sent: 8,
      delivered: 7,
      impressions: 7,
      bounced: 1,
      opened: 3,
      openedWithMachines: 4,
      clicks: 3,
      clicksWithMachines: 4,
      unsubscribed: 1,
      complained: 0,
      reached: 8,
      conversions: 2,
      redemptions: 1,
    })
    expect(report.rates.deliveryRate).toEqual(rateOf(7, 8))
    expect(report.rates.bounceRate).toEqual(rateOf(1, 8))
    expect(report.rates.openRate).toEqual(rateOf(3, 7))
    expect(report.rates.clickRate).toEqual(rateOf(3, 7))
    expect(report.rates.conversionRate).toEqual(rateOf(2, 3))
    expect(report.rates.redemptionRate).toEqual(rateOf(1, 8))
    expect(report.cost).toEqual([{ amountMinor: 200, currency: 'EUR' }])
    expect(report.revenue).toEqual([{ amountMinor: 4_000, currency: 'EUR' }])
    expect(report.revenueSource).toBe('conversions')
    expect(report.roiPercent).toBeCloseTo(1_900, 9)
    expect(report.arms.map(({ arm, role, assigned, converted }) => [arm, role, assigned, converted])).toEqual(
      [
        ['plain', 'variant', 4, 1],
        ['emoji', 'variant', 4, 1],
        ['holdout', 'holdout', 2, 1],
      ],
    )
    expect(report.arms[1]?.counts).toMatchObject({ sent: 4, clicks: 2, opened: 2 })
    expect(report.segments).toMatchObject([
      { segment: 'all of them', members: 8, counts: { sent: 8, clicks: 3, conversions: 2 } },
    ])
    expect(report.runs).toMatchObject([{ status: 'ended', conversions: 2, redemptions: 1 }])
    expect(report.timeline).toEqual([{ day: '2026-03-01', redemptions: 1, reversals: 0 }])
    expect(report.channels).toMatchObject([
      { channel: 'email', impressionSource: 'delivered', cost: [{ amountMinor: 200, currency: 'EUR' }] },
    ])
    expect(report.responseTimes.times.map(({ type, members }) => [type, members])).toEqual(
      expect.arrayContaining([
        ['opened', 3],
        ['clicked', 2],
        ['conversion', 2],
        ['redemption', 1],
      ]),
    )
  })

  it('judges only after everybody has had the whole window', async () => {
    const { kit, clock, welcome, runCampaign } = createPizzeria()
    await welcome(1_000)
    const { id, endedAt } = await runCampaign({
      experiment: {
        variants: [{ name: 'plain' }, { name: 'emoji' }],
        holdout: 0.2,
        conversionWindowDays: 10,
        minConversions: 20,
      },
      pace: { email: { limit: 1_000_000, periodMs: 60_000 } },
    })
    const deliveries = (await kit.campaigns.deliveries(id, {}, { limit: 1_000 })).items
    const buyers = ['plain', 'emoji'].flatMap((arm, index) =>
      deliveries.filter((each) => each.arm === arm).slice(0, index === 0 ? 20 : 120),
    )
    await kit.events.track(
      buyers.map(({ customerId }) => ({
        key: customerId ?? '',
        type: 'conversion',
        customerId: customerId ?? '',
        at: SAMPLE_NOW + DAY_MS,
      })),
    )
    const verdictAt = async (instant: number) => {
      await clock.advanceTo(instant)
      return (await kit.reports.campaign(id)).verdict
    }
    const early = await verdictAt((endedAt ?? 0) + 10 * DAY_MS - 1)
    expect(early).toMatchObject({ outcome: 'keep-collecting', reasons: ['conversions can still come in'] })
    expect(early.arms.map(({ rate }) => rate.numerator)).toEqual([20, 120, 0])
    expect(early.leaders?.anytime.difference.low).toBeGreaterThan(0)
    const verdict = await verdictAt((endedAt ?? 0) + 10 * DAY_MS)
    expect(verdict).toMatchObject({ outcome: 'winner', winner: 'emoji' })
    expect(verdict.sentence).toMatch(/emoji/)
    expect(verdict.arms.map(({ arm }) => arm)).toEqual(['plain', 'emoji', 'holdout'])
  })

  it('judges nothing while a run is open', async () => {
    const { kit, root, clock, welcome } = createPizzeria()
    await welcome(400)
    const { id } = await kit.campaigns.create(
      winBack({ experiment: { variants: [{ name: 'a' }, { name: 'b' }] } }),
    )
    await kit.campaigns.launch(id)
    await root.worker().tick()
    await root.worker().tick()
    await kit.campaigns.stop(id)
    await clock.advance(90 * DAY_MS)
    expect((await kit.reports.campaign(id)).verdict.reasons).toContain('conversions can still come in')
  })

  it('is the same whenever it is asked', async () => {
    const { kit, id } = await smallWorld()
    expect(await kit.reports.campaign(id)).toEqual(await kit.reports.campaign(id))
  })

  it('leaves the remainder out of the verdict', async () => {
    const { kit, welcome, runCampaign } = createPizzeria()
    await welcome(20)
    const { id } = await runCampaign({
      experiment: {
        variants: [{ name: 'a' }, { name: 'b' }],
        remainder: 0.5,
        metric: 'click',
        minContacts: 10,
      },
    })
    const { verdict, arms } = await kit.reports.campaign(id)
    expect(arms.map(({ role }) => role)).toContain('remainder')
    expect(verdict.arms.map(({ arm }) => arm)).toEqual(['a', 'b'])
  })

  it('of a draft, and of a campaign whose adapter is not in this process, is there as well', async () => {
    const { kit, storage, welcome } = createPizzeria()
    await welcome(1)
    const { id } = await kit.campaigns.create(winBack())
    const report = await kit.reports.campaign(id)
    expect(report).toMatchObject({
      verdict: { outcome: 'not-an-experiment' },
      roiPercent: null,
      revenueSource: 'none',
      runs: [],
    })
    const without = createPizzeria({ storage, channels: {}, seed: 'other' })
    expect((await without.kit.reports.campaign(id)).counts.sent).toBe(0)
    expect(await codeOf(() => kit.reports.campaign('nothing'))).toBe('CAMPAIGN_NOT_FOUND')
  })

  it('reads more events than one page holds', async () => {
    const { kit, welcome, runCampaign } = createPizzeria()
    await welcome(1_100)
    const { id } = await runCampaign({ pace: { email: { limit: 1_000_000, periodMs: 60_000 } } })
    await kit.events.track(
      Array.from({ length: 1_100 }, (_, number) => ({
        key: `${number}`,
        type: 'conversion',
        customerId: `c-${number}`,
        at: SAMPLE_NOW + HOUR_MS,
      })),
    )
    const { responseTimes, counts } = await kit.reports.campaign(id)
    expect(counts).toMatchObject({ sent: 1_100, conversions: 1_100 })
    expect(responseTimes.times).toMatchObject([{ type: 'conversion', members: 1_100 }])
  })
})

describe('the report as a file', () => {
  it('is JSON that says the same', async () => {
    const { kit, id } = await smallWorld()
    const report = await kit.reports.campaign(id)
    expect(JSON.parse(kit.reports.render(report, 'json'))).toEqual(JSON.parse(JSON.stringify(report)))
  })

  it.each(['=HYPERLINK("http://evil.example")', '+1+1', '-2+3', '@SUM(A1)', '\t=1'])(
    'is CSV in which %j is no formula',
    async (name) => {
      const { kit, id } = await smallWorld(name)
      const csv = kit.reports.render(await kit.reports.campaign(id), 'csv')
      expect(csv).toContain(name.replaceAll('"', '""'))
      for (const line of csv.split('\r\n')) {
        for (const cell of line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^",]*)/g)) {
          const text = (cell[1] ?? '').replace(/^"|"$/g, '')
          if (!/^-?\d/.test(text)) expect(text).not.toMatch(/^[=+\-@\t]/)
        }
      }
    },
  )

  it('is one HTML page that needs nothing else and says no more than it was told', async () => {
    const { kit, id } = await smallWorld('<img src=x onerror=alert(1)> & "Co"')
    const html = kit.reports.render(await kit.reports.campaign(id), 'html')
    expect(html).toMatch(/^<!doctype html>/i)
    expect(html).not.toContain('<img src=x')
    expect(html).toContain('&lt;img src=x')
    expect(html).not.toMatch(/<script|(?:src|href)="https?:/)
    for (const personal of ['Ada1', 'ada1@', 'c-1<']) expect(html).not.toContain(personal)
  })

  it('of an unknown kind is refused', async () => {
    const { kit, id } = await smallWorld()
    const report = await kit.reports.campaign(id)
    expect(await codeOf(async () => kit.reports.render(report, 'pdf' as never))).toBe('INVALID_INPUT format')
  })
})
