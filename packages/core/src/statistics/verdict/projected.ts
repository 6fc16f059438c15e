import type { Proportion } from '../checks.js'
import type { Compared } from './compare-arms.js'
import type { JudgedArm, Question, StratumCounts } from './verdict-input.js'

/**
 * A pair when each arm has so many more members, at the rates that were seen and divided among its strata as now. Whole
 * conversions are rounded against `a`, the arm that is ahead, so that no rounding makes it win; within strata, of which
 * there are too many to round one way, they are rounded to the nearest, and only for a test that takes whole numbers alone.
 */
export function projectedPair({ a, b, strata }: Compared, more: number, isWhole: boolean): Compared {
  const [ofA, ofB] = [1 + more / a.trials, 1 + more / b.trials]
  const within = isWhole ? rounded : times
  return {
    a: grown(a, more, Math.floor),
    b: grown(b, more, Math.ceil),
    strata: strata.map(({ name, a: one, b: other }) => ({
      name,
      a: within(one, ofA),
      b: within(other, ofB),
    })),
  }
}

function grown(
  { successes, trials }: Proportion,
  more: number,
  whole: (count: number) => number,
): Proportion {
  return { successes: whole((successes * (trials + more)) / trials), trials: trials + more }
}

function times({ successes, trials }: Proportion, factor: number): Proportion {
  return { successes: successes * factor, trials: trials * factor }
}

function rounded(counts: Proportion, factor: number): Proportion {
  const { successes, trials } = times(counts, factor)
  return { successes: Math.round(successes), trials: Math.round(trials) }
}

/** The same of a whole question; conversions are rounded to the nearest. */
export function projectedQuestion(question: Question, more: number): Question {
  const factors = new Map(
    question.arms.map(({ arm, assigned }) => [arm, assigned === 0 ? 1 : 1 + more / assigned]),
  )
  const grow = <Counts extends Pick<JudgedArm, 'arm' | 'assigned' | 'converted'>>(each: Counts): Counts => {
    const counts = { successes: each.converted, trials: each.assigned }
    const { successes, trials } = rounded(counts, factors.get(each.arm) ?? 1)
    return { ...each, assigned: trials, converted: successes }
  }
  const strata = question.strata.map(({ name, arms }): StratumCounts => ({ name, arms: arms.map(grow) }))
  return { ...question, arms: question.arms.map(grow), strata }
}
