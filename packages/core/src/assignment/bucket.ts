import { createPrefixedDigest } from '../base/digest.js'
import type { Arm } from '../model/experiment.js'
import { armInAllocation, createAllocation } from './allocation.js'
import type { ArmWeight } from './arms.js'
import type { RankSalt } from './rank.js'

/**
 * The bucket of a customer: the first 53 bits of its rank key as a fraction, from 0 up to but not 1. For streams
 * without an end, where there is no audience to rank: it needs nobody but the customer. Buckets stand in the order of
 * the ranks, and all 2^53 are as likely, so counts are those of chance and not exact.
 *
 * @param salt - of the tenant and the stream: random, immutable, never a name
 *
 * @example
 * ```ts
 * import { armOfBucket, bucketOf } from '@campaignkit/core'
 * const bucket = bucketOf({ tenant: 'pizzeria', salt: '5d41402abc4b2a76b9719d911017c592' }, 'c-1')
 * console.log(bucket) // 0.15382952852190857
 * console.log(armOfBucket([{ arm: 'plain', weight: 1 }, { arm: 'emoji', weight: 1 }], bucket)) // plain
 * ```
 */
export function bucketOf(salt: RankSalt, customerId: string): number {
  return createBuckets(salt)(customerId)
}

/** Makes the {@link bucketOf} of many customers; quicker than one at a time. */
export function createBuckets({ tenant, salt }: RankSalt): (customerId: string) => number {
  const { leading53 } = createPrefixedDigest(tenant, salt)
  return (customerId) => leading53(customerId) / 2 ** 53
}

/**
 * The arm of a bucket: arms stand side by side in declared order, each as wide as its weight. Of weights that may
 * change later make a {@link createAllocation} instead.
 *
 * @param bucket - from 0 up to but not 1
 * @throws EXPERIMENT_INVALID when the weights are not usable; INVALID_INPUT with path `bucket`
 */
export function armOfBucket(weights: readonly ArmWeight[], bucket: number): Arm {
  return armInAllocation(createAllocation(weights), bucket)
}
