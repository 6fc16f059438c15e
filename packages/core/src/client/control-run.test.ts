import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.js'
import { perMinute } from '../model/pace.js'
import type { OutgoingMessage } from '../ports/channel.js'
import { createSendingWorld, timesTaken } from './sending.fixture.js'

const CHUNK = 100

const codeIn = ({ content }: OutgoingMessage) =>
  /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/.exec(content.type === 'email' ? content.text : '')?.[0] ?? 'none'

/** A world whose campaign is told something as soon as so many messages are out. */
async function interrupted(
  customers: number,
  after: number,
  more: object,
  act: (world: ReturnType<typeof createSendingWorld>, id: string) => Promise<unknown>,
) {
  let acting: Promise<unknown> | null = null
  let actedAt = 0
  let id = ''
  const world: ReturnType<typeof createSendingWorld> = createSendingWorld({
    email: {
      faultOf: () => {
        if (world.email.accepted.length + 1 === after) {
          actedAt = world.clock.now()
          acting = act(world, id)
        }
        return null
      },
    },
  })
  await world.invite(customers)
  id = (await world.launch(more)).id
  await world.root.worker().drain()
  await acting
  return { ...world, id, actedAt }
}

describe('a pause', () => {
  it.each([
    ['a slow pace', perMinute(100)],
    ['a fast pace', perMinute(60_000)],
  ])('takes effect within one chunk, at %s', async (_described, pace) => {
    const { id, kit, email, actedAt } = await interrupted(
      600,
      50,
      { pace: { email: pace } },
      ({ kit: own }, campaign) => own.campaigns.pause(campaign, 'a mistake'),
    )
    expect(email.accepted.length - 50).toBeLessThanOrEqual(CHUNK)
    expect(email.accepted.length).toBeLessThan(600)
    expect(Math.max(...email.accepted.map(({ at }) => at)) - actedAt).toBeLessThanOrEqual(10 * SECOND_MS)
    const { counts, status } = await kit.campaigns.progress(id)
    expect(status).toBe('paused')
    expect(counts).toMatchObject({ sent: email.accepted.length, claimed: 0, attempting: 0 })
    expect(counts.queued).toBe(600 - email.accepted.length)
  })

  it('is not waited for by drain, also when there is an end date', async () => {
    const { root, clock } = await interrupted(200, 20, { endsAt: Date.UTC(2027, 0, 1) }, ({ kit }, id) =>
      kit.campaigns.pause(id),
    )
    const paused = clock.now()
    expect(paused).toBeLessThan(Date.UTC(2026, 2, 2))
    await root.worker().drain()
    expect(clock.now()).toBe(paused)
  })

  it('and resuming write to nobody twice, in order of rank, as often as one likes', async () => {
    const { id, kit, root, email } = await interrupted(300, 30, {}, ({ kit: own }, campaign) =>
      own.campaigns.pause(campaign),
    )
    const isPaused = async () => (await kit.campaigns.get(id)).status === 'paused'
    for (let times = 0; times < 5 && (await isPaused()); times += 1) {
      await kit.campaigns.resume(id)
      const working = root.worker().tick()
      await kit.campaigns.pause(id)
      await working
    }
    if (await isPaused()) await kit.campaigns.resume(id)
    await root.worker().drain()
    expect([...timesTaken(email).values()]).toEqual(Array(300).fill(1))
    expect(await kit.campaigns.get(id)).toMatchObject({ status: 'completed' })
    const { items } = await kit.campaigns.deliveries(id, {}, { limit: 500 })
    const rankOf = new Map(items.map((delivery) => [delivery.id, delivery.rank]))
    const ranks = email.accepted.map(({ message }) => rankOf.get(message.deliveryId) ?? -1)
    expect(ranks).toEqual([...ranks].sort((left, right) => left - right))
  })

  it('that comes when the last message is out does not leave the campaign open for ever', async () => {
    const { id, kit, root } = await interrupted(20, 20, {}, ({ kit: own }, campaign) =>
      own.campaigns.pause(campaign),
    )
    expect((await kit.campaigns.progress(id)).counts.sent).toBe(20)
    expect((await kit.campaigns.get(id)).status).toBe('paused')
    await kit.campaigns.resume(id)
    await root.worker().drain()
    expect((await kit.campaigns.get(id)).status).toBe('completed')
    expect(await kit.campaigns.runs(id)).toMatchObject([{ status: 'ended' }])
  })

  it('ends with the end date: the rest is skipped and the campaign completed', async () => {
    const endsAt = Date.UTC(2026, 2, 3)
    const { id, kit, root, clock } = await interrupted(200, 20, { endsAt }, ({ kit: own }, campaign) =>
      own.campaigns.pause(campaign),
    )
    await root.worker().drain({ until: endsAt + HOUR_MS })
    const progress = await kit.campaigns.progress(id)
    expect(progress).toMatchObject({ status: 'completed', settled: 200 })
    expect(progress.counts.sent + progress.counts.skipped).toBe(200)
    expect(clock.now()).toBe(endsAt + HOUR_MS)
  })

  it('during the freezing goes on there', async () => {
    const { invite, launch, root, kit, email } = createSendingWorld()
    await invite(50)
    const { id } = await launch()
    await kit.campaigns.pause(id)
    await root.worker().drain()
    expect(email.accepted).toHaveLength(0)
    await kit.campaigns.resume(id)
    await root.worker().drain()
    expect(email.accepted).toHaveLength(50)
  })
})

