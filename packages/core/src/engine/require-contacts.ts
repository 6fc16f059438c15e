import { armWeights } from '../assignment/arms.js'
import { leastAudience } from '../assignment/least-audience.js'
import { countStrata } from '../assignment/stratum-sequences.js'
import { CampaignKitError } from '../base/error.js'
import type { Campaign } from '../model/campaign.js'
import { comparesArms, type Experiment, REMAINDER } from '../model/experiment.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { type RankingState, sizesOf } from './newcomer-arms.js'

/**
 * Holds the first run of a campaign to the `minContacts` of its experiment. Later runs are of those who came since, and
 * add to what the first one began.
 *
 * @throws EXPERIMENT_TOO_SMALL
 */
export async function requireContacts(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  at: RankingState,
): Promise<void> {
  const { experiment } = campaign.content
  if (experiment === undefined || !comparesArms(experiment)) return
  const [first] = await context.storage.campaigns.runsOf(scope, campaign.id)
  if (first?.id !== run.id) return
  const needed = leastAudience(experiment, experiment.minContacts)
  if (await hasContacts(context, scope, experiment, run, at, needed)) return
  await context.storage.audience.releaseAddresses(scope, run.id)
  throw new CampaignKitError(
    'EXPERIMENT_TOO_SMALL',
    `experiment.minContacts: the audience is smaller than the ${needed} customers that the experiment needs`,
    { path: 'experiment.minContacts', details: { neededCustomers: needed } },
  )
}

async function hasContacts(
  { storage }: EngineContext,
  scope: Scope,
  experiment: Experiment,
  run: Run,
  { strata }: RankingState,
  needed: number,
): Promise<boolean> {
  if (strata === undefined) return storage.audience.reaches(scope, run.id, needed)
  let contacts = 0
  for (const counts of countStrata(armWeights(experiment), sizesOf(strata)).values())
    for (const [arm, count] of counts) if (arm !== REMAINDER) contacts += count
  return contacts >= experiment.minContacts
}
