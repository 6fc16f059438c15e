import { describe, expect, it } from 'vitest'
import { DAY_MS, MINUTE_MS } from '../base/time.js'
import { createPizzeria } from './pizzeria.fixture.js'

describe('a campaign from customers to report', () => {
  it('writes once to each lapsed customer and completes by itself', async () => {
    const { kit, outbox, welcome, runCampaign } = createPizzeria()
    await welcome(250)
    const campaign = await runCampaign()
    expect(campaign.status).toBe('completed')
    expect(new Set(outbox.sent.map(({ to }) => to)).size).toBe(250)
    expect(outbox.sent).toHaveLength(250)
    const { counts, settled, total } = await kit.campaigns.progress(campaign.id)
    expect(counts.sent).toBe(250)
    expect(settled).toBe(total)
  })

  it('keeps the pace of a hundred e-mails in any minute', async () => {
    const { clock, outbox, welcome, runCampaign, root } = createPizzeria()
    const sentAt: number[] = []
    root.on('events.recorded', ({ events }) => {
      for (const { type, at } of events) if (type === 'sent') sentAt.push(at)
    })
    await welcome(350)
    const begun = clock.now()
    await runCampaign()
    expect(outbox.sent).toHaveLength(350)
    for (const start of sentAt) {
      expect(sentAt.filter((at) => at >= start && at < start + MINUTE_MS).length).toBeLessThanOrEqual(100)
    }
    expect(clock.now() - begun).toBeLessThan(3.6 * MINUTE_MS)
  })

  it('splits into exact arms and compares converted with assigned members', async () => {
    const { kit, clock, outbox, welcome, runCampaign } = createPizzeria()
    await welcome(1_000)
    const campaign = await runCampaign({
      experiment: {
        variants: [{ name: 'plain' }, { name: 'emoji', messages: { email: { subject: 'We miss you 🍕' } } }],
        holdout: 0.1,
      },
    })
    expect(outbox.sent).toHaveLength(900)
    const withEmoji = outbox.sent.filter(
      ({ content }) => content.type === 'email' && content.subject.includes('🍕'),
    )
    expect(withEmoji).toHaveLength(450)
    await kit.events.track({
      key: 'order-1',
      type: 'conversion',
      customerId: 'c-1',
      amountMinor: 2_500,
      currency: 'EUR',
    })
    await clock.advance(20 * DAY_MS)
    const report = await kit.reports.campaign(campaign.id)
    expect(report.arms.map(({ arm, assigned }) => [arm, assigned])).toEqual([
      ['plain', 450],
      ['emoji', 450],
      ['holdout', 100],
    ])
    expect(report.arms.reduce((sum, { converted }) => sum + converted, 0)).toBe(1)
    expect(kit.reports.render(report, 'html')).toContain('We miss you')
    expect(kit.reports.render(report, 'csv')).toContain('emoji')
  })

  it('draws one coupon a customer, which the till takes once', async () => {
    const { kit, outbox, welcome, runCampaign } = createPizzeria()
    await welcome(3)
    await runCampaign()
    const [first] = outbox.sent
    const text = first?.content.type === 'email' ? first.content.text : ''
    const code = /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/.exec(text)?.[0] ?? ''
    expect(await kit.coupons.redeem(code, { by: 'till-3', key: 'r-1' })).toMatchObject({
      outcome: 'redeemed',
      remaining: 0,
    })
    expect(await kit.coupons.redeem(code, { by: 'till-3', key: 'r-1' })).toMatchObject({
      outcome: 'redeemed',
      repeated: true,
    })
    expect(await kit.coupons.redeem(code, { by: 'till-3', key: 'r-2' })).toMatchObject({ outcome: 'spent' })
  })
})
