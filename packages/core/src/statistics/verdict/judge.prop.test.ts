import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../base/canonical-json.js'
import { judge } from './judge.js'
import { type ArmOutcome, GUARDRAILS, type StratumCounts, type VerdictInput } from './verdict-input.js'

const SEED = 41
const share = fc.double({ min: 0, max: 1, noNaN: true })
const part = (whole: number, of: number) => Math.floor(whole * of)

/** Counts from none to 2^40, small ones as often as large ones. */
const size = fc.nat(40).chain((bits) => fc.nat(2 ** bits))

const outcome = fc.record({ assigned: size, shares: fc.array(share, { minLength: 7, maxLength: 7 }) })

function armOf(
  name: string,
  { assigned, shares }: { assigned: number; shares: readonly number[] },
): ArmOutcome {
  const at = (index: number) => shares[index] ?? 0
  const sent = part(assigned, at(0))
  const convertedWithMachines = part(assigned, at(1))
  const losses = GUARDRAILS.map((guardrail, index) => [guardrail, part(assigned, at(4 + index))] as const)
  return {
    arm: name,
    assigned,
    convertedWithMachines,
    converted: part(convertedWithMachines, at(2)),
    ...(name === 'holdout' ? {} : { sent, delivered: part(sent, at(3)), ...Object.fromEntries(losses) }),
    // sizes are judged where every arm has a weight
    ...(at(0) > 0.3 ? {} : { weight: 1 + part(9, at(1)) }),
  }
}

const NAMES = ['a', 'b', 'c', 'd', 'holdout']

/** Some counts put in strata, by shares of whoever converted and of whoever did not. */
function strataOf(arms: readonly ArmOutcome[], shares: readonly number[], strata: number): StratumCounts[] {
  const left = arms.map(({ assigned, converted }) => ({ converted, others: assigned - converted }))
  return Array.from({ length: strata }, (_, stratum) => ({
    name: `wave ${stratum}`,
    arms: arms.map(({ arm }, index) => {
      const rest = left[index] ?? { converted: 0, others: 0 }
      const taken = (count: number, at: number) =>
        stratum === strata - 1 ? count : part(count, shares[(at + stratum + 3 * index) % shares.length] ?? 0)
      const [converted, others] = [taken(rest.converted, 0), taken(rest.others, 1)]
      left[index] = { converted: rest.converted - converted, others: rest.others - others }
      return { arm, assigned: converted + others, converted }
    }),
  }))
}

const unstratified: fc.Arbitrary<VerdictInput> = fc.record({
  arms: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), outcome), { selector: ([name]) => name, maxLength: 5 })
    .map((all) => all.map(([name, counts]) => armOf(name, counts))),
  alpha: fc.double({ min: 1e-6, max: 0.999, noNaN: true }),
  mature: fc.boolean(),
  equallyMature: fc.boolean(),
  decision: fc.constantFrom('anytime', 'fixed'),
  minRecipients: fc.constantFrom(1, 100),
  minConversions: fc.constantFrom(0, 25),
  equivalenceMargin: fc.option(fc.double({ min: 1e-9, max: 0.99, noNaN: true }), { nil: null }),
  metric: fc.constantFrom('conversion', 'redemption', 'click'),
})

const input: fc.Arbitrary<VerdictInput> = fc
  .tuple(unstratified, fc.array(share, { minLength: 7, maxLength: 7 }), fc.constantFrom(0, 0, 1, 2, 5))
  .map(([asked, shares, strata]) => ({ ...asked, strata: strataOf(asked.arms, shares, strata) }))

/** The same with its keys the other way round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, turned(each)]),
  )
}

/** Paths of numbers that are none. */
function brokenNumbers(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return Number.isNaN(value) ? [path] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => brokenNumbers(each, `${path}.${key}`))
}

describe('any verdict of up to five arms with up to 2^40 members', () => {
  it('holds nothing but numbers and words, and an interval holds its value', () => {
    fc.assert(
      fc.property(input, (asked) => {
        const verdict = judge(asked)
        expect(brokenNumbers(verdict)).toEqual([])
        expect(verdict.sentence).toMatch(/^[^\n]+\.$/)
        expect(verdict.sentence).not.toMatch(/NaN|undefined|Infinity|null/)
        for (const { difference, pValue, adjustedPValue, anytime } of verdict.comparisons) {
          expect(difference.low).toBeLessThanOrEqual(difference.high)
          expect(anytime.difference.low).toBeLessThanOrEqual(anytime.difference.high)
          for (const probability of [pValue, adjustedPValue, anytime.pValue, anytime.adjustedPValue]) {
            expect(probability).toBeGreaterThanOrEqual(0)
            expect(probability).toBeLessThanOrEqual(1)
          }
        }
        if (asked.mature) expect(verdict.outcome).not.toBe('keep-collecting')
      }),
      { seed: SEED, numRuns: 400 },
    )
  })

  it('is the same to the byte when it is asked for again, in whatever order the keys stand', () => {
    fc.assert(
      fc.property(input, (asked) => {
        const once = canonicalJson(judge(asked))
        expect(canonicalJson(judge(asked))).toBe(once)
        expect(canonicalJson(judge(turned(asked) as VerdictInput))).toBe(once)
      }),
      { seed: SEED, numRuns: 100 },
    )
  })

  it('does not hang on the order of the arms', () => {
    fc.assert(
      fc.property(input, fc.infiniteStream(fc.nat()), (asked, places) => {
        const shuffled = [...asked.arms]
          .map((arm) => ({ arm, place: Number(places.next().value) }))
          .sort((left, right) => left.place - right.place)
          .map(({ arm }) => arm)
        const { outcome: settled, winner, membersNeeded, leaders, dataDigest } = judge(asked)
        const other = judge({ ...asked, arms: shuffled })
        expect([other.outcome, other.winner, other.dataDigest]).toEqual([settled, winner, dataDigest])
        expect([other.leaders?.arm, other.leaders?.against]).toEqual([leaders?.arm, leaders?.against])
        expect(other.membersNeeded?.membersPerArm).toBe(membersNeeded?.membersPerArm)
      }),
      { seed: SEED, numRuns: 200 },
    )
  })
})

describe('a verdict of fifty arms', () => {
  it('names the one that beats the 49 others, in either view', () => {
    const arms = Array.from({ length: 50 }, (_, number) => ({
      arm: `subject ${number}`,
      assigned: 4_000,
      converted: number === 31 ? 400 : 150 + (number % 5),
      weight: 1,
      sent: 4_000,
    }))
    for (const decision of ['anytime', 'fixed'] as const) {
      const verdict = judge({ arms, mature: true, decision })
      expect(verdict).toMatchObject({ outcome: 'winner', winner: 'subject 31' })
      expect(verdict.comparisons).toHaveLength(1_225)
    }
  })
})
