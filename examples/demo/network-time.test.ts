import { createRecordingChannel, sampleMessage, sampleScope } from '@campaignkit/core/testing'
import { describe, expect, it } from 'vitest'
import { createNetworkTime } from './network-time.js'

describe('time beside a real network', () => {
  it('stands still while a message is on the wire, and jumps again when it has arrived', async () => {
    const { clock, waitingFor } = createNetworkTime(0)
    const arrivals: number[] = []
    const slow = {
      ...createRecordingChannel(),
      async send() {
        for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
        arrivals.push(clock.now())
        return [{ outcome: 'accepted' as const, providerMessageId: null }]
      },
    }
    const channel = waitingFor(slow)
    const sending = channel.send(sampleScope(), [sampleMessage()])
    await clock.sleepUntil(3_600_000)
    await sending
    expect(arrivals).toEqual([0])
    expect(clock.now()).toBe(3_600_000)
  })

  it('goes on when the network fails', async () => {
    const { clock, waitingFor } = createNetworkTime(0)
    const broken = { ...createRecordingChannel(), send: () => Promise.reject(new Error('no route')) }
    await expect(waitingFor(broken).send(sampleScope(), [sampleMessage()])).rejects.toThrow('no route')
    await clock.sleepUntil(1_000)
    expect(clock.now()).toBe(1_000)
  })
})
