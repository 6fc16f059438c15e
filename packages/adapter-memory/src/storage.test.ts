import type { Member, Run, Settlement, Storage } from '@campaignkit/core/adapter'
import {
  asId,
  SAMPLE_NOW,
  sampleCampaign,
  sampleCustomer,
  sampleDelivery,
  sampleEvent,
  sampleJournalEntry,
  sampleMember,
  sampleReceipt,
  sampleRun,
  sampleScope,
  sampleToken,
} from '@campaignkit/core/testing'
import { describe, expect, it } from 'vitest'
import { createMemoryStorage } from './storage.js'

const SCOPE = sampleScope()
const RUN = sampleRun().id
const CAMPAIGN = sampleCampaign()
const DELIVERY = sampleDelivery()
const WORKER = asId<never>('worker-1')
const PAGE = { cursor: null, limit: 100 }

let entries = 0
const entry = () => sampleJournalEntry({ id: `e-${++entries}` })

/** Claims what is due and opens its attempts, and gives the settlement of the first. */
async function attempt(storage: Storage, now = SAMPLE_NOW): Promise<Settlement> {
  const [claimed] = await storage.deliveries.claim(SCOPE, RUN, {
    worker: WORKER,
    channel: 'email',
    now,
    leaseMs: 10,
    limit: 1,
  })
  const hold = { deliveryId: DELIVERY.id, fence: claimed?.lease?.fence ?? 0 }
  const window = [{ ...hold, attemptId: asId<never>(`a-${hold.fence}`), addressKey: asId<never>('k') }]
  await storage.deliveries.openWindow(SCOPE, window, { worker: WORKER, now, leaseUntil: now + 10 })
  return {
    ...hold,
    attempt: null,
    status: 'queued',
    reason: null,
    dueAt: now,
    tries: 1,
    costMicros: 0,
    currency: null,
    next: null,
    nextIfReturned: null,
    events: [],
  }
}

describe('the memory storage', () => {
  it('says that it is not durable, that it announces, and that it joins no transaction', () => {
    expect(createMemoryStorage().capabilities).toEqual({
      durable: false,
      announces: true,
      enlists: false,
      plansInDatabase: false,
    })
  })

  it('leaves what it was given free to change', async () => {
    const storage = createMemoryStorage()
    const tags = ['vip']
    await storage.customers.upsert(SCOPE, [{ id: asId('a'), tags }], entry())
    tags.push('later')
    expect((await storage.customers.get(SCOPE, [asId('a')]))[0]?.tags).toEqual(['vip'])
  })

  it('writes a journal entry once, however often it comes', async () => {
    const storage = createMemoryStorage()
    const same = entry()
    await storage.journal.append(SCOPE, same)
    await storage.consents.record(SCOPE, [], same)
    expect((await storage.journal.list(SCOPE, {}, PAGE)).items).toEqual([same])
  })

  it('scans customers who came in any order, in the order of their ids', async () => {
    const storage = createMemoryStorage()
    const ids = Array.from({ length: 5_000 }, (_, at) => `c-${(at * 7_919) % 5_003}`)
    await storage.customers.upsert(
      SCOPE,
      ids.map((id) => ({ id: sampleCustomer({ id }).id })),
      entry(),
    )
    const seen = await storage.customers.scan(SCOPE, { after: null, limit: 10_000 })
    expect(seen.map(({ id }) => id)).toEqual([...ids].sort())
  })
})

