import type { CampaignId, RunId } from '../base/ids.js'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../base/time.js'
import { type Campaign, type CampaignInput, campaignDraftSchema } from '../model/campaign.js'
import { DELIVERY_STATUSES } from '../model/delivery.js'
import type { Counter } from '../model/metrics.js'
import { parseInput } from '../model/parse.js'
import type { DeliveryCounts } from '../model/progress.js'
import type { Run } from '../model/run.js'
import type { Comparison, StrataResult, Verdict } from '../model/verdict.js'
import type { ReportInput } from './build-report.js'
import { experimentArms } from './experiment-arms.js'
import { SAMPLE_INCREMENTAL } from './sample-incremental.js'

const CAMPAIGN = 'campaign-1' as CampaignId
const RUN = 'run-1' as RunId
const LAUNCHED = Date.UTC(2026, 2, 1, 9)

/** A cell of the counts; humans made everything unless it says otherwise. */
export function sampleCounter(counter: Partial<Counter> & Pick<Counter, 'type' | 'total'>): Counter {
  const { total, machine = 0, members = total } = counter
  return {
    campaignId: CAMPAIGN,
    runId: RUN,
    arm: 'plain',
    channel: null,
    segment: null,
    currency: null,
    members,
    humanMembers: Math.min(members, total - machine),
    machine,
    amountMinor: 0,
    amountSquares: 0,
    costMicros: 0,
    ...counter,
  }
}

/** The cells of one kind of event: across everything, and in its channel when it has one. */
export function sampleCells(counter: Partial<Counter> & Pick<Counter, 'type' | 'total'>): readonly Counter[] {
  const { channel = null } = counter
  const across = sampleCounter({ ...counter, channel: null })
  return channel === null ? [across] : [across, sampleCounter(counter)]
}

/** A campaign of one e-mail to everyone. `content` is parsed. */
export function sampleReportCampaign(content: Partial<CampaignInput> = {}): Campaign {
  return {
    id: CAMPAIGN,
    handle: 'C4MP',
    salt: 'salt-1',
    content: parseInput(campaignDraftSchema, {
      name: 'We miss you',
      type: 'win-back',
      audience: { type: 'everyone' },
      messages: { email: { subject: 'We miss you', text: 'Come back' } },
      ...content,
    }),
    status: 'completed',
    version: 7,
    digest: '3f9a0c1b2d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8',
    pinnedAudience: null,
    pinnedStrata: null,
    placements: [],
    createdAt: LAUNCHED - DAY_MS,
    updatedAt: LAUNCHED,
    startsAt: LAUNCHED,
    launchedAt: LAUNCHED,
    endedAt: LAUNCHED + HOUR_MS,
    statusReason: null,
    archivedAt: null,
    rollout: null,
  }
}

/** A run that has ended. */
export function sampleReportRun(run: Partial<Run> = {}): Run {
  return {
    id: RUN,
    campaignId: CAMPAIGN,
    occurrence: 'launch',
    scheduledFor: LAUNCHED,
    freeze: { phase: 'frozen', at: LAUNCHED, newcomers: 4_210 },
    status: 'ended',
    version: 3,
    createdAt: LAUNCHED,
    endedAt: LAUNCHED + HOUR_MS,
    firstEndedAt: LAUNCHED + HOUR_MS,
    ...run,
  }
}

/** Deliveries by status, none but those that are named. */
export function sampleDeliveries(counts: Partial<DeliveryCounts> = {}): DeliveryCounts {
  const none = Object.fromEntries(DELIVERY_STATUSES.map((status) => [status, 0])) as DeliveryCounts
  return { ...none, ...counts }
}

const interval = (value: number, low: number, high: number) => ({ value, low, high, confidence: 0.95 })

/** A comparison whose two views say the same, but for the words. */
export function sampleComparison(comparison: Omit<Comparison, 'anytime'>): Comparison {
  const { difference, lift, pValue, adjustedPValue } = comparison
  const logEvidence = -Math.log(pValue)
  const method = 'success-split'
  return { ...comparison, anytime: { difference, lift, pValue, adjustedPValue, logEvidence, method } }
}

