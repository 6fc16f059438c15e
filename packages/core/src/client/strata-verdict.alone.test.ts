import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { CampaignInput } from '../model/campaign.js'
import { judge } from '../statistics/verdict/judge.js'
import { createPizzeria, winBack } from './pizzeria.fixture.js'
import { AT_NINE, everyThird, LOYAL, startingAt, VARIANTS, type World, ZONES } from './strata.fixture.js'

vi.mock('../statistics/verdict/judge.js', async (original) => {
  const module = await original<typeof import('../statistics/verdict/judge.js')>()
  return { ...module, judge: vi.fn(module.judge) }
})
beforeEach(() => {
  vi.mocked(judge).mockClear()
})

/** What the verdict of a campaign is asked once some members have converted. */
async function askedOf(world: World, more: Partial<CampaignInput>) {
  const { kit, root } = world
  const { id } = await kit.campaigns.create(winBack(more))
  await kit.campaigns.launch(id)
  await root.worker().drain({ until: Date.UTC(2026, 2, 12) })
  const { items } = await kit.campaigns.deliveries(id, {}, { limit: 1_000 })
  await kit.events.track(
    items.slice(0, 25).map(({ customerId }) => ({
      key: `order-${customerId}`,
      type: 'conversion',
      customerId: customerId ?? '',
    })),
  )
  await kit.reports.campaign(id)
  const [asked] = vi.mocked(judge).mock.lastCall ?? []
  if (asked === undefined) throw new Error('Nobody was asked')
  return asked
}

const people = (number: number) => ({ timeZone: ZONES[number % 5] ?? '', ...everyThird(number) })

describe('the verdict of a campaign with strata', () => {
  it.each<[string, Partial<CampaignInput>, number]>([
    ['strata', { experiment: { variants: VARIANTS, strata: [LOYAL], minContacts: 1 } }, 2],
    ['waves', { schedule: AT_NINE, experiment: { variants: VARIANTS, holdout: 0.2, minContacts: 1 } }, 5],
    [
      'strata and waves and a remainder',
      {
        schedule: AT_NINE,
        experiment: { variants: VARIANTS, remainder: 0.2, strata: [LOYAL], minContacts: 1 },
      },
      10,
    ],
  ])('is asked with the counts of its %s, which add up to those of the arms', async (_what, more, strata) => {
    const world = startingAt('2026-03-01T09:00:00Z')
    await world.welcome(90, people)
    const asked = await askedOf(world, more)
    expect(asked.strata).toHaveLength(strata)
    expect(asked.arms.reduce((sum, { converted }) => sum + converted, 0)).toBe(25)
    for (const { arm, assigned, converted } of asked.arms) {
      const parts = asked.strata?.flatMap(({ arms }) => arms.filter((each) => each.arm === arm)) ?? []
      expect(parts).toHaveLength(strata)
      expect(parts.reduce((sum, part) => sum + part.assigned, 0)).toBe(assigned)
      expect(parts.reduce((sum, part) => sum + part.converted, 0)).toBe(converted)
    }
  })

  it('is asked without them where there are none', async () => {
    const world = createPizzeria()
    await world.welcome(30, people)
    const asked = await askedOf(world, { experiment: { variants: VARIANTS, minContacts: 1 } })
    expect(asked).not.toHaveProperty('strata')
  })

  it('is asked with the one wave in which all are, since the next run can bring others', async () => {
    const world = startingAt('2026-03-01T09:00:00Z')
    await world.welcome(30, () => ({ timeZone: 'Europe/Rome' }))
    const experiment = { variants: VARIANTS, minContacts: 1 }
    expect((await askedOf(world, { schedule: AT_NINE, experiment })).strata).toHaveLength(1)
  })
})
