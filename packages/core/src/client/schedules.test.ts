import { describe, expect, it } from 'vitest'
import type { CustomerId, TenantId } from '../base/ids.js'
import { DAY_MS, HOUR_MS, toIso } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import type { CustomerInput } from '../model/customer.js'
import { everyone, tag } from '../segmentation/builders.js'
import { createManualClock, SAMPLE_NOW } from '../testing/manual-clock.js'
import { createPizzeria, lapsedCustomer, SCOPE, winBack } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'

const at = (iso: string) => Date.parse(iso)
const AUDIENCE = { audience: everyone() }

/** When each customer was written to, by id, in ISO 8601. */
function sentTimes(root: ReturnType<typeof createPizzeria>['root']): Map<string, string[]> {
  const times = new Map<string, string[]>()
  root.on('events.recorded', ({ events }) => {
    for (const { type, at: instant, customerId } of events) {
      if (type === 'sent' && customerId !== null)
        times.set(customerId, [...(times.get(customerId) ?? []), toIso(instant)])
    }
  })
  return times
}

function startingAt(iso: string, timeZone = 'UTC') {
  const clock = createManualClock({ auto: true, startsAt: at(iso) })
  const pizzeria = createPizzeria({ kit: { clock, tenants: () => ({ timeZone }) } })
  const consent = (customers: readonly CustomerInput[]) =>
    pizzeria.kit.consents.record(
      customers.map(({ id }) => ({
        customerId: id,
        channel: 'email',
        topic: 'offers',
        decision: 'granted',
        basis: 'form',
        obtainedAt: 0,
      })),
    )
  return {
    ...pizzeria,
    clock,
    times: sentTimes(pizzeria.root),
    async add(...customers: readonly CustomerInput[]) {
      await pizzeria.kit.customers.upsert(customers)
      await consent(customers)
    },
    async launch(more: Partial<CampaignInput>) {
      const { id } = await pizzeria.kit.campaigns.create(winBack({ ...AUDIENCE, ...more }))
      return pizzeria.kit.campaigns.launch(id)
    },
    drainUntil: (iso_: string) => pizzeria.root.worker().drain({ until: at(iso_) }),
    async occurrences(id: string) {
      return (await pizzeria.kit.campaigns.runs(id)).map(({ scheduledFor }) =>
        toIso(scheduledFor).slice(0, 16),
      )
    },
  }
}

