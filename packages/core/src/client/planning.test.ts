import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { assignArms } from '../assignment/assign.js'
import { isGloballyHeldOut } from '../assignment/global-holdout.js'
import type { CustomerId, RunId, TenantId } from '../base/ids.js'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import type { ReachOptions } from '../engine/reach.js'
import type { CustomerInput } from '../model/customer.js'
import type { Eligibility } from '../ports/eligibility.js'
import type { Logger } from '../ports/logger.js'
import { all, any, eligible, eventCount, everyone, not, segment, tag } from '../segmentation/builders.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createPizzeria, LAPSED, lapsedCustomer, SCOPE, winBack } from './pizzeria.fixture.js'
import { codeOf, refusalOf } from './refusal.fixture.js'

const EMAIL: ReachOptions = { channels: ['email'] }
const TENANT = { ...SCOPE, tenant: 'pizzeria' as TenantId }

/** Runs a call over a storage that counts the plans whose addresses are still claimed. */
function watchingClaims() {
  const storage = createMemoryStorage()
  const open = new Set<string>()
  const audience = overridden(storage.audience, {
    claimAddresses: (scope, plan, claims) => {
      open.add(plan)
      return storage.audience.claimAddresses(scope, plan, claims)
    },
    releaseAddresses: (scope, plan) => {
      open.delete(plan)
      return storage.audience.releaseAddresses(scope, plan)
    },
  })
  return { storage: overridden(storage, { audience }), open }
}

