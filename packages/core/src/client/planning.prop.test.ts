import { createMemoryStorage } from '@campaignkit/adapter-memory'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignArms } from '../assignment/assign.js'
import type { CustomerId } from '../base/ids.js'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import type { CustomerInput } from '../model/customer.js'
import type { Eligibility } from '../ports/eligibility.js'
import { all, eligible, eventCount, not, segment, tag } from '../segmentation/builders.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createPizzeria } from './pizzeria.fixture.js'

const RUNS = process.env.CAMPAIGNKIT_LONG === '1' ? 500 : 40

interface Person {
  readonly email: number | null
  readonly phone: number | null
  readonly tags: readonly string[]
  readonly emailConsent: 'granted' | 'denied' | null
  readonly smsConsent: 'granted' | 'denied' | null
  readonly suppressed: boolean
  readonly visits: number
  readonly answer: 'yes' | 'no' | 'none' | 'odd'
}

const person: fc.Arbitrary<Person> = fc.record({
  // few addresses, so that many share one
  email: fc.option(fc.nat(12), { freq: 4 }),
  phone: fc.option(fc.nat(12), { freq: 2 }),
  tags: fc.subarray(['vip', 'lapsed', 'new']),
  emailConsent: fc.constantFrom('granted', 'granted', 'denied', null),
  smsConsent: fc.constantFrom('granted', 'denied', null),
  suppressed: fc.boolean(),
  visits: fc.nat(2),
  answer: fc.constantFrom('yes', 'yes', 'yes', 'no', 'none', 'odd'),
})

const world = fc.record({
  people: fc.array(person, { maxLength: 40 }),
  audience: fc.constantFrom('everyone', 'vip', 'segment', 'visitors', 'eligible', 'failing', 'slow'),
  channels: fc.constantFrom('email', 'sms', 'both', 'smsFirst'),
  holdout: fc.constantFrom(0, 0.1, 0.5),
  remainder: fc.constantFrom(0, 0.25),
  globalHoldout: fc.constantFrom(0, 0.3),
  purpose: fc.constantFrom('marketing', 'transactional'),
})

type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never

const AUDIENCES = {
  everyone: 'ALL',
  vip: all(tag('vip'), not(tag('new'))),
  segment: segment('__proto__'),
  visitors: eventCount('visit', '>=', 1, { withinDays: 2 }),
  eligible: all(tag('vip'), eligible('loyal')),
  failing: eligible('failing'),
  slow: eligible('slow'),
} as const

function campaignOf({ audience, channels, holdout, remainder, purpose }: World): CampaignInput {
  const email = { subject: 'Hello', html: '<p>Hello</p>' }
  const sms = { body: 'Hello' }
  const messages = { email: { email }, sms: { sms }, both: { email, sms }, smsFirst: { email, sms } }[
    channels
  ]
  return {
    name: 'random',
    audience: AUDIENCES[audience],
    purpose,
    messages,
    ...(channels === 'smsFirst' ? { delivery: { firstOf: ['sms', 'email'] } } : {}),
    experiment: { variants: [{ name: 'a', weight: 2 }, { name: 'b' }], holdout, remainder, minContacts: 1 },
  }
}

function answering(people: readonly Person[], sleep: () => Promise<void>): Eligibility {
  return {
    async ask(_scope, rule, customers) {
      if (rule === 'failing') throw new Error('ada1@example.com is not known here')
      if (rule === 'slow') await sleep()
      const answers = customers.flatMap(({ id }): [CustomerId, boolean][] => {
        const answer = people[Number(id.slice(2))]?.answer
        if (answer === 'none' || answer === undefined) return []
        return [[id, answer === 'odd' ? ('no' as never) : answer === 'yes']]
      })
      return new Map(answers)
    },
  }
}

