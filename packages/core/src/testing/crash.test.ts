import { describe, expect, it } from 'vitest'
import { createCrashingChannel, createCrashPoint, SimulatedCrash } from './crash.js'
import { createRecordingChannel } from './recording-channel.js'
import { sampleMessage, sampleScope } from './samples.js'

const send = (
  channel: ReturnType<typeof createRecordingChannel> | ReturnType<typeof createCrashingChannel>,
) => channel.send(sampleScope(), [sampleMessage()])

describe('a process that dies', () => {
  it.each([
    ['before', 1],
    ['after', 2],
  ] as const)('dies %s its second call, and every later one', async (when, sent) => {
    const recording = createRecordingChannel()
    const crash = createCrashPoint({ at: 2, when })
    const channel = createCrashingChannel(recording, crash)
    expect(channel.capabilities).toBe(recording.capabilities)
    await send(channel)
    expect(crash.crashed).toBe(false)
    await expect(send(channel)).rejects.toThrow(SimulatedCrash)
    await expect(send(channel)).rejects.toThrow(SimulatedCrash)
    expect([crash.calls, crash.crashed, recording.sent.length]).toEqual([2, true, sent])
  })

  it('never comes back from what was under way', async () => {
    const crash = createCrashPoint({ at: 2, when: 'before' })
    let answer = () => {}
    const underWay = crash.through(() => new Promise<void>((resolve) => (answer = resolve)))
    const failing = crash.through(async () => 'never made')
    await expect(failing).rejects.toThrow(SimulatedCrash)
    answer()
    await expect(underWay).rejects.toThrow(SimulatedCrash)
  })

  it('is killed by hand in the midst of a call, and comes back from none', async () => {
    const recording = createRecordingChannel()
    const crash = createCrashPoint({ at: Number.POSITIVE_INFINITY, when: 'before' })
    let answer = () => {}
    const underWay = crash.through(() => new Promise<void>((resolve) => (answer = resolve)))
    const channel = createCrashingChannel(recording, crash)
    await send(channel)
    await expect(crash.through(async () => crash.kill())).rejects.toThrow(SimulatedCrash)
    await expect(send(channel)).rejects.toThrow(SimulatedCrash)
    answer()
    await expect(underWay).rejects.toThrow(SimulatedCrash)
    expect([crash.crashed, recording.sent.length]).toEqual([true, 1])
  })

  it('dies of the crash, not of what the deadly call itself throws', async () => {
    const crash = createCrashPoint({ at: 1, when: 'after' })
    const failing = async () => {
      throw new Error('refused')
    }
    await expect(crash.through(failing)).rejects.toThrow(SimulatedCrash)
    const alive = createCrashPoint({ at: 9, when: 'after' })
    await expect(alive.through(failing)).rejects.toThrow('refused')
  })
})