describe('reach', () => {
  it('counts whom a rule finds and why the others are left out, by the words of the gates', async () => {
    const { kit, welcome } = createPizzeria()
    await welcome(10)
    await kit.customers.upsert([
      lapsedCustomer(20),
      lapsedCustomer(21, { addresses: {} }),
      lapsedCustomer(22, { addresses: { email: 'ADA1@example.com' } }),
      lapsedCustomer(23, { tags: ['other'] }),
    ])
    await kit.consents.record([
      { customerId: 'c-22', channel: 'email', topic: '*', decision: 'granted', basis: 'form', obtainedAt: 1 },
      {
        customerId: 'c-3',
        channel: 'email',
        topic: 'offers',
        decision: 'denied',
        basis: 'phone',
        obtainedAt: SAMPLE_NOW,
      },
    ])
    await kit.consents.suppress([{ channel: 'email', address: 'ada4@example.com', reason: 'requested' }])
    expect(await kit.audiences.reach(LAPSED, EMAIL)).toEqual({
      matched: 13,
      reachable: 8,
      excluded: { noConsent: 1, noAddress: 1, duplicateAddress: 1, consentDenied: 1, suppressed: 1 },
      byChannel: { email: 8 },
      byFirstChannel: { email: 8 },
      segments: {},
    })
    expect(
      (await kit.audiences.reach(LAPSED, { channels: ['email'], purpose: 'transactional' })).reachable,
    ).toBe(10)
    expect((await kit.audiences.reach(LAPSED, { channels: ['email'], topic: 'news' })).reachable).toBe(1)
  })

  it('excludes a customer only when no channel is left, and counts each channel that is', async () => {
    const { kit, welcome } = createPizzeria()
    await welcome(3)
    await kit.customers.upsert([{ id: 'c-0', addresses: { phone: '+39333000001' } }])
    await kit.consents.record([
      {
        customerId: 'c-0',
        channel: 'sms',
        topic: 'offers',
        decision: 'granted',
        basis: 'form',
        obtainedAt: 1,
      },
      {
        customerId: 'c-1',
        channel: 'email',
        topic: 'offers',
        decision: 'denied',
        basis: 'form',
        obtainedAt: SAMPLE_NOW,
      },
    ])
    const reached = await kit.audiences.reach(LAPSED, { channels: ['sms', 'email'] })
    expect(reached).toMatchObject({
      matched: 3,
      reachable: 2,
      excluded: { consentDenied: 1 },
      byChannel: { sms: 1, email: 2 },
      byFirstChannel: { sms: 1, email: 1 },
    })
  })

  it.each<[string, unknown, string]>([
    ['no channel', { channels: [] }, 'INVALID_INPUT channels'],
    ['a channel twice', { channels: ['email', 'email'] }, 'INVALID_INPUT channels'],
    ['an unknown channel', { channels: ['fax'] }, 'INVALID_INPUT channels[0]'],
    ['an unknown option', { channels: ['email'], limit: 3 }, 'UNKNOWN_FIELD limit'],
    ['the topic of all', { channels: ['email'], topic: '*' }, 'INVALID_INPUT topic'],
    ['no options', undefined, 'INVALID_INPUT '],
  ])('refuses %s', async (_what, options, refused) => {
    const { kit } = createPizzeria()
    expect(await codeOf(() => kit.audiences.reach(everyone(), options as never))).toBe(refused)
  })

  it('refuses criteria that do not stand', async () => {
    const { kit } = createPizzeria()
    expect(await codeOf(() => kit.audiences.reach(null as never, EMAIL))).toMatch(/^CRITERIA_INVALID/)
    expect(await codeOf(() => kit.audiences.reach(segment('gone'), { channels: ['email'] }))).toMatch(
      /^SEGMENT_NOT_FOUND/,
    )
    expect(await codeOf(() => kit.audiences.reach(eligible('r'), { channels: ['email'] }))).toBe(
      'ELIGIBILITY_NOT_CONFIGURED',
    )
    expect(await codeOf(() => kit.audiences.reach(any(eligible('r')), { channels: ['email'] }))).toMatch(
      /^ELIGIBILITY_MISPLACED/,
    )
  })

  it('writes nothing that stays, and gives every address free again', async () => {
    const { storage, open } = watchingClaims()
    const { kit, welcome } = createPizzeria({ storage })
    await welcome(5)
    const journal = (await kit.journal.list()).items.length
    await kit.audiences.reach(LAPSED, { channels: ['email'] })
    expect(open.size).toBe(0)
    expect((await kit.journal.list()).items).toHaveLength(journal)
    expect((await kit.audiences.reach(LAPSED, { channels: ['email'] })).reachable).toBe(5)
  })

  it('gives every address free when it fails or is aborted in the middle', async () => {
    const { storage, open } = watchingClaims()
    let scans = 0
    const stop = new AbortController()
    let onSecond: () => void = () => undefined
    const customers = overridden(storage.customers, {
      scanMatching: null,
      scan: async (...given) => {
        scans += 1
        if (scans === 2) onSecond()
        return storage.customers.scan(...given)
      },
    })
    const { kit, welcome } = createPizzeria({ storage: overridden(storage, { customers }) })
    await welcome(1_500)
    onSecond = () => {
      expect(open.size).toBe(1)
      throw new Error('The storage failed')
    }
    await expect(kit.audiences.reach(LAPSED, { channels: ['email'] })).rejects.toThrow('failed')
    expect(open.size).toBe(0)
    scans = 0
    onSecond = () => stop.abort(new Error('enough'))
    await welcome(2_500)
    scans = 0
    const refused = await refusalOf(() =>
      kit.audiences.reach(LAPSED, { channels: ['email'] }, { signal: stop.signal }),
    )
    expect(refused.code).toBe('ABORTED')
    expect(refused.cause).toEqual(new Error('enough'))
    expect(open.size).toBe(0)
    expect(
      await codeOf(() =>
        kit.audiences.reach(LAPSED, { channels: ['email'] }, { signal: AbortSignal.abort() }),
      ),
    ).toBe('ABORTED')
  })

  it('finds one address twice across pages, whoever comes first gets it', async () => {
    const { kit, welcome, runCampaign, outbox } = createPizzeria()
    await welcome(2_500, (number) => ({
      id: `c-${String(number).padStart(5, '0')}`,
      addresses: { email: `ada${number % 1_200}@example.com` },
    }))
    const reached = await kit.audiences.reach(LAPSED, { channels: ['email'] })
    expect(reached).toMatchObject({ matched: 2_500, reachable: 1_200, excluded: { duplicateAddress: 1_300 } })
    const { id } = await runCampaign({ pace: { email: { limit: 100_000, periodMs: 1_000 } } })
    expect((await kit.reports.campaign(id)).audience).toMatchObject({
      matched: 2_500,
      recipients: 1_200,
      excluded: { duplicateAddress: 1_300 },
    })
    expect(new Set(outbox.sent.map(({ to }) => to)).size).toBe(1_200)
    expect(outbox.sent).toHaveLength(1_200)
  })

  it('counts events within their window', async () => {
    const { kit, welcome } = createPizzeria()
    await welcome(4)
    const visit = (customerId: string, key: string, daysAgo: number) => ({
      key,
      type: 'visit',
      customerId,
      at: SAMPLE_NOW - daysAgo * DAY_MS,
    })
    await kit.events.track([
      visit('c-0', 'a', 1),
      visit('c-0', 'b', 2),
      visit('c-1', 'c', 2),
      visit('c-2', 'd', 9),
    ])
    const reachOf = async (op: '=' | '>=', count: number, days?: number) =>
      (
        await kit.audiences.reach(
          eventCount('visit', op, count, days === undefined ? {} : { withinDays: days }),
          { channels: ['email'] },
        )
      ).matched
    expect(await reachOf('>=', 1, 7)).toBe(2)
    expect(await reachOf('>=', 2, 7)).toBe(1)
    expect(await reachOf('>=', 1)).toBe(3)
    expect(await reachOf('=', 0, 7)).toBe(2)
    expect(
      (await kit.audiences.reach(not(eventCount('visit', '>=', 1)), { channels: ['email'] })).matched,
    ).toBe(1)
  })

  it('holds the same customers out of everything', async () => {
    const holdout = { share: 0.3, salt: 'of the house' }
    const { kit, welcome } = createPizzeria({ kit: { tenants: () => ({ globalHoldout: holdout }) } })
    await welcome(500)
    const held = Array.from({ length: 500 }, (_, index) => `c-${index}`).filter((id) =>
      isGloballyHeldOut({ tenant: 'pizzeria', ...holdout }, id),
    )
    const reached = await kit.audiences.reach(LAPSED, { channels: ['email'] })
    expect(reached.excluded).toEqual({ globalHoldout: held.length })
    expect(reached.matched).toBe(500)
  })
})