describe('ids that belong to another record', () => {
  it('are refused for campaigns, and nothing is written', async () => {
    const storage = createMemoryStorage()
    await storage.campaigns.insert(SCOPE, CAMPAIGN, entry())
    const double = sampleCampaign({ content: { name: 'Another' } })
    await expect(storage.campaigns.insert(SCOPE, double, entry())).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
    })
    expect(await storage.campaigns.get(SCOPE, CAMPAIGN.id)).toEqual(CAMPAIGN)
  })

  it('are refused for runs, together with the change that brings them', async () => {
    const storage = createMemoryStorage()
    await storage.campaigns.insert(SCOPE, CAMPAIGN, entry())
    await storage.campaigns.update(SCOPE, { ...CAMPAIGN, version: 2 }, 1, entry(), sampleRun())
    const double = sampleRun({ occurrence: 'another' })
    const update = storage.campaigns.update(SCOPE, { ...CAMPAIGN, version: 3 }, 2, entry(), double)
    await expect(update).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect((await storage.campaigns.get(SCOPE, CAMPAIGN.id))?.version).toBe(2)
  })

  it('are refused for deliveries, those of one call included', async () => {
    const storage = createMemoryStorage()
    const double = sampleDelivery({ customerId: 'another' })
    const call = storage.deliveries.append(SCOPE, [DELIVERY, double])
    await expect(call).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect(await storage.deliveries.get(SCOPE, [DELIVERY.id])).toEqual([])
    await storage.deliveries.append(SCOPE, [DELIVERY])
    await expect(storage.deliveries.append(SCOPE, [double])).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  })

  it('are refused for the next delivery of a settlement, and nothing is settled', async () => {
    const storage = createMemoryStorage()
    await storage.deliveries.append(SCOPE, [DELIVERY])
    const settlement = await attempt(storage)
    const next = sampleDelivery({ channel: 'sms' })
    const call = storage.deliveries.settle(SCOPE, [{ ...settlement, status: 'failed', next }], SAMPLE_NOW)
    await expect(call).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect((await storage.deliveries.get(SCOPE, [DELIVERY.id]))[0]?.status).toBe('attempting')
  })

  it('are refused for handles of coupons, and none of the call is issued', async () => {
    const storage = createMemoryStorage()
    const [one, two] = [sampleToken(), sampleToken({ customerId: 'b', handle: sampleToken().handle })]
    await expect(storage.coupons.issue(SCOPE, [one, two])).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect(await storage.coupons.byHandle(SCOPE, one.handle)).toBeNull()
    expect(await storage.coupons.issue(SCOPE, [one])).toEqual([one])
    await expect(storage.coupons.issue(SCOPE, [two])).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  })
})

describe('settling', () => {
  it('ends an attempt of which it says nothing as unknown', async () => {
    const storage = createMemoryStorage()
    await storage.deliveries.append(SCOPE, [DELIVERY])
    await storage.deliveries.settle(SCOPE, [await attempt(storage)], SAMPLE_NOW + 3)
    expect(await storage.deliveries.attemptsOf(SCOPE, DELIVERY.id)).toEqual([
      expect.objectContaining({ outcome: 'unknown', endedAt: SAMPLE_NOW + 3 }),
    ])
  })

  it('is refused to a worker that has dropped its lease', async () => {
    const storage = createMemoryStorage()
    await storage.deliveries.append(SCOPE, [DELIVERY])
    const settlement = await attempt(storage)
    await storage.deliveries.settle(SCOPE, [{ ...settlement, status: 'inDoubt' }], SAMPLE_NOW)
    const late = { ...settlement, status: 'sent' } as const
    expect(await storage.deliveries.settle(SCOPE, [late], SAMPLE_NOW)).toEqual([])
  })

  it('settles a delivery once that is named twice in a call', async () => {
    const storage = createMemoryStorage()
    await storage.deliveries.append(SCOPE, [DELIVERY])
    const settlement = await attempt(storage)
    const twice = [
      { ...settlement, status: 'sent' as const },
      { ...settlement, status: 'failed' as const, events: [sampleEvent()] },
    ]
    expect(await storage.deliveries.settle(SCOPE, twice, SAMPLE_NOW)).toEqual([DELIVERY.id])
    expect((await storage.events.list(SCOPE, CAMPAIGN.id, {}, PAGE)).items).toEqual([])
  })

  it('leaves every id that the provider gave findable', async () => {
    const storage = createMemoryStorage()
    await storage.deliveries.append(SCOPE, [DELIVERY])
    for (const name of ['first', 'second']) {
      const settlement = await attempt(storage)
      const ended = {
        id: asId<never>(`a-${settlement.fence}`),
        outcome: 'transient',
        code: 'busy',
        providerMessageId: name,
      } as const
      await storage.deliveries.settle(SCOPE, [{ ...settlement, attempt: ended }], SAMPLE_NOW)
    }
    const found = await storage.deliveries.byProviderMessageId(SCOPE, ['first', 'second'])
    expect(found.map(({ id, providerMessageId }) => [id, providerMessageId])).toEqual([
      [DELIVERY.id, 'second'],
    ])
  })

  it('counts ends without a reason under the empty one', async () => {
    const storage = createMemoryStorage()
    await storage.deliveries.append(SCOPE, [DELIVERY])
    await storage.deliveries.settle(SCOPE, [{ ...(await attempt(storage)), status: 'failed' }], SAMPLE_NOW)
    expect([...(await storage.deliveries.reasons(SCOPE, CAMPAIGN.id, 'failed'))]).toEqual([['', 1]])
    expect([...(await storage.deliveries.reasons(SCOPE, asId('none'), 'failed'))]).toEqual([])
  })

  it.each([
    ['ended', 0],
    ['living', 1_000],
  ])(
    'goes on in order when most of the queue is history, before a lease that is %s',
    async (_state, leaseMs) => {
      const storage = createMemoryStorage()
      const many = Array.from({ length: 2_000 }, (_, rank) => sampleDelivery({ id: `d-${rank}`, rank }))
      await storage.deliveries.append(SCOPE, many)
      const claim = (limit: number, lease: number) =>
        storage.deliveries.claim(SCOPE, RUN, {
          worker: WORKER,
          channel: 'email',
          now: SAMPLE_NOW,
          leaseMs: lease,
          limit,
        })
      await claim(1, leaseMs)
      const expected = many.slice(leaseMs === 0 ? 0 : 1).slice(0, 1_000)
      for (let round = 0; round < 5; round += 1) {
        const claimed = await claim(1_000, 5_000)
        expect(claimed.map(({ rank }) => rank)).toEqual(expected.map(({ rank }) => rank))
        const holds = claimed.map(({ id, lease }) => ({ deliveryId: id, fence: lease?.fence ?? 0 }))
        await storage.deliveries.release(SCOPE, holds, SAMPLE_NOW)
      }
      const counts = await storage.deliveries.counts(SCOPE, CAMPAIGN.id)
      expect([counts.queued, counts.claimed]).toEqual(leaseMs === 0 ? [2_000, 0] : [1_999, 1])
    },
  )
})

