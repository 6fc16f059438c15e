import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import { RETURNING_LABEL } from '../model/member-label.js'
import type { Storage } from '../ports/storage/storage.js'
import { overridden } from '../testing/overridden.js'
import { createSendingWorld } from './sending.fixture.js'

const DAYS = 4
const START = Date.UTC(2026, 2, 1, 9)

const daily = (windowDays: number): Partial<CampaignInput> => ({
  schedule: { type: 'recurring', every: 'day', at: '09:00', zone: 'UTC', until: START + DAYS * DAY_MS - 1 },
  experiment: {
    variants: [{ name: 'plain' }, { name: 'emoji' }],
    holdout: 0.2,
    conversionWindowDays: windowDays,
    minContacts: 1,
  },
})

/** A campaign of four days whose first run has a hundred customers, and twenty more on every day after it. */
async function fourDays(windowDays: number, storage: Storage = createMemoryStorage()) {
  const world = createSendingWorld({ storage })
  await world.invite(100)
  const { id } = await world.launch(daily(windowDays))
  const { kit, root, clock } = world
  const buy = async (day: number, numbers: readonly number[], amountMinor = 1_000) =>
    kit.events.track(
      numbers.map((number) => ({
        key: `order-${day}-${number}`,
        type: 'conversion',
        customerId: `c-${number}`,
        at: START + day * DAY_MS + 1,
        amountMinor,
        currency: 'EUR',
      })),
    )
  return {
    ...world,
    id,
    async pass(day: number) {
      await root.worker().drain({ until: START + (day + 1) * DAY_MS - 2 })
      await clock.advance(Math.max(0, START + (day + 1) * DAY_MS - 2 - clock.now()))
      await world.invite(100 + 20 * (day + 1))
    },
    buy,
    report: () => kit.reports.campaign(id),
  }
}

const sumOf = (arms: readonly { readonly assigned: number; readonly converted: number }[]) => ({
  assigned: arms.reduce((sum, { assigned }) => sum + assigned, 0),
  converted: arms.reduce((sum, { converted }) => sum + converted, 0),
})

describe('customers who come back in later runs', () => {
  it('are compared once, by their first run, in the verdict, in the arms of the report and in what was earned', async () => {
    const world = await fourDays(1)
    for (let day = 0; day < DAYS; day += 1) {
      await world.pass(day)
      await world.buy(day, [0, 1, 2, 3, 80 + 20 * day])
    }
    const report = await world.report()
    expect(report.runs.map(({ audience }) => audience.matched)).toEqual([100, 120, 140, 160])
    expect(
      report.runs.map(({ conversions }) => conversions).reduce((sum, each) => sum + each, 0),
    ).toBeGreaterThan(8)
    // five in the first run, and of each later one the newcomer
    expect(sumOf(report.arms)).toEqual({ assigned: 160, converted: 8 })
    expect(report.arms.map(({ counts }) => counts.sent).reduce((sum, each) => sum + each, 0)).toBe(128)
    // the last run has not had its window yet
    expect(report.incremental).toMatchObject({ together: { members: 112, heldOut: 28 } })
    expect(report.segments).toEqual([])
    const { items } = await world.kit.campaigns.deliveries(world.id, {}, { limit: 1_000 })
    expect(items.flatMap(({ segments }) => segments)).toEqual([])
  })

  it('have the whole window of their first run, whether a later one wrote to them again or not', async () => {
    const world = await fourDays(3)
    for (let day = 0; day < 2; day += 1) await world.pass(day)
    await world.buy(1, [0, 1, 2])
    await world.buy(1, [100])
    for (let day = 2; day < DAYS; day += 1) await world.pass(day)
    await world.buy(3, [3])
    const report = await world.report()
    expect(sumOf(report.arms)).toMatchObject({ converted: 4 })
    const counters = await world.storage.events.counters({ tenant: 'pizzeria' } as never, world.id)
    const conversions = counters.filter(({ type, segment }) => type === 'conversion' && segment === null)
    expect(conversions.reduce((sum, { total }) => sum + total, 0)).toBe(5)
    const returned = counters.filter(
      ({ type, segment }) => type === 'conversion' && segment === RETURNING_LABEL,
    )
    expect(returned.reduce((sum, { total }) => sum + total, 0)).toBe(1)
  })

  it('are known as such by a run whose time comes while an earlier one is still being frozen', async () => {
    const memory = createMemoryStorage()
    const fault = { isOn: true }
    const storage = overridden(memory, {
      freezing: overridden(memory.freezing, {
        place: async (...given) => {
          if (fault.isOn) throw new Error('the storage went away')
          return memory.freezing.place(...given)
        },
      }),
    })
    const world = await fourDays(1, storage)
    const { root, clock } = world
    await root
      .worker()
      .drain()
      .catch(() => undefined)
    await clock.advance(DAY_MS + 1)
    for (let tries = 0; tries < 5; tries += 1)
      await root
        .worker()
        .drain()
        .catch(() => undefined)
    fault.isOn = false
    await root.worker().drain()
    const report = await world.report()
    expect(report.runs.filter(({ audience }) => audience.matched > 0)).toHaveLength(2)
    expect(sumOf(report.arms)).toMatchObject({ assigned: 100 })
  })
})
