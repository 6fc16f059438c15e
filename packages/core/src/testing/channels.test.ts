import { describe, expect, it } from 'vitest'
import type { Channel } from '../ports/channel.js'
import { type ChannelSubject, channelConformance, channelHas } from './conformance/channel.js'
import { casesFor } from './conformance/conformance-case.js'
import { ConformanceFailure } from './conformance/conformance-failure.js'
import { failsByChance, failsFirst } from './faults.js'
import { createFaultyChannel } from './faulty-channel.js'
import { createManualClock, SAMPLE_NOW } from './manual-clock.js'
import { overridden } from './overridden.js'
import { createRecordingChannel } from './recording-channel.js'
import { sampleMessage, sampleScope } from './samples.js'
import { createSeededRandom } from './seeded-random.js'

const scope = sampleScope()
const message = (number: number) => sampleMessage({ deliveryId: `delivery-${number}` })

function recordingSubject(capabilities: Parameters<typeof createRecordingChannel>[0] = {}): ChannelSubject {
  const channel = createRecordingChannel(capabilities)
  return { channel, scope, message, taken: () => channel.sent.length }
}

function faultySubject(): ChannelSubject {
  const channel = createFaultyChannel({
    clock: createManualClock(),
    faultOf: ({ to }) =>
      to.startsWith('dead') ? { outcome: 'permanent', code: 'no-mailbox', suppress: true } : null,
    capabilities: {
      window: 10,
      batchSize: 4,
      receipts: ['delivered'],
      receiptWindowMs: 60_000,
      price: { amountMinor: 1, per: 10, currency: 'EUR' },
      accountPace: { limit: 10, periodMs: 1_000 },
    },
  })
  return {
    channel,
    scope,
    message,
    refusedMessage: (number) => ({ ...message(number), to: `dead-${number}@mail.example` }),
    taken: () => channel.accepted.length,
  }
}

/** A channel that forgets nothing it was given a key for, and can be closed. */
function idempotentSubject(): ChannelSubject {
  const recording = createRecordingChannel({ idempotencyKeys: true })
  const keys = new Set<string>()
  const channel: Channel = overridden<Channel>(recording, {
    send: async (asked, batch, options) => {
      const fresh = batch.filter(({ idempotencyKey }) => !keys.has(idempotencyKey))
      for (const { idempotencyKey } of batch) keys.add(idempotencyKey)
      await recording.send(asked, fresh, options)
      return batch.map(({ idempotencyKey }) => ({ outcome: 'accepted', providerMessageId: idempotencyKey }))
    },
    close: async () => {},
  })
  return { channel, scope, message, taken: () => recording.sent.length }
}

describe.each([
  ['recording', recordingSubject],
  ['faulty', faultySubject],
  ['idempotent', idempotentSubject],
  ['silent', () => ({ channel: createRecordingChannel(), scope, message })],
])('the %s channel', (_name, subjectOf) => {
  it.each(casesFor(channelConformance, channelHas(subjectOf())))('$name', ({ run }) => run(subjectOf()))
})

describe('a channel that breaks its contract is caught:', () => {
  const broken = (members: Partial<Channel>, subject = recordingSubject()): ChannelSubject => ({
    ...subject,
    channel: overridden(subject.channel, members),
  })
  const failureOf = async (subject: ChannelSubject, name: string) => {
    const conformance = channelConformance.find((each) => each.name === `channel: ${name}`)
    return conformance?.run(subject).catch((thrown: unknown) => thrown)
  }

  it.each([
    [
      'a batch that the window does not hold',
      recordingSubject({ batchSize: 20 }),
      'its capabilities make sense',
    ],
    [
      'a window of receipts without receipts',
      recordingSubject({ receiptWindowMs: 1 }),
      'its receipts, price and pace make sense',
    ],
    [
      'receipts without a window',
      recordingSubject({ receipts: ['opened'] }),
      'its receipts, price and pace make sense',
    ],
    ['a result too few', broken({ send: async () => [] }), 'every message gets its own result, in order'],
    [
      'one id for two messages',
      broken({ send: async () => [{ outcome: 'accepted', providerMessageId: 'x' }] }),
      'every message gets its own result, in order',
    ],
    [
      'a code with the address in it',
      broken(
        { send: async (_, batch) => batch.map(({ to }) => ({ outcome: 'permanent', code: to })) },
        faultySubject(),
      ),
      'a message that is refused does not hurt its neighbours',
    ],
    [
      'a signal that it does not hear',
      broken({ send: async () => [{ outcome: 'accepted', providerMessageId: null }] }),
      'with a signal that was aborted it sends nothing',
    ],
    [
      'keys that it does not keep',
      recordingSubject({ idempotencyKeys: true }),
      'a second call with the same key sends nothing',
    ],
  ])('%s', async (_what, subject, name) => {
    expect(await failureOf(subject, name)).toBeInstanceOf(ConformanceFailure)
  })
})

