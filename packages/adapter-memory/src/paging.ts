import { notACursor, type Page, type PageRequest } from '@campaignkit/core/adapter'
import type { Place } from './order.js'
import type { SortedList } from './sorted-list.js'

/** How the place where a page ends is written down, and read again. */
export interface CursorCodec<Place> {
  write(place: Place): string
  read(cursor: string): Place
}

/** A text, such as an id, stands for itself. */
export function textCursor<Text extends string>(): CursorCodec<Text> {
  return { write: (text) => text, read: (cursor) => cursor as Text }
}

/** Instant and key with a blank between; of a malformed one `read` throws INVALID_INPUT. */
export const placeCursor: CursorCodec<Place> = {
  write: ({ at, key }) => `${at} ${key}`,
  read: (cursor) => {
    const [, at, key] = /^(-?\d+) (.*)$/s.exec(cursor) ?? []
    if (at === undefined || key === undefined) throw notACursor()
    return { at: Number(at), key }
  },
}

/**
 * One page of a list: the items behind the cursor that `pick` does not leave out.
 *
 * @param pick - the item of a place, or null when it is not wanted
 */
export function pageOf<PlaceIn, Item>(
  list: SortedList<PlaceIn>,
  codec: CursorCodec<PlaceIn>,
  { cursor, limit }: PageRequest,
  pick: (place: PlaceIn) => Item | null,
): Page<Item> {
  const items: Item[] = []
  let end: PlaceIn | null = null
  let at = cursor === null ? 0 : list.positionAfter(codec.read(cursor))
  for (let place = list.at(at); place !== undefined; at += 1, place = list.at(at)) {
    const item = pick(place)
    if (item === null) continue
    if (items.length === limit && end !== null) return { items, nextCursor: codec.write(end) }
    items.push(item)
    end = place
  }
  return { items, nextCursor: null }
}