describe('a schedule of one time', () => {
  it.each([
    ['Europe/Rome', '2026-03-10T09:00', '2026-03-10T08:00'],
    ['America/New_York', '2026-03-10T09:00', '2026-03-10T13:00'],
    // clocks go forward at 02:00 on 29 March: 02:30 does not exist and means 03:30 summer time
    ['Europe/Rome', '2026-03-29T02:30', '2026-03-29T01:30'],
    // clocks go back at 03:00 on 25 October: 02:30 happens twice and means the first
    ['Europe/Rome', '2026-10-25T02:30', '2026-10-25T00:30'],
  ])('is read in its zone: %s %s is %s UTC', async (zone, wall, utc) => {
    const { launch } = startingAt('2026-03-01T09:00:00Z')
    const campaign = await launch({ schedule: { type: 'once', at: wall, zone } })
    expect(campaign.status).toBe('scheduled')
    expect(toIso(campaign.startsAt ?? 0)).toBe(`${utc}:00.000Z`)
  })

  it('is read in the zone of the tenant when it names none', async () => {
    const { launch } = startingAt('2026-03-01T09:00:00Z', 'Asia/Tokyo')
    const campaign = await launch({ schedule: { type: 'once', at: '2026-03-10T09:00' } })
    expect(toIso(campaign.startsAt ?? 0)).toBe('2026-03-10T00:00:00.000Z')
  })

  it('that has passed is refused', async () => {
    const { kit, launch } = startingAt('2026-03-10T09:00:01Z')
    expect(await codeOf(() => launch({ schedule: { type: 'once', at: '2026-03-10T09:00' } }))).toBe(
      'CAMPAIGN_START_IN_PAST schedule.at',
    )
    const [draft] = (await kit.campaigns.list()).items
    expect((await kit.campaigns.launchNow(draft?.id ?? '')).status).toBe('preparing')
  })

  it('in the zone of the recipient is due by the clock of each, of unknown zones by that of the tenant', async () => {
    const { storage, add, launch, drainUntil, times } = startingAt('2026-03-01T09:00:00Z', 'Europe/Rome')
    await add(
      lapsedCustomer(1, { timeZone: 'Pacific/Kiritimati' }),
      lapsedCustomer(2, { timeZone: 'Asia/Tokyo' }),
      lapsedCustomer(3),
      lapsedCustomer(4),
      lapsedCustomer(5, { timeZone: 'America/Los_Angeles' }),
    )
    const entry = {
      id: 'x',
      at: 0,
      actor: SCOPE.actor,
      action: 'test',
      subject: { type: 'test', id: '' },
      reason: null,
      before: null,
      after: null,
    }
    // a directory of the host may hold zones that the kit itself refuses
    await storage.customers.upsert(
      { ...SCOPE, tenant: 'pizzeria' as TenantId },
      [{ id: 'c-3' as CustomerId, timeZone: 'Mars/Olympus' }],
      entry,
    )
    const campaign = await launch({ schedule: { type: 'once', at: '2026-03-10T09:00', zone: 'recipient' } })
    expect(toIso(campaign.startsAt ?? 0)).toBe('2026-03-09T19:00:00.000Z')
    await drainUntil('2026-03-12T00:00:00Z')
    expect(Object.fromEntries([...times].map(([id, [sent]]) => [id, sent?.slice(0, 16)]))).toEqual({
      'c-1': '2026-03-09T19:00',
      'c-2': '2026-03-10T00:00',
      'c-3': '2026-03-10T08:00',
      'c-4': '2026-03-10T08:00',
      'c-5': '2026-03-10T16:00',
    })
  })

  it('in the zone of the recipient may still begin while it is ahead for UTC, and is late for those in the east', async () => {
    const { add, launch, drainUntil, times } = startingAt('2026-03-10T03:00:00Z')
    await add(lapsedCustomer(1, { timeZone: 'Asia/Tokyo' }), lapsedCustomer(2, { timeZone: 'Europe/Rome' }))
    expect(
      (await launch({ schedule: { type: 'once', at: '2026-03-10T09:00', zone: 'recipient' } })).status,
    ).toBe('preparing')
    await drainUntil('2026-03-11T00:00:00Z')
    expect([...times.values()].map(([sent]) => sent?.slice(0, 16)).sort()).toEqual([
      '2026-03-10T03:00',
      '2026-03-10T08:00',
    ])
  })

  it('in the zone of the recipient is over when it has passed in UTC', async () => {
    const { launch } = startingAt('2026-03-10T09:00:01Z')
    expect(
      await codeOf(() => launch({ schedule: { type: 'once', at: '2026-03-10T09:00', zone: 'recipient' } })),
    ).toBe('CAMPAIGN_START_IN_PAST schedule.at')
  })

  it.each([
    [{ type: 'once', at: '2026-04-10T09:00', zone: 'recipient' }],
    [{ type: 'recurring', every: 'day', at: '21:00', zone: 'recipient' }],
  ] as const)('%j is begun at once by launchNow, whatever the clock of the recipients', async (schedule) => {
    const { kit, add, drainUntil, times } = startingAt('2026-03-10T12:00:00Z')
    await add(lapsedCustomer(1, { timeZone: 'America/Los_Angeles' }))
    const { id } = await kit.campaigns.create(winBack({ ...AUDIENCE, schedule }))
    await kit.campaigns.launchNow(id)
    await drainUntil('2026-03-10T13:00:00Z')
    expect([...times.values()]).toEqual([['2026-03-10T12:00:00.000Z']])
  })
})

