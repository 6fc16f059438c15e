import { toHex } from '../base/bytes.js'
import type { Clock } from '../ports/clock.js'
import type { Ids } from '../ports/ids.js'
import type { Random } from '../ports/random.js'

const COUNTER_LIMIT = 0x1000

/**
 * UUIDs of version 7 (RFC 9562, section 5.7) as text: they sort by time, and within a process in the order in which
 * they were made, also when the clock is set back.
 *
 * The 12 bits behind the time are a counter that starts at chance in its lower half each millisecond and borrows from
 * the next millisecond when it is full (section 6.2, method 1); 62 bits are chance.
 */
export function createSystemIds(options: {
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
}): Ids {
  let time = Number.NEGATIVE_INFINITY
  let timeText = ''
  let counter = 0

  return {
    next() {
      const bytes = options.random.bytes(10)
      const chance = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const now = options.clock.now()
      counter += 1
      if (now > time || counter >= COUNTER_LIMIT) {
        time = Math.max(now, time + 1)
        timeText = textOfTime(time)
        counter = chance.getUint16(8) & 0x7ff
      }
      chance.setUint8(0, (chance.getUint8(0) & 0x3f) | 0x80)
      const tail = toHex(bytes.subarray(0, 8))
      return `${timeText}-7${counter.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4)}`
    },
  }
}

function textOfTime(time: number): string {
  const hex = time.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}`
}
