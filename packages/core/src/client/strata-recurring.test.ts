import { describe, expect, it } from 'vitest'
import type { CampaignId } from '../base/ids.js'
import { DAY_MS, toIso } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import type { CustomerInput } from '../model/customer.js'
import { isStratumLabel, stratumOf } from '../model/stratum.js'
import { lapsedCustomer, winBack } from './pizzeria.fixture.js'
import { armsByLabel, LOYAL, membersOf, permit, startingAt, VARIANTS } from './strata.fixture.js'

const DAILY = {
  type: 'recurring',
  every: 'day',
  at: '09:00',
  zone: 'UTC',
} satisfies CampaignInput['schedule']

const START = Date.UTC(2026, 2, 1)

/** A campaign that runs every day from the first of March on; customers come in between. */
async function daily(more: Partial<CampaignInput> = {}) {
  const world = startingAt(toIso(START))
  const { kit, root } = world
  let known = 0
  const come = async (count: number, fields: Partial<CustomerInput>) => {
    const people = Array.from({ length: count }, (_, index) => lapsedCustomer(known + index, fields))
    known += count
    await kit.customers.upsert(people)
    await permit(
      world,
      people.map(({ id }) => id),
    )
  }
  const experiment = { variants: VARIANTS, strata: [LOYAL], minContacts: 1 }
  const { id } = await kit.campaigns.create(winBack({ schedule: DAILY, experiment, ...more }))
  let runs = 0
  return {
    ...world,
    id,
    async arrive(loyal: number, others: number) {
      await come(loyal, { tags: ['pizza-lover', 'loyal'], timeZone: 'Asia/Tokyo' })
      await come(others, { timeZone: 'Europe/Rome' })
    },
    /** Works off the next occurrence; gives its members. */
    async nextRun() {
      if (runs === 0) await kit.campaigns.launch(id)
      runs += 1
      await root.worker().drain({ until: START + runs * DAY_MS })
      return membersOf(world, id, runs - 1)
    },
  }
}

const newcomersOf = async (world: Awaited<ReturnType<typeof daily>>, known: Set<string>) => {
  const members = await world.nextRun()
  const fresh = members.filter(({ customerId }) => !known.has(customerId))
  for (const { customerId } of fresh) known.add(customerId)
  return fresh
}

describe('a recurring campaign with strata', () => {
  it('is exact in each stratum of its first run, and keeps the arms in the later ones', async () => {
    const world = await daily()
    await world.arrive(12, 22)
    const first = await world.nextRun()
    expect(armsByLabel(first)).toEqual([
      'stratum:/loyal: emoji 6, plain 6',
      'stratum:/other: emoji 11, plain 11',
    ])
    await world.arrive(20, 10)
    const second = await world.nextRun()
    const arms = new Map(first.map(({ customerId, arm }) => [customerId, arm]))
    const kept = second.filter(({ customerId }) => arms.has(customerId))
    expect(kept).toHaveLength(34)
    for (const { customerId, arm } of kept) expect(arm).toBe(arms.get(customerId))
    expect(armsByLabel(second.filter(({ customerId }) => !arms.has(customerId)))).toEqual([
      'stratum:/loyal: emoji 10, plain 10',
      'stratum:/other: emoji 5, plain 5',
    ])
  })

  it('stays exact over all runs, and ties no stratum to an arm, where one comes into each at a time', async () => {
    const world = await daily()
    const known = new Set<string>()
    const counts = new Map<string, number>()
    for (let day = 1; day <= 40; day += 1) {
      await world.arrive(1, 1)
      const fresh = await newcomersOf(world, known)
      expect(fresh.map(({ arm }) => arm).sort()).toEqual(['emoji', 'plain'])
      for (const { segments, arm } of fresh) {
        const cell = `${stratumOf(segments)} ${arm}`
        counts.set(cell, (counts.get(cell) ?? 0) + 1)
      }
    }
    for (const cell of ['loyal plain', 'loyal emoji', 'other plain', 'other emoji']) {
      expect(counts.get(`stratum:/${cell}`)).toBeGreaterThanOrEqual(12)
      expect(counts.get(`stratum:/${cell}`)).toBeLessThanOrEqual(28)
    }
  })

  it('stays exact over all runs with weights that are uneven, whatever comes', async () => {
    const world = await daily({
      experiment: { variants: VARIANTS, holdout: 0.1, strata: [LOYAL], minContacts: 1 },
    })
    const known = new Set<string>()
    let plain = 0
    for (const [loyal, others] of [
      [3, 4],
      [0, 1],
      [5, 0],
      [1, 1],
      [0, 0],
      [2, 7],
      [9, 3],
    ] as const) {
      await world.arrive(loyal, others)
      const fresh = await newcomersOf(world, known)
      plain += fresh.filter(({ arm }) => arm === 'plain').length
      expect(Math.abs(plain - known.size * 0.45)).toBeLessThan(2)
    }
    expect(known.size).toBe(36)
  })

  it('in the zone of the recipient has waves of each run, and counts each by itself', async () => {
    const world = await daily({
      schedule: { ...DAILY, at: '09:00', zone: 'recipient' },
      experiment: { variants: VARIANTS, minContacts: 1 },
    })
    const known = new Set<string>()
    await world.arrive(6, 6)
    const first = armsByLabel(await newcomersOf(world, known))
    expect(first.map((text) => text.replace(/^stratum:(.*)T(..).*Z/, '$1 $2'))).toEqual(
      ['2026-03-02 08/: emoji 3, plain 3', '2026-03-02 00/: emoji 3, plain 3'].sort(),
    )
    await world.arrive(3, 5)
    const second = await newcomersOf(world, known)
    expect(second).toHaveLength(8)
    expect(second.filter(({ arm }) => arm === 'plain')).toHaveLength(4)
    const labels = async (id: CampaignId, at: number) =>
      new Set((await membersOf(world, id, at)).flatMap(({ segments }) => segments.filter(isStratumLabel)))
    const [ofFirst, ofSecond] = [await labels(world.id, 0), await labels(world.id, 1)]
    expect([ofFirst.size, ofSecond.size, new Set([...ofFirst, ...ofSecond]).size]).toEqual([2, 2, 4])
  })
})
