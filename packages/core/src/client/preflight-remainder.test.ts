import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import { perMinute } from '../model/pace.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createPizzeria, winBack } from './pizzeria.fixture.js'

const COUNT = 800
const WINDOW_DAYS = 2
const VARIANTS = { variants: [{ name: 'plain' }, { name: 'emoji' }] }

function triedFirst(
  more: Partial<CampaignInput> = {},
  experiment: Partial<CampaignInput['experiment']> = {},
) {
  return winBack({
    pace: { email: perMinute(100) },
    experiment: {
      ...VARIANTS,
      remainder: 0.5,
      conversionWindowDays: WINDOW_DAYS,
      decision: 'fixed',
      rollout: { ifNoWinner: { variant: 'emoji' } },
      ...experiment,
    },
    ...more,
  })
}

async function shop() {
  const email = createRecordingChannel({ price: { amountMinor: 10, per: 100, currency: 'EUR' } })
  const pizzeria = createPizzeria({ email })
  await pizzeria.welcome(COUNT)
  let names = 0
  const preflightOf = async (campaign: CampaignInput) => {
    names += 1
    const { id } = await pizzeria.kit.campaigns.create({ ...campaign, name: `campaign ${names}` })
    return pizzeria.kit.campaigns.preflight(id)
  }
  return {
    ...pizzeria,
    email,
    preflightOf,
    warningsOf: async (campaign: CampaignInput) =>
      (await preflightOf(campaign)).findings.map(({ severity, code, path }) => `${severity} ${code} ${path}`),
  }
}

