import { perMinute } from '@campaignkit/core'
import { isSettled } from '@campaignkit/core/adapter'
import { afterEach, describe, expect, it } from 'vitest'
import { CALLBACK, openPizzeria, type PizzeriaOptions, phoneOf } from './pizzeria.fixture.js'
import { realClient } from './real-client.fixture.js'
import type { FakeTwilioBehaviour } from './testing/fake-behaviour.js'

const CUSTOMERS = 24
const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Runs a campaign through the package twilio against a Twilio that behaves so for every third create, and reads both logs. */
async function ranThrough(fault: FakeTwilioBehaviour) {
  const pizzeria = await opened({
    fake: { behaviour: ({ n }) => (n % 3 === 0 ? fault : { type: 'accept' }) },
    clientOf: (access) => realClient(access),
    channel: { timeoutMs: 150 },
  })
  await pizzeria.welcome(CUSTOMERS)
  const id = await pizzeria.run({ maxRetries: 5 })
  const taken = new Map<string, number>()
  for (const { to } of pizzeria.fake.messages) taken.set(to, (taken.get(to) ?? 0) + 1)
  return { ...pizzeria, id, taken }
}

async function opened(options: PizzeriaOptions) {
  const pizzeria = await openPizzeria(options)
  closing.push(() => pizzeria.fake.close())
  return pizzeria
}

const FAULTS: readonly (readonly [string, FakeTwilioBehaviour])[] = [
  ['the connection cut before the request is taken', { type: 'drop', at: 'request' }],
  ['the connection cut once it is taken', { type: 'drop', at: 'accepted' }],
  ['the connection cut in the first line of the answer', { type: 'drop', at: 'head' }],
  ['the connection cut in the middle of the answer', { type: 'drop', at: 'answer' }],
  ['the connection cut just after the answer', { type: 'drop', at: 'end' }],
  ['no answer at all to what was taken', { type: 'stall' }],
  ['no answer at all to what was not taken', { type: 'stall', keeps: false }],
  ['500', { type: 'refuse', status: 500, code: 20_500 }],
  ['503 without a word', { type: 'refuse', status: 503 }],
  ['503 of Twilio', { type: 'refuse', status: 503, code: 20_503 }],
  ['429', { type: 'refuse', status: 429, code: 20_429 }],
  ['429 with Retry-After', { type: 'refuse', status: 429, retryAfterS: 5 }],
  ['a refusal of the address', { type: 'refuse', status: 400, code: 21_211 }],
  ['a refusal of the content', { type: 'refuse', status: 400, code: 30_007 }],
]

describe('every delivery ends settled, and nobody is written to twice', () => {
  it.each(FAULTS)(
    'with %s',
    async (_name, fault) => {
      const { deliveries, id, taken } = await ranThrough(fault)
      const ends = new Map((await deliveries(id)).map((each) => [String(each.customerId), each.status]))
      expect([...ends.values()].filter((status) => !isSettled(status))).toEqual([])
      for (let number = 0; number < CUSTOMERS; number += 1) {
        const times = taken.get(phoneOf(number)) ?? 0
        const status = ends.get(`c-${number}`)
        expect(times).toBeLessThanOrEqual(1)
        // what Twilio took is sent or waits for a person; what is sent Twilio took
        if (times === 1) expect(['sent', 'held']).toContain(status)
        if (status === 'sent') expect(times).toBe(1)
        if (status === 'failed') expect(times).toBe(0)
      }
    },
    60_000,
  )

  it.each(FAULTS.slice(0, 7))(
    'and its callbacks settle what is in doubt, with %s',
    async (_name, fault) => {
      const { fake, id, deliveries, taken } = await ranThrough(fault)
      const statuses = await fake.sendCallbacks({ shuffleSeed: 7, times: 3 })
      expect(statuses.every((status) => status === 204)).toBe(true)
      for (const { customerId, status } of await deliveries(id)) {
        const times = taken.get(phoneOf(Number(customerId?.slice(2)))) ?? 0
        expect(status).toBe(times === 1 ? 'sent' : 'held')
      }
    },
    60_000,
  )
})

describe('bursts of 429', () => {
  it('delay everybody and lose nobody', async () => {
    const pizzeria = await opened({
      fake: { behaviour: ({ n }) => (n % 10 < 6 ? { type: 'refuse', status: 429 } : { type: 'accept' }) },
    })
    await pizzeria.welcome(CUSTOMERS)
    const throttled: number[] = []
    pizzeria.root.on('channel.throttled', ({ until }) => throttled.push(until))
    const id = await pizzeria.run({ maxRetries: 0, pace: { sms: perMinute(600) } })
    expect((await pizzeria.deliveries(id)).every(({ status }) => status === 'sent')).toBe(true)
    expect(pizzeria.fake.messages).toHaveLength(CUSTOMERS)
    expect(throttled.length).toBeGreaterThan(3)
  }, 60_000)
})

describe('callbacks that come before the answer to the create', () => {
  it('are kept, and count once', async () => {
    let answer = (): void => undefined
    const after = new Promise<void>((resolve) => {
      answer = resolve
    })
    const pizzeria = await opened({ fake: { behaviour: () => ({ type: 'accept', after }) } })
    await pizzeria.welcome(1)
    const running = pizzeria.run()
    while (pizzeria.fake.messages.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(await pizzeria.fake.sendCallbacks()).toEqual([204, 204, 204])
    answer()
    const id = await running
    expect(pizzeria.fake.messages[0]?.statusCallback).toMatch(new RegExp(`^${CALLBACK}\\?delivery=`))
    expect((await pizzeria.kit.reports.campaign(id)).counts).toMatchObject({ sent: 1, delivered: 1 })
    expect(await pizzeria.deliveries(id)).toMatchObject([{ status: 'sent', tries: 1 }])
  })
})

describe('a delivery that only a callback proves', () => {
  it('costs its segments', async () => {
    const pizzeria = await opened({
      fake: { behaviour: () => ({ type: 'drop', at: 'accepted' }) },
      channel: { price: { amountMinor: 1, per: 1, currency: 'USD' } },
    })
    await pizzeria.welcome(1)
    const id = await pizzeria.run({ messages: { sms: { body: 'x'.repeat(161) } } })
    await pizzeria.fake.sendCallbacks()
    expect(await pizzeria.deliveries(id)).toMatchObject([{ status: 'sent' }])
    const report = await pizzeria.kit.reports.campaign(id)
    expect(report.cost).toEqual([{ amountMinor: 2, currency: 'USD' }])
  })
})
