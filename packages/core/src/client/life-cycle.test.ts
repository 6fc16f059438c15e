import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import {
  CAMPAIGN_STATUSES,
  CAMPAIGN_TRANSITIONS,
  type CampaignAction,
  type CampaignStatus,
} from '../model/campaign-status.js'
import { eligible, segment, tag } from '../segmentation/builders.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import type { TenantKit } from './kit.js'
import { createPizzeria, SCOPE, winBack } from './pizzeria.fixture.js'
import { codeOf, refusalOf } from './refusal.fixture.js'

const SCHEDULED = winBack({ startsAt: SAMPLE_NOW + DAY_MS, endsAt: SAMPLE_NOW + 30 * DAY_MS })

type Pizzeria = ReturnType<typeof createPizzeria>

/** A campaign that was brought into a status by what people and workers do. */
async function campaignThatIs(status: CampaignStatus, { kit, root, storage }: Pizzeria): Promise<Campaign> {
  const ahead = status === 'scheduled'
  const { id } = await kit.campaigns.create(ahead ? SCHEDULED : winBack())
  if (status === 'cancelled') await kit.campaigns.cancel(id, 'wrong price')
  else if (status !== 'draft') await kit.campaigns.launch(id)
  if (status === 'active' || status === 'completed' || status === 'failed')
    await root.worker().tick({ maxRuns: 1 })
  if (status === 'active') {
    await root.worker().tick({ maxRuns: 1 })
  }
  if (status === 'paused') await kit.campaigns.pause(id)
  if (status === 'completed') await kit.campaigns.stop(id)
  if (status === 'failed') {
    // only a worker fails a campaign
    const campaign = await kit.campaigns.get(id)
    const entry = {
      id: 'x',
      at: 0,
      actor: SCOPE.actor,
      action: 'campaign.fail',
      subject: { type: 'campaign', id },
      reason: null,
      before: null,
      after: null,
    }
    const failed = { ...campaign, status: 'failed' as const, version: campaign.version + 1 }
    await storage.campaigns.update({ ...SCOPE, tenant: 'pizzeria' as never }, failed, campaign.version, entry)
  }
  return kit.campaigns.get(id)
}

const BY_PEOPLE: Readonly<
  Partial<Record<CampaignAction, (kit: TenantKit, campaign: Campaign) => Promise<unknown>>>
> = {
  edit: (kit, { id, version }) => kit.campaigns.edit(id, { objective: 'new' }, version),
  schedule: (kit, { id }) => kit.campaigns.schedule(id),
  unschedule: (kit, { id }) => kit.campaigns.unschedule(id),
  launch: (kit, { id }) => kit.campaigns.launchNow(id),
  pause: (kit, { id }) => kit.campaigns.pause(id),
  resume: (kit, { id }) => kit.campaigns.resume(id),
  stop: (kit, { id }) => kit.campaigns.stop(id),
  cancel: (kit, { id }) => kit.campaigns.cancel(id, 'wrong price'),
  archive: (kit, { id }) => kit.campaigns.archive(id),
  delete: (kit, { id, version }) => kit.campaigns.delete(id, version),
}

const CASES = Object.keys(BY_PEOPLE).flatMap((action) =>
  CAMPAIGN_STATUSES.map((status) => ({ action: action as CampaignAction, status })),
)