/** The verdict of {@link sampleReportInput}. */
export const SAMPLE_VERDICT: Verdict = {
  outcome: 'winner',
  winner: 'emoji',
  reasons: ['emoji beats plain and the holdout at alpha 0.05'],
  arms: [
    {
      arm: 'plain',
      rate: { numerator: 75, denominator: 1_895, value: 75 / 1_895 },
      interval: interval(0.0396, 0.0317, 0.0493),
      probabilityToBeBest: 0.0017,
    },
    {
      arm: 'emoji',
      rate: { numerator: 114, denominator: 1_894, value: 114 / 1_894 },
      interval: interval(0.0602, 0.0503, 0.0718),
      probabilityToBeBest: 0.9983,
    },
    {
      arm: 'holdout',
      rate: { numerator: 8, denominator: 421, value: 8 / 421 },
      interval: interval(0.019, 0.0097, 0.037),
      probabilityToBeBest: null,
    },
  ],
  comparisons: [
    sampleComparison({
      arm: 'plain',
      against: 'emoji',
      difference: interval(-0.0206, -0.0345, -0.0068),
      lift: interval(-0.342, -0.505, -0.127),
      z: -2.94,
      pValue: 0.0033,
      adjustedPValue: 0.0033,
      method: 'pooled-z',
    }),
    sampleComparison({
      arm: 'plain',
      against: 'holdout',
      difference: interval(0.0206, 0.0009, 0.0338),
      lift: interval(1.083, 0.014, 3.28),
      z: 2.05,
      pValue: 0.0405,
      adjustedPValue: 0.0405,
      method: 'pooled-z',
    }),
    sampleComparison({
      arm: 'emoji',
      against: 'holdout',
      difference: interval(0.0412, 0.0207, 0.0556),
      lift: interval(2.17, 0.56, 5.43),
      z: 3.4,
      pValue: 0.00067,
      adjustedPValue: 0.0013,
      method: 'fisher-exact',
    }),
  ],
  leaders: sampleComparison({
    arm: 'emoji',
    against: 'plain',
    difference: interval(0.0206, 0.0068, 0.0345),
    lift: interval(0.521, 0.145, 1.02),
    z: 2.94,
    pValue: 0.0033,
    adjustedPValue: 0.0033,
    method: 'pooled-z',
  }),
  checks: [
    { check: 'sample-ratio', passed: true, pValue: 0.98, words: 'the arms have the sizes that were meant' },
    { check: 'maturity', passed: true, pValue: null, words: 'every conversion window has passed' },
  ],
  strata: null,
  membersNeeded: null,
  confidence: 0.95,
  method: { decision: 'fixed', correction: 'holm', version: 3 },
  dataDigest: 'f'.repeat(64),
  sentence:
    '“emoji” won: 6.0% of 1,894 converted against 4.0% of 1,895 with “plain”, 0.7 to 3.5 points more (95% interval).',
}

/** The leaders of {@link SAMPLE_VERDICT} in three waves, to the last of which only one of them was sent. */
export const SAMPLE_STRATA: StrataResult = {
  arm: 'emoji',
  against: 'plain',
  strata: [
    {
      name: 'Berlin, 09:00',
      rate: { numerator: 64, denominator: 940, value: 64 / 940 },
      againstRate: { numerator: 40, denominator: 945, value: 40 / 945 },
      difference: interval(0.0258, 0.0052, 0.0468),
    },
    {
      name: 'Lisbon, 09:00',
      rate: { numerator: 50, denominator: 950, value: 50 / 950 },
      againstRate: { numerator: 35, denominator: 950, value: 35 / 950 },
      difference: interval(0.0158, -0.003, 0.0349),
    },
    {
      name: 'Tokyo, 09:00',
      rate: { numerator: 0, denominator: 4, value: 0 },
      againstRate: { numerator: 0, denominator: 0, value: null },
      difference: null,
    },
  ],
  difference: interval(0.0207, 0.0068, 0.0346),
  heterogeneity: { statistic: 0.23, degrees: 1, pValue: 0.63 },
}