describe('a proof', () => {
  const prove = (
    storage: Storage,
    now: number,
    receipt = sampleReceipt({ providerMessageId: 'theirs', at: SAMPLE_NOW + 7 }),
  ) =>
    storage.events.appendReceipts(
      SCOPE,
      [
        {
          deliveryId: DELIVERY.id,
          receipt,
          event: sampleEvent({ key: receipt.key }),
          proves: true,
          provedEvents: [],
          following: null,
        },
      ],
      now,
    )

  it('dates the sending by the attempt, so that the order of receipts does not matter', async () => {
    const storage = createMemoryStorage()
    await storage.deliveries.append(SCOPE, [DELIVERY])
    await attempt(storage, SAMPLE_NOW + 2)
    await prove(storage, SAMPLE_NOW + 100)
    const [sent] = await storage.deliveries.byProviderMessageId(SCOPE, ['theirs'])
    expect(sent).toMatchObject({
      status: 'sent',
      sentAt: SAMPLE_NOW + 2,
      settledAt: SAMPLE_NOW + 100,
      reason: null,
    })
  })

  it('dates the sending by the receipt when no attempt is on record', async () => {
    const storage = createMemoryStorage()
    await storage.deliveries.append(SCOPE, [sampleDelivery({ status: 'held' })])
    await prove(storage, SAMPLE_NOW + 100)
    expect((await storage.deliveries.get(SCOPE, [DELIVERY.id]))[0]).toMatchObject({
      status: 'sent',
      sentAt: SAMPLE_NOW + 7,
    })
  })

  it('keeps the id that the provider gave before when the receipt names none', async () => {
    const storage = createMemoryStorage()
    await storage.deliveries.append(SCOPE, [sampleDelivery({ status: 'held', providerMessageId: 'known' })])
    const { providerMessageId: _left, ...receipt } = sampleReceipt()
    await prove(storage, SAMPLE_NOW, receipt)
    expect((await storage.deliveries.get(SCOPE, [DELIVERY.id]))[0]?.providerMessageId).toBe('known')
  })

  it('leaves what is in doubt to the worker who looks into it', async () => {
    const storage = createMemoryStorage()
    await storage.deliveries.append(SCOPE, [DELIVERY])
    await attempt(storage)
    const request = { worker: WORKER, channel: 'email', now: SAMPLE_NOW + 10, leaseMs: 50, limit: 1 } as const
    const [given] = await storage.deliveries.claimInDoubt(SCOPE, RUN, request)
    await prove(storage, SAMPLE_NOW + 20)
    expect((await storage.deliveries.get(SCOPE, [DELIVERY.id]))[0]).toMatchObject({
      status: 'attempting',
      lease: given?.lease,
    })
  })
})

describe('a coupon', () => {
  it('that is issued after its campaign was cancelled is cancelled too, from the first instant on', async () => {
    const storage = createMemoryStorage()
    await storage.coupons.cancel(SCOPE, CAMPAIGN.id, SAMPLE_NOW + 5, entry())
    await storage.coupons.cancel(SCOPE, CAMPAIGN.id, SAMPLE_NOW + 9, entry())
    const [token] = await storage.coupons.issue(SCOPE, [sampleToken()])
    expect(token?.cancelledAt).toBe(SAMPLE_NOW + 5)
    await storage.coupons.cancel(SCOPE, CAMPAIGN.id, SAMPLE_NOW + 9, entry())
    expect((await storage.coupons.byHandle(SCOPE, sampleToken().handle))?.cancelledAt).toBe(SAMPLE_NOW + 5)
  })
})