describe('the transition table', () => {
  it.each(CASES)('is what $action does to a campaign that is $status', async ({ action, status }) => {
    const pizzeria = createPizzeria()
    const { kit } = pizzeria
    await pizzeria.welcome(150)
    const before = await campaignThatIs(status, pizzeria)
    expect(before.status).toBe(status)
    if (action === 'schedule' && status === 'draft')
      await kit.campaigns.edit(before.id, { startsAt: SAMPLE_NOW + DAY_MS }, before.version)
    const current = await kit.campaigns.get(before.id)
    const journal = (await kit.journal.list()).items.length
    const { from, to } = CAMPAIGN_TRANSITIONS[action]
    const act = () => BY_PEOPLE[action]?.(kit, current)

    if (!from.includes(status)) {
      const expected = action === 'edit' ? 'CAMPAIGN_IMMUTABLE' : 'TRANSITION_NOT_ALLOWED'
      const refused = await refusalOf(act)
      expect(refused.code).toBe(expected)
      expect(refused.details.status).toBe(status)
      expect(await kit.campaigns.get(before.id)).toEqual(current)
      expect((await kit.journal.list()).items).toHaveLength(journal)
      return
    }
    await act()
    if (action === 'delete') {
      expect(await codeOf(() => kit.campaigns.get(before.id))).toBe('CAMPAIGN_NOT_FOUND')
    } else {
      const after = await kit.campaigns.get(before.id)
      expect(to.length === 0 ? [status] : to).toContain(after.status)
      expect(after.version).toBe(current.version + 1)
    }
    expect(
      (await kit.journal.list({ subject: { type: 'campaign', id: before.id } })).items.map(
        (entry) => entry.action,
      ),
    ).toContain(`campaign.${action}`)
  })

  it.each(Object.values(BY_PEOPLE))('refuses every action on a campaign that is not there', async (act) => {
    const { kit } = createPizzeria()
    expect(await codeOf(() => act(kit, { id: 'nothing', version: 1 } as unknown as Campaign))).toBe(
      'CAMPAIGN_NOT_FOUND',
    )
  })
})

