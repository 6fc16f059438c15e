import { describe, expect, it } from 'vitest'
import { assignWithinWaves } from '../assignment/strata.js'
import type { CampaignInput } from '../model/campaign.js'
import { stratumOf } from '../model/stratum.js'
import { winBack } from './pizzeria.fixture.js'
import {
  AT_NINE,
  armsByLabel,
  armsOf,
  EVEN,
  everyThird,
  LOYAL,
  membersOf,
  startingAt,
  VARIANTS,
  ZONES,
} from './strata.fixture.js'

const APRIL = { until: Date.UTC(2026, 3, 1) }

describe('a campaign at nine in five time zones', () => {
  async function atNine(more: Partial<CampaignInput> = {}) {
    const world = startingAt('2026-03-01T00:00:00Z')
    await world.welcome(93, (number) => ({ timeZone: ZONES[number % 5] ?? '', ...everyThird(number) }))
    const { id, salt } = await world.kit.campaigns.create(
      winBack({ schedule: AT_NINE, experiment: { variants: VARIANTS, minContacts: 1 }, ...more }),
    )
    return { ...world, id, salt }
  }

  it('has exact arms in each wave and over all, as assignWithinWaves gives them', async () => {
    const world = await atNine()
    await world.kit.campaigns.launch(world.id)
    await world.root.worker().drain(APRIL)
    const members = await membersOf(world, world.id)
    expect(armsByLabel(members)).toEqual([
      'stratum:2026-03-10T00:00:00.000Z/: emoji 9, plain 10',
      'stratum:2026-03-10T08:00:00.000Z/: emoji 10, plain 9',
      'stratum:2026-03-10T09:00:00.000Z/: emoji 9, plain 10',
      'stratum:2026-03-10T13:00:00.000Z/: emoji 9, plain 9',
      'stratum:2026-03-10T16:00:00.000Z/: emoji 9, plain 9',
    ])
    const assigned = assignWithinWaves({ tenant: 'pizzeria', salt: world.salt, weights: EVEN }, members)
    expect(armsOf(members)).toEqual(armsOf(assigned))
  })

  it('is ranked over the whole run, so that messages of one instant leave in the order of the ranks', async () => {
    const world = await atNine()
    await world.kit.campaigns.launch(world.id)
    await world.root.worker().drain(APRIL)
    const members = await membersOf(world, world.id)
    const keys = members
      .toSorted((left, right) => Number(left.rank) - Number(right.rank))
      .map(({ rankKey }) => rankKey)
    expect(keys).toEqual(keys.toSorted())
  })

  it('and two strata is exact in each pair of them', async () => {
    const world = await atNine({
      experiment: { variants: VARIANTS, holdout: 0.2, strata: [LOYAL], minContacts: 1 },
    })
    const preflight = await world.kit.campaigns.preflight(world.id)
    await world.kit.campaigns.launch(world.id)
    await world.root.worker().drain(APRIL)
    const members = await membersOf(world, world.id)
    const sizes = new Map<string, number>()
    for (const { segments } of members)
      sizes.set(stratumOf(segments), (sizes.get(stratumOf(segments)) ?? 0) + 1)
    expect([...sizes.keys()].filter((label) => label.endsWith('/loyal'))).toHaveLength(5)
    expect(preflight.strata).toEqual(
      [...sizes]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([label, size]) => ({ name: label.replace('stratum:', '').replace('/', ' / '), members: size })),
    )
    const { audience } = await world.kit.reports.campaign(world.id)
    expect(audience).toEqual(preflight.funnel)
    expect(audience.holdout).toBeGreaterThanOrEqual(18)
    expect(audience.holdout).toBeLessThanOrEqual(19)
  })

  it('has no strata without arms to compare', async () => {
    const world = await atNine({
      experiment: { variants: [{ name: 'plain' }], strata: [LOYAL], minContacts: 1 },
    })
    expect((await world.kit.campaigns.preflight(world.id)).strata).toEqual([])
    await world.kit.campaigns.launch(world.id)
    await world.root.worker().drain(APRIL)
    expect((await membersOf(world, world.id)).every(({ segments }) => segments.length === 0)).toBe(true)
  })

  it('has no waves in a zone of its own, and the arms that it always had', async () => {
    const world = await atNine({ schedule: { ...AT_NINE, zone: 'Europe/Rome' } })
    expect((await world.kit.campaigns.preflight(world.id)).strata).toEqual([])
    await world.kit.campaigns.launch(world.id)
    await world.root.worker().drain(APRIL)
    const members = await membersOf(world, world.id)
    expect(members.every(({ segments }) => segments.length === 0)).toBe(true)
    const byRank = members.toSorted((left, right) => Number(left.rank) - Number(right.rank))
    expect(byRank.map(({ arm }) => arm)).toEqual(
      byRank.map((_, rank) => (rank % 2 === 0 ? 'plain' : 'emoji')),
    )
  })

  it('writes to the remainder without strata, each in the arm of the verdict', async () => {
    const world = await atNine({
      experiment: { variants: VARIANTS, remainder: 0.5, minContacts: 1, rollout: { mode: 'manual' } },
    })
    await world.kit.campaigns.launch(world.id)
    await world.root.worker().drain({ until: Date.parse('2026-03-11T00:00:00Z') })
    await world.kit.campaigns.rollOut(world.id, { arm: 'emoji', reason: 'we like it' })
    await world.root.worker().drain(APRIL)
    const rolledOut = await membersOf(world, world.id, 1)
    expect(rolledOut.length).toBeGreaterThanOrEqual(46)
    for (const { arm, segments } of rolledOut) expect([arm, segments]).toEqual(['emoji', []])
  })
})
