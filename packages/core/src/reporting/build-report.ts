import type { RunId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import { CHANNEL_KINDS, type ChannelKind } from '../model/channel-kind.js'
import { DECIDED_BY_PERSON } from '../model/delivery.js'
import { type Arm, PUBLIC_ARM } from '../model/experiment.js'
import type { IncrementalReport } from '../model/incremental.js'
import type { Counter } from '../model/metrics.js'
import { usedChannels } from '../model/placed.js'
import type { DeliveryCounts } from '../model/progress.js'
import type { ReceiptType } from '../model/receipt.js'
import type {
  ArmReport,
  CampaignReport,
  ChannelReport,
  MessageCounts,
  MessageRates,
  ResponseCounts,
  ResponseRates,
  ResponseTimes,
  RunReport,
  SegmentReport,
  TimelineDay,
} from '../model/report.js'
import { isExperimentRun } from '../model/rollout.js'
import type { AudienceCounts, Run } from '../model/run.js'
import type { Verdict } from '../model/verdict.js'
import type { ArmCount } from '../ports/storage/audience-store.js'
import { exclusionsOf, reasonsOf, skipWords, sumAudiences, sumDeliveries } from './audience-sums.js'
import { type ExperimentArm, metricOf } from './experiment-arms.js'
import { firstRunCounters } from './first-runs.js'
import { type Measurement, measurementOf } from './measurement.js'
import { joinMessageFigures, type MessageFigures, messageFigures } from './message-figures.js'
import { oncePerMember } from './once-each.js'
import { reportRate } from './report-rate.js'
import { responseCounts, responseRates } from './response-figures.js'
import { costPer, returnOnCost, revenueOf, roiPercent } from './revenue.js'
import { smtpWords } from './smtp-words.js'
import { costOf, createTally, type Tally } from './tally.js'

/** A run with its funnel. */
export interface ReportRun {
  readonly run: Run
  readonly audience: AudienceCounts
  readonly deliveries: DeliveryCounts
}

/** What a report is made of. */
export interface ReportInput {
  readonly campaign: Campaign
  /** First scheduled first. */
  readonly runs: readonly ReportRun[]
  /** Of every run, one after the other. */
  readonly armCounts: readonly ArmCount[]
  /** Of every run. */
  readonly counters: readonly Counter[]
  /** What the experiment compares: of the runs that it was made in. */
  readonly arms: readonly ExperimentArm[]
  /** Failed deliveries by reason. */
  readonly failures: ReadonlyMap<string, number>
  /** Skipped deliveries by reason. */
  readonly skips: ReadonlyMap<string, number>
  /** The receipts that each channel declares; a channel that is absent declares none. */
  readonly channelReceipts: Readonly<Partial<Record<ChannelKind, readonly ReceiptType[]>>>
  readonly responseTimes: ResponseTimes
  readonly timeline: readonly TimelineDay[]
  readonly verdict: Verdict
  readonly incremental: IncrementalReport
  readonly generatedAt: Instant
}

/** The parts that several sections look at. */
interface Basis {
  readonly tally: Tally
  readonly arms: readonly ExperimentArm[]
  /** The arms that are written to, and what is put in public. */
  readonly variants: readonly Arm[]
  readonly measurements: ReadonlyMap<ChannelKind, Measurement>
  readonly hasCoupon: boolean
  /** Whether members are meant to have one message, on whichever channel works. */
  readonly isOneEach: boolean
}

/** Puts the report of a campaign together from what the storage counted: the same input gives the same report. */
export function buildReport(input: ReportInput): CampaignReport {
  const { campaign, runs, verdict, incremental, generatedAt, responseTimes, timeline } = input
  const basis = basisOf(input)
  const audience = sumAudiences(runs)
  const everything = { arms: basis.variants, channel: null, segment: null }
  const { counts, rates } = allFigures(basis, basis.variants, null)
  const costMicros = basis.tally.costMicros(everything)
  const { revenue, revenueSource } = revenueOf(counts)
  const roas = returnOnCost(revenue, costMicros)
  return {
    campaign: headOf(campaign),
    generatedAt,
    metric: metricOf(campaign),
    verdict,
    rollout: campaign.rollout,
    audience,
    deliveries: sumDeliveries(runs.map((each) => each.deliveries)),
    exclusions: exclusionsOf(audience),
    counts,
    rates,
    cost: costOf(costMicros),
    revenue,
    revenueSource,
    roiPercent: roiPercent(roas),
    roas,
    costPerClick: costPer(costMicros, counts.clicks),
    costPerConversion: costPer(costMicros, counts.conversions),
    incremental,
    channels: channelReports(basis),
    arms: armReports({ ...basis, tally: experimentTally(input) }, verdict),
    segments: segmentReports(basis, input.armCounts),
    runs: runReports(input, basis.variants),
    responseTimes,
    timeline,
    failures: reasonsOf(input.failures, failureWords),
    skips: reasonsOf(input.skips, skipWords),
  }
}

function failureWords(code: string): string | null {
  return code === DECIDED_BY_PERSON ? 'a person said so of a delivery in doubt' : smtpWords(code)
}

function headOf({
  id,
  content,
  status,
  digest,
  createdAt,
  launchedAt,
  endedAt,
}: Campaign): CampaignReport['campaign'] {
  return { id, name: content.name, type: content.type, status, digest, createdAt, launchedAt, endedAt }
}

function basisOf({ campaign, arms, counters, channelReceipts }: ReportInput): Basis {
  const tally = createTally(counters)
  const variants = arms.filter(({ role }) => role === 'variant').map(({ arm }) => arm)
  if (campaign.placements.length > 0) variants.push(PUBLIC_ARM)
  const used = new Set<ChannelKind | null>([
    ...usedChannels(campaign),
    ...counters.map(({ channel }) => channel),
  ])
  const measurements = CHANNEL_KINDS.filter((channel) => used.has(channel)).map((channel) => {
    const slice = { arms: variants, channel, segment: null }
    const measurement = measurementOf(slice, channelReceipts[channel] ?? [], campaign.content.tracking, tally)
    return [channel, measurement] as const
  })
  return {
    tally,
    arms,
    variants,
    measurements: new Map(measurements),
    hasCoupon: campaign.content.coupon !== undefined,
    isOneEach: campaign.content.delivery !== 'each',
  }
}

interface AllFigures {
  readonly counts: MessageCounts & ResponseCounts
  readonly rates: MessageRates & ResponseRates
}

/** Figures of some arms (within a segment) over all channels. */
function allFigures(basis: Basis, arms: readonly Arm[], segment: string | null): AllFigures {
  const { tally, hasCoupon } = basis
  const messages = joinMessageFigures([
    membersFigures(
      basis,
      arms.filter((arm) => arm !== PUBLIC_ARM),
      segment,
    ),
    channelFigures(
      basis,
      arms.filter((arm) => arm === PUBLIC_ARM),
      segment,
    ),
  ])
  const responses = responseCounts(tally, { arms, segment })
  return {
    counts: { ...messages.counts, ...responses },
    rates: { ...messages.rates, ...responseRates(responses, messages, hasCoupon) },
  }
}

function membersFigures(basis: Basis, arms: readonly Arm[], segment: string | null): MessageFigures {
  const { tally, measurements, isOneEach } = basis
  const figures = channelFigures(basis, arms, segment)
  return isOneEach ? oncePerMember(figures, tally, measurements, { arms, segment }) : figures
}

/** Channel by channel, taken together. */
function channelFigures(
  { tally, measurements }: Basis,
  arms: readonly Arm[],
  segment: string | null,
): MessageFigures {
  return joinMessageFigures(
    [...measurements].map(([channel, each]) => messageFigures(tally, { arms, channel, segment }, each)),
  )
}

function channelReports({ tally, variants, measurements }: Basis): readonly ChannelReport[] {
  return [...measurements].map(([channel, measurement]) => {
    const slice = { arms: variants, channel, segment: null }
    const { counts, rates } = messageFigures(tally, slice, measurement)
    const { impressionSource } = measurement
    const costMicros = tally.costMicros(slice)
    const costPerClick = costPer(costMicros, counts.clicks)
    return { channel, impressionSource, counts, rates, cost: costOf(costMicros), costPerClick }
  })
}

/**
 * What came of the experiment alone, of each customer in its first run: the arm that was rolled out would have more
 * messages than those it is compared with.
 */
function experimentTally({ campaign, runs, counters }: ReportInput): Tally {
  const others = runs.filter(({ run }) => !isExperimentRun(run, campaign.rollout)).map(({ run }) => run.id)
  return createTally(firstRunCounters(counters.filter(({ runId }) => !others.includes(runId))))
}

function armReports(basis: Basis, verdict: Verdict): readonly ArmReport[] {
  return basis.arms.map(({ arm, role, assigned, converted }) => ({
    arm,
    role,
    assigned,
    converted,
    rate: reportRate(converted, assigned),
    interval: verdict.arms.find((each) => each.arm === arm)?.interval ?? null,
    ...allFigures(basis, [arm], null),
  }))
}

function segmentReports(basis: Basis, armCounts: readonly ArmCount[]): readonly SegmentReport[] {
  const { variants } = basis
  const members = new Map<string, number>()
  for (const { arm, segment, count } of armCounts) {
    if (segment !== null && variants.includes(arm)) members.set(segment, (members.get(segment) ?? 0) + count)
  }
  return [...members]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([segment, count]) => ({ segment, members: count, ...allFigures(basis, variants, segment) }))
}

function runReports({ runs, counters }: ReportInput, arms: readonly Arm[]): readonly RunReport[] {
  const byRun = new Map<RunId, Counter[]>()
  for (const counter of counters) {
    if (counter.channel !== null || counter.segment !== null) continue
    const cells = byRun.get(counter.runId)
    if (cells === undefined) byRun.set(counter.runId, [counter])
    else cells.push(counter)
  }
  return runs.map(({ run, audience, deliveries }) => {
    const { id, occurrence, scheduledFor, status } = run
    const tally = createTally(byRun.get(id) ?? [])
    const { conversions, redemptions } = responseCounts(tally, { arms, segment: null })
    return { id, occurrence, scheduledFor, status, audience, deliveries, conversions, redemptions }
  })
}