describe('launching', () => {
  it('returns at once with a campaign that is being prepared, its content pinned', async () => {
    const { kit, clock } = createPizzeria()
    const draft = await kit.campaigns.create(winBack())
    const launched = await kit.campaigns.launch(draft.id)
    expect(launched).toMatchObject({
      status: 'preparing',
      launchedAt: clock.now(),
      startsAt: clock.now(),
      pinnedAudience: draft.content.audience,
    })
    expect(launched.digest).toMatch(/^[0-9a-f]{64}$/)
    expect(await kit.campaigns.runs(draft.id)).toMatchObject([{ status: 'open', scheduledFor: clock.now() }])
    expect(await codeOf(() => kit.campaigns.launch(draft.id))).toBe('TRANSITION_NOT_ALLOWED')
  })

  it('lets one of two launches at once win', async () => {
    const { kit, root, outbox, welcome } = createPizzeria()
    await welcome(3)
    const { id } = await kit.campaigns.create(winBack())
    const launches = await Promise.allSettled([kit.campaigns.launch(id), kit.campaigns.launchNow(id)])
    expect(launches.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await root.worker().drain()
    expect(outbox.sent).toHaveLength(3)
  })

  it('refuses a start that has passed, which launchNow sets to now', async () => {
    const { kit, clock } = createPizzeria()
    const { id } = await kit.campaigns.create(winBack({ startsAt: SAMPLE_NOW - 1 }))
    expect(await codeOf(() => kit.campaigns.launch(id))).toBe('CAMPAIGN_START_IN_PAST startsAt')
    expect(await codeOf(() => kit.campaigns.schedule(id))).toBe('CAMPAIGN_START_IN_PAST startsAt')
    expect(await kit.campaigns.runs(id)).toEqual([])
    expect(await kit.campaigns.launchNow(id)).toMatchObject({ status: 'preparing', startsAt: clock.now() })
  })

  it('refuses an end that has passed or comes before the first occurrence', async () => {
    const { kit } = createPizzeria()
    const past = await kit.campaigns.create(winBack({ name: 'past', endsAt: SAMPLE_NOW }))
    const early = await kit.campaigns.create(
      winBack({
        name: 'early',
        schedule: { type: 'once', at: '2026-03-03T09:00' },
        endsAt: SAMPLE_NOW + DAY_MS,
      }),
    )
    for (const { id } of [past, early]) {
      expect(await codeOf(() => kit.campaigns.launch(id))).toBe('CAMPAIGN_ENDED endsAt')
      expect((await kit.campaigns.get(id)).status).toBe('draft')
    }
    expect(await codeOf(() => kit.campaigns.launchNow(past.id))).toBe('CAMPAIGN_ENDED endsAt')
  })

  it('only schedules what begins later, and begins then', async () => {
    const { kit, root, clock, outbox, welcome } = createPizzeria()
    await welcome(2)
    const now = await kit.campaigns.create(winBack({ name: 'now' }))
    expect(await codeOf(() => kit.campaigns.schedule(now.id))).toBe('SCHEDULE_INVALID schedule')
    const { id } = await kit.campaigns.create(SCHEDULED)
    expect(await kit.campaigns.launch(id)).toMatchObject({
      status: 'scheduled',
      launchedAt: null,
      startsAt: SAMPLE_NOW + DAY_MS,
    })
    await root.worker().drain()
    expect(outbox.sent).toEqual([])
    await root.worker().drain({ until: SAMPLE_NOW + 2 * DAY_MS })
    expect(outbox.sent).toHaveLength(2)
    expect(await kit.campaigns.get(id)).toMatchObject({
      status: 'completed',
      launchedAt: SAMPLE_NOW + DAY_MS,
    })
    expect(clock.now()).toBe(SAMPLE_NOW + 2 * DAY_MS)
  })

  it('now of a scheduled campaign writes to nobody twice', async () => {
    const { kit, root, outbox, welcome } = createPizzeria()
    await welcome(2)
    const { id } = await kit.campaigns.create(SCHEDULED)
    await kit.campaigns.schedule(id)
    expect(await kit.campaigns.launchNow(id)).toMatchObject({ status: 'preparing', startsAt: SAMPLE_NOW })
    await root.worker().drain({ until: SAMPLE_NOW + 3 * DAY_MS })
    expect(outbox.sent).toHaveLength(2)
    expect(await kit.campaigns.runs(id)).toMatchObject([{ scheduledFor: SAMPLE_NOW, status: 'ended' }])
  })

  it('of an archived draft is refused', async () => {
    const { kit } = createPizzeria()
    const { id } = await kit.campaigns.create(winBack())
    await kit.campaigns.archive(id)
    expect(await codeOf(() => kit.campaigns.launch(id))).toBe('TRANSITION_NOT_ALLOWED')
  })

  it('refuses a segment that is not there and an external rule that nobody answers', async () => {
    const { kit } = createPizzeria()
    const lost = await kit.campaigns.create(winBack({ name: 'lost', audience: segment('gone') }))
    const asking = await kit.campaigns.create(winBack({ name: 'asking', audience: eligible('loyal') }))
    expect(await codeOf(() => kit.campaigns.launch(lost.id))).toMatch(/^SEGMENT_NOT_FOUND/)
    expect(await codeOf(() => kit.campaigns.launch(asking.id))).toBe('ELIGIBILITY_NOT_CONFIGURED')
    expect((await kit.campaigns.get(lost.id)).status).toBe('draft')
  })

  it('over a storage that forgets is refused for a channel that reaches people, unless the host allows it', async () => {
    const email = createRecordingChannel({ reachesPeople: true })
    const volatile = createPizzeria({ email })
    const { id } = await volatile.kit.campaigns.create(winBack())
    const refused = await refusalOf(() => volatile.kit.campaigns.launch(id))
    expect(refused).toMatchObject({ code: 'STORAGE_NOT_DURABLE', details: { channel: 'email' } })
    expect((await volatile.kit.campaigns.get(id)).status).toBe('draft')

    const allowed = createPizzeria({ email, kit: { acceptVolatileStorage: true } })
    const accepted = await allowed.kit.campaigns.create(winBack())
    expect((await allowed.kit.campaigns.launch(accepted.id)).status).toBe('preparing')

    const memory = createMemoryStorage()
    const storage = overridden(memory, { capabilities: { ...memory.capabilities, durable: true } })
    const durable = createPizzeria({ email, storage })
    const kept = await durable.kit.campaigns.create(winBack())
    expect((await durable.kit.campaigns.launch(kept.id)).status).toBe('preparing')
  })
})

describe('taking a scheduled campaign back', () => {
  it('makes a draft that may be changed, does not begin, and may be scheduled again for any time', async () => {
    const { kit, root, outbox, welcome } = createPizzeria()
    await welcome(2)
    const { id } = await kit.campaigns.create(SCHEDULED)
    await kit.campaigns.schedule(id)
    expect(await kit.campaigns.unschedule(id)).toMatchObject({
      status: 'draft',
      digest: null,
      pinnedAudience: null,
      pinnedStrata: null,
      placements: [],
      startsAt: SAMPLE_NOW + DAY_MS,
    })
    await root.worker().drain({ until: SAMPLE_NOW + 2 * DAY_MS })
    expect(outbox.sent).toEqual([])

    const { version } = await kit.campaigns.get(id)
    await kit.campaigns.edit(id, { startsAt: SAMPLE_NOW + 4 * DAY_MS }, version)
    await kit.campaigns.schedule(id)
    await kit.campaigns.unschedule(id)
    await kit.campaigns.launch(id)
    expect(await kit.campaigns.runs(id)).toMatchObject([
      { scheduledFor: SAMPLE_NOW + 4 * DAY_MS, status: 'open' },
    ])
    await root.worker().drain({ until: SAMPLE_NOW + 5 * DAY_MS })
    expect(outbox.sent).toHaveLength(2)
    expect(await kit.campaigns.runs(id)).toHaveLength(1)
  })

  it('leaves a draft and no run under way when the process dies in the middle', async () => {
    const storage = createMemoryStorage()
    let broken = true
    const campaigns = overridden(storage.campaigns, {
      updateRun: async (...given) => {
        if (broken) throw new Error('The process died')
        return storage.campaigns.updateRun(...given)
      },
    })
    const { kit, root, outbox, welcome } = createPizzeria({ storage: overridden(storage, { campaigns }) })
    await welcome(2)
    const { id } = await kit.campaigns.create(SCHEDULED)
    await kit.campaigns.schedule(id)
    await expect(kit.campaigns.unschedule(id)).rejects.toThrow('died')
    broken = false
    expect((await kit.campaigns.get(id)).status).toBe('draft')
    await root.worker().drain({ until: SAMPLE_NOW + 2 * DAY_MS })
    expect(outbox.sent).toEqual([])
    await kit.campaigns.launchNow(id)
    await root.worker().drain({ until: SAMPLE_NOW + 3 * DAY_MS })
    expect(outbox.sent).toHaveLength(2)
  })
})

describe('pausing and resuming', () => {
  it('goes on where it stood and writes to nobody twice', async () => {
    const { kit, root, outbox, welcome } = createPizzeria()
    await welcome(120)
    const { id } = await kit.campaigns.create(winBack())
    await kit.campaigns.launch(id)
    const early = await kit.campaigns.pause(id, 'a closer look')
    expect(early).toMatchObject({ status: 'paused', statusReason: 'a closer look' })
    await root.worker().drain()
    expect(outbox.sent).toEqual([])
    expect(await kit.campaigns.resume(id)).toMatchObject({ status: 'preparing', statusReason: null })
    await root.worker().tick()
    await root.worker().tick()
    await root.worker().tick()
    const partly = outbox.sent.length
    expect(partly).toBeGreaterThan(0)
    expect(partly).toBeLessThan(120)
    await kit.campaigns.pause(id)
    await root.worker().drain()
    expect(outbox.sent).toHaveLength(partly)
    expect((await kit.campaigns.resume(id)).status).toBe('active')
    await root.worker().drain()
    expect(new Set(outbox.sent.map(({ to }) => to)).size).toBe(120)
    expect(outbox.sent).toHaveLength(120)
  })

  it('resumes only between start and end', async () => {
    const { kit, clock, storage } = createPizzeria()
    const { id } = await kit.campaigns.create(winBack({ endsAt: SAMPLE_NOW + DAY_MS }))
    await kit.campaigns.launch(id)
    const paused = await kit.campaigns.pause(id)
    const entry = {
      id: 'x',
      at: 0,
      actor: SCOPE.actor,
      action: 'test',
      subject: { type: 'campaign', id },
      reason: null,
      before: null,
      after: null,
    }
    const later = { ...paused, version: paused.version + 1, startsAt: SAMPLE_NOW + HOUR_MS }
    await storage.campaigns.update({ ...SCOPE, tenant: 'pizzeria' as never }, later, paused.version, entry)
    expect(await codeOf(() => kit.campaigns.resume(id))).toBe('CAMPAIGN_OUTSIDE_DATES startsAt')
    await clock.advance(DAY_MS)
    expect(await codeOf(() => kit.campaigns.resume(id))).toBe('CAMPAIGN_OUTSIDE_DATES endsAt')
    expect((await kit.campaigns.get(id)).status).toBe('paused')
  })

  it.each([['  '], ['x'.repeat(2_001)], [7], ['a\0b']])('refuses the reason %j', async (reason) => {
    const { kit } = createPizzeria()
    const { id } = await kit.campaigns.create(winBack())
    await kit.campaigns.launch(id)
    expect(await codeOf(() => kit.campaigns.pause(id, reason as string))).toBe('INVALID_INPUT reason')
    expect(await codeOf(() => kit.campaigns.stop(id, reason as string))).toBe('INVALID_INPUT reason')
    expect((await kit.campaigns.get(id)).status).toBe('preparing')
  })
})

describe('ending a campaign early', () => {
  it('stops as completed, cancels what is not sent, and keeps the reason', async () => {
    const { kit, root, outbox, clock, welcome } = createPizzeria()
    await welcome(120)
    const { id } = await kit.campaigns.create(winBack())
    await kit.campaigns.launch(id)
    await root.worker().tick()
    await root.worker().tick()
    await root.worker().tick()
    const partly = outbox.sent.length
    expect(await kit.campaigns.stop(id)).toMatchObject({
      status: 'completed',
      statusReason: 'stopped',
      endedAt: clock.now(),
    })
    await root.worker().drain()
    expect(outbox.sent).toHaveLength(partly)
    const { counts, settled } = await kit.campaigns.progress(id)
    expect(counts).toMatchObject({ sent: partly, cancelled: 120 - partly })
    expect(settled).toBe(120)
    const other = await kit.campaigns.create(winBack({ name: 'other' }))
    await kit.campaigns.launch(other.id)
    expect((await kit.campaigns.stop(other.id, 'sold out')).statusReason).toBe('sold out')
  })

  it.each([[''], [' \n'], [undefined], [null], [42]])(
    'refuses to cancel for the justification %j',
    async (justification) => {
      const { kit } = createPizzeria()
      const { id } = await kit.campaigns.create(winBack())
      expect(await codeOf(() => kit.campaigns.cancel(id, justification as string))).toBe(
        'CAMPAIGN_JUSTIFICATION_REQUIRED justification',
      )
      expect((await kit.campaigns.get(id)).status).toBe('draft')
    },
  )

  it('refuses a justification that no storage can keep', async () => {
    const { kit } = createPizzeria()
    const { id } = await kit.campaigns.create(winBack())
    expect(await codeOf(() => kit.campaigns.cancel(id, 'x'.repeat(2_001)))).toBe(
      'INVALID_INPUT justification',
    )
  })

  it('cancels with its justification in the journal, the coupons with it', async () => {
    const { kit, runCampaign, welcome, outbox } = createPizzeria()
    await welcome(1)
    const { id } = await kit.campaigns.create(winBack({ name: 'x', startsAt: SAMPLE_NOW + DAY_MS }))
    await kit.campaigns.schedule(id)
    await kit.campaigns.cancel(id, 'wrong price')
    expect((await kit.journal.list({ subject: { type: 'campaign', id } })).items.slice(-2)).toMatchObject([
      {
        action: 'campaign.cancel',
        reason: 'wrong price',
        actor: { id: 'u-17' },
        before: { status: 'scheduled' },
        after: { status: 'cancelled' },
      },
      { action: 'coupons.cancel', reason: 'wrong price' },
    ])
    await runCampaign()
    expect(outbox.sent).toHaveLength(1)
  })

  it('begins no later run of a recurring campaign', async () => {
    const { kit, root, outbox, welcome } = createPizzeria()
    await welcome(2)
    const { id } = await kit.campaigns.create(
      winBack({ schedule: { type: 'recurring', every: 'day', at: '12:00' } }),
    )
    await kit.campaigns.launch(id)
    await root.worker().drain({ until: SAMPLE_NOW + DAY_MS })
    await kit.campaigns.stop(id)
    await root.worker().drain({ until: SAMPLE_NOW + 5 * DAY_MS })
    expect(outbox.sent).toHaveLength(2)
    expect((await kit.campaigns.runs(id)).every(({ status }) => status === 'ended')).toBe(true)
  })
})

describe('deleting and archiving', () => {
  it('deletes what was never counted, and leaves only the journal', async () => {
    const { kit } = createPizzeria()
    const { id, version } = await kit.campaigns.create(winBack())
    expect(await codeOf(() => kit.campaigns.delete(id, version + 1))).toBe('VERSION_CONFLICT')
    await kit.campaigns.delete(id, version)
    expect((await kit.campaigns.list({ archived: true })).items).toEqual([])
    expect((await kit.journal.list()).items.at(-1)).toMatchObject({
      action: 'campaign.delete',
      before: { name: 'We miss you', status: 'draft' },
    })
    expect((await kit.campaigns.create(winBack())).content.name).toBe('We miss you')
  })

  it('refuses to delete once events exist', async () => {
    const { kit, runCampaign, welcome } = createPizzeria()
    await welcome(1)
    const { id, version } = await runCampaign()
    expect(await codeOf(() => kit.campaigns.delete(id, version))).toBe('CAMPAIGN_HAS_EVENTS')
    expect((await kit.campaigns.get(id)).version).toBe(version)
  })

  it('archives out of the lists, once', async () => {
    const { kit } = createPizzeria()
    const { id } = await kit.campaigns.create(winBack())
    const archived = await kit.campaigns.archive(id)
    expect(archived.archivedAt).toBe(SAMPLE_NOW)
    expect(await kit.campaigns.archive(id)).toEqual(archived)
    expect((await kit.campaigns.list()).items).toEqual([])
    expect((await kit.campaigns.list({ archived: true })).items).toEqual([archived])
  })
})

describe('the content digest', () => {
  async function digestWith(more: Parameters<typeof winBack>[0], seed = 'one'): Promise<string | null> {
    const { kit } = createPizzeria({ seed })
    const { id } = await kit.campaigns.create(winBack({ endsAt: SAMPLE_NOW + 90 * DAY_MS, ...more }))
    return (await kit.campaigns.launchNow(id)).digest
  }

  it('is the same for the same content, whenever and by whomever it is launched', async () => {
    const { kit, clock } = createPizzeria()
    const { id } = await kit.campaigns.create(SCHEDULED)
    const first = (await kit.campaigns.schedule(id)).digest
    await kit.campaigns.unschedule(id)
    await clock.advance(HOUR_MS)
    expect((await kit.campaigns.schedule(id)).digest).toBe(first)
    expect(await digestWith({})).toBe(await digestWith({}, 'two'))
  })

  it.each<[string, Parameters<typeof winBack>[0]]>([
    ['name', { name: 'Other' }],
    ['type', { type: 'newsletter' }],
    ['purpose', { purpose: 'transactional' }],
    ['topic', { topic: 'news' }],
    ['audience', { audience: tag('other') }],
    ['messages', { messages: { email: { subject: 'x', html: '{{ qr }}' } } }],
    ['delivery', { delivery: { firstOf: ['email'] } }],
    ['experiment', { experiment: { variants: [{ name: 'a' }] } }],
    ['coupon', { coupon: { reward: { kind: 'percent', value: 31 } } }],
    ['pace', { pace: { email: { limit: 1, periodMs: 1_000 } } }],
    ['schedule', { schedule: { type: 'recurring', every: 'day', at: '09:00' } }],
    ['startsAt', { startsAt: SAMPLE_NOW + 1 }],
    ['endsAt', { endsAt: SAMPLE_NOW + 91 * DAY_MS }],
    ['timeToLiveDays', { timeToLiveDays: 3 }],
    ['tracking', { tracking: { clicks: true } }],
    ['qrEmbedding', { qrEmbedding: 'data' }],
    ['inDoubt', { inDoubt: 'resend' }],
    ['maxRetries', { maxRetries: 1 }],
    ['metadata', { metadata: { price: 3 } }],
  ])('changes with %s', async (_field, more) => {
    expect(await digestWith(more)).not.toBe(await digestWith({}))
  })

  it('is not that of the order in which fields were written, nor of the objective', async () => {
    expect(await digestWith({ metadata: { a: 1, b: 2 } })).toBe(
      await digestWith({ metadata: { b: 2, a: 1 } }),
    )
    expect(await digestWith({ objective: 'More' })).toBe(await digestWith({}))
  })

  it('changes with the rule of a named segment', async () => {
    const digestOf = async (word: string) => {
      const { kit } = createPizzeria()
      await kit.segments.save({ name: 'friends', criteria: tag(word) })
      const { id } = await kit.campaigns.create(winBack({ audience: segment('friends') }))
      return (await kit.campaigns.launch(id)).digest
    }
    expect(await digestOf('a')).not.toBe(await digestOf('b'))
  })
})
