import { createManualClock } from '@campaignkit/core/testing'
import { expect, it } from 'vitest'
import { hireCrew } from './crew.js'

/** Keeps this process from hearing anything for a moment. */
function hearNothing(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

it('a worker process that dies unheard before it is told to work has fallen', async () => {
  const crew = hireCrew(1, createManualClock())
  const dismissed = crew.dismiss()
  hearNothing(500)
  await expect(crew.work({} as never)).rejects.toThrow('A worker process has fallen')
  await dismissed
})
