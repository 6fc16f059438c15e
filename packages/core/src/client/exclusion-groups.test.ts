import { describe, expect, it } from 'vitest'
import { slotOf } from '../assignment/exclusion-group.js'
import type { RunId } from '../base/ids.js'
import { createPizzeria, SCOPE, winBack } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'

const SALT = 'of the offers'
const GROUPS = {
  tenants: () => ({ exclusionGroups: { offers: { salt: SALT }, news: { salt: 'of the news' } } }),
}
const claim = (from: number, to: number, name = 'offers') => ({
  exclusionGroup: { name, slots: { from, to } },
})

const idsOf = (sent: readonly { readonly to: string }[]) => new Set(sent.map(({ to }) => to))

describe('campaigns of one exclusion group', () => {
  it('share the customers out: nobody hears from two, and together they reach all', async () => {
    const { kit, root, outbox, welcome } = createPizzeria({ kit: GROUPS })
    await welcome(300)
    const reached: Set<string>[] = []
    for (const [name, from, to] of [
      ['One', 0, 400],
      ['Two', 400, 1_000],
    ] as const) {
      const before = outbox.sent.length
      const campaign = await kit.campaigns.create(winBack({ name, ...claim(from, to) }))
      await kit.campaigns.launch(campaign.id)
      await root.worker().drain()
      reached.push(idsOf(outbox.sent.slice(before)))
    }
    const [one = new Set(), two = new Set()] = reached
    expect(one.size + two.size).toBe(300)
    expect([...one].filter((address) => two.has(address))).toEqual([])
    const inOne = Array.from({ length: 300 }, (_, index) => `c-${index}`).filter(
      (id) => slotOf({ tenant: SCOPE.tenant, salt: SALT }, id) < 400,
    )
    expect(one.size).toBe(inOne.length)
  })

  it('leave the others out with a code of their own, in preflight, report and explanation alike', async () => {
    const { kit, root, welcome } = createPizzeria({ kit: GROUPS })
    await welcome(50)
    const campaign = await kit.campaigns.create(winBack(claim(0, 500)))
    const { funnel } = await kit.campaigns.preflight(campaign.id)
    const outside = Array.from({ length: 50 }, (_, index) => `c-${index}`).filter(
      (id) => slotOf({ tenant: SCOPE.tenant, salt: SALT }, id) >= 500,
    )
    expect(outside.length).toBeGreaterThan(5)
    expect(funnel).toMatchObject({ matched: 50, excluded: { otherCampaign: outside.length } })
    const { steps } = await kit.campaigns.explain(campaign.id, outside[0] ?? '')
    expect(steps.at(-1)).toMatchObject({ stage: 'gate', passed: 'no', code: 'otherCampaign' })
    await kit.campaigns.launch(campaign.id)
    await root.worker().drain()
    const report = await kit.reports.campaign(campaign.id)
    expect(report.audience).toEqual(funnel)
  })
})

