import { septetsOf } from './gsm.js'

/** What a text takes on its way. */
export interface SegmentCount {
  /** GSM-7 when every character is of its alphabet, else UCS-2 for the whole text. */
  readonly encoding: 'GSM-7' | 'UCS-2'
  /** Septets of GSM-7, or 16-bit units of UCS-2, without headers. */
  readonly units: number
  /** 1 or more; each is paid for. */
  readonly segments: number
}

/** Units of a message of one segment, and of each segment of several: 6 bytes of those are the concatenation header. */
const SIZES = { 'GSM-7': { alone: 160, each: 153 }, 'UCS-2': { alone: 70, each: 67 } } as const

/**
 * Counts the segments of an SMS: 160 septets of GSM-7 or 70 units of UCS-2 fit into one; of several each holds 153 or
 * 67. Characters of the extension table (`^ { } \ [ ~ ] | €` and the form feed) take two septets, those beyond the
 * Basic Multilingual Plane two units; neither is cut in two by the end of a segment.
 *
 * @example
 * ```ts
 * import { countSegments } from '@campaignkit/adapter-twilio'
 * console.log(countSegments('Pizza for 9 €')) // { encoding: 'GSM-7', units: 14, segments: 1 }
 * console.log(countSegments(`${'x'.repeat(69)}🍕`)) // { encoding: 'UCS-2', units: 71, segments: 2 }
 * ```
 */
export function countSegments(text: string): SegmentCount {
  const characters = [...text]
  const septets = characters.map(septetsOf)
  const encoding = septets.every((size) => size !== null) ? 'GSM-7' : 'UCS-2'
  const sizes =
    encoding === 'GSM-7' ? septets.map((size) => size ?? 1) : characters.map(({ length }) => length)
  const units = sizes.reduce((sum, size) => sum + size, 0)
  const { alone, each } = SIZES[encoding]
  return { encoding, units, segments: units <= alone ? 1 : filled(sizes, each) }
}

/** How many segments characters fill, each going whole into the one that is begun or into the next. */
function filled(sizes: readonly number[], each: number): number {
  let segments = 1
  let used = 0
  for (const size of sizes) {
    if (used + size > each) {
      segments += 1
      used = 0
    }
    used += size
  }
  return segments
}