describe('a recurring schedule', () => {
  it('is begun at once by launchNow also when the time of the day has come where it comes first', async () => {
    const { kit, add, drainUntil, times } = startingAt('2026-03-10T06:00:00Z')
    await add(lapsedCustomer(1, { timeZone: 'America/Los_Angeles' }))
    const schedule = { type: 'recurring', every: 'day', at: '09:00', zone: 'recipient' } as const
    const { id } = await kit.campaigns.create(winBack({ ...AUDIENCE, schedule }))
    await kit.campaigns.launchNow(id)
    await drainUntil('2026-03-12T12:00:00Z')
    expect([...times.values()]).toEqual([['2026-03-10T06:00:00.000Z', '2026-03-11T16:00:00.000Z']])
  })

  const daily = { type: 'recurring', every: 'day', at: '09:00' } as const

  it('runs every day, with the audience of that day, and keeps the arms', async () => {
    const { kit, add, launch, drainUntil, times } = startingAt('2026-03-01T10:00:00Z')
    const people = Array.from({ length: 10 }, (_, index) => lapsedCustomer(index, { tags: ['vip'] }))
    await add(...people)
    const { id } = await launch({
      schedule: daily,
      audience: tag('vip'),
      experiment: { variants: [{ name: 'a' }, { name: 'b' }], holdout: 0.2, minContacts: 10 },
    })
    await drainUntil('2026-03-02T10:00:00Z')
    expect(times.size).toBe(8)
    const first = new Map(
      (await kit.campaigns.deliveries(id)).items.map(({ customerId, arm }) => [customerId, arm]),
    )

    await kit.customers.upsert([{ id: 'c-0', tags: ['gone'] }])
    await add(...Array.from({ length: 10 }, (_, index) => lapsedCustomer(index + 10, { tags: ['vip'] })))
    await drainUntil('2026-03-03T10:00:00Z')
    const runs = await kit.campaigns.runs(id)
    expect(runs.map(({ scheduledFor }) => toIso(scheduledFor))).toEqual([
      '2026-03-02T09:00:00.000Z',
      '2026-03-03T09:00:00.000Z',
      '2026-03-04T09:00:00.000Z',
    ])
    const second = (await kit.campaigns.deliveries(id)).items.filter(({ runId }) => runId === runs[1]?.id)
    for (const { customerId, arm } of second)
      if (first.has(customerId)) expect(arm).toBe(first.get(customerId))
    expect(second.some(({ customerId }) => customerId === 'c-0')).toBe(false)
    // ten newcomers go on where the sequence of the first ten stopped: a full period of ten, in exact shares
    const newcomers = second.filter(({ customerId }) => !first.has(customerId))
    expect(newcomers.map(({ arm }) => arm).sort()).toEqual(['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'])
    expect(times.get('c-15')?.length ?? 0).toBeLessThanOrEqual(1)
  })

  it('gives those who come one by one the arms in turn, exactly over all runs', async () => {
    const { kit, add, launch, drainUntil } = startingAt('2026-03-01T10:00:00Z')
    await add(lapsedCustomer(0, { tags: ['vip'] }))
    const { id } = await launch({
      schedule: daily,
      audience: tag('vip'),
      experiment: { variants: [{ name: 'a' }, { name: 'b' }], minContacts: 1 },
    })
    for (let day = 2; day <= 9; day += 1) {
      await drainUntil(`2026-03-0${day}T10:00:00Z`)
      await add(lapsedCustomer(day, { tags: ['vip'] }))
    }
    const { items } = await kit.campaigns.deliveries(id, {}, { limit: 1_000 })
    const arms = new Map(items.map(({ customerId, arm }) => [customerId, arm]))
    expect([...arms.values()].sort()).toEqual(['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'])
  })

  it('skips what was missed while no worker ran', async () => {
    const { clock, add, launch, drainUntil, times, occurrences } = startingAt('2026-03-01T08:00:00Z')
    await add(lapsedCustomer(1))
    const { id } = await launch({ schedule: daily })
    await drainUntil('2026-03-01T10:00:00Z')
    await clock.advanceTo(at('2026-03-06T12:00:00Z'))
    await drainUntil('2026-03-07T10:00:00Z')
    expect(await occurrences(id)).toEqual([
      '2026-03-01T09:00',
      '2026-03-02T09:00',
      '2026-03-07T09:00',
      '2026-03-08T09:00',
    ])
    expect(times.get('c-1')?.map((sent) => sent.slice(0, 10))).toEqual([
      '2026-03-01',
      '2026-03-06',
      '2026-03-07',
    ])
  })

  it('ends by itself with its last occurrence', async () => {
    const { kit, add, launch, drainUntil, times } = startingAt('2026-03-01T08:00:00Z')
    await add(lapsedCustomer(1))
    const { id } = await launch({ schedule: { ...daily, until: '2026-03-03T09:00:00Z' } })
    await drainUntil('2026-03-10T00:00:00Z')
    expect(times.get('c-1')).toHaveLength(3)
    expect((await kit.campaigns.get(id)).status).toBe('completed')
  })

  it('ends with the end of the campaign, which is no occurrence any more', async () => {
    const { kit, add, launch, drainUntil, times } = startingAt('2026-03-01T08:00:00Z')
    await add(lapsedCustomer(1))
    const { id } = await launch({ schedule: daily, endsAt: '2026-03-03T09:00:00Z' })
    await drainUntil('2026-03-10T00:00:00Z')
    expect(times.get('c-1')).toHaveLength(2)
    expect(await kit.campaigns.runs(id)).toHaveLength(2)
    expect((await kit.campaigns.get(id)).status).toBe('completed')
  })

  it('without any occurrence left is refused', async () => {
    const { launch } = startingAt('2026-03-01T10:00:00Z')
    expect(await codeOf(() => launch({ schedule: { ...daily, until: '2026-03-02T08:59:59Z' } }))).toBe(
      'SCHEDULE_INVALID schedule',
    )
  })

  it('keeps the wall clock over a clock change', async () => {
    const { launch, drainUntil, occurrences } = startingAt('2026-03-28T00:00:00Z')
    const { id } = await launch({ schedule: { ...daily, at: '02:30', zone: 'Europe/Rome' } })
    await drainUntil('2026-03-30T12:00:00Z')
    expect(await occurrences(id)).toEqual([
      '2026-03-28T01:30',
      '2026-03-29T01:30',
      '2026-03-30T00:30',
      '2026-03-31T00:30',
    ])
  })

  it('misses none that a clock change moves into the next day', async () => {
    const { clock, launch, drainUntil, occurrences } = startingAt('2026-03-27T00:00:00Z')
    // at 23:00 on Saturday it becomes midnight: 23:30 does not exist and means 00:30 on Sunday
    const { id } = await launch({ schedule: { ...daily, at: '23:30', zone: 'America/Nuuk' } })
    await clock.advanceTo(at('2026-03-29T01:10:00Z'))
    await drainUntil('2026-03-30T12:00:00Z')
    expect(await occurrences(id)).toEqual([
      '2026-03-27T01:30',
      '2026-03-29T01:30',
      '2026-03-30T00:30',
      '2026-03-31T00:30',
    ])
  })

  it.each([
    ['of the first occurrence', {}, ['2026-03-08T09:00', '2026-03-15T09:00', '2026-03-22T09:00']],
    [
      'that are named',
      { weekdays: ['fri', 'mon'] },
      ['2026-03-02T09:00', '2026-03-06T09:00', '2026-03-09T09:00', '2026-03-13T09:00', '2026-03-16T09:00'],
    ],
    [
      'of all',
      { weekdays: ['sun', 'sat'] },
      ['2026-03-07T09:00', '2026-03-08T09:00', '2026-03-14T09:00', '2026-03-15T09:00', '2026-03-21T09:00'],
    ],
  ] as const)('every week is on the weekdays %s', async (_which, more, expected) => {
    const { launch, drainUntil, occurrences } = startingAt('2026-03-01T10:00:00Z')
    const { id } = await launch({
      schedule: { type: 'recurring', every: 'week', at: '09:00', ...more } as never,
    })
    await drainUntil('2026-03-15T10:00:00Z')
    expect((await occurrences(id)).slice(0, 5)).toEqual(expected)
  })

  it('every month on the 31st is on the last day of shorter months, and on the 31st again after them', async () => {
    const { launch, drainUntil, occurrences } = startingAt('2026-01-31T08:00:00Z')
    const { id } = await launch({ schedule: { type: 'recurring', every: 'month', at: '09:00' } })
    await drainUntil('2026-05-01T00:00:00Z')
    expect(await occurrences(id)).toEqual([
      '2026-01-31T09:00',
      '2026-02-28T09:00',
      '2026-03-31T09:00',
      '2026-04-30T09:00',
      '2026-05-31T09:00',
    ])
  })

  it('every month keeps the day of the start that was set even when the first occurrence is clamped', async () => {
    const { launch, drainUntil, occurrences } = startingAt('2026-01-20T08:00:00Z')
    const { id } = await launch({
      startsAt: '2026-01-31T10:00:00Z',
      schedule: { type: 'recurring', every: 'month', at: '09:00' },
    })
    await drainUntil('2026-04-01T00:00:00Z')
    expect(await occurrences(id)).toEqual(['2026-02-28T09:00', '2026-03-31T09:00', '2026-04-30T09:00'])
  })

  it('begins with the start that was set', async () => {
    const { launch } = startingAt('2026-03-01T08:00:00Z')
    const { startsAt } = await launch({ startsAt: '2026-03-05T09:00:00Z', schedule: daily })
    expect(toIso(startsAt ?? 0)).toBe('2026-03-05T09:00:00.000Z')
  })

  it('in the zone of the recipient is due by the clock of each, every time', async () => {
    const { add, launch, drainUntil, times } = startingAt('2026-03-01T00:00:00Z')
    await add(
      lapsedCustomer(1, { timeZone: 'Asia/Tokyo' }),
      lapsedCustomer(2, { timeZone: 'America/Los_Angeles' }),
    )
    await launch({ schedule: { ...daily, zone: 'recipient', until: '2026-03-03T00:00:00Z' } })
    await drainUntil('2026-03-05T00:00:00Z')
    expect(times.get('c-1')?.map((sent) => sent.slice(0, 16))).toEqual([
      '2026-03-02T00:00',
      '2026-03-03T00:00',
    ])
    expect(times.get('c-2')?.map((sent) => sent.slice(0, 16))).toEqual([
      '2026-03-02T17:00',
      '2026-03-03T17:00',
    ])
  })

  it('goes on from a launch by hand', async () => {
    const { kit, add, drainUntil, times } = startingAt('2026-03-04T12:00:00Z')
    await add(lapsedCustomer(1))
    const { id } = await kit.campaigns.create(
      winBack({
        ...AUDIENCE,
        startsAt: SAMPLE_NOW + 90 * DAY_MS,
        schedule: { type: 'recurring', every: 'week', at: '09:00' },
      }),
    )
    await kit.campaigns.launchNow(id)
    await drainUntil('2026-03-20T00:00:00Z')
    expect(times.get('c-1')?.map((sent) => sent.slice(0, 16))).toEqual([
      '2026-03-04T12:00',
      '2026-03-11T09:00',
      '2026-03-18T09:00',
    ])
  })

  it('is not begun early by a worker that is asked often', async () => {
    const { root, add, launch, clock, times } = startingAt('2026-03-01T08:00:00Z')
    await add(lapsedCustomer(1))
    await launch({ schedule: daily })
    const worker = root.worker()
    for (let hour = 0; hour < 49; hour += 1) {
      for (let ring = 0; ring < 4; ring += 1) await worker.tick()
      await clock.advance(HOUR_MS)
    }
    expect(times.get('c-1')?.map((sent) => sent.slice(0, 13))).toEqual(['2026-03-01T09', '2026-03-02T09'])
  })
})
