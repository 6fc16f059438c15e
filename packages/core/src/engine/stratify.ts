import type { Instant } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import { comparesArms, type Stratum } from '../model/experiment.js'
import { RECIPIENT_ZONE } from '../model/schedule.js'
import { stratumLabel } from '../model/stratum.js'

/** How the members of a campaign's runs are put into strata. */
export interface Stratification {
  /** Empty where the waves are the only strata. */
  readonly strata: readonly Stratum[]
  /** Whether those who are due together are apart from the others. */
  readonly hasWaves: boolean
  /** The label of a member who is in a declared stratum (null where none is declared) and due at an instant. */
  labelOf(name: string | null, dueAt: Instant): string
}

/**
 * The strata of a campaign: those that it declares, and in the zone of the recipient the waves, those who are due
 * together. Null where there are none, or no arms to compare.
 */
export function stratificationOf({ content, pinnedStrata }: Campaign): Stratification | null {
  const { experiment, schedule } = content
  if (experiment === undefined || !comparesArms(experiment)) return null
  const strata = pinnedStrata ?? experiment.strata ?? []
  const hasWaves = schedule?.zone === RECIPIENT_ZONE
  if (strata.length === 0 && !hasWaves) return null
  return {
    strata,
    hasWaves,
    labelOf: (name, dueAt) => stratumLabel({ dueAt: hasWaves ? dueAt : null, name }),
  }
}
