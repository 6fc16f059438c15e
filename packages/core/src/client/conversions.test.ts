import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import type { CampaignId, CustomerId } from '../base/ids.js'
import { DAY_MS } from '../base/time.js'
import type { TrackedEventInput } from '../model/event.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createPizzeria, SCOPE, winBack } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'

const buy = (
  key: string,
  customerId: string,
  daysAfter: number,
  more: Partial<TrackedEventInput> = {},
): TrackedEventInput => ({
  key,
  type: 'conversion',
  customerId,
  at: SAMPLE_NOW + daysAfter * DAY_MS,
  amountMinor: 1_000,
  currency: 'EUR',
  ...more,
})

describe('conversions', () => {
  it('count from the due instant to the end of the window, both to the millisecond', async () => {
    const { kit, welcome, runCampaign } = createPizzeria()
    await welcome(5)
    const { id } = await runCampaign({ experiment: { variants: [{ name: 'a' }], conversionWindowDays: 3 } })
    const ms = 1 / DAY_MS
    await kit.events.track([
      buy('1', 'c-0', -ms),
      buy('2', 'c-1', 0),
      buy('3', 'c-2', 3 - ms),
      buy('4', 'c-3', 3),
      buy('5', 'stranger', 1),
    ])
    const { counts, arms } = await kit.reports.campaign(id)
    expect(counts).toMatchObject({
      conversions: 2,
      conversionRevenue: [{ amountMinor: 2_000, currency: 'EUR' }],
    })
    expect(arms).toMatchObject([{ arm: 'a', assigned: 5, converted: 2 }])
  })

  it('have fourteen days without an experiment, and now for their instant', async () => {
    const { kit, clock, welcome, runCampaign } = createPizzeria()
    await welcome(2)
    const { id } = await runCampaign()
    await kit.events.track([buy('1', 'c-0', 14), buy('2', 'c-0', 13.9)])
    await kit.events.track({ key: '3', type: 'conversion', customerId: 'c-1' })
    expect((await kit.reports.campaign(id)).counts.conversions).toBe(2)
    await clock.advance(14 * DAY_MS)
    await kit.events.track({ key: '4', type: 'conversion', customerId: 'c-1' })
    expect((await kit.reports.campaign(id)).counts.conversions).toBe(2)
  })

  it('of the holdout are counted in its arm and not as a success of the campaign', async () => {
    const { kit, storage, welcome, runCampaign } = createPizzeria()
    await welcome(10)
    const { id } = await runCampaign({
      experiment: { variants: [{ name: 'a' }], holdout: 0.5, minContacts: 10 },
    })
    const [run] = await kit.campaigns.runs(id)
    const { items } = await storage.audience.list(
      { ...SCOPE, tenant: 'pizzeria' as never },
      run?.id as never,
      { arm: 'holdout' },
      { cursor: null, limit: 10 },
    )
    await kit.events.track(items.slice(0, 2).map(({ customerId }, index) => buy(`h-${index}`, customerId, 1)))
    const report = await kit.reports.campaign(id)
    expect(report.counts.conversions).toBe(0)
    expect(report.revenue).toEqual([])
    expect(report.arms.map(({ arm, assigned, converted }) => [arm, assigned, converted])).toEqual([
      ['a', 5, 0],
      ['holdout', 5, 2],
    ])
  })

  it('count once in each campaign, and in the named one alone', async () => {
    const { kit, welcome, runCampaign } = createPizzeria()
    await welcome(1)
    const first = await runCampaign({ name: 'first' })
    const second = await runCampaign({ name: 'second' })
    await kit.events.track(buy('1', 'c-0', 1))
    await kit.events.track(buy('2', 'c-0', 1, { campaignId: second.id }))
    expect((await kit.reports.campaign(first.id)).counts.conversions).toBe(1)
    expect((await kit.reports.campaign(second.id)).counts.conversions).toBe(2)
  })

  it('count in the latest run of a recurring campaign, not in every one', async () => {
    const { kit, root, welcome } = createPizzeria()
    await welcome(1)
    const { id } = await kit.campaigns.create(
      winBack({ schedule: { type: 'recurring', every: 'day', at: '12:00' } }),
    )
    await kit.campaigns.launch(id)
    await root.worker().drain({ until: SAMPLE_NOW + 3 * DAY_MS })
    await kit.events.track([buy('1', 'c-0', 2), buy('2', 'c-0', 2.5)])
    const report = await kit.reports.campaign(id)
    expect(report.revenue).toEqual([{ amountMinor: 2_000, currency: 'EUR' }])
    expect(report.runs.map(({ conversions }) => conversions)).toEqual([0, 1, 1, 0])
  })

  it('with a key that is known change nothing, whatever they say', async () => {
    const { kit, root, welcome, runCampaign } = createPizzeria()
    await welcome(2)
    const { id } = await runCampaign()
    const heard: string[] = []
    root.on('events.recorded', ({ events }) => heard.push(...events.map(({ key }) => key)))
    expect(await kit.events.track([buy('1', 'c-0', 1), buy('1', 'c-1', 1), buy('2', 'c-1', 1)])).toEqual({
      recorded: 2,
      repeated: 1,
    })
    expect(await kit.events.track(buy('1', 'c-0', 2, { amountMinor: 9 }))).toEqual({
      recorded: 0,
      repeated: 1,
    })
    expect(heard).toEqual(['tracked:1', 'tracked:2'])
    expect((await kit.reports.campaign(id)).counts).toMatchObject({
      conversions: 2,
      conversionRevenue: [{ amountMinor: 2_000, currency: 'EUR' }],
    })
  })

  it.each<[string, unknown, string]>([
    ['an amount without currency', { amountMinor: 5 }, 'INVALID_INPUT [3].currency'],
    ['a currency in small letters', { amountMinor: 5, currency: 'eur' }, 'INVALID_INPUT [3].currency'],
    ['half a cent', { amountMinor: 0.5, currency: 'EUR' }, 'INVALID_INPUT [3].amountMinor'],
    ['a type of the kit', { type: 'redemption' }, 'INVALID_INPUT [3].type'],
    ['no customer', { customerId: '' }, 'INVALID_INPUT [3].customerId'],
    ['an unknown field', { colour: 'red' }, 'UNKNOWN_FIELD [3].colour'],
    ['a campaign that is not there', { campaignId: 'nothing' }, 'CAMPAIGN_NOT_FOUND [3].campaignId'],
  ])('are recorded all or none: %s', async (_what, more, refused) => {
    const { kit, welcome, runCampaign } = createPizzeria()
    await welcome(1)
    const { id } = await runCampaign()
    const bad = {
      key: 'bad',
      type: 'conversion',
      customerId: 'c-0',
      ...(more as object),
    } as TrackedEventInput
    expect(
      await codeOf(() => kit.events.track([buy('1', 'c-0', 0), buy('2', 'c-0', 0), buy('3', 'c-0', 0), bad])),
    ).toBe(refused)
    expect((await kit.reports.campaign(id)).counts.conversions).toBe(0)
    expect(await kit.events.track([buy('1', 'c-0', 0)])).toEqual({ recorded: 1, repeated: 0 })
  })

  it('come one by one or at most ten thousand at once', async () => {
    const { kit } = createPizzeria()
    expect(await kit.events.track([])).toEqual({ recorded: 0, repeated: 0 })
    expect(
      await codeOf(() =>
        kit.events.track(Array.from({ length: 10_001 }, (_, index) => buy(`${index}`, 'c-0', 0))),
      ),
    ).toMatch(/^INVALID_INPUT/)
    expect(await codeOf(() => kit.events.track(null as never))).toBe('INVALID_INPUT [0]')
  })

  it('are attributed a thousand at a time, since each customer may be a member of a thousand runs', async () => {
    const memory = createMemoryStorage()
    const asked: number[] = []
    const audience = overridden(memory.audience, {
      membershipsOf: (scope, customerIds) => {
        asked.push(customerIds.length)
        return memory.audience.membershipsOf(scope, customerIds)
      },
    })
    const { kit } = createPizzeria({ storage: overridden(memory, { audience }) })
    const events = Array.from({ length: 2_500 }, (_, at) => buy(`${at}`, `c-${at}`, 0))
    expect(await kit.events.track(events)).toEqual({ recorded: 2_500, repeated: 0 })
    expect(asked).toEqual([1_000, 1_000, 500])
    const bad = buy('bad', 'c-1', 0, { campaignId: 'nothing' })
    expect(await codeOf(() => kit.events.track([...events, bad]))).toBe(
      'CAMPAIGN_NOT_FOUND [2500].campaignId',
    )
  })

  it('of a campaign that is gone count nowhere', async () => {
    const memory = createMemoryStorage()
    const member = { dueAt: SAMPLE_NOW, runId: 'r', arm: 'a', segments: [] } as never
    const audience = overridden(memory.audience, {
      membershipsOf: async () =>
        new Map([['c-0' as CustomerId, [{ campaignId: 'gone' as CampaignId, member }]]]),
    })
    const { kit } = createPizzeria({ storage: overridden(memory, { audience }) })
    expect(await kit.events.track(buy('1', 'c-0', 1))).toEqual({ recorded: 1, repeated: 0 })
  })
})

describe('an event sink', () => {
  it('hears what is new, and may fail without harm', async () => {
    const heard: string[][] = []
    const lines: unknown[] = []
    const logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (...line: unknown[]) => lines.push(line),
    }
    const { kit, root } = createPizzeria({
      kit: {
        logger,
        sinks: [
          { name: 'broken', publish: () => Promise.reject(new Error('c-0 is away')) },
          {
            name: 'whole',
            publish: async (_scope, events) => {
              heard.push(events.map(({ key }) => key))
            },
          },
        ],
      },
    })
    expect(await kit.events.track([buy('1', 'c-0', 0), buy('2', 'c-0', 0)])).toEqual({
      recorded: 2,
      repeated: 0,
    })
    await kit.events.track(buy('1', 'c-0', 0))
    await root.worker().drain()
    expect(heard).toEqual([['tracked:1', 'tracked:2']])
    expect(JSON.stringify(lines)).not.toContain('c-0')
    expect(lines).toHaveLength(1)
  })
})