describe('external rules', () => {
  const asking = (ask: Eligibility['ask'], log: unknown[] = []) => {
    const logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: (...line: unknown[]) => log.push(line),
      error: () => undefined,
    } as Logger
    return createPizzeria({ kit: { eligibility: { ask }, logger } })
  }
  const yes = async (_scope: unknown, _rule: string, customers: readonly { readonly id: CustomerId }[]) =>
    new Map(customers.map(({ id }) => [id, true] as const))

  it('are asked after matching, in batches of at most a thousand, with the scope', async () => {
    const asked: [string, string, number][] = []
    const { kit, welcome } = asking(async (scope, rule, customers) => {
      asked.push([scope.tenant, rule, customers.length])
      return yes(scope, rule, customers)
    })
    await welcome(1_200, (number) => (number % 2 === 0 ? {} : { tags: ['other'] }))
    expect(
      (await kit.audiences.reach(all(LAPSED, eligible('loyal')), { channels: ['email'] })).reachable,
    ).toBe(600)
    expect(
      asked.every(([tenant, rule, size]) => tenant === 'pizzeria' && rule === 'loyal' && size <= 1_000),
    ).toBe(true)
    expect(asked.reduce((total, [, , size]) => total + size, 0)).toBe(600)
  })

  it('say no over all, and are not asked again about those to whom one said no', async () => {
    const asked: [string, number][] = []
    const { kit, welcome } = asking(async (_scope, rule, customers) => {
      asked.push([rule, customers.length])
      return new Map(customers.map(({ id }) => [id, rule !== 'first' || id !== 'c-0'] as const))
    })
    await welcome(2)
    const reached = await kit.audiences.reach(all(eligible('first'), eligible('second')), {
      channels: ['email'],
    })
    expect(reached).toMatchObject({ matched: 2, reachable: 1, excluded: { notEligible: 1 } })
    expect(asked).toEqual([
      ['first', 2],
      ['second', 1],
    ])
    asked.length = 0
    const none = asking(async (_scope, rule, customers) => {
      asked.push([rule, customers.length])
      return new Map(customers.map(({ id }) => [id, false] as const))
    })
    await none.welcome(2)
    expect(
      (await none.kit.audiences.reach(all(eligible('first'), eligible('second')), { channels: ['email'] }))
        .excluded,
    ).toEqual({ notEligible: 2 })
    expect(asked).toEqual([['first', 2]])
  })

  it.each<[string, Eligibility['ask']]>([
    [
      'throws',
      async () => {
        throw new Error('no connection for ada0@example.com')
      },
    ],
    [
      'throws at once',
      () => {
        throw new Error('no connection for ada0@example.com')
      },
    ],
    ['throws something that is no error', () => Promise.reject('ada0@example.com')],
    ['leaves a customer out', async () => new Map()],
    ['answers with nothing', async () => undefined as never],
    ['answers with an object', async () => ({ 'c-0': true }) as never],
    [
      'answers with a word',
      async (_scope, _rule, customers) => new Map(customers.map(({ id }) => [id, 'yes'])) as never,
    ],
  ])('that %s exclude as unknown, and no address reaches the log', async (_what, ask) => {
    const log: unknown[] = []
    const { kit, welcome } = asking(ask, log)
    await welcome(1)
    expect(await kit.audiences.reach(eligible('loyal'), { channels: ['email'] })).toMatchObject({
      matched: 1,
      reachable: 0,
      excluded: { eligibilityUnknown: 1 },
    })
    expect(JSON.stringify(log)).not.toContain('ada0')
  })

  it('that take too long exclude as unknown, and may fail later without harm', async () => {
    const clock = createPizzeria().clock
    const { kit, welcome } = createPizzeria({
      kit: {
        clock,
        eligibilityTimeoutMs: 5_000,
        eligibility: {
          async ask() {
            await clock.sleepUntil(clock.now() + HOUR_MS)
            throw new Error('far too late')
          },
        },
      },
    })
    await welcome(1)
    expect((await kit.audiences.reach(eligible('slow'), { channels: ['email'] })).excluded).toEqual({
      eligibilityUnknown: 1,
    })
    await clock.advance(2 * HOUR_MS)
  })
})

