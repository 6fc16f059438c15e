import { describe, expect, it } from 'vitest'
import type { CustomerId } from '../base/ids.js'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import type { IncrementalReport } from '../model/incremental.js'
import type { Member } from '../model/member.js'
import { incrementalRevenue } from '../statistics/money/incremental-revenue.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createPizzeria, SCOPE } from './pizzeria.fixture.js'

const EXPERIMENT = { variants: [{ name: 'plain' }, { name: 'emoji' }], holdout: 0.2, conversionWindowDays: 3 }
const PACE = { email: { limit: 1_000_000, periodMs: 60_000 } }
const CODE = /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/

/** A campaign to 500 people: 200 get `plain`, 200 `emoji`, 100 nothing. A message costs a quarter of a cent. */
async function sent(more: Partial<CampaignInput> = {}) {
  const email = createRecordingChannel({ price: { amountMinor: 1, per: 4, currency: 'EUR' } })
  const pizzeria = createPizzeria({ email })
  await pizzeria.welcome(500)
  const { id } = await pizzeria.runCampaign({ experiment: EXPERIMENT, pace: PACE, ...more })
  const [run] = await pizzeria.kit.campaigns.runs(id)
  const membersOf = async (arm: string): Promise<readonly CustomerId[]> => {
    const { items } = await pizzeria.storage.audience.list(
      SCOPE as never,
      run?.id as Member['runId'],
      { arm },
      { cursor: null, limit: 500 },
    )
    return items.map(({ customerId }) => customerId)
  }
  const buy = async (buyers: readonly CustomerId[], amountMinor: number, currency = 'EUR') => {
    await pizzeria.kit.events.track(
      buyers.map((customerId) => ({
        key: `${customerId}:${amountMinor}`,
        type: 'conversion',
        customerId,
        at: SAMPLE_NOW + HOUR_MS,
        amountMinor,
        currency,
      })),
    )
  }
  const measured = async () => (await pizzeria.kit.reports.campaign(id)).incremental
  return { ...pizzeria, email, id, membersOf, buy, measured }
}

type Measured = Extract<IncrementalReport, { outcome: 'measured' }>

async function bought() {
  const world = await sent()
  const plain = await world.membersOf('plain')
  await world.buy(plain.slice(0, 20), 2_000)
  await world.buy(plain.slice(0, 10), 500)
  await world.buy((await world.membersOf('emoji')).slice(0, 40), 3_000)
  await world.buy((await world.membersOf('holdout')).slice(0, 5), 1_000)
  return world
}

/** Moments of so many values, those that are not given being 0. */
function momentsOf(count: number, values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const apart =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) + (count - values.length) * mean ** 2
  return { count, mean, variance: apart / (count - 1) }
}

const times = (count: number, value: number) => Array<number>(count).fill(value)
const PLAIN = [...times(10, 2_500), ...times(10, 2_000)]
const EMOJI = times(40, 3_000)
const HOLDOUT = momentsOf(100, times(5, 1_000))

/** Equal to the last digits. */
function expectSame(got: object | undefined, wanted: object): void {
  const rounded = (value: object | undefined) =>
    JSON.parse(
      JSON.stringify(value ?? null, (_key, each) =>
        typeof each === 'number' ? Number(each.toPrecision(11)) : each,
      ),
    )
  expect(rounded(got)).toEqual(rounded(wanted))
}

describe('what a campaign earned by itself', () => {
  it('is what the members of each variant brought beyond those who got nothing, net of cost', async () => {
    const { measured } = await bought()
    const report = (await measured()) as Measured
    expect(report).toMatchObject({ outcome: 'measured', currency: 'EUR', revenueSource: 'conversions' })
    expect(report).toMatchObject({ isFinal: false, decision: 'anytime' })
    const of = (count: number, values: readonly number[], cost: number) =>
      incrementalRevenue(momentsOf(count, values), HOLDOUT, { cost, confidence: 0.95 })
    expectSame(report.together, { arm: null, ...of(400, [...PLAIN, ...EMOJI], 100) })
    expectSame(report.variants[0], { arm: 'plain', ...of(200, PLAIN, 50) })
    expectSame(report.variants[1], { arm: 'emoji', ...of(200, EMOJI, 50) })
    expect(report.variants).toHaveLength(2)
    expect(report.together.revenue).toBeCloseTo(165_000 - 400 * 50, 6)
    expect(report.together.net).toBeCloseTo(165_000 - 400 * 50 - 100, 6)
  })

  it('is final when every window is over', async () => {
    const { measured, clock } = await bought()
    await clock.advance(3 * DAY_MS)
    expect(await measured()).toMatchObject({ outcome: 'measured', isFinal: true })
  })

  it('leaves out what the remainder did, before it was written to and after', async () => {
    const world = await sent({
      experiment: { ...EXPERIMENT, remainder: 0.2, rollout: { mode: 'manual' }, conversionWindowDays: 30 },
    })
    const { kit, root, id, buy, membersOf, measured } = world
    await buy((await membersOf('plain')).slice(0, 9), 1_000)
    const before = await measured()
    await buy((await membersOf('remainder')).slice(0, 50), 9_000)
    expect(await measured()).toEqual(before)
    await kit.campaigns.rollOut(id, { arm: 'plain', reason: 'enough' })
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts.sent).toBe(400)
    expect(await measured()).toEqual(before)
  })

  it('is by redemptions, less those given back, where nothing else has amounts', async () => {
    const { kit, email, measured } = await sent()
    const codes = email.sent.slice(0, 3).map(({ content }) => CODE.exec(JSON.stringify(content))?.[0] ?? '')
    for (const [index, code] of codes.entries()) {
      await kit.coupons.redeem(code, {
        by: 'till',
        key: `receipt-${index}`,
        at: SAMPLE_NOW + HOUR_MS,
        amount: { amountMinor: 1_000 * (index + 1), currency: 'EUR' },
      })
    }
    await kit.coupons.reverse({ key: 'receipt-2', by: 'till', reason: 'sent back' })
    const report = (await measured()) as Measured
    expect(report.revenueSource).toBe('redemptions')
    const treated = momentsOf(400, [1_000, 2_000])
    expectSame(report.together, {
      arm: null,
      ...incrementalRevenue(treated, momentsOf(100, []), { cost: 100, confidence: 0.95 }),
    })
  })

  it('is not known without a holdout, members, revenue, or one currency', async () => {
    const reasonOf = async ({ measured }: Pick<Awaited<ReturnType<typeof sent>>, 'measured'>) => {
      const report = await measured()
      return report.outcome === 'not-measured' ? report.reason : report.outcome
    }
    expect(await reasonOf(await sent({ experiment: { ...EXPERIMENT, holdout: 0 } }))).toBe('no-holdout')
    const world = await sent()
    expect(await reasonOf(world)).toBe('no-revenue')
    await world.buy((await world.membersOf('holdout')).slice(0, 1), 500, 'USD')
    expect(await reasonOf(world)).toBe('several-currencies')
    const draft = await world.kit.campaigns.create({
      name: 'Later',
      audience: { type: 'everyone' },
      messages: { email: { subject: 'x', text: 'x' } },
      experiment: EXPERIMENT,
    })
    expect((await world.kit.reports.campaign(draft.id)).incremental).toEqual({
      outcome: 'not-measured',
      reason: 'no-members',
    })
  })
})
