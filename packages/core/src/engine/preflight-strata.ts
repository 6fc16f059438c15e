import { armWeights } from '../assignment/arms.js'
import { countStrata } from '../assignment/stratum-sequences.js'
import { type Instant, toIso } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import { REMAINDER } from '../model/experiment.js'
import type { Scope } from '../model/scope.js'
import { readStratum, stratumName } from '../model/stratum.js'
import type { EngineContext } from './context.js'
import type { StrataArms } from './estimate-run.js'
import type { PreflightFinding } from './inspect-messages.js'
import { createDueInstants } from './occurrences.js'
import type { PlannedMember } from './plan-audience.js'
import { stratificationOf } from './stratify.js'

/** A stratum of a campaign's first run, and how many it would have. */
export interface StratumSize {
  /** The stratum that is declared, the instant of a wave in ISO 8601, or both: `2026-03-29T07:00:00.000Z / loyal`. */
  readonly name: string
  /** Members in variants, holdout and remainder. */
  readonly members: number
}

/** Counts the strata of a first run while its audience is counted. */
export interface StratumTally {
  meet(member: PlannedMember): void
  /** The arms that freezing would give. */
  arms(): StrataArms
}

/**
 * The tally of a campaign that would begin at an instant; null where it has no strata. Of declared
 * strata those count too that nobody is in.
 */
export function createStratumTally(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  start: Instant,
): StratumTally | null {
  const stratification = stratificationOf(campaign)
  if (stratification === null) return null
  const { strata, hasWaves, labelOf } = stratification
  const dueAt = createDueInstants(context, scope, campaign.content, {
    occurrence: toIso(start),
    scheduledFor: start,
  })
  const sizes = new Map(hasWaves ? [] : strata.map(({ name }) => [labelOf(name, start), 0]))
  return {
    meet({ customer, exclusion, stratum }) {
      if (exclusion !== null) return
      const label = labelOf(stratum, dueAt(customer.timeZone))
      sizes.set(label, (sizes.get(label) ?? 0) + 1)
    },
    arms: () => countStrata(armWeights(campaign.content.experiment), sizes),
  }
}

/** The strata with their sizes, in code-unit order of their labels. */
export function stratumSizes(strata: StrataArms): readonly StratumSize[] {
  return [...strata].map(([label, arms]) => ({
    name: stratumName(readStratum(label)),
    members: [...arms.values()].reduce((sum, count) => sum + count, 0),
  }))
}

/** Strata that are named in a finding. */
const MOST_NAMED = 5

/** A warning when in some strata an arm that is compared has nobody: they say nothing about it. */
export function stratumFindings({ content }: Campaign, strata: StrataArms): readonly PreflightFinding[] {
  const lacksAnArm = ([arm, count]: readonly [string, number]) => count === 0 && arm !== REMAINDER
  const small = [...strata].filter(([, arms]) => [...arms].some(lacksAnArm))
  if (small.length === 0) return []
  const names = small.slice(0, MOST_NAMED).map(([label]) => stratumName(readStratum(label)))
  const more = small.length > MOST_NAMED ? ` and ${small.length - MOST_NAMED} more` : ''
  return [
    {
      severity: 'warning',
      code: 'stratumTooSmall',
      path: content.experiment?.strata === undefined ? 'schedule.zone' : 'experiment.strata',
      message: `${small.length} of ${strata.size} strata have no member for each arm: ${names.join(', ')}${more}`,
    },
  ]
}
