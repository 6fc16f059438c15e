import type { ChannelKind } from '../model/channel-kind.js'
import type { ImpressionSource, MessageRates, ReportRate } from '../model/report.js'
import type { Measurement } from './measurement.js'
import type { MessageFigures } from './message-figures.js'
import { reportRate, UNMEASURED } from './report-rate.js'
import type { Slice, Tally } from './tally.js'

/**
 * The figures of members who are meant to have one message, on whichever channel works. A later channel may have its turn
 * because nothing had been heard of the one before, and both arrive in the end: that counts as delivered and as an
 * impression once, whoever opened, complained or unsubscribed on both counts once, and the second delivery is left out of
 * what was sent as well, for the rate. Messages that were sent, failed or bounced stay what they are.
 *
 * @param figures - of all channels together
 * @param slice - its arms are those of members; what is put in public is nobody's
 */
export function oncePerMember(
  { counts, rates }: MessageFigures,
  tally: Tally,
  measurements: ReadonlyMap<ChannelKind, Measurement>,
  slice: Omit<Slice, 'channel'>,
): MessageFigures {
  const across = (type: string) => tally.figures({ ...slice, channel: null }, type)
  const second = across('delivered').total - across('delivered').members
  const impressions = Math.min(counts.impressions, seenMembers(tally, measurements, slice))
  const once = {
    ...counts,
    delivered: counts.delivered - second,
    impressions,
    opened: across('opened').humanMembers,
    openedWithMachines: across('opened').members,
    unsubscribed: across('unsubscribed').members,
    complained: across('complained').members,
  }
  const ofSeen = ({ denominator }: ReportRate, count: number): ReportRate =>
    denominator === 0 ? UNMEASURED : reportRate(count, Math.min(denominator, impressions))
  const { numerator, denominator } = rates.deliveryRate
  const onceRates: MessageRates = {
    deliveryRate: denominator === 0 ? UNMEASURED : reportRate(numerator - second, denominator - second),
    bounceRate: rates.bounceRate,
    openRate: ofSeen(rates.openRate, once.opened),
    openRateWithMachines: ofSeen(rates.openRateWithMachines, once.openedWithMachines),
    clickRate: ofSeen(rates.clickRate, counts.clicks),
    clickRateWithMachines: ofSeen(rates.clickRateWithMachines, counts.clicksWithMachines),
    unsubscribeRate: ofSeen(rates.unsubscribeRate, once.unsubscribed),
    complaintRate: ofSeen(rates.complaintRate, once.complained),
  }
  return { counts: once, rates: onceRates }
}

/**
 * Members who had an impression. Exact where all channels count it by the same receipt. Where one of them cannot tell of its
 * deliveries, a member who had both kinds would be two: no more are counted than were sent anything, or had the more frequent kind.
 */
function seenMembers(
  tally: Tally,
  measurements: ReadonlyMap<ChannelKind, Measurement>,
  slice: Omit<Slice, 'channel'>,
): number {
  const sources = new Set([...measurements.values()].map(({ impressionSource }) => impressionSource))
  const groups = [...sources].map((source) => membersOf(tally, measurements, slice, source))
  const sum = groups.reduce((total, members) => total + members, 0)
  const reached = tally.figures({ ...slice, channel: null }, 'sent').members
  return Math.min(sum, Math.max(reached, ...groups))
}

/** Members with such a receipt on the channels whose impressions it makes. */
function membersOf(
  tally: Tally,
  measurements: ReadonlyMap<ChannelKind, Measurement>,
  slice: Omit<Slice, 'channel'>,
  source: ImpressionSource,
): number {
  const membersOn = (channel: ChannelKind | null) => tally.figures({ ...slice, channel }, source).members
  const channels = [...measurements].filter(([, { impressionSource }]) => impressionSource === source)
  const separately = channels.reduce((sum, [channel]) => sum + membersOn(channel), 0)
  return Math.min(separately, membersOn(null))
}
