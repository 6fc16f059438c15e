import { describe, expect, it } from 'vitest'
import { stratumOf } from '../model/stratum.js'
import { all, eligible, fact, not, segment, tag } from '../segmentation/builders.js'
import { createPizzeria, winBack } from './pizzeria.fixture.js'
import { codeOf, refusalOf } from './refusal.fixture.js'
import { LOYAL, membersOf, startingAt, VARIANTS } from './strata.fixture.js'

describe('the rules of strata', () => {
  it('pins the rules of its segments at launch, and its digest covers them', async () => {
    const digests: (string | null)[] = []
    for (const orders of [2, 2, 5]) {
      const world = createPizzeria()
      await world.welcome(9)
      await world.kit.segments.save({ name: 'Regulars', criteria: fact('orderCount', '>', orders) })
      const { id } = await world.kit.campaigns.create(
        winBack({
          experiment: {
            variants: VARIANTS,
            minContacts: 1,
            strata: [{ name: 'r', criteria: segment('Regulars') }],
          },
        }),
      )
      expect((await world.kit.campaigns.get(id)).pinnedStrata).toBeNull()
      const launched = await world.kit.campaigns.launch(id)
      expect(launched.pinnedStrata).toEqual([{ name: 'r', criteria: fact('orderCount', '>', orders) }])
      digests.push(launched.digest)
      await world.kit.segments.save({ name: 'Regulars', criteria: tag('nobody') }, 1)
      await world.root.worker().drain()
      const labels = (await membersOf(world, id)).map(({ segments }) => stratumOf(segments))
      expect(new Set(labels)).toEqual(new Set([orders === 2 ? 'stratum:/r' : 'stratum:/other']))
    }
    expect(digests[0]).toBe(digests[1])
    expect(digests[2]).not.toBe(digests[1])
  })

  it('is taken back to a draft with its strata unpinned', async () => {
    const world = startingAt('2026-03-01T00:00:00Z')
    const { id } = await world.kit.campaigns.create(
      winBack({ startsAt: '2026-04-01T00:00:00Z', experiment: { variants: VARIANTS, strata: [LOYAL] } }),
    )
    expect((await world.kit.campaigns.schedule(id)).pinnedStrata).toEqual([LOYAL])
    expect((await world.kit.campaigns.unschedule(id)).pinnedStrata).toBeNull()
  })

  it('holds the segments that its strata name', async () => {
    const { kit } = createPizzeria()
    await kit.segments.save({ name: 'Regulars', criteria: tag('regular') })
    const strata = [{ name: 'r', criteria: all(tag('x'), segment('Regulars')) }]
    const { id } = await kit.campaigns.create(winBack({ experiment: { variants: VARIANTS, strata } }))
    const refused = await refusalOf(() => kit.segments.delete('Regulars', 1))
    expect(refused).toMatchObject({ code: 'SEGMENT_IN_USE', details: { type: 'campaign', id } })
  })

  it.each([
    ['a segment that is not there', segment('gone'), 'SEGMENT_NOT_FOUND'],
    ['a segment that asks an external rule', segment('asking'), 'ELIGIBILITY_MISPLACED'],
    ['a misplaced one', not(segment('asking')), 'ELIGIBILITY_MISPLACED'],
  ])('is refused at launch and in the preflight for %s', async (_what, criteria, code) => {
    const { kit } = createPizzeria({ kit: { eligibility: { ask: async () => new Map() } } })
    await kit.segments.save({ name: 'asking', criteria: eligible('solvent') })
    const strata = [LOYAL, { name: 'x', criteria }]
    const { id } = await kit.campaigns.create(winBack({ experiment: { variants: VARIANTS, strata } }))
    for (const call of ['launch', 'preflight'] as const)
      expect(await codeOf(() => kit.campaigns[call](id))).toMatch(
        new RegExp(`^${code} experiment.strata\\[1\\].criteria`),
      )
    expect((await kit.campaigns.get(id)).status).toBe('draft')
  })

  it('is refused for an external rule of its own, and for what is sealed, by path; nothing is stored', async () => {
    const { kit } = createPizzeria({ kit: { tenants: () => ({ sealed: ['attributes.born'] }) } })
    const born = { type: 'attribute', name: 'born', op: '<', value: 2_000 } as const
    await kit.segments.save({ name: 'young', criteria: tag('young') })
    const created = (criteria: unknown) =>
      codeOf(() =>
        kit.campaigns.create(
          winBack({ experiment: { variants: VARIANTS, strata: [LOYAL, { name: 'x', criteria }] as never } }),
        ),
      )
    expect(await created(eligible('solvent'))).toBe('ELIGIBILITY_MISPLACED experiment.strata[1].criteria')
    expect(await created(all(tag('a'), born))).toBe('CRITERIA_SEALED experiment.strata[1].criteria.of[1]')
    expect(await created({ type: 'segment', name: 'stratum:/x' })).toBe(
      'CRITERIA_INVALID experiment.strata[1].criteria.name',
    )
    expect((await kit.campaigns.list()).items).toEqual([])
    const { id, version } = await kit.campaigns.create(winBack())
    const edited = { experiment: { variants: VARIANTS, strata: [{ name: 'x', criteria: born }] } }
    expect(await codeOf(() => kit.campaigns.edit(id, edited, version))).toBe(
      'CRITERIA_SEALED experiment.strata[0].criteria',
    )
  })
})
