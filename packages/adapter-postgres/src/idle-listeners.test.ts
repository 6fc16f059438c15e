import { getEventListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createManualClock } from '@campaignkit/core/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { beatUntil } from './beat-until.js'
import { Database } from './database.js'
import { createJobQueue } from './job-queue.js'
import { tablesIn } from './tables.js'

/** As many as in eight hours. */
const LOOKS = 30_000
const MB = 1_000_000

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

function usedMb(): number {
  collect()
  return process.memoryUsage().heapUsed / MB
}

/** Counts what is done, and how much memory it takes between a tenth of it and the end. */
function createMeter(end: () => void) {
  let count = 0
  let early = 0
  let late = 0
  return {
    note(): void {
      count += 1
      if (count === LOOKS / 10) early = usedMb()
      if (count !== LOOKS) return
      late = usedMb()
      end()
    },
    grownMb: () => late - early,
  }
}

describe('a listener for which nobody rings', () => {
  const { timeout } = AbortSignal
  afterEach(() => {
    AbortSignal.timeout = timeout
  })

  it('takes no memory for the time that it waits', async () => {
    const stop = new AbortController()
    const meter = createMeter(() => stop.abort())
    const ask = async () => {
      meter.note()
      return []
    }
    const database = new Database({
      isJoined: false,
      keepsReady: false,
      ask,
      transaction: (work) => work(ask),
    })
    const notices = { tell: () => undefined, hear: () => () => undefined, close: async () => undefined }
    const clock = createManualClock({ auto: true })
    const queue = createJobQueue(database, tablesIn('campaignkit'), { clock, notices })
    await queue.listen(async () => undefined, { signal: stop.signal, concurrency: 1 })
    expect(meter.grownMb()).toBeLessThan(2)
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  })

  it('takes none for the signs of life that it gives', async () => {
    // a spy would keep what it gave
    AbortSignal.timeout = () => {
      const passed = new AbortController()
      setImmediate(() => passed.abort())
      return passed.signal
    }
    const ended = new AbortController()
    const meter = createMeter(() => ended.abort())
    await beatUntil({ beat: async () => meter.note() }, ended.signal)
    expect(meter.grownMb()).toBeLessThan(2)
    expect(getEventListeners(ended.signal, 'abort')).toEqual([])
  })
})
