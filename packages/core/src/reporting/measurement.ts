import type { CampaignContent } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { ReceiptType } from '../model/receipt.js'
import type { ImpressionSource } from '../model/report.js'
import type { Slice, Tally } from './tally.js'

/** What a channel can tell of its messages, so that "none" and "not measured" are told apart. */
export interface Measurement {
  readonly impressionSource: ImpressionSource
  /** Whether an absence of such receipts means that there were none. */
  measures(type: ReceiptType): boolean
}

/** Channels that show rather than deliver. */
const SHOWN: readonly ChannelKind[] = ['push', 'in-app', 'web', 'social', 'display']

/**
 * What is measured on a channel: the receipts that it declares, clicks and opens where the campaign tracks them
 * itself, and whatever was in fact received. Impressions are displays on channels that show, else deliveries, else
 * (plain SMTP tells of neither) messages sent.
 */
export function measurementOf(
  { channel, ...slice }: Slice & { readonly channel: ChannelKind },
  receipts: readonly ReceiptType[],
  tracking: CampaignContent['tracking'],
  tally: Tally,
): Measurement {
  const tracked: readonly ReceiptType[] = [
    ...(tracking.opens ? ['opened' as const] : []),
    ...(tracking.clicks ? ['clicked' as const] : []),
  ]
  const measures = (type: ReceiptType) =>
    receipts.includes(type) || tracked.includes(type) || tally.figures({ ...slice, channel }, type).total > 0
  return { impressionSource: sourceOf(channel, measures), measures }
}

function sourceOf(channel: ChannelKind, measures: (type: ReceiptType) => boolean): ImpressionSource {
  if (SHOWN.includes(channel) && measures('displayed')) return 'displayed'
  return measures('delivered') ? 'delivered' : 'sent'
}
