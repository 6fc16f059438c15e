import { bench, describe } from 'vitest'
import { createArmSequence } from './arm-sequence.js'
import { armWeights } from './arms.js'
import { assignArms } from './assign.js'
import { createRankKeys, inRankOrder } from './rank.js'

const salt = { tenant: 'pizzeria', salt: '5d41402abc4b2a76b9719d911017c592' }
const customerIds = Array.from({ length: 100_000 }, (_, index) => `customer-${index}`)
const weights = [
  { arm: 'plain', weight: 9 },
  { arm: 'emoji', weight: 9 },
  { arm: 'holdout', weight: 2 },
]

describe('100,000 customers', () => {
  bench('ranked and assigned', () => {
    assignArms({ ...salt, weights }, customerIds)
  })

  bench('ranked alone', () => {
    inRankOrder(salt, customerIds)
  })

  bench('rank keys as texts', () => {
    const keyOf = createRankKeys(salt)
    for (const id of customerIds) keyOf(id)
  })

  bench('arms alone', () => {
    const sequence = createArmSequence(weights)
    for (let rank = 0; rank < customerIds.length; rank += 1) sequence.at(rank)
  })

  bench('one arm for everybody', () => {
    const sequence = createArmSequence(armWeights(undefined))
    for (let rank = 0; rank < customerIds.length; rank += 1) sequence.at(rank)
  })
})
