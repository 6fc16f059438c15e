import { describe, expect, it } from 'vitest'
import vectors from '../../../../docs/assignment-vectors.json' with { type: 'json' }
import { toHex } from '../base/bytes.js'
import { lengthPrefixed } from '../base/digest.js'
import { experimentSchema } from '../model/experiment.js'
import { armInAllocation, createAllocation, reweighted } from './allocation.js'
import { createArmSequence } from './arm-sequence.js'
import { armWeights } from './arms.js'
import { assignArms } from './assign.js'
import { armOfBucket, bucketOf } from './bucket.js'
import { slotOf } from './exclusion-group.js'
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

  it('give the buckets and their arms, also after the weights have changed', () => {
    const { tenant, salt, versions } = vectors.buckets
    const [first, second] = versions
    const before = createAllocation(first?.weights ?? [])
    const allocation = reweighted(before, second?.weights ?? [])
    versions.forEach(({ ranges }, index) => {
      const found = allocation.versions[index]?.ranges.map(({ arm, from, to }) => ({
        arm,
        from: `${from}`,
        to: `${to}`,
      }))
      expect(found).toEqual(ranges)
    })
    for (const { customerId, leading53, arms } of vectors.buckets.vectors) {
      const bucket = bucketOf({ tenant, salt }, customerId)
      expect(`${bucket * 2 ** 53}`).toBe(leading53)
      expect([
        armInAllocation(allocation, bucket, { since: 1 }),
        armInAllocation(allocation, bucket),
      ]).toEqual(arms)
      expect(armOfBucket(first?.weights ?? [], bucket)).toBe(arms[0])
    }
  })

  it('give the slots of exclusion groups', () => {
    const { tenant, salt } = vectors.exclusionSlots
    for (const { customerId, slot } of vectors.exclusionSlots.vectors) {
      expect(slotOf({ tenant, salt }, customerId)).toBe(slot)
    }
  })
})
