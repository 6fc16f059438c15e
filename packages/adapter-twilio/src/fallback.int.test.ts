import { createRecordingChannel } from '@campaignkit/core/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { openPizzeria } from './pizzeria.fixture.js'
import type { FakeTwilioOptions } from './testing/fake-twilio.js'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** One customer who gets an SMS, and an e-mail when that does not work. */
async function texted(behaviour: NonNullable<FakeTwilioOptions['behaviour']>) {
  const email = createRecordingChannel({ kind: 'email' })
  const pizzeria = await openPizzeria({ fake: { behaviour }, channels: { email } })
  closing.push(() => pizzeria.fake.close())
  const { kit, root, fake } = pizzeria
  await kit.customers.upsert([{ id: 'c-0', addresses: { phone: '+393331000000', email: 'ada@example.com' } }])
  const id = await pizzeria.run({
    purpose: 'transactional',
    messages: { sms: { body: 'Open again' }, email: { subject: 'Open again', text: 'Open again' } },
    delivery: { firstOf: ['sms', 'email'] },
  })
  const told = async () => {
    await fake.sendCallbacks({ times: 2, shuffleSeed: 1 })
    await root.worker().drain()
  }
  return { kit, id, email, told }
}

describe('an SMS that Twilio took', () => {
  it.each([
    ['undelivered', undefined],
    ['undelivered', 30_003],
    ['undelivered', 30_006],
    ['failed', 30_034],
    ['failed', 21_610],
  ] as const)('and calls %s later (error %s) is followed by the e-mail', async (status, errorCode) => {
    const { kit, id, email, told } = await texted(() => ({
      type: 'accept',
      status,
      ...(errorCode === undefined ? {} : { errorCode }),
    }))
    expect(email.sent).toHaveLength(0)
    await told()
    expect(email.sent).toHaveLength(1)
    await told()
    expect(email.sent).toHaveLength(1)
    expect((await kit.campaigns.get(id)).status).toBe('completed')
  })

  it.each(['sent', 'delivered', 'read'] as const)('and calls %s is not', async (status) => {
    const { email, told } = await texted(() => ({ type: 'accept', status }))
    await told()
    expect(email.sent).toHaveLength(0)
  })
})
