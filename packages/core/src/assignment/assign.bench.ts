import { hash } from 'node:crypto'
import { assignArms } from './assign.js'

const CUSTOMERS = 100_000
const ARMS = ['plain', 'emoji', 'holdout']
const salt = { tenant: 'pizzeria', salt: '5d41402abc4b2a76b9719d911017c592' }
const weights = [
  { arm: 'plain', weight: 9 },
  { arm: 'emoji', weight: 9 },
  { arm: 'holdout', weight: 2 },
]

function hashAndSort(
  ids: readonly string[],
): readonly { readonly id: string; readonly arm: string | undefined }[] {
  return ids
    .map((id) => ({ id, key: hash('sha256', `${salt.tenant} ${salt.salt} ${id}`) }))
    .sort((left, right) => (left.key < right.key ? -1 : 1))
    .map(({ id }, rank) => ({ id, arm: ARMS[rank % ARMS.length] }))
}

export const assignBench = {
  stage: 'rank and assign 100,000 ids',
  unit: 'customer',
  bareName: "node's sha256 and a sort",
  goal: { perSecond: 2 * CUSTOMERS },
  prepare() {
    const ids = Array.from({ length: CUSTOMERS }, (_, index) => `customer-${index}`)
    return {
      ours: () => () => assignArms({ ...salt, weights }, ids).length,
      bare: () => () => hashAndSort(ids).length,
    }
  },
}
