/** How a host tests a campaign of its own: a month of it, with a clock that jumps, in milliseconds. */
import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { createCampaignKit, everyone } from '@campaignkit/core'
import { createDirectInFlight, createManualClock, createRecordingChannel } from '@campaignkit/core/testing'
import { describe, expect, it } from 'vitest'

const DAY_MS = 86_400_000
const FIRST_OF_MARCH = Date.UTC(2026, 2, 1)

/** A shop in which nothing is real but the rules: time jumps, and mail ends in an outbox. */
function openPizzeria() {
  const clock = createManualClock({ startsAt: FIRST_OF_MARCH, auto: true })
  const outbox = createRecordingChannel()
  const root = createCampaignKit({
    storage: createMemoryStorage(),
    channels: { email: outbox },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: 'test', key: 'a key for tests alone' }],
    clock,
    inFlight: createDirectInFlight(), // the usual one waits for real milliseconds
  })
  const kit = root.as({ tenant: 'pizzeria', actor: { id: 'test', kind: 'service' } })
  const sentAt: string[] = []
  root.on('events.recorded', ({ events }) => {
    for (const { type, at } of events)
      if (type === 'sent') sentAt.push(new Date(at).toISOString().slice(0, 16))
  })

  const decide = (customerId: string, decision: 'granted' | 'denied') =>
    kit.consents.record([
      {
        customerId,
        channel: 'email',
        topic: 'newsletter',
        decision,
        basis: 'account page',
        obtainedAt: clock.now(),
      },
    ])

  return {
    kit,
    sentAt,
    async signUp(id: string) {
      await kit.customers.upsert([{ id, addresses: { email: `${id}@example.com` } }])
      await decide(id, 'granted')
    },
    optOut: (id: string) => decide(id, 'denied'),
    async launchNewsletter() {
      const { id } = await kit.campaigns.create({
        name: 'Every Monday',
        topic: 'newsletter',
        audience: everyone(),
        messages: { email: { subject: 'This week', text: 'Pizza again, {{ customer.id }}.' } },
        schedule: { type: 'recurring', every: 'week', weekdays: ['mon'], at: '08:30', zone: 'Europe/Rome' },
        endsAt: FIRST_OF_MARCH + 30 * DAY_MS,
      })
      await kit.campaigns.launch(id)
      return id
    },
    /** Lets the workers work until midnight of a day of March. */
    workUntil: (day: number) => root.worker().drain({ until: FIRST_OF_MARCH + day * DAY_MS }),
    mailsTo: (id: string) => outbox.sent.filter(({ to }) => to === `${id}@example.com`).length,
  }
}

describe('thirty days of a weekly newsletter', () => {
  it('arrive on Mondays at half past eight in Rome, before and after the clocks change', async () => {
    const { kit, sentAt, signUp, launchNewsletter, workUntil } = openPizzeria()
    await signUp('ada')
    const id = await launchNewsletter()
    await workUntil(31)
    expect(sentAt).toEqual([
      '2026-03-02T07:30',
      '2026-03-09T07:30',
      '2026-03-16T07:30',
      '2026-03-23T07:30',
      '2026-03-30T06:30', // summer time began the day before
    ])
    expect(await kit.campaigns.get(id)).toMatchObject({ status: 'completed' })
  })

  it('reach who signed up meanwhile, from the next Monday on', async () => {
    const { signUp, launchNewsletter, workUntil, mailsTo } = openPizzeria()
    await signUp('ada')
    await launchNewsletter()
    await workUntil(12)
    await signUp('bob')
    await workUntil(31)
    expect(mailsTo('ada')).toBe(5)
    expect(mailsTo('bob')).toBe(3)
  })

  it('never reach who has opted out, and can say why', async () => {
    const { kit, signUp, optOut, launchNewsletter, workUntil, mailsTo } = openPizzeria()
    await signUp('ada')
    await signUp('bob')
    const id = await launchNewsletter()
    await workUntil(10)
    await optOut('ada')
    await workUntil(31)
    expect(mailsTo('ada')).toBe(2)
    expect(mailsTo('bob')).toBe(5)
    const { steps } = await kit.campaigns.explain(id, 'ada')
    expect(steps.map(({ code }) => code)).toContain('consentDenied')
  })

  it('stop while the campaign is paused', async () => {
    const { kit, signUp, launchNewsletter, workUntil, mailsTo } = openPizzeria()
    await signUp('ada')
    const id = await launchNewsletter()
    await workUntil(10)
    await kit.campaigns.pause(id, 'the oven is broken')
    await workUntil(20)
    expect(mailsTo('ada')).toBe(2)
    await kit.campaigns.resume(id)
    await workUntil(31)
    expect(mailsTo('ada')).toBeGreaterThanOrEqual(4)
  })
})