describe('freezing a run', () => {
  it('gives the arms of assignArms to the row, over several pages', async () => {
    const { kit, storage, welcome, runCampaign } = createPizzeria()
    await welcome(2_300)
    const campaign = await runCampaign({
      experiment: { variants: [{ name: 'a', weight: 3 }, { name: 'b' }], holdout: 0.1, remainder: 0.05 },
      pace: { email: { limit: 100_000, periodMs: 1_000 } },
    })
    const [run] = await kit.campaigns.runs(campaign.id)
    const page = { cursor: null, limit: 3_000 }
    const { items: members } = await storage.audience.list(TENANT, run?.id as RunId, {}, page)
    const frozen = members
      .toSorted((left, right) => Number(left.rank) - Number(right.rank))
      .map(({ customerId, rank, arm }) => ({ customerId, rank, arm }))
    const ids = Array.from({ length: 2_300 }, (_, index) => `c-${index}`)
    expect(frozen).toEqual(
      assignArms({ tenant: 'pizzeria', salt: campaign.salt, experiment: campaign.content.experiment }, ids),
    )
    const { items } = await kit.campaigns.deliveries(campaign.id, {}, { limit: 1_000 })
    expect(items.every(({ arm }) => arm === 'a' || arm === 'b')).toBe(true)
  })

  it('is the rule and the segments of the launch, whatever becomes of them afterwards', async () => {
    const { kit, root, outbox, welcome } = createPizzeria()
    await welcome(4, (number) => ({ tags: number < 3 ? ['a'] : ['b'] }))
    await kit.segments.save({ name: 'friends', criteria: tag('a') })
    const { id } = await kit.campaigns.create(winBack({ audience: segment('friends') }))
    await kit.campaigns.launch(id)
    await kit.segments.save({ name: 'friends', criteria: tag('b') }, 1)
    await root.worker().drain()
    expect(outbox.sent.map(({ to }) => to).sort()).toEqual([
      'ada0@example.com',
      'ada1@example.com',
      'ada2@example.com',
    ])
  })

  it('writes to the first channel of each, or to all', async () => {
    const messages = { email: { subject: 'Hi', html: 'x' }, sms: { body: 'Hi' } }
    for (const [delivery, expected] of [
      ['each', 3],
      [{ firstOf: ['sms', 'email'] }, 2],
    ] as const) {
      const channels = { email: createRecordingChannel(), sms: createRecordingChannel({ kind: 'sms' }) }
      const { kit, welcome, runCampaign } = createPizzeria({ channels })
      await welcome(2)
      await kit.customers.upsert([{ id: 'c-1', addresses: { phone: '+39333000001' } }])
      await kit.consents.record([
        {
          customerId: 'c-1',
          channel: 'sms',
          topic: 'offers',
          decision: 'granted',
          basis: 'form',
          obtainedAt: 1,
        },
      ])
      await runCampaign({ messages, delivery: delivery as never })
      expect(channels.sms.sent).toHaveLength(1)
      expect(channels.email.sent.length + channels.sms.sent.length).toBe(expected)
    }
  })

  it('of nobody ends the campaign', async () => {
    const { kit, runCampaign } = createPizzeria()
    const campaign = await runCampaign()
    expect(campaign.status).toBe('completed')
    expect((await kit.reports.campaign(campaign.id)).audience).toEqual({
      matched: 0,
      recipients: 0,
      holdout: 0,
      remainder: 0,
      excluded: {},
    })
  })

  it('fails the campaign for good when its audience has become impossible', async () => {
    const { kit, storage, root, welcome } = createPizzeria({
      kit: { eligibility: { ask: async () => new Map() } },
    })
    await welcome(1)
    const { id } = await kit.campaigns.create(winBack({ audience: eligible('loyal') }))
    await kit.campaigns.launch(id)
    const without = createPizzeria({ storage, seed: 'other' })
    await without.root.worker().drain()
    expect(await kit.campaigns.get(id)).toMatchObject({
      status: 'failed',
      statusReason: 'ELIGIBILITY_NOT_CONFIGURED',
    })
    await root.worker().drain()
  })
})

