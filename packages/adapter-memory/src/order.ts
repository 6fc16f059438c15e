/** Code-unit order of texts. */
export function byCodeUnits(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** A place in a list that is ordered by an instant, ties by a text. */
export interface Place {
  readonly at: number
  readonly key: string
}

/** Earliest first, ties by key. */
export function byPlace(left: Place, right: Place): number {
  return left.at - right.at || byCodeUnits(left.key, right.key)
}
