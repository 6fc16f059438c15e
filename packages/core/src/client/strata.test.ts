import { describe, expect, it } from 'vitest'
import { assignWithinStrata } from '../assignment/strata.js'
import type { CampaignInput } from '../model/campaign.js'
import { stratumOf } from '../model/stratum.js'
import { everyone, fact, not, tag } from '../segmentation/builders.js'
import { createPizzeria, winBack } from './pizzeria.fixture.js'
import {
  armsByLabel,
  armsOf,
  EVEN,
  everyThird,
  LOYAL,
  membersOf,
  SCOPED,
  VARIANTS,
} from './strata.fixture.js'

describe('a campaign with strata', () => {
  async function stratified(more: Partial<CampaignInput['experiment']> = {}, customers = 31) {
    const world = createPizzeria()
    await world.welcome(customers, everyThird)
    const { id, salt } = await world.kit.campaigns.create(
      winBack({ experiment: { variants: VARIANTS, strata: [LOYAL], minContacts: 1, ...more } }),
    )
    return { ...world, id, salt }
  }

  async function ran(world: Awaited<ReturnType<typeof stratified>>) {
    await world.kit.campaigns.launch(world.id)
    await world.root.worker().drain()
    return membersOf(world, world.id)
  }

  it('has exact arms in each and over all, as assignWithinStrata gives them', async () => {
    const world = await stratified()
    const members = await ran(world)
    expect(armsByLabel(members)).toEqual([
      'stratum:/loyal: emoji 5, plain 6',
      'stratum:/other: emoji 10, plain 10',
    ])
    const placed = members.map(({ customerId, segments }) => ({ customerId, stratum: stratumOf(segments) }))
    const assigned = assignWithinStrata({ tenant: 'pizzeria', salt: world.salt, weights: EVEN }, placed)
    expect(armsOf(members)).toEqual(armsOf(assigned))
  })

  it('puts a customer into the first that holds, and whoever may be in one into none', async () => {
    const world = await stratified({
      strata: [
        { name: 'big spenders', criteria: fact('totalSpentMinor', '>', 10) },
        { name: 'not big spenders', criteria: not(fact('totalSpentMinor', '>', 10)) },
        LOYAL,
        { name: 'loyal too', criteria: tag('loyal') },
      ],
    })
    await world.kit.customers.upsert([
      { id: 'c-0', facts: { totalSpentMinor: 11 } },
      { id: 'c-1', facts: { totalSpentMinor: 9 } },
    ])
    const members = await ran(world)
    const labels = new Map(members.map(({ customerId, segments }) => [`${customerId}`, stratumOf(segments)]))
    // of the others nobody knows what they spent
    expect(['c-0', 'c-1', 'c-2', 'c-3'].map((customerId) => labels.get(customerId))).toEqual([
      'stratum:/big spenders',
      'stratum:/not big spenders',
      'stratum:/other',
      'stratum:/loyal',
    ])
    expect([...labels.values()]).not.toContain('stratum:/loyal too')
  })

  it.each([
    '__proto__',
    'constructor',
    '/',
    'a/b:c',
    '<script>alert(1)</script>',
    '=1+1',
    'stratum:/other',
    '🍕 日本',
  ])('may be called %j and inject nothing', async (name) => {
    const world = await stratified({ strata: [{ name, criteria: tag('loyal') }] })
    expect((await world.kit.campaigns.preflight(world.id)).strata).toEqual(
      [
        { name, members: 11 },
        { name: 'other', members: 20 },
      ].sort((left, right) => (left.name < right.name ? -1 : 1)),
    )
    expect(armsByLabel(await ran(world)).toSorted()).toEqual(
      [`stratum:/${name}: emoji 5, plain 6`, 'stratum:/other: emoji 10, plain 10'].sort(),
    )
    const report = await world.kit.reports.campaign(world.id)
    expect(world.kit.reports.render(report, 'html')).not.toContain('<script>alert')
    expect(Reflect.get({}, 'size')).toBeUndefined()
  })

  it('tells its strata nowhere as segments: report, files, deliveries, preflight', async () => {
    const world = await stratified()
    const { kit, id } = world
    await kit.segments.save({ name: 'Loyal ones', criteria: tag('loyal') })
    expect((await kit.campaigns.preflight(id)).segments).toEqual({ 'Loyal ones': 11 })
    const members = await ran(world)
    expect(members.find(({ customerId }) => customerId === 'c-0')?.segments).toEqual([
      'Loyal ones',
      'stratum:/loyal',
    ])
    const report = await kit.reports.campaign(id)
    expect(report.segments.map((each) => [each.segment, each.members, each.counts.sent])).toEqual([
      ['Loyal ones', 11, 11],
    ])
    for (const format of ['html', 'csv', 'json'] as const)
      expect(kit.reports.render(report, format)).not.toContain('stratum:')
    const { items } = await kit.campaigns.deliveries(id, {}, { limit: 100 })
    expect(new Set(items.flatMap(({ segments }) => segments))).toEqual(new Set(['Loyal ones']))
    expect(JSON.stringify(await kit.campaigns.explain(id, 'c-0'))).not.toContain('stratum:')
    expect((await kit.audiences.reach(everyone(), { channels: ['email'] })).segments).toEqual({
      'Loyal ones': 11,
    })
  })

  it('counts in a stratum what its members do, once', async () => {
    const world = await stratified({ conversionWindowDays: 2 })
    const members = await ran(world)
    const buyers = members.filter(({ segments }) => stratumOf(segments) === 'stratum:/loyal')
    await world.kit.events.track(
      buyers.flatMap(({ customerId }) =>
        ['a', 'b'].map((receipt) => ({ key: `${customerId} ${receipt}`, type: 'conversion', customerId })),
      ),
    )
    const counters = await world.storage.events.counters(SCOPED, world.id)
    const converted = counters
      .filter(({ type, segment: of }) => type === 'conversion' && of?.startsWith('stratum:'))
      .map(({ arm, segment: of, humanMembers }) => `${of} ${arm} ${humanMembers}`)
    expect(converted.sort()).toEqual(['stratum:/loyal emoji 5', 'stratum:/loyal plain 6'])
  })

  it('is erased from as any other is, and counts the same', async () => {
    const world = await stratified()
    await ran(world)
    const before = await world.kit.reports.campaign(world.id)
    expect(await world.kit.customers.erase(['c-0', 'c-1'], 'asked for it')).toEqual({ found: 2, erased: 2 })
    const after = await world.kit.reports.campaign(world.id)
    expect(after.verdict.dataDigest).toBe(before.verdict.dataDigest)
    expect(after.audience).toEqual(before.audience)
  })

  it('too small for its experiment fails as it is frozen, just where the preflight says so', async () => {
    for (const minContacts of [15, 16, 17]) {
      const world = await stratified({ remainder: 0.5, minContacts })
      const { ready, funnel } = await world.kit.campaigns.preflight(world.id)
      await world.kit.campaigns.launch(world.id)
      await world.root.worker().drain({ until: Date.parse('2026-03-02T00:00:00Z') })
      const { status, statusReason } = await world.kit.campaigns.get(world.id)
      const isTooSmall = funnel.recipients < minContacts
      expect([minContacts, ready, status === 'failed', statusReason]).toEqual([
        minContacts,
        !isTooSmall,
        isTooSmall,
        isTooSmall ? 'EXPERIMENT_TOO_SMALL' : null,
      ])
    }
  })
})