/** Plans members in a run and places them all; they keep their arms. */
async function freeze(storage: Storage, run: Run, members: readonly Member[]): Promise<void> {
  const moved: Run = { ...run, freeze: { phase: 'settling' }, version: run.version + 1 }
  const planned = members.map(({ rank: _rank, ...member }) => ({ ...member, lane: null, addressKeys: [] }))
  await storage.freezing.append(SCOPE, moved, planned)
  const first = { campaignId: run.campaignId, arms: [], channels: 'all' } as const
  for (const { slice } of await storage.freezing.sizes(SCOPE, run.id)) {
    const placement = { slice, firstRank: 0, arms: new Map(), remainderArm: 'remainder', first }
    await storage.freezing.place(SCOPE, moved, placement)
  }
}

describe('a run that is frozen', () => {
  it('is cut into slices of no more than are placed at a stretch', async () => {
    const storage = createMemoryStorage()
    await storage.campaigns.insert(SCOPE, CAMPAIGN, entry())
    await storage.campaigns.update(SCOPE, { ...CAMPAIGN, version: 2 }, 1, entry(), sampleRun())
    const members = Array.from({ length: 3_000 }, (_, at) =>
      sampleMember({ customerId: `c-${at}`, arm: 'plain' }),
    )
    const planned = members.map(({ rank: _rank, ...member }) => ({ ...member, lane: null, addressKeys: [] }))
    await storage.freezing.append(SCOPE, sampleRun({ version: 2 }), planned)
    const kept = (await storage.freezing.sizes(SCOPE, RUN)).map((size) => size.kept)
    expect(kept.reduce((sum, count) => sum + count, 0)).toBe(3_000)
    expect(Math.max(...kept)).toBeLessThanOrEqual(500)
    expect(kept.length).toBeLessThan(12)
  })
})

describe('deleting a campaign', () => {
  it('takes its runs, members, deliveries and coupons with it, and leaves those of others', async () => {
    const storage = createMemoryStorage()
    const other = sampleCampaign({ id: 'campaign-2', status: 'active' })
    for (const [campaign, run] of [
      [sampleCampaign({ status: 'active' }), 'run-1'],
      [other, 'run-2'],
    ] as const) {
      const ids = { runId: run, campaignId: campaign.id, customerId: 'a' }
      await storage.campaigns.insert(SCOPE, campaign, entry())
      const next = { ...campaign, version: 2 }
      await storage.campaigns.update(SCOPE, next, 1, entry(), sampleRun({ id: run, campaignId: campaign.id }))
      const frozen = sampleRun({ id: run, campaignId: campaign.id })
      await freeze(storage, frozen, [sampleMember({ ...ids, arm: 'plain' })])
      await storage.deliveries.append(SCOPE, [sampleDelivery({ ...ids, id: `d of ${run}` })])
      await storage.coupons.issue(SCOPE, [sampleToken(ids)])
    }
    await storage.campaigns.delete(SCOPE, CAMPAIGN.id, 2, entry())
    expect(await storage.campaigns.getRun(SCOPE, RUN)).toBeNull()
    expect((await storage.dueIndex.due({ limit: 9, now: 0 })).map(({ runId }) => runId)).toEqual(['run-2'])
    const memberships = await storage.audience.membershipsOf(SCOPE, [asId('a')])
    expect(memberships.get(asId('a'))?.map(({ campaignId }) => campaignId)).toEqual(['campaign-2'])
    expect((await storage.deliveries.get(SCOPE, [asId('d of run-1'), asId('d of run-2')])).length).toBe(1)
    expect(await storage.deliveries.nextDue(SCOPE, RUN)).toBeNull()
    expect(await storage.coupons.ofRun(SCOPE, RUN, [asId('a')])).toEqual([])
    expect(await storage.coupons.ofRun(SCOPE, asId('run-2'), [asId('a')])).toHaveLength(1)
    await storage.campaigns.insert(SCOPE, CAMPAIGN, entry())
    expect(await storage.campaigns.runsOf(SCOPE, CAMPAIGN.id)).toEqual([])
  })
})

describe('announcements', () => {
  it('stay deaf to changes that were seen, and keep nobody who has left', async () => {
    const { announcements, campaigns } = createMemoryStorage()
    if (announcements === null) throw new Error('it announces')
    const controller = new AbortController()
    let woken = false
    const waiting = announcements.changed(SCOPE, CAMPAIGN.id, 1, controller.signal).then(() => {
      woken = true
    })
    await campaigns.insert(SCOPE, CAMPAIGN, entry())
    await Promise.resolve()
    expect(woken).toBe(false)
    await campaigns.update(SCOPE, { ...CAMPAIGN, version: 2 }, 1, entry())
    await waiting
    controller.abort()
    expect(await announcements.sequence(SCOPE, CAMPAIGN.id)).toBe(2)
  })
})
