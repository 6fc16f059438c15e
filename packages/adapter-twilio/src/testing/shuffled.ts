import { createHash } from 'node:crypto'

/** The items in another order, the same for the same seed. */
export function shuffled<Item>(items: readonly Item[], seed: number): readonly Item[] {
  return items
    .map((item, at) => ({ item, place: createHash('sha256').update(`${seed} ${at}`).digest('hex') }))
    .toSorted((left, right) => (left.place < right.place ? -1 : 1))
    .map(({ item }) => item)
}
