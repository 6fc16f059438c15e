/**
 * The item at an index that is known to be there: for loops over numbers, where a fallback would be a branch that
 * nothing ever takes.
 */
export function elementAt<Item>(items: ArrayLike<Item>, index: number): Item {
  return items[index] as Item
}
