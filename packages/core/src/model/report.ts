import type { CampaignId, RunId } from '../base/ids.js'
import type { Money } from '../base/money.js'
import type { DurationMs, Instant } from '../base/time.js'
import type { CampaignStatus } from './campaign-status.js'
import type { ChannelKind } from './channel-kind.js'
import type { ExclusionCode } from './exclusion.js'
import type { Arm, Experiment } from './experiment.js'
import type { IncrementalReport } from './incremental.js'
import type { Rate } from './metrics.js'
import type { DeliveryCounts } from './progress.js'
import type { Rollout } from './rollout.js'
import type { AudienceCounts, Run } from './run.js'
import type { Estimate, Verdict } from './verdict.js'

/** A {@link Rate} that says its value in percent as well; null when it has no base or was not measured. */
export interface ReportRate extends Rate {
  readonly percent: number | null
}

/** What counts as an impression: a delivery reported by the provider, a display, or, failing those, a message sent. */
export type ImpressionSource = 'delivered' | 'displayed' | 'sent'

/** One amount of money over another, or over a count, with what it was made of. */
export interface MoneyRatio {
  /** Millionths of a minor unit; null when amounts of several currencies are in it. */
  readonly numerator: number | null
  /** Events, or millionths of a minor unit; null when amounts of several currencies are in it. */
  readonly denominator: number | null
  /** Null as soon as one of the two is null or the denominator is 0, and without a cost. */
  readonly value: number | null
  /** Null without an amount, or with several currencies. */
  readonly currency: string | null
}

/**
 * What became of messages. Over all channels of a campaign that writes to the first that works, `delivered`, `impressions`,
 * `opened`, `unsubscribed` and `complained` count each member of a run once, though two channels had their turn in the end. Opens and clicks of machines are
 * left out where they are not named.
 */
export interface MessageCounts {
  readonly sent: number
  readonly failed: number
  readonly skipped: number
  /** 0 where the provider does not report deliveries. */
  readonly delivered: number
  /** Events of the type that `impressionSource` names. */
  readonly impressions: number
  readonly bounced: number
  /** Members who opened. */
  readonly opened: number
  readonly openedWithMachines: number
  /** Clicks, all of them but those of machines. */
  readonly clicks: number
  readonly clicksWithMachines: number
  readonly unsubscribed: number
  readonly complained: number
}

/** Rates of messages. One that the channel cannot measure has no value and a denominator of 0. */
export interface MessageRates {
  /** Delivered / sent; only where the provider reports deliveries. */
  readonly deliveryRate: ReportRate
  /** Bounced / sent. */
  readonly bounceRate: ReportRate
  /** Members who opened / impressions. */
  readonly openRate: ReportRate
  /** The same with the opens of mail scanners and privacy proxies. */
  readonly openRateWithMachines: ReportRate
  /** CTR: clicks / impressions. */
  readonly clickRate: ReportRate
  /** The same with the clicks of mail scanners. */
  readonly clickRateWithMachines: ReportRate
  /** Unsubscribed / impressions. */
  readonly unsubscribeRate: ReportRate
  /** Complained / impressions. */
  readonly complaintRate: ReportRate
}

/** What people did in the end. */
export interface ResponseCounts {
  /** Members to whom at least one message was sent. */
  readonly reached: number
  readonly conversions: number
  /** Redemptions less those given back. */
  readonly redemptions: number
  /** Of conversions, by currency. */
  readonly conversionRevenue: readonly Money[]
  /** Paid at redemptions less those given back, by currency. */
  readonly redemptionRevenue: readonly Money[]
}

/** Rates of what people did. */
export interface ResponseRates {
  /** Conversions / clicks. */
  readonly conversionRate: ReportRate
  /** Redemptions / members reached; no value without a coupon. */
  readonly redemptionRate: ReportRate
}

/** One channel of a campaign, over all variants. */
export interface ChannelReport {
  readonly channel: ChannelKind
  readonly impressionSource: ImpressionSource
  readonly counts: MessageCounts
  readonly rates: MessageRates
  readonly cost: readonly Money[]
  /** CPC: cost / clicks, machines left out; the value in millionths of a minor unit, whole. */
  readonly costPerClick: MoneyRatio
}

/** One arm of a campaign, over all channels, in the runs that the experiment was made in: without the rollout. */
export interface ArmReport {
  readonly arm: Arm
  readonly role: 'variant' | 'holdout' | 'remainder'
  /** Members, each in its first run of the campaign, as all figures here: whoever comes back is compared once. */
  readonly assigned: number
  /** Members who did what the experiment asks for, at most `assigned`. */
  readonly converted: number
  /** Converted / assigned: what the verdict compares. */
  readonly rate: ReportRate
  /** Of `rate`; null where the verdict has none. */
  readonly interval: Estimate | null
  readonly counts: MessageCounts & ResponseCounts
  readonly rates: MessageRates & ResponseRates
}

