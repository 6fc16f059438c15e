import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import type { CampaignId } from '../base/ids.js'
import type { CampaignInput } from '../model/campaign.js'
import type { Delivery } from '../model/delivery.js'
import { perSecond } from '../model/pace.js'
import type { Page } from '../model/page.js'
import { isRolloutRun } from '../model/rollout.js'
import type { Storage } from '../ports/storage/storage.js'
import { overridden } from '../testing/overridden.js'
import { createSendingWorld } from './sending.fixture.js'

const OLD = 400
const ALL = 440
const day = (date: number, hour: number, minute = 0) => Date.UTC(2026, 2, date, hour, minute)

const dailyFor = (conversionWindowDays: number): Partial<CampaignInput> => ({
  pace: { email: perSecond(1_000) },
  schedule: { type: 'recurring', every: 'day', at: '09:00', zone: 'UTC', until: day(6, 12) },
  experiment: {
    variants: [{ name: 'plain' }, { name: 'emoji' }],
    remainder: 0.5,
    conversionWindowDays,
  },
})

interface Setting {
  readonly storage?: Storage
  readonly windowDays?: number
}

/** Writes every day from the 1st to the 6th of March; on the 2nd, four in five of `emoji` buy and one in five of `plain`. */
async function daily({ storage = createMemoryStorage(), windowDays = 1.5 }: Setting = {}) {
  const world = createSendingWorld({ storage })
  await world.invite(OLD)
  const { id } = await world.launch(dailyFor(windowDays))
  await world.root.worker().drain({ until: day(2, 10) })
  const { items } = await world.kit.campaigns.deliveries(id, {}, { limit: 1_000 })
  const customersOf = (arm: string): readonly string[] =>
    items.filter((each) => each.arm === arm).map((each) => each.customerId ?? '')
  const [plain, emoji] = [customersOf('plain'), customersOf('emoji')]
  await world.kit.events.track(
    [...emoji.slice(0, 80), ...plain.slice(0, 26)].map((customerId) => ({
      key: `order-${customerId}`,
      type: 'conversion',
      customerId,
    })),
  )
  return { ...world, id, plain, emoji }
}

type World = Awaited<ReturnType<typeof daily>>

