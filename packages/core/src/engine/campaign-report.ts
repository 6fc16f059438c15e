import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { canonicalJson } from '../base/canonical-json.js'
import type { CampaignId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { CampaignEvent } from '../model/event.js'
import { isMemberLabel } from '../model/member-label.js'
import type { Page } from '../model/page.js'
import { checkInput } from '../model/parse.js'
import { usedChannels } from '../model/placed.js'
import type { ReceiptType } from '../model/receipt.js'
import type { CampaignReport } from '../model/report.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { ArmCount } from '../ports/storage/audience-store.js'
import { buildReport, type ReportRun } from '../reporting/build-report.js'
import { reportRows } from '../reporting/report-rows.js'
import { reportToHtml } from '../reporting/report-to-html.js'
import { createResponseTimes } from '../reporting/response-times.js'
import { createTimeline } from '../reporting/timeline.js'
import { requireCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { judgeCampaign, readRunArms } from './experiment-verdict.js'
import { measureIncremental } from './measure-incremental.js'

const EVENT_PAGE = 1_000

/** Types that response times and the timeline are made of; the rest is counted already. */
const TIMED_TYPES = ['sent', 'opened', 'clicked', 'conversion', 'redemption', 'redemption-reversed']

/**
 * What came of a campaign: funnel, exclusions, variants with intervals, cost and return, what it earned by itself,
 * verdict. Written from the counts; only response times and the timeline read events, page by page.
 *
 * @throws CAMPAIGN_NOT_FOUND, FORBIDDEN
 */
export async function campaignReport(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
): Promise<CampaignReport> {
  authorize(context.access, scope, 'report.read')
  const { campaigns, deliveries, events } = context.storage
  const [campaign, runs] = await Promise.all([
    requireCampaign(context, scope, id),
    campaigns.runsOf(scope, id),
  ])
  const [runArms, reported, counters, failures, skips, times] = await Promise.all([
    readRunArms(context, scope, runs),
    readRuns(context, scope, runs),
    events.counters(scope, id),
    deliveries.reasons(scope, id, 'failed'),
    deliveries.reasons(scope, id, 'skipped'),
    readTimes(context, scope, id),
  ])
  const now = context.clock.now()
  return buildReport({
    campaign,
    runs: reported,
    armCounts: runArms.flatMap(({ armCounts }) => armCounts.filter(isOfPeople)),
    counters,
    failures,
    skips,
    channelReceipts: receiptsOf(context, campaign),
    ...times,
    ...judgeCampaign(campaign, runArms, counters, now),
    incremental: measureIncremental(campaign, runArms, counters, now),
    generatedAt: now,
  })
}

/** The counts of each run, one run after the other: a campaign that recurs may have very many. */
async function readRuns(
  { storage: { audience, deliveries } }: EngineContext,
  scope: Scope,
  runs: readonly Run[],
): Promise<readonly ReportRun[]> {
  const reported: ReportRun[] = []
  for (const run of runs) {
    const [people, counts] = await Promise.all([
      audience.counts(scope, run.id),
      deliveries.counts(scope, run.campaignId, run.id),
    ])
    reported.push({ run, audience: people, deliveries: counts })
  }
  return reported
}

/** Labels are counted as segments, but are none that anybody named. */
function isOfPeople({ segment }: ArmCount): boolean {
  return !isMemberLabel(segment)
}

function receiptsOf(
  context: EngineContext,
  campaign: Campaign,
): Partial<Record<ChannelKind, readonly ReceiptType[]>> {
  const receipts: Partial<Record<ChannelKind, readonly ReceiptType[]>> = {}
  for (const kind of usedChannels(campaign))
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