describe('the end date', () => {
  it('that comes during a run completes the campaign by itself, with the rest skipped', async () => {
    const { invite, launch, root, kit, email, clock } = createSendingWorld()
    await invite(300)
    const endsAt = clock.now() + MINUTE_MS
    const { id } = await launch({ endsAt })
    await root.worker().drain()
    const progress = await kit.campaigns.progress(id)
    expect(progress).toMatchObject({ status: 'completed', settled: 300, total: 300 })
    expect(progress.counts.sent).toBe(email.accepted.length)
    expect(email.accepted.length).toBeGreaterThan(85)
    expect(email.accepted.length).toBeLessThanOrEqual(100)
    expect(email.accepted.every(({ at }) => at < endsAt)).toBe(true)
    expect(await kit.campaigns.get(id)).toMatchObject({
      statusReason: 'campaignEnded',
      endedAt: expect.any(Number),
    })
    const { items } = await kit.campaigns.deliveries(id, { status: 'skipped' }, { limit: 500 })
    expect(new Set(items.map(({ reason }) => reason))).toEqual(new Set(['campaignEnded']))
    expect((await kit.reports.campaign(id)).counts.skipped).toBe(items.length)
  })
})

describe('a stop', () => {
  it('completes the campaign and cancels what is not sent', async () => {
    const { id, kit, email } = await interrupted(300, 40, {}, ({ kit: own }, campaign) =>
      own.campaigns.stop(campaign),
    )
    const progress = await kit.campaigns.progress(id)
    expect(progress).toMatchObject({ status: 'completed', settled: 300 })
    expect(progress.counts).toMatchObject({
      sent: email.accepted.length,
      cancelled: 300 - email.accepted.length,
    })
    expect(email.accepted.length).toBeLessThanOrEqual(40 + CHUNK)
    const [sent] = email.accepted
    const { outcome } = await kit.coupons.redeem(sent === undefined ? '' : codeIn(sent.message), {
      by: 'till',
      key: 'k',
    })
    expect(outcome).toBe('redeemed')
    expect(await kit.campaigns.runs(id)).toMatchObject([{ status: 'ended' }])
  })
})