async function deliveriesOf({ kit }: World, id: CampaignId): Promise<readonly Delivery[]> {
  const all: Delivery[] = []
  let cursor: string | null = null
  do {
    const page: Page<Delivery> = await kit.campaigns.deliveries(id, {}, { cursor, limit: 1_000 })
    all.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return all
}

/** Those whom the first run wrote nothing to. */
function remainderOf({ emoji, plain }: World): readonly string[] {
  const given = new Set<string>([...emoji, ...plain])
  return Array.from({ length: OLD }, (_, number) => `c-${number}`).filter((each) => !given.has(each))
}

describe('a recurring campaign with a remainder', () => {
  it('keeps every arm once given, and gives the winner to the remainder, newcomers among them, once', async () => {
    const world = await daily()
    const { root, kit, id, plain, emoji } = world
    await root.worker().drain({ until: day(5, 8) })
    expect((await kit.campaigns.get(id)).rollout).toMatchObject({ arm: 'emoji', decidedBy: 'verdict' })
    await world.invite(ALL)
    await root.worker().drain({ until: day(20, 0) })
    const runs = await kit.campaigns.runs(id)
    expect(runs.filter(isRolloutRun)).toHaveLength(1)
    expect((await kit.campaigns.get(id)).status).toBe('completed')
    const deliveries = await deliveriesOf(world, id)
    for (const { customerId, arm } of deliveries) {
      if (plain.includes(customerId ?? '')) expect(arm).toBe('plain')
      else if (emoji.includes(customerId ?? '')) expect(arm).toBe('emoji')
    }
    const rolledOut = deliveries.filter(({ runId }) =>
      runs.some((run) => run.id === runId && isRolloutRun(run)),
    )
    expect(rolledOut).toHaveLength(OLD / 2)
    const last = deliveries.filter(({ runId }) => runId === runs.at(-1)?.id)
    expect(last).toHaveLength(ALL)
  })

  it('writes by the rollout to nobody to whom a run that came before it wrote with the arm decided on', async () => {
    const world = await daily()
    const { root, kit, id, clock } = world
    await clock.advance(day(3, 8) - clock.now())
    await kit.campaigns.rollOut(id, { arm: 'emoji', reason: 'the oven is hot' })
    const first = (await kit.campaigns.runs(id))[0]
    const waiting = remainderOf(world)
    expect(waiting).toHaveLength(OLD / 2)
    // ten of them are matched no more, so that the run of the day does not write to them
    const lost = waiting.slice(0, 10)
    await kit.customers.upsert(lost.map((customerId) => ({ id: customerId, tags: [] })))
    await clock.advance(day(3, 9, 30) - clock.now())
    await root.worker().drain({ until: day(3, 12) })
    const runs = await kit.campaigns.runs(id)
    const rollout = runs.find(isRolloutRun)
    const since = (await deliveriesOf(world, id)).filter(({ runId }) => runId !== first?.id)
    const written = since.filter(({ customerId }) => waiting.includes(customerId ?? ''))
    expect(written.map(({ customerId }) => customerId).toSorted()).toEqual(waiting.toSorted())
    expect(new Set(written.map(({ arm, status }) => `${arm} ${status}`))).toEqual(new Set(['emoji sent']))
    const byRollout = since.filter(({ runId }) => runId === rollout?.id)
    expect(byRollout.map(({ customerId }) => customerId).toSorted()).toEqual(lost.toSorted())
    expect(rollout?.status).toBe('ended')
  })

  it('writes in a run that was cut short by the decision as its members were told', async () => {
    const memory = createMemoryStorage()
    const fault = { isOn: false }
    const storage = overridden(memory, {
      freezing: overridden(memory.freezing, {
        place: async (...given) => {
          await memory.freezing.place(...given)
          if (fault.isOn) throw new Error('the storage went away')
        },
      }),
    })
    // the first run is mature at 08:16 on the 4th
    const world = await daily({ storage, windowDays: 2.97 })
    const { root, kit, id, clock } = world
    await root.worker().drain({ until: day(4, 8) })
    await world.invite(ALL)
    await clock.advance(day(4, 10) - clock.now())
    fault.isOn = true
    for (let tries = 0; tries < 10 && (await kit.campaigns.get(id)).rollout === null; tries += 1)
      await root
        .worker()
        .drain()
        .catch(() => undefined)
    expect((await kit.campaigns.get(id)).rollout?.arm).toBe('emoji')
    fault.isOn = false
    await root.worker().drain()
    const deliveries = await deliveriesOf(world, id)
    const runs = await kit.campaigns.runs(id)
    const rollout = runs.find(isRolloutRun)
    const decidedIn = deliveries.filter(({ runId, arm, customerId }) => {
      const wasFirst = runId === runs[0]?.id || runId === runs[1]?.id
      return !wasFirst && arm === 'emoji' && !world.emoji.includes(customerId ?? '')
    })
    const written = decidedIn.map(({ customerId }) => customerId)
    expect(new Set(written).size).toBe(written.length)
    expect(rollout?.status).toBe('ended')
    const newcomers = deliveries.filter(({ customerId }) => Number(customerId?.slice(2)) >= OLD)
    const times = new Map<string, number>()
    for (const { customerId } of newcomers)
      times.set(customerId ?? '', (times.get(customerId ?? '') ?? 0) + 1)
    expect([...times.values()]).toEqual(Array(ALL - OLD).fill(1))
    for (const run of await kit.campaigns.runs(id)) {
      const report = (await kit.reports.campaign(id)).runs.find((each) => each.id === run.id)
      const ofRun = deliveries.filter(({ runId }) => runId === run.id)
      expect(ofRun).toHaveLength(report?.audience.recipients ?? 0)
    }
  })
})