describe('the slots of an exclusion group', () => {
  it('are held from scheduling until the campaign ends', async () => {
    const { kit, root, welcome } = createPizzeria({ kit: GROUPS })
    await welcome(3)
    const holder = await kit.campaigns.create(winBack({ name: 'Holder', ...claim(0, 500) }))
    const rival = await kit.campaigns.create(winBack({ name: 'Rival', ...claim(499, 600) }))
    await kit.campaigns.launch(holder.id)
    expect(await codeOf(() => kit.campaigns.launch(rival.id))).toBe(
      'EXCLUSION_GROUP_TAKEN exclusionGroup.slots',
    )
    const { findings } = await kit.campaigns.preflight(rival.id)
    expect(findings).toContainEqual(
      expect.objectContaining({ severity: 'error', code: 'EXCLUSION_GROUP_TAKEN' }),
    )
    await root.worker().drain()
    await expect(kit.campaigns.launch(rival.id)).resolves.toMatchObject({ status: 'preparing' })
  })

  it('are free for a campaign beside them, and for one of another group or tenant', async () => {
    const { kit, root } = createPizzeria({ kit: GROUPS })
    const holder = await kit.campaigns.create(winBack({ name: 'Holder', ...claim(0, 500) }))
    await kit.campaigns.launch(holder.id)
    for (const other of [claim(500, 1_000), claim(0, 500, 'news')]) {
      const { id } = await kit.campaigns.create(winBack({ name: JSON.stringify(other), ...other }))
      await expect(kit.campaigns.launch(id)).resolves.toMatchObject({ status: 'preparing' })
    }
    const neighbour = root.as({ ...SCOPE, tenant: 'gelateria' })
    const { id } = await neighbour.campaigns.create(winBack(claim(0, 500)))
    await expect(neighbour.campaigns.launch(id)).resolves.toMatchObject({ status: 'preparing' })
  })

  it('are looked for among all campaigns, however many there are', async () => {
    const { kit } = createPizzeria({ kit: GROUPS })
    const holder = await kit.campaigns.create(winBack({ name: 'Holder', ...claim(0, 10) }))
    await kit.campaigns.launch(holder.id)
    for (let index = 0; index < 101; index += 1) {
      const { id } = await kit.campaigns.create(winBack({ name: `Other ${index}` }))
      await kit.campaigns.launch(id)
    }
    const rival = await kit.campaigns.create(winBack({ name: 'Rival', ...claim(9, 11) }))
    expect(await codeOf(() => kit.campaigns.launch(rival.id))).toBe(
      'EXCLUSION_GROUP_TAKEN exclusionGroup.slots',
    )
  })

  it.each(['unheard', 'constructor'])('of a group that nobody named (%s) are refused', async (name) => {
    const { kit } = createPizzeria({ kit: GROUPS })
    expect(await codeOf(() => kit.campaigns.create(winBack(claim(0, 500, name))))).toBe(
      'EXCLUSION_GROUP_UNKNOWN exclusionGroup.name',
    )
  })

  it.each([
    [{ name: 'offers', slots: { from: 5, to: 5 } }, 'INVALID_INPUT exclusionGroup.slots.to'],
    [{ name: 'offers', slots: { from: -1, to: 5 } }, 'INVALID_INPUT exclusionGroup.slots.from'],
    [{ name: 'offers', slots: { from: 0, to: 1_001 } }, 'INVALID_INPUT exclusionGroup.slots.to'],
    [{ name: 'offers' }, 'INVALID_INPUT exclusionGroup.slots'],
    [{ name: 'offers', slots: { from: 0, to: 5 }, share: 0.1 }, 'UNKNOWN_FIELD exclusionGroup.share'],
  ])('written as %j are refused', async (exclusionGroup, expected) => {
    const { kit } = createPizzeria({ kit: GROUPS })
    expect(await codeOf(() => kit.campaigns.create({ ...winBack(), exclusionGroup } as never))).toBe(expected)
  })
})

describe('the global holdout', () => {
  it('is the same people in every campaign, whatever salt the campaign was born with', async () => {
    const { kit, storage, welcome, runCampaign } = createPizzeria({
      kit: { tenants: () => ({ globalHoldout: { share: 0.2, salt: 'of the house' } }) },
    })
    await welcome(200)
    const held: string[][] = []
    for (const name of ['One', 'Two', 'Three']) {
      const { id } = await runCampaign({ name, experiment: { variants: [{ name: 'a' }], holdout: 0.1 } })
      const [run] = await storage.campaigns.runsOf(SCOPE as never, id)
      const { items } = await storage.audience.list(
        SCOPE as never,
        run?.id as RunId,
        { exclusion: 'globalHoldout' },
        { cursor: null, limit: 200 },
      )
      held.push(items.map(({ customerId }) => customerId))
      expect((await kit.reports.campaign(id)).audience.holdout).toBe(Math.round((200 - items.length) * 0.1))
    }
    expect(held[0]?.length).toBeGreaterThan(20)
    expect(held[1]).toEqual(held[0])
    expect(held[2]).toEqual(held[0])
  })
})
