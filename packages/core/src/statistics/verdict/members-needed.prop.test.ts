import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge } from './judge.js'
import type { ArmOutcome, StratumCounts, VerdictInput } from './verdict-input.js'

const SEED = 43

interface Counts {
  readonly assigned: number
  readonly converted: number
}

const times = (counts: Counts, factor: number): Counts => ({
  assigned: Math.round(counts.assigned * factor),
  converted: Math.round(counts.converted * factor),
})

const sumOf = (all: readonly Counts[]): Counts => ({
  assigned: all.reduce((sum, { assigned }) => sum + assigned, 0),
  converted: all.reduce((sum, { converted }) => sum + converted, 0),
})

/** Each arm stratum by stratum; of one stratum none is told. */
type Cells = readonly (readonly Counts[])[]

function questionOf(cells: Cells, decision: 'anytime' | 'fixed', more = 0): VerdictInput {
  const grown = cells.map((strata) => {
    const factor = 1 + more / sumOf(strata).assigned
    return strata.map((counts) => times(counts, factor))
  })
  const arms = grown.map((strata, index): ArmOutcome => ({ arm: `v${index}`, ...sumOf(strata) }))
  const strata = (grown[0] ?? []).map((_, stratum): StratumCounts => {
    const within = grown.map((each, index) => ({
      arm: `v${index}`,
      ...(each[stratum] ?? { assigned: 0, converted: 0 }),
    }))
    return { name: `wave ${stratum}`, arms: within }
  })
  return { arms, mature: true, decision, ...(strata.length > 1 ? { strata } : {}) }
}

const rateOf = fc.double({ min: 0.02, max: 0.2, noNaN: true })

/** Two to five arms of some thousand members, the first ahead of all others in every stratum. */
const cellsOf = (strata: number): fc.Arbitrary<Cells> =>
  fc
    .record({
      members: fc.integer({ min: 2_000, max: 20_000 }),
      rates: fc.array(rateOf, { minLength: strata, maxLength: strata }),
      lags: fc.array(fc.double({ min: 0.75, max: 0.95, noNaN: true }), { minLength: 1, maxLength: 4 }),
    })
    .map(({ members, rates, lags }) =>
      [1, ...lags].map((lag) =>
        rates.map((rate) => ({
          assigned: Math.round(members / strata),
          converted: Math.round((members / strata) * rate * lag),
        })),
      ),
    )

const isSettled = (question: VerdictInput) => ['winner', 'equivalent'].includes(judge(question).outcome)

describe('the members that would settle a watched question', () => {
  it.each([1, 4])('settle it when just as many come in, and a tenth fewer do not (%d strata)', (strata) => {
    fc.assert(
      fc.property(cellsOf(strata), (cells) => {
        const { outcome, membersNeeded } = judge(questionOf(cells, 'anytime'))
        if (outcome === 'winner') return
        const { moreMembersPerArm: more, membersPerArm } = membersNeeded ?? {
          moreMembersPerArm: 0,
          membersPerArm: 0,
        }
        expect(more).toBeGreaterThan(0)
        // as many conversions as round each stratum otherwise
        const slack = strata === 1 ? 0 : 0.03 * membersPerArm
        expect(isSettled(questionOf(cells, 'anytime', more + slack))).toBe(true)
        const fewer = more - 0.1 * membersPerArm
        if (fewer > 0) expect(isSettled(questionOf(cells, 'anytime', fewer))).toBe(false)
      }),
      { seed: SEED, numRuns: 60 },
    )
  })

  it.each([1, 4])(
    'of a question that is looked at once are enough at the rates that were seen (%d strata)',
    (strata) => {
      fc.assert(
        fc.property(cellsOf(strata), (cells) => {
          const { outcome, membersNeeded } = judge(questionOf(cells, 'fixed'))
          if (outcome === 'winner') return
          const more = membersNeeded?.moreMembersPerArm ?? 0
          expect(more).toBeGreaterThan(0)
          expect(isSettled(questionOf(cells, 'fixed', more * 1.03))).toBe(true)
        }),
        { seed: SEED, numRuns: 60 },
      )
    },
  )
})