describe('a cancellation', () => {
  it('needs a justification', async () => {
    const { launch, invite, kit } = createSendingWorld()
    await invite(1)
    const { id } = await launch()
    await expect(kit.campaigns.cancel(id, ' \n')).rejects.toMatchObject({
      code: 'CAMPAIGN_JUSTIFICATION_REQUIRED',
    })
  })

  it('cancels what is not sent, and the coupons of those who have theirs', async () => {
    const { id, kit, email } = await interrupted(300, 40, {}, ({ kit: own }, campaign) =>
      own.campaigns.cancel(campaign, 'wrong price'),
    )
    const progress = await kit.campaigns.progress(id)
    expect(progress).toMatchObject({ status: 'cancelled', settled: 300 })
    expect(progress.counts).toMatchObject({
      sent: email.accepted.length,
      cancelled: 300 - email.accepted.length,
    })
    const codes = email.accepted.map(({ message }) => codeIn(message))
    for (const code of [codes[0], codes.at(-1)]) {
      expect(await kit.coupons.redeem(code ?? '', { by: 'till', key: `k-${code}` })).toMatchObject({
        outcome: 'cancelled',
      })
    }
  })

  it('during the freezing leaves nothing that anybody waits for', async () => {
    const { invite, launch, root, kit, email, storage } = createSendingWorld()
    await invite(2_500)
    const { id } = await launch()
    const { place } = storage.freezing
    let slices = 0
    storage.freezing.place = async (...given: Parameters<typeof place>) => {
      slices += 1
      if (slices === 4) await kit.campaigns.cancel(id, 'wrong audience')
      return place(...given)
    }
    await root.worker().drain()
    expect(email.accepted).toHaveLength(0)
    const progress = await kit.campaigns.progress(id)
    expect(progress.status).toBe('cancelled')
    expect(progress.settled).toBe(progress.total)
    expect(await kit.campaigns.runs(id)).toMatchObject([{ status: 'ended' }])
  })

  it('by which another worker has ended the run leaves nothing behind that was placed after it', async () => {
    const { invite, launch, root, kit, email, storage } = createSendingWorld()
    await invite(2_500)
    const { id } = await launch()
    const { place } = storage.freezing
    let slices = 0
    storage.freezing.place = async (...given: Parameters<typeof place>) => {
      slices += 1
      if (slices === 4) {
        await kit.campaigns.cancel(id, 'wrong audience')
        await root.worker().drain()
      }
      return place(...given)
    }
    await root.worker().drain()
    expect(email.accepted).toHaveLength(0)
    const progress = await kit.campaigns.progress(id)
    expect(progress.status).toBe('cancelled')
    expect(progress.total).toBeGreaterThan(500)
    expect(progress.total).toBeLessThan(2_500)
    expect(progress.counts.cancelled).toBe(progress.total)
    expect(await kit.campaigns.runs(id)).toMatchObject([{ status: 'ended' }])
  })

  it('by which the run ended while a slice was placed ends what was placed as well', async () => {
    const { invite, launch, root, kit, storage } = createSendingWorld()
    await invite(20)
    const { id } = await launch()
    const { place } = storage.freezing
    storage.freezing.place = async (...given: Parameters<typeof place>) => {
      await place(...given)
      storage.freezing.place = place
      await kit.campaigns.cancel(id, 'wrong audience')
      const [run] = await kit.campaigns.runs(id)
      const ended = {
        ...given[1],
        ...run,
        status: 'ended',
        version: given[1].version + 1,
      } as (typeof given)[1]
      await storage.campaigns.updateRun(given[0], ended, given[1].version)
    }
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ queued: 0, cancelled: 20 })
  })

  it('before any worker has looked ends at once', async () => {
    const { invite, launch, root, kit, clock } = createSendingWorld()
    await invite(3)
    const { id } = await launch({ startsAt: clock.now() + DAY_MS })
    await kit.campaigns.cancel(id, 'no longer wanted')
    const before = clock.now()
    await root.worker().drain()
    expect(clock.now()).toBe(before)
    expect(await kit.campaigns.runs(id)).toMatchObject([{ status: 'ended' }])
  })

  it('waits for the calls that another worker has under way, and counts them as sent', async () => {
    const { invite, launch, root, kit, email, clock } = createSendingWorld({
      auto: false,
      email: { delayMsOf: () => 30 * SECOND_MS },
    })
    await invite(50)
    const { id } = await launch()
    const other = root.worker().drain()
    await clock.advance(2 * SECOND_MS)
    await kit.campaigns.cancel(id, 'wrong price')
    const own = root.worker().drain()
    await clock.advance(SECOND_MS)
    expect((await kit.campaigns.progress(id)).counts.attempting).toBe(email.attempted.length)
    expect(await kit.campaigns.runs(id)).toMatchObject([{ status: 'open' }])
    await clock.advance(2 * MINUTE_MS)
    await Promise.all([other, own])
    const { counts } = await kit.campaigns.progress(id)
    expect(counts).toMatchObject({ sent: email.accepted.length, cancelled: 50 - email.accepted.length })
    expect(await kit.campaigns.runs(id)).toMatchObject([{ status: 'ended' }])
  })

  it('is carried out at once although the account has to wait for hours', async () => {
    const { invite, launch, root, kit, clock } = createSendingWorld({
      email: { faultOf: () => ({ outcome: 'throttled', code: 'too-many', retryAfterMs: 5 * HOUR_MS }) },
    })
    await invite(200)
    const { id } = await launch()
    const worker = root.worker()
    for (let tick = 0; tick < 4; tick += 1) await worker.tick()
    const { nextDueAt } = await worker.tick()
    expect(nextDueAt).toBeGreaterThan(clock.now() + 4 * HOUR_MS)
    await kit.campaigns.cancel(id, 'too late anyway')
    expect((await worker.tick()).served).toBe(1)
    expect((await kit.campaigns.progress(id)).counts.cancelled).toBe(200)
  })
})
