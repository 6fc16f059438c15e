import { authorize } from '../access/policy.js'
import type { CampaignId } from '../base/ids.js'
import { judged } from '../metrics/machine-rule.js'
import type { CampaignEvent } from '../model/event.js'
import type { Judgement } from '../model/interaction.js'
import type { Scope } from '../model/scope.js'
import { type CallOptions, signalOf, throwIfAborted } from './call-options.js'
import { requireCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { journalEntry } from './journal-entry.js'

/** Events that are judged and written at once. */
const BATCH = 1_000
const TYPES = ['opened', 'clicked']

/** What judging the opens and clicks of a campaign anew came to. */
export interface ReclassifyOutcome {
  /** `factsGone`: events of the campaign were dropped when their time was over, so that its counts stay as they are. */
  readonly outcome: 'reclassified' | 'factsGone'
  /** The version of the rule. */
  readonly rule: string
  /** Opens and clicks that were looked at. */
  readonly judged: number
  /** Those of them that were a machine's and are a person's now, or the other way round. */
  readonly changed: number
  /** Opens and clicks without facts to judge by, such as those of erased customers: they stay what they were. */
  readonly withoutFacts: number
}

interface Judged {
  readonly event: CampaignEvent
  readonly judgement: Judgement
}

/**
 * Judges the opens and clicks of a campaign anew by the present rule, page by page, and counts the campaign anew in the end. What
 * is judged by that rule already stays, so that the call can be made again at any time, also where one died on its way.
 *
 * @throws CAMPAIGN_NOT_FOUND, FORBIDDEN, ABORTED, INVALID_INPUT; what the host's rule throws
 */
export async function reclassifyEvents(
  context: EngineContext,
  scope: Scope,
  campaignId: CampaignId,
  call: CallOptions = {},
): Promise<ReclassifyOutcome> {
  authorize(context.access, scope, 'event.reclassify')
  const signal = signalOf(call)
  await requireCampaign(context, scope, campaignId)
  const { events } = context.storage
  const sums = { rule: context.settings.machineRule.version, judged: 0, changed: 0, withoutFacts: 0 }
  let cursor: string | null = null
  do {
    throwIfAborted(signal)
    const page = await events.list(scope, campaignId, { types: TYPES }, { cursor, limit: BATCH })
    const all = page.items.flatMap((event) => judgeAnew(context, event) ?? [])
    const outcome = await writeJudgements(context, scope, campaignId, all)
    if (outcome === 'factsGone') return { outcome, ...sums }
    sums.judged += all.length
    sums.changed += all.filter(isChanged).length
    sums.withoutFacts += page.items.length - all.length
    cursor = page.nextCursor
    await context.clock.turn()
  } while (cursor !== null)
  // whether or not anything was written: a call that died may have written it and not come so far
  const { outcome } = await events.rebuild(scope, campaignId)
  return { outcome: outcome === 'factsGone' ? outcome : 'reclassified', ...sums }
}

function judgeAnew({ settings }: EngineContext, event: CampaignEvent): Judged | null {
  if (event.interaction === null) return null
  const { machine, interaction } = judged(settings.machineRule, event, event.interaction)
  if (interaction === null) return null
  return { event, judgement: { key: event.key, at: event.at, machine, rule: interaction.rule } }
}

function isChanged({ event, judgement }: Judged): boolean {
  return event.machine !== judgement.machine
}

async function writeJudgements(
  context: EngineContext,
  scope: Scope,
  campaignId: CampaignId,
  all: readonly Judged[],
): Promise<'written' | 'factsGone'> {
  const stale = all.filter((each) => isChanged(each) || each.event.interaction?.rule !== each.judgement.rule)
  if (stale.length === 0) return 'written'
  const changed = stale.filter(isChanged)
  const entry = journalEntry(context, scope, {
    action: 'events.reclassify',
    subject: { type: 'campaign', id: campaignId },
    after: {
      rule: context.settings.machineRule.version,
      judged: stale.length,
      toMachine: changed.filter(({ judgement }) => judgement.machine).length,
      toPerson: changed.filter(({ judgement }) => !judgement.machine).length,
    },
  })
  const { outcome } = await context.storage.events.reclassify(
    scope,
    campaignId,
    stale.map(({ judgement }) => judgement),
    entry,
  )
  return outcome
}