describe('a faulty channel', () => {
  const clock = createManualClock()

  it('fails the first attempts of each delivery by script', async () => {
    const busy = { outcome: 'transient', code: 'busy', retryAfterMs: 5 } as const
    const channel = createFaultyChannel({ clock, faultOf: failsFirst(2, busy) })
    const outcomes = []
    for (const number of [1, 1, 2, 1]) outcomes.push((await channel.send(scope, [message(number)]))[0])
    expect(outcomes).toEqual([busy, busy, busy, { outcome: 'accepted', providerMessageId: 'faulty-1' }])
    expect(channel.attempted).toHaveLength(4)
    expect(channel.accepted).toEqual([{ message: message(1), at: SAMPLE_NOW }])
  })

  it('tells the truth in its log when it lies to the caller', async () => {
    const faults = [
      { outcome: 'unknown', code: 'timeout', taken: true },
      { outcome: 'unknown', code: 'timeout', taken: false },
      { outcome: 'throws', taken: true },
      { outcome: 'throws', taken: false },
    ] as const
    const channel = createFaultyChannel({
      clock,
      faultOf: (_message, attempt) => faults[attempt - 1] ?? null,
    })
    expect(await channel.send(scope, [message(1)])).toEqual([{ outcome: 'unknown', code: 'timeout' }])
    expect(channel.accepted).toHaveLength(1)
    await channel.send(scope, [message(1)])
    expect(channel.accepted).toHaveLength(1)
    await expect(channel.send(scope, [message(1)])).rejects.toThrow('broke')
    expect(channel.accepted).toHaveLength(2)
    await expect(channel.send(scope, [message(1), message(2)])).rejects.toThrow('broke')
    expect(channel.accepted).toHaveLength(2)
    expect(channel.attempted).toHaveLength(4)
  })

  it('takes its time by the clock, and hears the signal meanwhile', async () => {
    const slow = createManualClock()
    const channel = createFaultyChannel({ clock: slow, faultOf: () => null, delayMsOf: () => 500 })
    const sent = channel.send(scope, [message(1)])
    await slow.advance(500)
    await sent
    expect(channel.accepted[0]?.at).toBe(SAMPLE_NOW + 500)
    const controller = new AbortController()
    const aborted = channel
      .send(scope, [message(2)], { signal: controller.signal })
      .catch((thrown: unknown) => thrown)
    controller.abort()
    expect(await aborted).toMatchObject({ code: 'ABORTED' })
    expect(channel.accepted).toHaveLength(1)
  })

  it('fails by chance in the shares that it is given', () => {
    const faults = failsByChance(createSeededRandom('faults'), [
      { share: 0.2, fault: { outcome: 'transient', code: 'busy' } },
      { share: 0.1, fault: { outcome: 'permanent', code: 'gone' } },
    ])
    const drawn = Array.from({ length: 10_000 }, () => faults(message(1), 1)?.outcome ?? 'none')
    const share = (outcome: string) => drawn.filter((each) => each === outcome).length / drawn.length
    expect(share('transient')).toBeCloseTo(0.2, 1)
    expect(share('permanent')).toBeCloseTo(0.1, 1)
    expect(share('none')).toBeCloseTo(0.7, 1)
  })
})