describe('two tenants with equal ids', () => {
  it('see nothing of each other, whatever is asked', async () => {
    const { kit, root, clock, runCampaign, welcome, outbox } = createPizzeria()
    const other = root.as({ ...SCOPE, tenant: 'trattoria' })
    await welcome(3)
    await kit.segments.save({ name: 'friends', criteria: tag('pizza-lover') })
    const campaign = await runCampaign()
    const code =
      /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/.exec(JSON.stringify(outbox.sent[0]?.content))?.[0] ?? ''
    await kit.coupons.redeem(code, { by: 'till', key: 'r-1' })

    expect(await other.audiences.reach(LAPSED, { channels: ['email'] })).toMatchObject({
      matched: 0,
      segments: {},
    })
    expect((await other.customers.list()).items).toEqual([])
    expect((await other.campaigns.list({ archived: true })).items).toEqual([])
    expect((await other.segments.list()).items).toEqual([])
    expect((await other.journal.list()).items).toEqual([])
    expect(await other.consents.history('c-0')).toEqual([])
    expect(await other.coupons.redeem(code, { by: 'till', key: 'r-1' })).toEqual({ outcome: 'unknown' })
    expect(await codeOf(() => other.coupons.reverse({ key: 'r-1', by: 'till', reason: 'x' }))).toBe(
      'REDEMPTION_NOT_FOUND',
    )
    expect(await codeOf(() => other.segments.get('friends'))).toBe('SEGMENT_NOT_FOUND')
    expect(await codeOf(() => other.customers.get('c-0'))).toMatch(/^CUSTOMER_NOT_FOUND/)
    const { id, version } = campaign
    const calls: (() => Promise<unknown>)[] = [
      () => other.campaigns.get(id),
      () => other.campaigns.edit(id, {}, version),
      () => other.campaigns.runs(id),
      () => other.campaigns.preview(id, { customerId: 'c-0' }),
      () => other.campaigns.sendTest(id, { to: ['x@example.com'], customerId: 'c-0' }),
      () => other.campaigns.preflight(id),
      () => other.campaigns.explain(id, 'c-0'),
      () => other.campaigns.progress(id),
      () => other.campaigns.deliveries(id),
      () => other.campaigns.clone(id, 'x'),
      () => other.reports.campaign(id),
    ]
    for (const call of calls) expect(await codeOf(call)).toBe('CAMPAIGN_NOT_FOUND')

    const [sent] = outbox.sent
    const deliveryId = sent?.deliveryId ?? ('' as never)
    const receipt = { key: 'k', type: 'complained', at: clock.now(), deliveryId } as const
    expect(await other.events.ingest([receipt])).toEqual({ recorded: 0, repeated: 0, unknown: 1 })
    await other.events.track({
      key: 'o-1',
      type: 'conversion',
      customerId: 'c-0',
      amountMinor: 1,
      currency: 'EUR',
    })
    expect((await kit.reports.campaign(id)).counts).toMatchObject({
      conversions: 0,
      complained: 0,
      redemptions: 1,
    })
    expect(await kit.events.track({ key: 'o-1', type: 'conversion', customerId: 'c-0' })).toEqual({
      recorded: 1,
      repeated: 0,
    })
  })

  it('hold their audiences apart while both are frozen at once', async () => {
    const { root, outbox, kit, welcome } = createPizzeria()
    const other = root.as({ ...SCOPE, tenant: 'trattoria' })
    await welcome(2)
    const guests: CustomerInput[] = [
      lapsedCustomer(0, { addresses: { email: 'ada0@example.com' } }),
      lapsedCustomer(7),
    ]
    await other.customers.upsert(guests)
    await other.consents.record(
      guests.map(({ id }) => ({
        customerId: id,
        channel: 'email',
        topic: 'offers',
        decision: 'granted',
        basis: 'form',
        obtainedAt: 0,
      })),
    )
    const ours = await kit.campaigns.create(winBack())
    const theirs = await other.campaigns.create(winBack())
    await Promise.all([kit.campaigns.launch(ours.id), other.campaigns.launch(theirs.id)])
    await root.worker({ concurrency: 2 }).drain()
    expect(
      outbox.sent
        .filter(({ campaignId }) => campaignId === ours.id)
        .map(({ to }) => to)
        .sort(),
    ).toEqual(['ada0@example.com', 'ada1@example.com'])
    expect(
      outbox.sent
        .filter(({ campaignId }) => campaignId === theirs.id)
        .map(({ to }) => to)
        .sort(),
    ).toEqual(['ada0@example.com', 'ada7@example.com'])
  })
})
