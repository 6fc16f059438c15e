import { describe, expect, it } from 'vitest'
import type { CampaignId } from '../base/ids.js'
import { tag } from '../segmentation/builders.js'
import { createPizzeria, winBack } from './pizzeria.fixture.js'
import { AT_NINE, everyThird, LOYAL, startingAt, VARIANTS, type World, ZONES } from './strata.fixture.js'

describe('the preflight of strata', () => {
  const findingsOf = async ({ kit }: World, id: CampaignId) =>
    (await kit.campaigns.preflight(id)).findings.map(
      ({ severity, code, path }) => `${severity} ${code} ${path}`,
    )

  it('warns of those that cannot hold a member of each arm, and is ready all the same', async () => {
    const world = createPizzeria()
    await world.welcome(30, (number) => (number < 2 ? { tags: ['pizza-lover', 'loyal'] } : {}))
    const strata = [LOYAL, { name: 'nobody', criteria: tag('nobody') }]
    const experiment = { variants: VARIANTS, holdout: 0.1, minContacts: 1, strata }
    const { id } = await world.kit.campaigns.create(winBack({ experiment }))
    const { ready, strata: sizes, findings } = await world.kit.campaigns.preflight(id)
    expect(sizes).toEqual([
      { name: 'loyal', members: 2 },
      { name: 'nobody', members: 0 },
      { name: 'other', members: 28 },
    ])
    expect(ready).toBe(true)
    expect(findings).toMatchObject([
      { severity: 'warning', code: 'stratumTooSmall', path: 'experiment.strata' },
    ])
    expect(findings[0]?.message).toContain('2 of 3 strata')
  })

  it('warns of waves by the path of the schedule, and names some of many', async () => {
    const world = startingAt('2026-03-01T00:00:00Z')
    const zones = [...ZONES, 'Asia/Kolkata', 'Asia/Kathmandu']
    await world.welcome(zones.length, (number) => ({ timeZone: zones[number] ?? '' }))
    const { id } = await world.kit.campaigns.create(
      winBack({ schedule: AT_NINE, experiment: { variants: VARIANTS, minContacts: 1 } }),
    )
    expect(await findingsOf(world, id)).toEqual(['warning stratumTooSmall schedule.zone'])
    const { findings } = await world.kit.campaigns.preflight(id)
    expect(findings[0]?.message).toMatch(/^7 of 7 strata .* and 2 more$/)
  })

  it('says nothing where each holds one, the remainder aside', async () => {
    const world = createPizzeria()
    await world.welcome(12, everyThird)
    const experiment = { variants: VARIANTS, remainder: 0.01, minContacts: 1, strata: [LOYAL] }
    const { id } = await world.kit.campaigns.create(winBack({ experiment }))
    expect(await findingsOf(world, id)).toEqual([])
  })

  it('counts the waves of a start that has passed as if it began now, and of one that is set from there', async () => {
    const world = startingAt('2026-03-20T12:00:00Z')
    await world.welcome(4, (number) => ({ timeZone: ZONES[number % 2] ?? '' }))
    const waves = async (schedule: typeof AT_NINE, status = 'draft') => {
      const { id } = await world.kit.campaigns.create(
        winBack({
          name: `${schedule.at} ${status}`,
          schedule,
          experiment: { variants: VARIANTS, minContacts: 1 },
        }),
      )
      if (status === 'scheduled') await world.kit.campaigns.schedule(id)
      return (await world.kit.campaigns.preflight(id)).strata.map(({ name }) => name)
    }
    expect(await waves(AT_NINE)).toEqual(['2026-03-20T12:00:00.000Z'])
    const ahead = { ...AT_NINE, at: '2026-04-10T09:00' }
    for (const status of ['draft', 'scheduled'])
      expect(await waves(ahead, status)).toEqual(['2026-04-10T00:00:00.000Z', '2026-04-10T07:00:00.000Z'])
  })
})