async function openWorld(random: World) {
  const storage = createMemoryStorage()
  const channels = { email: createRecordingChannel(), sms: createRecordingChannel({ kind: 'sms' }) }
  const pizzeria = createPizzeria({
    storage,
    channels,
    kit: {
      tenants: () =>
        random.globalHoldout === 0
          ? {}
          : { globalHoldout: { share: random.globalHoldout, salt: 'of the house' } },
      eligibility: answering(random.people, () => pizzeria.clock.sleepUntil(pizzeria.clock.now() + HOUR_MS)),
    },
  })
  const { kit } = pizzeria
  await kit.customers.upsert(
    random.people.map(
      (each, index): CustomerInput => ({
        id: `c-${index}`,
        tags: [...each.tags],
        addresses: {
          ...(each.email === null
            ? {}
            : { email: `${index % 2 === 0 ? 'A' : 'a'}da${each.email}@example.com` }),
          ...(each.phone === null ? {} : { phone: `+3933300000${each.phone + 10}` }),
        },
      }),
    ),
  )
  await kit.consents.record(
    random.people.flatMap(({ emailConsent, smsConsent }, index) =>
      (
        [
          ['email', emailConsent],
          ['sms', smsConsent],
        ] as const
      ).flatMap(([channel, decision]) =>
        decision === null
          ? []
          : [{ customerId: `c-${index}`, channel, topic: 'offers', decision, basis: 'form', obtainedAt: 0 }],
      ),
    ),
  )
  const dead = random.people.filter(({ suppressed, email }) => suppressed && email !== null)
  await kit.consents.suppress(
    dead.map(({ email }) => ({ channel: 'email', address: `ada${email}@example.com`, reason: 'requested' })),
  )
  await kit.events.track(
    random.people.flatMap(({ visits }, index) =>
      Array.from({ length: visits }, (_, visit) => ({
        key: `${index}-${visit}`,
        type: 'visit',
        customerId: `c-${index}`,
        at: SAMPLE_NOW - (visit * 3 + 1) * DAY_MS,
      })),
    ),
  )
  await kit.segments.save({ name: '__proto__', criteria: tag('lapsed') })
  await kit.segments.save({ name: 'visitors', criteria: AUDIENCES.visitors })
  return {
    ...pizzeria,
    storage,
    sent: () => Object.entries(channels).map(([kind, channel]) => [kind, channel.sent.length]),
  }
}

const sum = (counts: Readonly<Record<string, number | undefined>>) =>
  Object.values(counts).reduce<number>((all_, count) => all_ + (count ?? 0), 0)

describe('the one planner', () => {
  it('tells the same numbers before a launch, while it freezes and afterwards, and they add up', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (random) => {
        const { kit, root, storage } = await openWorld(random)
        const input = campaignOf(random)
        const channels =
          random.channels === 'both'
            ? (['email', 'sms'] as const)
            : random.channels === 'smsFirst'
              ? (['sms', 'email'] as const)
              : [random.channels]
        const reached = await kit.audiences.reach(input.audience, {
          channels: [...channels],
          purpose: random.purpose as 'marketing',
        })
        expect(reached.matched).toBe(reached.reachable + sum(reached.excluded))
        expect(
          await kit.audiences.reach(input.audience, {
            channels: [...channels],
            purpose: random.purpose as 'marketing',
          }),
        ).toEqual(reached)

        const { id, salt } = await kit.campaigns.create(input)
        const { funnel, segments } = await kit.campaigns.preflight(id)
        expect(funnel.matched).toBe(reached.matched)
        expect(funnel.excluded).toEqual(reached.excluded)
        expect(funnel.recipients + funnel.holdout + funnel.remainder).toBe(reached.reachable)
        expect(segments).toEqual(reached.segments)

        await kit.campaigns.launch(id)
        await root.worker().tick()
        await root.worker().drain()
        const report = await kit.reports.campaign(id)
        expect(report.audience).toEqual(funnel)

        const [run] = await kit.campaigns.runs(id)
        const scope = { tenant: 'pizzeria' as never, actor: { id: 'x', kind: 'system' as const, roles: [] } }
        const page = { cursor: null, limit: 1_000 }
        const all = run === undefined ? [] : (await storage.audience.list(scope, run.id, {}, page)).items
        const members = all
          .filter(({ exclusion }) => exclusion === null)
          .toSorted((left, right) => Number(left.rank) - Number(right.rank))
        const content = (await kit.campaigns.get(id)).content
        const expected = assignArms(
          { tenant: 'pizzeria', salt, experiment: content.experiment },
          members.map(({ customerId }) => customerId),
        )
        expect(members.map(({ customerId, rank, arm }) => ({ customerId, rank, arm }))).toEqual(expected)
      }),
      { numRuns: RUNS, seed: 2_026 },
    )
  }, 60_000)
})
