import type { ReceiptType } from '../model/receipt.js'
import type { MessageCounts, MessageRates, ReportRate } from '../model/report.js'
import type { Measurement } from './measurement.js'
import { joinRates, reportRate, UNMEASURED } from './report-rate.js'
import type { Slice, Tally } from './tally.js'

/** What became of the messages of a slice. */
export interface MessageFigures {
  readonly counts: MessageCounts
  readonly rates: MessageRates
}

/** Counts and rates of one channel. */
export function messageFigures(tally: Tally, slice: Slice, measurement: Measurement): MessageFigures {
  const figures = (type: string) => tally.figures(slice, type)
  const clicks = figures('clicked')
  const opened = figures('opened')
  const counts = {
    sent: figures('sent').total,
    failed: figures('failed').total,
    skipped: figures('skipped').total,
    delivered: figures('delivered').total,
    impressions: figures(measurement.impressionSource).total,
    bounced: figures('bounced').total,
    opened: opened.humanMembers,
    openedWithMachines: opened.members,
    clicks: clicks.total - clicks.machine,
    clicksWithMachines: clicks.total,
    unsubscribed: figures('unsubscribed').members,
    complained: figures('complained').members,
  }
  return { counts, rates: ratesOf(counts, measurement) }
}

function ratesOf(counts: MessageCounts, { measures }: Measurement): MessageRates {
  const { sent, impressions } = counts
  const measured = (type: ReceiptType, count: number, base: number): ReportRate =>
    measures(type) ? reportRate(count, base) : UNMEASURED
  return {
    deliveryRate: measured('delivered', counts.delivered, sent),
    bounceRate: measured('bounced', counts.bounced, sent),
    openRate: measured('opened', counts.opened, impressions),
    openRateWithMachines: measured('opened', counts.openedWithMachines, impressions),
    clickRate: measured('clicked', counts.clicks, impressions),
    clickRateWithMachines: measured('clicked', counts.clicksWithMachines, impressions),
    unsubscribeRate: reportRate(counts.unsubscribed, impressions),
    complaintRate: measured('complained', counts.complained, impressions),
  }
}

/** Channels taken together: sums, and rates over the channels that measure them. */
export function joinMessageFigures(figures: readonly MessageFigures[]): MessageFigures {
  const count = (field: keyof MessageCounts) => figures.reduce((sum, { counts }) => sum + counts[field], 0)
  const joined = (field: keyof MessageRates) => joinRates(figures.map(({ rates }) => rates[field]))
  return {
    counts: {
      sent: count('sent'),
      failed: count('failed'),
      skipped: count('skipped'),
      delivered: count('delivered'),
      impressions: count('impressions'),
      bounced: count('bounced'),
      opened: count('opened'),
      openedWithMachines: count('openedWithMachines'),
      clicks: count('clicks'),
      clicksWithMachines: count('clicksWithMachines'),
      unsubscribed: count('unsubscribed'),
      complained: count('complained'),
    },
    rates: {
      deliveryRate: joined('deliveryRate'),
      bounceRate: joined('bounceRate'),
      openRate: joined('openRate'),
      openRateWithMachines: joined('openRateWithMachines'),
      clickRate: joined('clickRate'),
      clickRateWithMachines: joined('clickRateWithMachines'),
      unsubscribeRate: joined('unsubscribeRate'),
      complaintRate: joined('complaintRate'),
    },
  }
}
