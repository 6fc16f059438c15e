import { describe, expect, it } from 'vitest'
import type { RunId } from '../base/ids.js'
import { DELIVERY_STATUSES } from '../model/delivery.js'
import { EXCLUSION_CODES } from '../model/exclusion.js'
import { buildReport } from './build-report.js'
import { experimentArms } from './experiment-arms.js'
import {
  sampleCells,
  sampleCounter,
  sampleDeliveries,
  sampleReportCampaign,
  sampleReportInput,
  sampleReportRun,
} from './sample-report.js'

const built = (overrides: Parameters<typeof sampleReportInput>[0] = {}) =>
  buildReport(sampleReportInput(overrides))

describe('a report', () => {
  it('adds up funnel, deliveries and exclusions, in the order of the gates', () => {
    const { audience, deliveries, exclusions, campaign } = built()
    const excluded = exclusions.reduce((sum, { count }) => sum + count, 0)
    expect(audience.matched).toBe(audience.recipients + audience.holdout + audience.remainder + excluded)
    expect(exclusions.map(({ code }) => code)).toEqual([
      'noAddress',
      'suppressed',
      'noConsent',
      'duplicateAddress',
    ])
    expect(exclusions[2]).toEqual({
      code: 'noConsent',
      words: 'never allowed this channel for this topic',
      count: 600,
    })
    expect(Object.keys(deliveries)).toEqual(DELIVERY_STATUSES)
    expect(campaign).toMatchObject({
      id: 'campaign-1',
      name: 'We miss you',
      type: 'win-back',
      status: 'completed',
    })
  })

  it('has rates with numerator, denominator and percent, without what the holdout did', () => {
    const { counts, rates } = built()
    expect(counts).toMatchObject({
      sent: 3_757,
      delivered: 3_715,
      impressions: 3_715,
      clicks: 419,
      conversions: 189,
      redemptions: 157,
    })
    expect(rates.deliveryRate).toEqual({
      numerator: 3_715,
      denominator: 3_757,
      value: 3_715 / 3_757,
      percent: 371_500 / 3_757,
    })
    expect(rates.clickRate).toMatchObject({ numerator: 419, denominator: 3_715 })
    expect(rates.conversionRate).toMatchObject({ numerator: 189, denominator: 419 })
    expect(rates.redemptionRate).toMatchObject({ numerator: 157, denominator: 3_757 })
    expect(rates.openRate).toMatchObject({ numerator: 1_352, denominator: 3_715 })
    expect(rates.openRateWithMachines.numerator).toBe(1_352 + 620)
    expect(rates.unsubscribeRate.numerator).toBe(10)
    expect(rates.complaintRate.numerator).toBe(2)
    expect(rates.bounceRate).toMatchObject({ numerator: 42, denominator: 3_757 })
  })

  it('counts redemptions less those given back, and one purchase once', () => {
    const { counts, revenue, revenueSource, cost, roiPercent } = built()
    expect(counts.redemptionRevenue).toEqual([{ amountMinor: 159 * 1_900 - 3_800, currency: 'EUR' }])
    expect({ revenue, revenueSource }).toEqual({
      revenue: [{ amountMinor: 444_150, currency: 'EUR' }],
      revenueSource: 'conversions',
    })
    expect(cost).toEqual([{ amountMinor: 7_514, currency: 'EUR' }])
    expect(roiPercent).toBeCloseTo(((444_150 - 7_514) / 7_514) * 100, 9)
  })

  it('says what came back for each unit spent, and what a click and a conversion cost', () => {
    const { roas, costPerClick, costPerConversion, channels } = built()
    const spent = 7_514_000_000
    expect(roas).toEqual({
      numerator: 444_150_000_000,
      denominator: spent,
      value: 444_150 / 7_514,
      currency: 'EUR',
    })
    expect(costPerClick).toEqual({ numerator: spent, denominator: 419, value: 17_933_174, currency: 'EUR' })
    expect(costPerConversion).toEqual({
      numerator: spent,
      denominator: 189,
      value: 39_756_614,
      currency: 'EUR',
    })
    expect(channels.map((each) => each.costPerClick)).toEqual([costPerClick])
  })

  it('compares converted members with assigned ones in each arm, by the metric of the experiment', () => {
    const input = sampleReportInput()
    expect(
      built().arms.map(({ arm, role, assigned, converted }) => [arm, role, assigned, converted]),
    ).toEqual([
      ['plain', 'variant', 1_895, 75],
      ['emoji', 'variant', 1_894, 114],
      ['holdout', 'holdout', 421, 8],
    ])
    expect(built().arms[1]).toMatchObject({
      rate: { numerator: 114, denominator: 1_894 },
      interval: { low: 0.0503 },
    })
    const byMetric = (metric: 'redemption' | 'click') => {
      const campaign = sampleReportCampaign({
        experiment: { variants: [{ name: 'plain' }, { name: 'emoji' }], metric },
      })
      return experimentArms(campaign, input.armCounts, input.counters).map(({ converted }) => converted)
    }
    expect(byMetric('redemption')).toEqual([62, 97, 0])
    expect(byMetric('click')).toEqual([153, 230, 0])
  })

  it('never counts more converted members than there are', () => {
    const counters = ['EUR', 'USD'].map((currency) =>
      sampleCounter({ arm: 'all', type: 'conversion', total: 6, currency }),
    )
    const [arm] = experimentArms(sampleReportCampaign(), [{ arm: 'all', segment: null, count: 10 }], counters)
    expect(arm).toMatchObject({ arm: 'all', role: 'variant', assigned: 10, converted: 10 })
  })

  it('lists declared arms without members, the remainder too, and unknown arms last', () => {
    const campaign = sampleReportCampaign({
      experiment: { variants: [{ name: 'a' }], holdout: 0.1, remainder: 0.2 },
    })
    const { arms } = built({ campaign, counters: [], armCounts: [{ arm: 'old', segment: null, count: 3 }] })
    expect(arms.map(({ arm, role, assigned }) => [arm, role, assigned])).toEqual([
      ['a', 'variant', 0],
      ['holdout', 'holdout', 0],
      ['remainder', 'remainder', 0],
      ['old', 'variant', 3],
    ])
    expect(arms[0]?.rate.value).toBeNull()
  })

  it('has the segments in order, without holdout and remainder', () => {
    const { segments } = built({
      armCounts: [
        ...sampleReportInput().armCounts,
        { arm: 'plain', segment: 'Café', count: 7 },
        { arm: 'holdout', segment: 'Held', count: 3 },
      ],
    })
    expect(segments.map(({ segment, members }) => [segment, members])).toEqual([
      ['Café', 7],
      ['VIP', 483],
    ])
    expect(segments[1]?.counts).toMatchObject({ sent: 480, delivered: 476, conversions: 38, reached: 480 })
    expect(segments[1]?.rates.clickRate).toMatchObject({ numerator: 72, denominator: 476 })
  })

  it('adds up runs and tells each by itself', () => {
    const later = 'run-2' as RunId
    const [first] = sampleReportInput().runs
    if (first === undefined) throw new Error('the sample has a run')
    const second = {
      run: sampleReportRun({ id: later, occurrence: '2026-03-08' }),
      audience: { matched: 10, recipients: 8, holdout: 1, remainder: 0, excluded: { erased: 1 } },
      deliveries: sampleDeliveries({ sent: 8, held: 1 }),
    }
    const more = sampleCells({
      runId: later,
      arm: 'plain',
      type: 'conversion',
      total: 2,
      currency: 'EUR',
      amountMinor: 500,
    })
    const report = built({ runs: [first, second], counters: [...sampleReportInput().counters, ...more] })
    expect(report.audience).toMatchObject({
      matched: 5_010,
      recipients: 3_797,
      excluded: { erased: 1, noConsent: 600 },
    })
    expect(report.deliveries).toMatchObject({ sent: 3_765, held: 1, queued: 0 })
    expect(report.runs.map(({ id, conversions, redemptions }) => [id, conversions, redemptions])).toEqual([
      ['run-1', 189, 157],
      ['run-2', 2, 0],
    ])
    expect(report.counts.conversions).toBe(191)
  })

  it('counts whom the rollout writes to once, and its messages in no arm', () => {
    const rolloutId = 'run-9' as RunId
    const [first] = sampleReportInput().runs
    if (first === undefined) throw new Error('the sample has a run')
    const tested = {
      ...first,
      audience: { matched: 100, recipients: 40, holdout: 10, remainder: 49, excluded: { erased: 1 } },
    }
    const rolledOut = {
      run: sampleReportRun({ id: rolloutId, occurrence: 'rollout' }),
      audience: { matched: 48, recipients: 46, holdout: 0, remainder: 0, excluded: { suppressed: 2 } },
      deliveries: sampleDeliveries({ sent: 46 }),
    }
    const more = sampleCells({ runId: rolloutId, arm: 'emoji', channel: 'email', type: 'sent', total: 46 })
    const report = built({
      runs: [tested, rolledOut],
      counters: [...sampleReportInput().counters, ...more],
    })
    expect(report.audience).toEqual({
      matched: 100,
      recipients: 86,
      holdout: 10,
      remainder: 1,
      excluded: { erased: 1, suppressed: 2 },
    })
    expect(report.counts.sent).toBe(3_757 + 46)
    expect(report.arms.map(({ arm, counts }) => [arm, counts.sent])).toEqual([
      ['plain', 1_879],
      ['emoji', 1_878],
      ['holdout', 0],
    ])
  })

  it('puts reasons into words where the kit has them, most frequent first', () => {
    const { failures, skips } = built({
      failures: new Map([
        ['b', 2],
        ['a', 2],
        ['constructor', 9],
        ['none', 0],
        ['smtp-550-5.1.1', 1],
      ]),
      skips: new Map([
        ['budget', 2],
        ['toString', 1],
      ]),
    })
    expect(failures).toEqual([
      { code: 'constructor', words: null, count: 9 },
      { code: 'a', words: null, count: 2 },
      { code: 'b', words: null, count: 2 },
      { code: 'smtp-550-5.1.1', words: 'no such mailbox', count: 1 },
    ])
    expect(skips).toEqual([
      { code: 'budget', words: 'the budget was spent', count: 2 },
      { code: 'toString', words: null, count: 1 },
    ])
  })

  it('is a plain value: its JSON reads back as the same', () => {
    const report = built()
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  it('of a campaign that has not begun has all parts and no value', () => {
    const report = built({
      runs: [],
      counters: [],
      armCounts: [],
      campaign: sampleReportCampaign(),
      channelReceipts: {},
    })
    expect(report).toMatchObject({
      revenueSource: 'none',
      revenue: [],
      cost: [],
      roiPercent: null,
      segments: [],
      runs: [],
      exclusions: [],
    })
    expect(Object.values(report.rates).map(({ value }) => value)).toEqual(Array(10).fill(null))
    expect(EXCLUSION_CODES.some((code) => code in report.audience.excluded)).toBe(false)
  })
})

describe('what a channel measures', () => {
  const plain = sampleReportCampaign()
  const events = (...types: readonly string[]) =>
    types.flatMap((type) => sampleCells({ arm: 'all', channel: 'email', type, total: 10 }))

  it('falls back to messages sent where deliveries are not reported, and says so', () => {
    const { channels, rates } = built({ campaign: plain, counters: events('sent'), channelReceipts: {} })
    expect(channels[0]).toMatchObject({
      channel: 'email',
      impressionSource: 'sent',
      counts: { impressions: 10, delivered: 0 },
    })
    expect(rates.deliveryRate).toEqual({ numerator: 0, denominator: 0, value: null, percent: null })
    expect(rates.unsubscribeRate).toMatchObject({ numerator: 0, denominator: 10 })
    expect(
      [rates.openRate, rates.clickRate, rates.bounceRate, rates.conversionRate].map(({ value }) => value),
    ).toEqual([null, null, null, null])
  })

  it('tells "none" from "not measured" by the declared receipts, by tracking, or by what came in', () => {
    const declared = built({
      campaign: plain,
      counters: events('sent'),
      channelReceipts: { email: ['opened', 'delivered'] },
    })
    expect(declared.rates.deliveryRate).toMatchObject({ numerator: 0, denominator: 10 })
    const tracked = sampleReportCampaign({ tracking: { clicks: true, opens: true } })
    const { rates } = built({ campaign: tracked, counters: events('sent'), channelReceipts: {} })
    expect([rates.openRate.value, rates.clickRate.value]).toEqual([0, 0])
    const received = built({ campaign: plain, counters: events('sent', 'bounced'), channelReceipts: {} })
    expect(received.rates.bounceRate.value).toBe(1)
  })

  it('counts displays on channels that show, and sums only what was measured', () => {
    const campaign = sampleReportCampaign({
      messages: { email: { subject: 'x', text: 'x' }, push: { title: 'x', body: 'x' }, sms: { body: 'x' } },
    })
    const counters = [
      ...events('sent', 'delivered', 'opened'),
      ...sampleCells({ arm: 'all', channel: 'push', type: 'sent', total: 20 }),
      ...sampleCells({ arm: 'all', channel: 'push', type: 'displayed', total: 15 }),
      ...sampleCells({ arm: 'all', channel: 'whatsapp', type: 'sent', total: 1 }),
    ]
    const { channels, rates, counts } = built({
      campaign,
      counters,
      channelReceipts: { push: ['displayed'], email: ['delivered'] },
    })
    expect(channels.map(({ channel, impressionSource }) => [channel, impressionSource])).toEqual([
      ['email', 'delivered'],
      ['sms', 'sent'],
      ['whatsapp', 'sent'],
      ['push', 'displayed'],
    ])
    expect(counts).toMatchObject({ sent: 31, impressions: 26 })
    expect(rates.openRate).toMatchObject({ numerator: 10, denominator: 10 })
  })

  it('has no redemption rate without a coupon', () => {
    const { rates } = built({ campaign: plain, counters: events('sent'), channelReceipts: {} })
    expect(rates.redemptionRate.value).toBeNull()
  })
})

describe('revenue and return', () => {
  const cost = (currency: string) =>
    sampleCells({ arm: 'all', channel: 'email', type: 'sent', total: 10, currency, costMicros: 500_000_000 })
  const earned = (type: string, currency: string) =>
    sampleCells({ arm: 'all', type, total: 1, currency, amountMinor: 1_500 })
  const of = (...counters: readonly (readonly ReturnType<typeof sampleCounter>[])[]) =>
    built({ campaign: sampleReportCampaign(), armCounts: [], counters: counters.flat() })

  it('are those of redemptions when no conversion has an amount', () => {
    expect(of(cost('EUR'), earned('redemption', 'EUR'))).toMatchObject({
      revenueSource: 'redemptions',
      roiPercent: 200,
    })
  })

  it('are minus the whole cost when nothing came back', () => {
    expect(of(cost('EUR'))).toMatchObject({
      revenueSource: 'none',
      roiPercent: -100,
      roas: { numerator: 0, denominator: 500_000_000, value: 0, currency: 'EUR' },
      costPerClick: { numerator: 500_000_000, denominator: 0, value: null, currency: 'EUR' },
    })
  })

  it('say nothing across currencies or without cost', () => {
    const nothing = { numerator: null, denominator: null, value: null, currency: null }
    expect(of(cost('EUR'), earned('conversion', 'USD'))).toMatchObject({
      roiPercent: null,
      roas: nothing,
      costPerConversion: { value: 500_000_000, currency: 'EUR' },
    })
    expect(of(cost('EUR'), cost('USD'), earned('conversion', 'USD'))).toMatchObject({
      roiPercent: null,
      costPerConversion: { numerator: null, denominator: 1, value: null, currency: null },
      cost: [
        { amountMinor: 500, currency: 'EUR' },
        { amountMinor: 500, currency: 'USD' },
      ],
    })
    expect(of(earned('conversion', 'EUR'))).toMatchObject({
      roiPercent: null,
      roas: { numerator: 1_500_000_000, denominator: 0, value: null, currency: 'EUR' },
      costPerConversion: { numerator: 0, denominator: 1, value: null, currency: null },
    })
  })
})
