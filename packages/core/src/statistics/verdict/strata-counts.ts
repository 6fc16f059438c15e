import { elementAt } from '../../base/element-at.js'
import { CampaignKitError } from '../../base/error.js'
import type { Arm } from '../../model/experiment.js'
import { checkCount } from '../checks.js'

/** What the arms did in one stratum: a wave, or a part of the audience that the arms were drawn in. */
export interface StratumCounts {
  readonly name: string
  readonly arms: readonly { readonly arm: Arm; readonly assigned: number; readonly converted: number }[]
}

type ArmCounts = StratumCounts['arms'][number]

/**
 * The strata in the order of the code units of their names, the arms of each in the order of the experiment; an arm that
 * a stratum leaves out has nobody in it.
 *
 * @param arms - of the experiment, with the counts that the strata have to add up to
 * @throws INVALID_INPUT with path `strata`, `strata[2].name`, `strata[2].arms[0].converted` and the like
 */
export function checkedStrata(
  strata: readonly StratumCounts[],
  arms: readonly ArmCounts[],
): readonly StratumCounts[] {
  if (!Array.isArray(strata)) refuse('strata', 'expected a list')
  const names = new Set<string>()
  strata.forEach(({ name, arms: within }, index) => {
    const path = `strata[${index}]`
    if (typeof name !== 'string' || name === '') refuse(`${path}.name`, 'expected the name of a stratum')
    if (names.has(name)) refuse(`${path}.name`, 'is given twice')
    names.add(name)
    checkArms(within, arms, `${path}.arms`)
  })
  const checked = strata.map((stratum) => completed(stratum, arms)).sort(byName)
  if (checked.length > 0) checkSums(checked, arms)
  return checked
}

function byName(left: StratumCounts, right: StratumCounts): number {
  return left.name < right.name ? -1 : 1
}

function completed({ name, arms: within }: StratumCounts, arms: readonly ArmCounts[]): StratumCounts {
  const countsOf = ({ arm }: ArmCounts): ArmCounts => {
    const { assigned = 0, converted = 0 } = within.find((each) => each.arm === arm) ?? {}
    return { arm, assigned, converted }
  }
  return { name, arms: arms.map(countsOf) }
}

function checkArms(within: StratumCounts['arms'], arms: readonly ArmCounts[], path: string): void {
  if (!Array.isArray(within)) refuse(path, 'expected a list')
  const seen = new Set<Arm>()
  within.forEach(({ arm, assigned, converted }, index) => {
    const at = `${path}[${index}]`
    if (!arms.some((each) => each.arm === arm)) refuse(`${at}.arm`, 'is no arm of the experiment')
    if (seen.has(arm)) refuse(`${at}.arm`, 'is given twice')
    seen.add(arm)
    checkCount(assigned, `${at}.assigned`)
    checkCount(converted, `${at}.converted`)
    if (converted > assigned) refuse(`${at}.converted`, 'more converted than assigned')
  })
}

/** Whoever is in no stratum, or in two, makes strata that are not those of the experiment. */
function checkSums(strata: readonly StratumCounts[], arms: readonly ArmCounts[]): void {
  arms.forEach(({ arm, ...whole }, index) => {
    for (const count of ['assigned', 'converted'] as const) {
      const sum = strata.reduce((total, stratum) => total + elementAt(stratum.arms, index)[count], 0)
      if (sum !== whole[count]) refuse('strata', `${sum} ${count} of ${arm}, of ${whole[count]} in all`)
    }
  })
}

function refuse(path: string, message: string): never {
  throw new CampaignKitError('INVALID_INPUT', `${path}: ${message}`, { path })
}
