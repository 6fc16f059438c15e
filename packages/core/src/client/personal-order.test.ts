import { describe, expect, it } from 'vitest'
import { personalOrder } from '../model/first-of.js'
import { perMinute } from '../model/pace.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { BOTH, createSendingWorld } from './sending.fixture.js'

const PERSONAL = {
  ...BOTH,
  pace: { email: perMinute(6_000), sms: perMinute(6_000) },
  delivery: { firstOf: ['email' as const, 'sms' as const], order: 'personal' as const },
}

describe('a customer’s own order of channels', () => {
  it('has the preferred one first, then those that were answered last, then the others as given', () => {
    const given = ['email', 'sms', 'push', 'whatsapp']
    expect(personalOrder(given, { preferred: undefined, answeredAt: {} })).toEqual(given)
    expect(personalOrder(given, { preferred: 'fax', answeredAt: { fax: 9 } })).toEqual(given)
    expect(personalOrder(given, { preferred: 'push', answeredAt: { sms: 5, whatsapp: 9 } })).toEqual([
      'push',
      'whatsapp',
      'sms',
      'email',
    ])
    expect(personalOrder(given, { preferred: null, answeredAt: { sms: 5, push: 5 } })).toEqual([
      'sms',
      'push',
      'email',
      'whatsapp',
    ])
  })

  it('decides on which channel each is written to, and on which next', async () => {
    const world = createSendingWorld({
      sms: { faultOf: ({ to }) => (to.endsWith('3') ? { outcome: 'permanent', code: 'unreachable' } : null) },
    })
    const preferring = (number: number) =>
      number === 1 || number === 3 ? { attributes: { preferredChannel: 'sms' } } : {}
    await world.invite(4, preferring)
    // c-2 has answered an SMS before
    const before = await world.launch({ ...PERSONAL, name: 'Before', delivery: { firstOf: ['sms'] } })
    await world.root.worker().drain()
    const { items } = await world.kit.campaigns.deliveries(before.id, {}, { limit: 10 })
    const answered = items.find(({ customerId }) => customerId === 'c-2')
    await world.kit.events.ingest([
      { key: 'reply', type: 'replied', at: SAMPLE_NOW + 1_000, deliveryId: answered?.id as never },
    ])
    const { id } = await world.launch({ ...PERSONAL, name: 'After' })
    await world.root.worker().drain()
    const after = await world.kit.campaigns.deliveries(id, {}, { limit: 10 })
    expect(after.items.map((each) => `${each.customerId} ${each.channel} ${each.status}`).sort()).toEqual([
      'c-0 email sent',
      'c-1 sms sent',
      'c-2 sms sent',
      'c-3 email sent',
      'c-3 sms failed',
    ])
  })

  it('leaves out channels that were not allowed, however much they are preferred', async () => {
    const world = createSendingWorld()
    await world.invite(2, () => ({ attributes: { preferredChannel: 'sms' } }))
    await world.kit.consents.record([
      {
        customerId: 'c-0',
        channel: 'sms',
        topic: 'offers',
        decision: 'denied',
        basis: 'form',
        obtainedAt: SAMPLE_NOW - 1_000,
      },
    ])
    await world.launch(PERSONAL)
    await world.root.worker().drain()
    expect([world.email.accepted.length, world.sms.accepted.length]).toEqual([1, 1])
  })
})
