import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignWithinStrata } from '../assignment/strata.js'
import type { CustomerInput } from '../model/customer.js'
import type { Member } from '../model/member.js'
import { isStratumLabel, stratumOf } from '../model/stratum.js'
import { all, any, eventCount, fact, not, segment, tag } from '../segmentation/builders.js'
import { lapsedCustomer, winBack } from './pizzeria.fixture.js'
import { AT_NINE, armsOf, membersOf, permit, startingAt, VARIANTS, ZONES } from './strata.fixture.js'

const RUNS = process.env.CAMPAIGNKIT_LONG === '1' ? 400 : 40

const person = fc.record({
  tags: fc.subarray(['vip', 'new']),
  orderCount: fc.option(fc.nat(5)),
  zone: fc.nat(4),
  allows: fc.boolean(),
  visits: fc.nat(2),
})

const STRATA = [
  { name: '__proto__', criteria: tag('vip') },
  { name: 'visitors', criteria: eventCount('visit', '>=', 2, { withinDays: 5 }) },
  { name: 'regulars / all', criteria: segment('regulars') },
  { name: 'neither', criteria: all(not(any(tag('vip'), tag('new'))), fact('orderCount', '<', 2)) },
]

const world = fc.record({
  people: fc.array(person, { maxLength: 40 }),
  strata: fc.subarray(STRATA, { minLength: 1 }),
  zone: fc.constantFrom('recipient', 'Europe/Rome'),
  holdout: fc.constantFrom(0, 0.1, 0.333_333),
  remainder: fc.constantFrom(0, 0.25),
})

type RandomWorld = typeof world extends fc.Arbitrary<infer Value> ? Value : never

async function openWorld({ people }: RandomWorld) {
  const pizzeria = startingAt('2026-03-01T00:00:00Z')
  const { kit } = pizzeria
  await kit.customers.upsert(
    people.map(({ tags, orderCount, zone }, index): CustomerInput => {
      const facts = orderCount === null ? {} : { facts: { orderCount } }
      return { ...lapsedCustomer(index), facts: {}, ...facts, tags: [...tags], timeZone: ZONES[zone] ?? '' }
    }),
  )
  await permit(
    pizzeria,
    people.flatMap(({ allows }, index) => (allows ? [`c-${index}`] : [])),
  )
  await kit.events.track(
    people.flatMap(({ visits }, index) =>
      Array.from({ length: visits }, (_, visit) => ({
        key: `${index}-${visit}`,
        type: 'visit',
        customerId: `c-${index}`,
      })),
    ),
  )
  await kit.segments.save({ name: 'regulars', criteria: fact('orderCount', '>=', 4) })
  return pizzeria
}

/** How many members each stratum has. */
const sizesIn = (members: readonly Member[]) => {
  const sizes = new Map<string, number>()
  for (const { segments } of members)
    sizes.set(stratumOf(segments), (sizes.get(stratumOf(segments)) ?? 0) + 1)
  return [...sizes.values()].sort()
}

describe('the strata of any audience', () => {
  it('are those of the preflight, and their arms those of assignWithinStrata', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (random) => {
        const pizzeria = await openWorld(random)
        const { kit, root } = pizzeria
        const { holdout, remainder, strata, zone } = random
        const { id, salt, content } = await kit.campaigns.create(
          winBack({
            audience: 'ALL',
            // soon, so that both count the events of the same days
            schedule: { ...AT_NINE, at: '2026-03-02T09:00', zone },
            experiment: { variants: VARIANTS, holdout, remainder, minContacts: 1, strata },
          }),
        )
        const { funnel, strata: foreseen, findings } = await kit.campaigns.preflight(id)
        await kit.campaigns.launch(id)
        await root.worker().drain({ until: Date.UTC(2026, 2, 4) })
        const members = (await membersOf(pizzeria, id)).filter(({ exclusion }) => exclusion === null)
        expect(members.every(({ segments }) => segments.some(isStratumLabel))).toBe(true)
        const sizes = foreseen.map((each) => each.members).filter((size) => size > 0)
        expect(sizes.sort()).toEqual(sizesIn(members))
        const isRefused = (await kit.campaigns.get(id)).status === 'failed'
        expect(isRefused).toBe(findings.some(({ code }) => code === 'EXPERIMENT_TOO_SMALL'))
        if (isRefused) return
        expect((await kit.reports.campaign(id)).audience).toEqual(funnel)
        const placed = members.map(({ customerId, segments }) => ({
          customerId,
          stratum: stratumOf(segments),
        }))
        const options = { tenant: 'pizzeria', salt, experiment: content.experiment }
        expect(armsOf(members)).toEqual(armsOf(assignWithinStrata(options, placed)))
      }),
      { numRuns: RUNS, seed: 2_026 },
    )
  }, 60_000)
})
