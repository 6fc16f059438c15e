import { byCodePoints } from '@campaignkit/core/adapter'

/** A place in a list that is ordered by an instant, ties by a text. */
export interface Place {
  readonly at: number
  readonly key: string
}

/** Earliest first, ties by key. */
export function byPlace(left: Place, right: Place): number {
  return left.at - right.at || byCodePoints(left.key, right.key)
}