/** One named segment, over all variants and channels; holdout and remainder are left out. */
export interface SegmentReport {
  readonly segment: string
  /** Members in a variant. */
  readonly members: number
  readonly counts: MessageCounts & ResponseCounts
  readonly rates: MessageRates & ResponseRates
}

/** One run of a campaign. */
export interface RunReport {
  readonly id: RunId
  readonly occurrence: string
  readonly scheduledFor: Instant
  readonly status: Run['status']
  readonly audience: AudienceCounts
  readonly deliveries: DeliveryCounts
  readonly conversions: number
  /** Less those given back. */
  readonly redemptions: number
}

/** How long people took from the message to what they did. */
export interface ResponseTime {
  /** The first of its type of a member in a run. */
  readonly type: 'opened' | 'clicked' | 'conversion' | 'redemption'
  /** Members whose time is known. */
  readonly members: number
  readonly medianMs: DurationMs
  /** Nine in ten were faster. */
  readonly p90Ms: DurationMs
}

/** Response times of a campaign. */
export interface ResponseTimes {
  /** Types without any are left out. */
  readonly times: readonly ResponseTime[]
  /** Share of the members that were looked at, 1 for all: very large audiences are sampled. */
  readonly sampledShare: number
}

/** What was redeemed on one day (UTC). */
export interface TimelineDay {
  /** `2026-03-01`. */
  readonly day: string
  readonly redemptions: number
  /** Redemptions given back on this day. */
  readonly reversals: number
}

/** So many deliveries that ended for one reason. */
export interface ReasonCount {
  readonly code: string
  /** The reason in words; null for a code that only its provider can explain. */
  readonly words: string | null
  readonly count: number
}

/** So many customers who matched and were left out, with the reason in words. */
export interface ExclusionCount {
  readonly code: ExclusionCode
  readonly words: string
  readonly count: number
}

/** The whole report of a campaign. Instants are UTC; whatever holdout and remainder did is in `arms` alone. */
export interface CampaignReport {
  readonly campaign: {
    readonly id: CampaignId
    readonly name: string
    readonly type: string
    readonly status: CampaignStatus
    readonly digest: string | null
    readonly createdAt: Instant
    readonly launchedAt: Instant | null
    readonly endedAt: Instant | null
  }
  readonly generatedAt: Instant
  /** What counts as `converted` in an arm and in the verdict. */
  readonly metric: Experiment['metric']
  readonly verdict: Verdict
  /** What the remainder was given; null while it waits, and where there is none. */
  readonly rollout: Rollout | null
  /** Over all runs: a customer in two runs counts twice, but not by the rollout, which takes whoever waited on. */
  readonly audience: AudienceCounts
  readonly deliveries: DeliveryCounts
  /** In the order in which the gates ask. */
  readonly exclusions: readonly ExclusionCount[]
  readonly counts: MessageCounts & ResponseCounts
  readonly rates: MessageRates & ResponseRates
  /** What the messages cost, by currency. Coupons given are not in it. */
  readonly cost: readonly Money[]
  /** Of `revenueSource`, by currency. */
  readonly revenue: readonly Money[]
  /** Conversions when any of them has an amount, else redemptions: one purchase is often both, and is not added twice. */
  readonly revenueSource: 'conversions' | 'redemptions' | 'none'
  /** (revenue - cost) / cost in percent; null when nothing was spent or the currencies differ. */
  readonly roiPercent: number | null
  /** ROAS: revenue / cost, both in millionths of a minor unit; above 1 when more came back than was spent. */
  readonly roas: MoneyRatio
  /** CPC: cost / clicks, machines left out; the value in millionths of a minor unit, whole. */
  readonly costPerClick: MoneyRatio
  /** CPA: cost / conversions; the value in millionths of a minor unit, whole. */
  readonly costPerConversion: MoneyRatio
  /** What the campaign earned beyond what would have been bought anyway, against those who got nothing. */
  readonly incremental: IncrementalReport
  readonly channels: readonly ChannelReport[]
  readonly arms: readonly ArmReport[]
  readonly segments: readonly SegmentReport[]
  readonly runs: readonly RunReport[]
  readonly responseTimes: ResponseTimes
  /** Days with a redemption or a reversal, first first. */
  readonly timeline: readonly TimelineDay[]
  /** Most frequent first. */
  readonly failures: readonly ReasonCount[]
  /** Why deliveries of frozen members were not attempted; most frequent first. */
  readonly skips: readonly ReasonCount[]
}
