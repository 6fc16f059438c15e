import { describe, expect, it } from 'vitest'
import vectors from '../../../../docs/assignment-vectors.json' with { type: 'json' }
import { toHex } from '../base/bytes.js'
import { lengthPrefixed } from '../base/digest.js'
import { experimentSchema } from '../model/experiment.js'
import { createArmSequence } from './arm-sequence.js'
import { armWeights } from './arms.js'
import { assignArms } from './assign.js'
import { createGlobalHoldout, isGloballyHeldOut } from './global-holdout.js'
import { createRankKeys, rankKeyOf } from './rank.js'

describe('The worked vectors of the documentation', () => {
  it('give the bytes that are hashed', () => {
    const [first] = vectors.rankKey.vectors
    expect(toHex(lengthPrefixed(first?.tenant ?? '', first?.salt ?? '', first?.customerId ?? ''))).toBe(
      vectors.rankKey.bytesOfFirst,
    )
  })

  it('give the rank keys', () => {
    for (const { tenant, salt, customerId, rankKey } of vectors.rankKey.vectors) {
      expect(rankKeyOf(tenant, salt, customerId)).toBe(rankKey)
      expect(createRankKeys({ tenant, salt })(customerId)).toBe(rankKey)
    }
  })

  it('give weights and arms', () => {
    for (const { variants, holdout, remainder, weights, arms } of vectors.arms.vectors) {
      expect(armWeights(experimentSchema.parse({ variants, holdout, remainder }))).toEqual(weights)
      const sequence = createArmSequence(weights)
      expect(arms.map((_arm, rank) => sequence.at(rank))).toEqual(arms)
    }
  })

  it('give a whole assignment', () => {
    const { tenant, salt, weights, customers, expected } = vectors.assignment
    expect(assignArms({ tenant, salt, weights }, customers)).toEqual(expected)
  })

  it('give the global holdout', () => {
    const { tenant, salt } = vectors.globalHoldout
    for (const { customerId, heldOutAt } of vectors.globalHoldout.vectors) {
      for (const [share, expected] of Object.entries(heldOutAt)) {
        expect(isGloballyHeldOut({ tenant, salt, share: Number(share) }, customerId)).toBe(expected)
        expect(createGlobalHoldout({ tenant, salt, share: Number(share) })(customerId)).toBe(expected)
      }
    }
  })
})
