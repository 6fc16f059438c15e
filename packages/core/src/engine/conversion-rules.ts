import type { CampaignId } from '../base/ids.js'
import { DAY_MS } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import type { ConversionRule } from './conversion-rule.js'

/** How long after the due instant a conversion counts in a campaign without an experiment, in days. */
export const DEFAULT_CONVERSION_WINDOW_DAYS = 14

/** Rules that a process keeps, at most. */
const MOST_KNOWN = 10_000

/**
 * The rules of campaigns, read at once, and those of launched ones once in a process: a campaign holds its messages, and
 * to read those for every batch of events would cost more than to write the batch.
 *
 * @param counted - campaigns in whose runs there are members
 * @param named - campaigns of which it must be known whether they are there; those that are not are left out
 */
export async function conversionRulesOf(
  context: Pick<EngineContext, 'storage' | 'knownConversionRules'>,
  scope: Scope,
  { counted, named }: { readonly counted: readonly CampaignId[]; readonly named: readonly CampaignId[] },
): Promise<ReadonlyMap<CampaignId, ConversionRule>> {
  const { storage, knownConversionRules: known } = context
  const rules = new Map<CampaignId, ConversionRule>()
  const wanted = new Set(named)
  for (const id of new Set(counted)) {
    const rule = known.get(keyOf(scope, id))
    if (rule === undefined) wanted.add(id)
    else rules.set(id, rule)
  }
  if (wanted.size === 0) return rules
  for (const id of named) rules.delete(id)
  if (known.size > MOST_KNOWN) known.clear()
  for (const campaign of await storage.campaigns.getAll(scope, [...wanted])) {
    const rule = ruleOf(campaign)
    rules.set(campaign.id, rule)
    if (isFixed(campaign)) known.set(keyOf(scope, campaign.id), rule)
  }
  return rules
}

function ruleOf({ content: { experiment } }: Campaign): ConversionRule {
  return {
    windowMs: (experiment?.conversionWindowDays ?? DEFAULT_CONVERSION_WINDOW_DAYS) * DAY_MS,
    isExperiment: experiment !== undefined,
  }
}

/** Only drafts are edited, and only what is scheduled becomes one again. */
function isFixed({ status }: Campaign): boolean {
  return status !== 'draft' && status !== 'scheduled'
}

/** An id holds no control characters. */
function keyOf({ tenant }: Scope, id: CampaignId): string {
  return `${tenant}\n${id}`
}