describe('the preflight of a campaign with a remainder', () => {
  it('tells what comes on top once the experiment is decided, and that is what it then costs', async () => {
    const { kit, root, preflightOf } = await shop()
    const { funnel, messages, cost, durationMs, remainder, ready } = await preflightOf(triedFirst())
    expect(ready).toBe(true)
    expect(funnel).toMatchObject({ recipients: 400, remainder: 400 })
    expect(messages).toEqual({ email: 400 })
    expect(cost).toEqual([{ amountMinor: 40, currency: 'EUR' }])
    expect(remainder).toEqual({ messages: { email: 400 }, cost, durationMs })
    expect((durationMs.email ?? 0) / MINUTE_MS).toBeCloseTo(4, 1)
    const { id } = await kit.campaigns.create(triedFirst({ name: 'for real' }))
    await kit.campaigns.launch(id)
    await root.worker().drain({ until: SAMPLE_NOW + 9 * DAY_MS })
    expect((await kit.reports.campaign(id)).cost).toEqual([{ amountMinor: 80, currency: 'EUR' }])
  })

  it('has no such line when nobody waits', async () => {
    const { preflightOf } = await shop()
    expect((await preflightOf(winBack())).remainder).toBeNull()
    expect((await preflightOf(winBack({ experiment: VARIANTS }))).remainder).toBeNull()
  })

  it('warns of an end that comes before the verdict, or before all is sent that follows it, as it then happens', async () => {
    const { durationMs } = await (await shop()).preflightOf(triedFirst())
    const takesMs = durationMs.email ?? 0
    const decidedAt = SAMPLE_NOW + takesMs + WINDOW_DAYS * DAY_MS
    for (const [endsAt, warning, written] of [
      [decidedAt - HOUR_MS, ['warning endsBeforeVerdict endsAt'], 400],
      [decidedAt + Math.round(takesMs / 2), ['warning endsBeforeRollout endsAt'], 600],
      [decidedAt + takesMs + HOUR_MS, [], 800],
    ] as const) {
      const { kit, root, email, warningsOf } = await shop()
      expect(await warningsOf(triedFirst({ endsAt }))).toEqual(warning)
      const { id } = await kit.campaigns.create(triedFirst({ endsAt, name: 'for real' }))
      await kit.campaigns.launch(id)
      await root.worker().drain({ until: SAMPLE_NOW + 9 * DAY_MS })
      expect(Math.abs(email.sent.length - written)).toBeLessThan(20)
    }
  })

  it('draws the line at the millisecond of the estimate', async () => {
    const { preflightOf, warningsOf } = await shop()
    const takesMs = (await preflightOf(triedFirst())).durationMs.email ?? 0
    const decidedAt = SAMPLE_NOW + takesMs + WINDOW_DAYS * DAY_MS
    expect(await warningsOf(triedFirst({ endsAt: decidedAt }))).toEqual(['warning endsBeforeVerdict endsAt'])
    expect(await warningsOf(triedFirst({ endsAt: decidedAt + 1 }))).toEqual([
      'warning endsBeforeRollout endsAt',
    ])
    expect(await warningsOf(triedFirst({ endsAt: decidedAt + takesMs }))).toEqual([])
  })

  it('has nothing to say of an end without a remainder, nor of a remainder without an end', async () => {
    const { warningsOf } = await shop()
    const endsAt = SAMPLE_NOW + DAY_MS
    expect(await warningsOf(winBack({ endsAt, experiment: VARIANTS }))).toEqual([])
    expect(await warningsOf(winBack({ endsAt }))).toEqual([])
    expect(await warningsOf(triedFirst())).toEqual([])
  })

  it('reckons from the last run of a recurring campaign, or from the first when it decides at any time', async () => {
    const { warningsOf } = await shop()
    const daily = (lastDay: number, endsOnDay: number, decision: 'fixed' | 'anytime') =>
      triedFirst(
        {
          schedule: {
            type: 'recurring',
            every: 'day',
            at: '09:00',
            zone: 'UTC',
            until: Date.UTC(2026, 2, lastDay, 12),
          },
          endsAt: Date.UTC(2026, 2, endsOnDay, 12),
        },
        { decision },
      )
    // the last day at 09:00 and two days more
    expect(await warningsOf(daily(10, 11, 'fixed'))).toEqual(['warning endsBeforeVerdict endsAt'])
    expect(await warningsOf(daily(10, 12, 'fixed'))).toEqual([])
    expect(await warningsOf(daily(10, 11, 'anytime'))).toEqual([])
    expect(await warningsOf(daily(400, 100, 'fixed'))).toEqual(['warning endsBeforeVerdict endsAt'])
    expect(await warningsOf(daily(400, 403, 'fixed'))).toEqual([])
    const monthly = triedFirst(
      {
        schedule: { type: 'recurring', every: 'month', at: '09:00', zone: 'UTC' },
        endsAt: Date.UTC(2027, 2, 2),
      },
      { decision: 'fixed' },
    )
    expect(await warningsOf(monthly)).toEqual(['warning endsBeforeVerdict endsAt'])
    expect(await warningsOf({ ...monthly, endsAt: Date.UTC(2027, 2, 20) })).toEqual([])
  })

  it('leaves time for the hour to come in the last zone of the world', async () => {
    const { warningsOf } = await shop()
    const atNoon = (endsAt: number) =>
      triedFirst({ schedule: { type: 'once', at: '2026-03-05T12:00', zone: 'recipient' }, endsAt })
    // noon of the 5th comes last at midnight UTC
    const decidedAt = Date.UTC(2026, 2, 6) + WINDOW_DAYS * DAY_MS
    expect(await warningsOf(atNoon(decidedAt - HOUR_MS))).toEqual(['warning endsBeforeVerdict endsAt'])
    expect(await warningsOf(atNoon(decidedAt + HOUR_MS))).toEqual([])
  })

  it('tells of a start that has passed as before, and looks at a campaign under way from its own start', async () => {
    const { kit, warningsOf, clock } = await shop()
    const past = triedFirst({ startsAt: SAMPLE_NOW - DAY_MS, endsAt: SAMPLE_NOW + DAY_MS })
    expect(await warningsOf(past)).toEqual([
      'error CAMPAIGN_START_IN_PAST startsAt',
      'warning endsBeforeVerdict endsAt',
    ])
    const { id } = await kit.campaigns.create(triedFirst({ endsAt: SAMPLE_NOW + 2.5 * DAY_MS }))
    await kit.campaigns.launch(id)
    await clock.advance(DAY_MS)
    expect((await kit.campaigns.preflight(id)).findings).toEqual([])
  })
})
