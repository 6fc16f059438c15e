import { CampaignKitError } from '../base/error.js'
import type { CampaignContent } from '../model/campaign.js'
import type { Stratum } from '../model/experiment.js'
import type { Scope } from '../model/scope.js'
import { externalRulesOf } from '../model/segment.js'
import type { EngineContext } from './context.js'
import { refuseSealedCriteria, resolveAudience } from './load-segments.js'

const pathOf = (index: number) => `experiment.strata[${index}].criteria`

/**
 * Refuses a campaign that tells customers apart by what the tenant seals.
 *
 * @throws CRITERIA_SEALED
 */
export async function refuseSealedContent(
  context: EngineContext,
  scope: Scope,
  { audience, experiment }: CampaignContent,
): Promise<void> {
  await refuseSealedCriteria(context, scope, audience, 'audience')
  for (const [index, { criteria }] of (experiment?.strata ?? []).entries())
    await refuseSealedCriteria(context, scope, criteria, pathOf(index))
}

/**
 * The same strata with every named segment replaced by its rule.
 *
 * @throws SEGMENT_NOT_FOUND, SEGMENT_CYCLE, CRITERIA_TOO_DEEP, CRITERIA_SEALED; ELIGIBILITY_MISPLACED when a segment
 *   asks an external rule
 */
export async function resolveStrata(
  context: EngineContext,
  scope: Scope,
  strata: readonly Stratum[],
): Promise<readonly Stratum[]> {
  const resolved: Stratum[] = []
  for (const [index, { name, criteria }] of strata.entries()) {
    const path = pathOf(index)
    const rule = await resolveAudience(context, scope, criteria, path)
    if (externalRulesOf(rule).length > 0) {
      throw new CampaignKitError('ELIGIBILITY_MISPLACED', `${path}: a stratum cannot ask an external rule`, {
        path,
      })
    }
    resolved.push({ name, criteria: rule })
  }
  return resolved
}
