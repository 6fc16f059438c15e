import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { canonicalJson } from '../base/canonical-json.js'
import type { CampaignId } from '../base/ids.js'
import { DAY_MS, type Instant } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import { channelOrder } from '../model/campaign.js'
import { hasEnded } from '../model/campaign-status.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { CampaignEvent } from '../model/event.js'
import { HOLDOUT } from '../model/experiment.js'
import type { Counter } from '../model/metrics.js'
import type { Page } from '../model/page.js'
import { checkInput } from '../model/parse.js'
import type { ReceiptType } from '../model/receipt.js'
import type { CampaignReport } from '../model/report.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { Verdict } from '../model/verdict.js'
import type { ArmCount } from '../ports/storage/audience-store.js'
import { buildReport, type ReportRun } from '../reporting/build-report.js'
import { experimentArms } from '../reporting/experiment-arms.js'
import { reportRows } from '../reporting/report-rows.js'
import { reportToHtml } from '../reporting/report-to-html.js'
import { createResponseTimes } from '../reporting/response-times.js'
import { createTimeline } from '../reporting/timeline.js'
import { judge } from '../statistics/verdict.js'
import { requireCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { DEFAULT_CONVERSION_WINDOW_DAYS } from './track-events.js'

const EVENT_PAGE = 1_000
const DEFAULT_ALPHA = 0.05

/** Types that response times and the timeline are made of; the rest is counted already. */
const TIMED_TYPES = ['sent', 'opened', 'clicked', 'conversion', 'redemption', 'redemption-reversed']

/**
 * What came of a campaign: funnel, exclusions, variants with intervals, cost and return, verdict. Written from the
 * counts; only response times and the timeline read events, page by page.
 *
 * @throws CAMPAIGN_NOT_FOUND, FORBIDDEN
 */
export async function campaignReport(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
): Promise<CampaignReport> {
  authorize(context.access, scope, 'report.read')
  const campaign = await requireCampaign(context, scope, id)
  const { audience, campaigns, deliveries, events } = context.storage
  const runs = await campaigns.runsOf(scope, id)
  const armCounts: ArmCount[] = []
  const reported: ReportRun[] = []
  for (const run of runs) {
    armCounts.push(...(await audience.armCounts(scope, run.id)))
    const counts = await deliveries.counts(scope, id, run.id)
    reported.push({ run, audience: await audience.counts(scope, run.id), deliveries: counts })
  }
  const counters = await events.counters(scope, id)
  const now = context.clock.now()
  return buildReport({
    campaign,
    runs: reported,
    armCounts,
    counters,
    failures: await deliveries.reasons(scope, id, 'failed'),
    skips: await deliveries.reasons(scope, id, 'skipped'),
    channelReceipts: receiptsOf(context, campaign),
    ...(await readTimes(context, scope, id)),
    verdict: verdictOf(campaign, runs, armCounts, counters, now),
    generatedAt: now,
  })
}

function receiptsOf(
  context: EngineContext,
  campaign: Campaign,
): Partial<Record<ChannelKind, readonly ReceiptType[]>> {
  const receipts: Partial<Record<ChannelKind, readonly ReceiptType[]>> = {}
  for (const kind of channelOrder(campaign.content))
    receipts[kind] = context.channels[kind]?.capabilities.receipts ?? []
  return receipts
}

async function readTimes(context: EngineContext, scope: Scope, id: CampaignId) {
  const responseTimes = createResponseTimes()
  const timeline = createTimeline()
  let cursor: string | null = null
  do {
    const page: Page<CampaignEvent> = await context.storage.events.list(
      scope,
      id,
      { types: TIMED_TYPES },
      { cursor, limit: EVENT_PAGE },
    )
    for (const event of page.items) {
      responseTimes.add(event)
      timeline.add(event)
    }
    cursor = page.nextCursor
    await context.clock.turn()
  } while (cursor !== null)
  return { responseTimes: responseTimes.result(), timeline: timeline.result() }
}

/** The verdict of a campaign's experiment, from its counts alone. */
export function verdictOf(
  campaign: Campaign,
  runs: readonly Run[],
  armCounts: readonly ArmCount[],
  counters: readonly Counter[],
  now: Instant,
): Verdict {
  const { experiment } = campaign.content
  const arms = experimentArms(campaign, armCounts, counters).filter(({ role }) => role !== 'remainder')
  return judge({
    arms: arms.map(({ arm, assigned, converted }) => ({ arm, assigned, converted })),
    holdoutArm: HOLDOUT,
    alpha: experiment?.alpha ?? DEFAULT_ALPHA,
    mature: isMature(campaign, runs, now),
    ...(experiment === undefined ? {} : { metric: experiment.metric }),
  })
}

/** Whether every member of every run has had the whole conversion window. */
function isMature(campaign: Campaign, runs: readonly Run[], now: Instant): boolean {
  const days = campaign.content.experiment?.conversionWindowDays ?? DEFAULT_CONVERSION_WINDOW_DAYS
  const last = Math.max(
    campaign.endedAt ?? now,
    ...runs.map(({ endedAt, scheduledFor }) => endedAt ?? scheduledFor),
  )
  return (
    hasEnded(campaign.status) && runs.every(({ endedAt }) => endedAt !== null) && now >= last + days * DAY_MS
  )
}

const formatSchema = z.enum(['json', 'csv', 'html'])

/** Writes a report as a file. @throws INVALID_INPUT for an unknown format, FORBIDDEN */
export function renderReport(
  context: EngineContext,
  scope: Scope,
  report: CampaignReport,
  format: 'json' | 'csv' | 'html',
): string {
  authorize(context.access, scope, 'report.read')
  checkInput(formatSchema, format, 'format')
  if (format === 'html') return reportToHtml(report)
  if (format === 'csv') return context.csv.write(reportRows(report))
  return canonicalJson(report)
}
