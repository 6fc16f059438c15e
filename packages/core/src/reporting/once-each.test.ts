import { describe, expect, it } from 'vitest'
import type { CustomerId } from '../base/ids.js'
import { foldEvents } from '../metrics/fold-events.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { CampaignEvent } from '../model/event.js'
import { PUBLIC_ARM } from '../model/experiment.js'
import type { ReceiptType } from '../model/receipt.js'
import { buildReport, type ReportInput } from './build-report.js'
import { sampleReportCampaign, sampleReportInput } from './sample-report.js'

type Happening = readonly [customer: string | null, channel: ChannelKind, type: string, machine?: boolean]

const [{ campaignId, runId } = { campaignId: 'c', runId: 'r' } as never] = sampleReportInput().counters

/** The counts of what happened, each thing once, in one arm and segment. */
function countersOf(happenings: readonly Happening[]) {
  return foldEvents(
    happenings.map(([customer, channel, type, machine = false], at): CampaignEvent => {
      const arm = customer === null ? PUBLIC_ARM : 'plain'
      return {
        key: `e-${at}`,
        type,
        at,
        recordedAt: at,
        customerId: customer as CustomerId | null,
        deliveryId: null,
        attributions: [{ campaignId, runId, arm, channel, segments: ['VIP'] }],
        amountMinor: 0,
        costMicros: 0,
        currency: null,
        reason: null,
        url: null,
        machine,
        interaction: null,
      }
    }),
  )
}

const RECEIPTS: readonly ReceiptType[] = ['delivered', 'opened', 'complained']

function reportOf(
  happenings: readonly Happening[],
  channelReceipts: ReportInput['channelReceipts'] = { email: RECEIPTS, sms: RECEIPTS },
  delivery: 'each' | 'first' = 'first',
) {
  const campaign = sampleReportCampaign()
  const content = {
    ...campaign.content,
    delivery: delivery === 'each' ? ('each' as const) : { firstOf: ['email' as const, 'sms' as const] },
  }
  return buildReport(
    sampleReportInput({
      campaign: { ...campaign, content },
      counters: countersOf(happenings),
      channelReceipts,
    }),
  )
}

const BOTH: readonly Happening[] = [
  ['ada', 'email', 'sent'],
  ['ada', 'email', 'delivered'],
  ['ada', 'email', 'opened'],
  ['ada', 'sms', 'sent'],
  ['ada', 'sms', 'delivered'],
  ['ada', 'sms', 'opened'],
  ['bob', 'email', 'sent'],
  ['bob', 'email', 'delivered'],
]

describe('figures of members who are meant to have one message', () => {
  it('count who got two once, as delivered, as an impression and as opened', () => {
    const { counts, rates, segments, arms } = reportOf(BOTH)
    expect(counts).toMatchObject({ sent: 3, delivered: 2, impressions: 2, opened: 1, openedWithMachines: 1 })
    expect(rates.openRate).toMatchObject({ numerator: 1, denominator: 2 })
    expect(rates.deliveryRate).toMatchObject({ numerator: 2, denominator: 2 })
    const plain = arms.find(({ arm }) => arm === 'plain')
    expect(plain?.counts).toMatchObject({ impressions: 2, opened: 1 })
    for (const { segment, counts: within } of segments)
      if (segment === 'VIP') expect(within).toMatchObject({ impressions: 2, opened: 1 })
  })

  it('count who complained and unsubscribed on both channels once', () => {
    const { counts, rates } = reportOf([
      ...BOTH,
      ['ada', 'email', 'complained'],
      ['ada', 'sms', 'complained'],
      ['ada', 'email', 'unsubscribed'],
      ['ada', 'sms', 'unsubscribed'],
    ])
    expect(counts).toMatchObject({ complained: 1, unsubscribed: 1 })
    expect(rates.unsubscribeRate).toMatchObject({ numerator: 1, denominator: 2 })
  })

  it('leave the messages of each channel as they are', () => {
    const { channels } = reportOf(BOTH)
    expect(channels.map(({ channel, counts }) => `${channel} ${counts.impressions}`)).toEqual([
      'email 2',
      'sms 1',
    ])
  })

  it('count no more impressions than members reached, where a channel cannot tell of deliveries', () => {
    const untold = reportOf(
      BOTH.filter(([, channel, type]) => channel === 'email' || type === 'sent'),
      { email: RECEIPTS },
    )
    expect(untold.counts).toMatchObject({ delivered: 2, impressions: 2 })
    expect(untold.channels.map(({ impressionSource }) => impressionSource)).toEqual(['delivered', 'sent'])
  })

  it('leave what is put in public out of that', () => {
    const campaign = sampleReportCampaign()
    const placements = [{ channel: 'sms', name: 'wall' }] as never
    const content = { ...campaign.content, delivery: { firstOf: ['email' as const, 'sms' as const] } }
    const posts: readonly Happening[] = [
      [null, 'sms', 'sent'],
      [null, 'sms', 'delivered'],
      [null, 'sms', 'sent'],
      [null, 'sms', 'delivered'],
    ]
    const { counts } = buildReport(
      sampleReportInput({
        campaign: { ...campaign, content, placements },
        counters: countersOf([...BOTH, ...posts]),
        channelReceipts: { email: RECEIPTS, sms: RECEIPTS },
      }),
    )
    expect(counts).toMatchObject({ sent: 5, delivered: 4, impressions: 4, opened: 1 })
  })

  it('are those of the messages where each channel has one', () => {
    expect(reportOf(BOTH, undefined, 'each').counts).toMatchObject({
      delivered: 3,
      impressions: 3,
      opened: 2,
    })
  })

  it('are nothing of nothing', () => {
    const { counts, rates } = reportOf([], {})
    expect(counts).toMatchObject({ delivered: 0, impressions: 0, opened: 0 })
    expect(rates.deliveryRate.value).toBeNull()
  })
})
