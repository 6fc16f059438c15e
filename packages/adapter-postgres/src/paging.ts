import { type Instant, notACursor, type Page } from '@campaignkit/core/adapter'

/** A place in a list that is ordered by an instant, ties by a text. */
export interface Place {
  readonly at: Instant
  readonly key: string
}

/** A page from rows of which one more was asked for than it holds. */
export function pageFrom<Item>(
  items: readonly Item[],
  limit: number,
  cursorOf: (item: Item) => string,
): Page<Item> {
  const page = items.slice(0, limit)
  const last = page.at(-1)
  return { items: page, nextCursor: items.length > limit && last !== undefined ? cursorOf(last) : null }
}

/** Instant and key with a blank between. */
export function placeCursor({ at, key }: Place): string {
  return `${at} ${key}`
}

/** @throws INVALID_INPUT with path `cursor` */
export function readPlace(cursor: string): Place {
  const [, at, key] = /^(-?\d+) (.*)$/s.exec(cursor) ?? []
  if (at === undefined || key === undefined) throw notACursor()
  return { at: Number(at), key }
}

/** @throws INVALID_INPUT with path `cursor` */
export function readNumber(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw notACursor()
  return Number(cursor)
}