function armCells(
  arm: string,
  sent: number,
  [opened, clicks, conversions, redemptions]: readonly [number, number, number, number],
): readonly Counter[] {
  const email = { arm, channel: 'email', currency: null } as const
  return [
    ...sampleCells({ ...email, type: 'sent', total: sent, currency: 'EUR', costMicros: sent * 2_000_000 }),
    ...sampleCells({ ...email, type: 'failed', total: 12 }),
    ...sampleCells({ ...email, type: 'skipped', total: 4 }),
    ...sampleCells({ ...email, type: 'delivered', total: sent - 21 }),
    ...sampleCells({ ...email, type: 'bounced', total: 21 }),
    ...sampleCells({
      ...email,
      type: 'opened',
      total: opened * 2,
      members: opened + 310,
      machine: 400,
      humanMembers: opened,
    }),
    ...sampleCells({
      ...email,
      type: 'clicked',
      total: clicks + 30,
      machine: 30,
      members: clicks - 15,
      humanMembers: clicks - 18,
    }),
    ...sampleCells({ ...email, type: 'unsubscribed', total: 5 }),
    ...sampleCells({ ...email, type: 'complained', total: 1 }),
    ...sampleCells({
      arm,
      type: 'conversion',
      total: conversions,
      currency: 'EUR',
      amountMinor: conversions * 2_350,
    }),
    ...sampleCells({
      arm,
      type: 'redemption',
      total: redemptions,
      currency: 'EUR',
      amountMinor: redemptions * 1_900,
    }),
    ...sampleCells({ arm, segment: 'VIP', type: 'sent', total: 240, channel: 'email' }),
    sampleCounter({ arm, segment: 'VIP', type: 'delivered', total: 238, channel: 'email' }),
    sampleCounter({ arm, segment: 'VIP', type: 'opened', total: 120, channel: 'email' }),
    sampleCounter({ arm, segment: 'VIP', type: 'clicked', total: 36, channel: 'email' }),
    sampleCounter({
      arm,
      segment: 'VIP',
      type: 'conversion',
      total: 19,
      currency: 'EUR',
      amountMinor: 44_650,
    }),
  ]
}

/** What a small win-back campaign came to: two variants, a holdout, coupons, and all sections of a report. */
export function sampleReportInput(overrides: Partial<ReportInput> = {}): ReportInput {
  const input: Omit<ReportInput, 'arms'> = {
    campaign: sampleReportCampaign({
      experiment: { variants: [{ name: 'plain' }, { name: 'emoji' }], holdout: 0.1 },
      coupon: { reward: { kind: 'percent', value: 30 } },
      tracking: { clicks: true, opens: true },
    }),
    runs: [
      {
        run: sampleReportRun(),
        audience: {
          matched: 5_000,
          recipients: 3_789,
          holdout: 421,
          remainder: 0,
          excluded: { noConsent: 600, suppressed: 95, noAddress: 75, duplicateAddress: 20 },
        },
        deliveries: sampleDeliveries({ sent: 3_757, failed: 24, skipped: 8 }),
      },
    ],
    armCounts: [
      { arm: 'plain', segment: null, count: 1_895 },
      { arm: 'emoji', segment: null, count: 1_894 },
      { arm: 'holdout', segment: null, count: 421 },
      { arm: 'plain', segment: 'VIP', count: 242 },
      { arm: 'emoji', segment: 'VIP', count: 241 },
      { arm: 'holdout', segment: 'VIP', count: 55 },
    ],
    counters: [
      ...armCells('plain', 1_879, [610, 171, 75, 62]),
      ...armCells('emoji', 1_878, [742, 248, 114, 97]),
      sampleCounter({ arm: 'holdout', type: 'conversion', total: 8, currency: 'EUR', amountMinor: 18_800 }),
      sampleCounter({
        arm: 'emoji',
        type: 'redemption-reversed',
        total: 2,
        currency: 'EUR',
        amountMinor: -3_800,
      }),
    ],
    failures: new Map([
      ['smtp-550', 19],
      ['timeout', 5],
    ]),
    skips: new Map([
      ['consentDenied', 6],
      ['expired', 2],
    ]),
    channelReceipts: { email: ['delivered', 'bounced', 'opened', 'clicked', 'complained', 'unsubscribed'] },
    responseTimes: {
      sampledShare: 1,
      times: [
        { type: 'opened', members: 1_352, medianMs: 3 * HOUR_MS + 12 * MINUTE_MS, p90Ms: 31 * HOUR_MS },
        { type: 'clicked', members: 383, medianMs: 4 * HOUR_MS, p90Ms: 40 * HOUR_MS },
        { type: 'redemption', members: 157, medianMs: 3 * DAY_MS + 5 * HOUR_MS, p90Ms: 11 * DAY_MS },
      ],
    },
    timeline: [3, 11, 19, 24, 18, 15, 12, 14, 16, 9, 0, 5, 4, 6, 2, 1].map((redemptions, index) => ({
      day: new Date(LAUNCHED + index * DAY_MS).toISOString().slice(0, 10),
      redemptions,
      reversals: index === 6 ? 2 : 0,
    })),
    verdict: SAMPLE_VERDICT,
    incremental: SAMPLE_INCREMENTAL,
    generatedAt: LAUNCHED + 30 * DAY_MS,
    ...overrides,
  }
  const arms = experimentArms(input.campaign, input.armCounts, input.counters)
  return { arms, ...input }
}
