import { armWeights } from '../assignment/arms.js'
import { leastAudience } from '../assignment/least-audience.js'
import { countStrata } from '../assignment/stratum-sequences.js'
import { CampaignKitError } from '../base/error.js'
import type { Campaign } from '../model/campaign.js'
import { comparesArms, type Experiment, REMAINDER } from '../model/experiment.js'
import type { Run, SliceSize } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { laneSizes } from './newcomer-arms.js'
import { placeWithoutArms, ranksIn } from './place-members.js'
import { stratificationOf } from './stratify.js'

/**
 * Holds the first run of a campaign to the `minContacts` of its experiment. Later runs are of those who came since, and
 * add to what the first one began. Of an audience that is too small everybody is kept with the reason.
 *
 * @throws EXPERIMENT_TOO_SMALL
 */
export async function requireContacts(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  slices: readonly SliceSize[],
): Promise<void> {
  const { experiment } = campaign.content
  if (experiment === undefined || !comparesArms(experiment)) return
  const [first] = await context.storage.campaigns.runsOf(scope, campaign.id)
  if (first?.id !== run.id) return
  const needed = leastAudience(experiment, experiment.minContacts)
  if (hasContacts(campaign, experiment, slices, needed)) return
  await placeWithoutArms(context, scope, campaign, run, slices)
  throw new CampaignKitError(
    'EXPERIMENT_TOO_SMALL',
    `experiment.minContacts: the audience is smaller than the ${needed} customers that the experiment needs`,
    { path: 'experiment.minContacts', details: { neededCustomers: needed } },
  )
}

function hasContacts(
  campaign: Campaign,
  experiment: Experiment,
  slices: readonly SliceSize[],
  needed: number,
): boolean {
  if (stratificationOf(campaign) === null) return ranksIn(slices) >= needed
  let contacts = 0
  for (const counts of countStrata(armWeights(experiment), laneSizes(slices)).values())
    for (const [arm, count] of counts) if (arm !== REMAINDER) contacts += count
  return contacts >= experiment.minContacts
}
