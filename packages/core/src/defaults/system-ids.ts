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
  let counter = 0

  return {
    next() {
      const chance = options.random.bytes(10)
      const now = options.clock.now()
      counter += 1
      if (now > time || counter >= COUNTER_LIMIT) {
        time = Math.max(now, time + 1)
        counter = viewOf(chance).getUint16(8) & 0x7ff
      }
      return uuidText(time, counter, chance)
    },
  }
}

function uuidText(time: number, counter: number, chance: Uint8Array): string {
  const timeHex = time.toString(16).padStart(12, '0')
  const counterHex = counter.toString(16).padStart(3, '0')
  const tail = chance.subarray(0, 8)
  viewOf(tail).setUint8(0, (viewOf(tail).getUint8(0) & 0x3f) | 0x80)
  const tailHex = toHex(tail)
  return `${timeHex.slice(0, 8)}-${timeHex.slice(8)}-7${counterHex}-${tailHex.slice(0, 4)}-${tailHex.slice(4)}`
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
