import { describe, expect, it } from 'vitest'
import type { Campaign } from '../model/campaign.js'
import type { Experiment } from '../model/experiment.js'
import { judge } from '../statistics/verdict/judge.js'
import type { ArmOutcome, VerdictInput } from '../statistics/verdict/verdict-input.js'
import { rolloutArmOf } from './rollout-arm.js'

const arm = (name: string, converted: number, assigned = 2_000): ArmOutcome => ({
  arm: name,
  converted,
  assigned,
})

function armFor(
  rollout: Partial<NonNullable<Experiment['rollout']>>,
  arms: readonly ArmOutcome[],
  more: Partial<VerdictInput> = {},
) {
  const campaign = { content: { experiment: { rollout } } } as unknown as Campaign
  return rolloutArmOf(campaign, judge({ arms, mature: true, decision: 'fixed', ...more }))
}

const BEST = { ifNoWinner: 'best' } as const

describe('the arm of the remainder', () => {
  it('is that of the winner, unless it is the holdout or a person decides', () => {
    expect(armFor({}, [arm('plain', 80), arm('emoji', 122)])).toBe('emoji')
    expect(armFor({ mode: 'manual' }, [arm('plain', 80), arm('emoji', 122)])).toBeNull()
    expect(armFor(BEST, [arm('plain', 80), arm('emoji', 82), arm('holdout', 140)])).toBeNull()
  })

  it('waits for a person where one of them drives people away, though none won', () => {
    const harmful = [
      { ...arm('plain', 100), sent: 2_000, unsubscribed: 2 },
      { ...arm('emoji', 104), sent: 2_000, unsubscribed: 90, complained: 30 },
    ]
    for (const more of [{}, { equivalenceMargin: 0.04 }]) {
      expect(armFor(BEST, harmful, more)).toBeNull()
      expect(armFor({ ifNoWinner: { variant: 'emoji' } }, harmful, more)).toBeNull()
    }
  })

  it('waits for a person where the arm that is ahead as a whole is behind in each wave', () => {
    const wave = (name: string, a: readonly [number, number], b: readonly [number, number]) => ({
      name,
      arms: [
        { arm: 'a', converted: a[0], assigned: a[1] },
        { arm: 'b', converted: b[0], assigned: b[1] },
      ],
    })
    const strata = [wave('1', [180, 1_800], [30, 200]), wave('2', [4, 200], [54, 1_800])]
    expect(armFor(BEST, [arm('a', 184), arm('b', 84)], { strata })).toBeNull()
  })

  it('is as the campaign says when the arms are equivalent, just as when there is no difference', () => {
    const near = [arm('plain', 801, 20_000), arm('emoji', 810, 20_000)]
    for (const more of [{}, { equivalenceMargin: 0.01 }]) {
      expect(armFor({}, near, more)).toBeNull()
      expect(armFor(BEST, near, more)).toBe('emoji')
      expect(armFor({ ifNoWinner: { variant: 'plain' } }, near, more)).toBe('plain')
    }
  })

  it('is left to a person while results come in, and when they cannot be trusted', () => {
    const near = [arm('plain', 80), arm('emoji', 82)]
    expect(armFor(BEST, near, { mature: false })).toBeNull()
    expect(armFor(BEST, [{ ...arm('plain', 80), convertedWithMachines: 900 }, arm('emoji', 122)])).toBeNull()
  })

  it('is left to a person where the best of too few members or conversions would be taken, not where one is named', () => {
    const few = [arm('plain', 4), arm('emoji', 9)]
    const small = [arm('plain', 30, 60), arm('emoji', 40, 60)]
    for (const arms of [few, small]) {
      expect(armFor(BEST, arms)).toBeNull()
      expect(armFor(BEST, arms, { decision: 'anytime' })).toBeNull()
      expect(armFor({ ifNoWinner: { variant: 'plain' } }, arms)).toBe('plain')
    }
    expect(armFor(BEST, few, { minConversions: 4 })).toBe('emoji')
    // a named one may still drive people away
    const harmful = [arm('plain', 4), { ...arm('emoji', 9), sent: 2_000, unsubscribed: 90 }]
    expect(armFor({ ifNoWinner: { variant: 'emoji' } }, harmful)).toBeNull()
  })

  it('is left to a person when the best variant drives people away', () => {
    const harmful = [arm('plain', 80), { ...arm('emoji', 122), unsubscribed: 40 }]
    expect(armFor(BEST, harmful)).toBeNull()
    expect(armFor({ ifNoWinner: { variant: 'emoji' } }, harmful)).toBeNull()
  })

  it('is left to a person when it was better to send nothing', () => {
    // the holdout beats `a`, but says too little about `b` to win
    const arms = [arm('a', 400, 10_000), arm('b', 4, 100), arm('holdout', 600, 10_000)]
    expect(judge({ arms, mature: true, decision: 'fixed', minConversions: 1 }).outcome).toBe('no-difference')
    expect(armFor({ ifNoWinner: { variant: 'a' } }, arms, { minConversions: 1 })).toBeNull()
    expect(armFor({ ifNoWinner: { variant: 'b' } }, arms, { minConversions: 1 })).toBe('b')
  })

  it('is the one declared first when rates are equal', () => {
    expect(armFor(BEST, [arm('plain', 80), arm('emoji', 80)])).toBe('plain')
  })
})
