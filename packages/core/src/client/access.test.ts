import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { isCampaignKitError } from '../base/error.js'
import { everyone, segment, tag } from '../segmentation/builders.js'
import { createPizzeria, SCOPE, winBack } from './pizzeria.fixture.js'
import { refusalOf } from './refusal.fixture.js'

type Call = (...given: unknown[]) => unknown

/** Every method of a tenant's kit, by name. */
function methodsOf(kit: object): [string, Call][] {
  return Object.entries(kit).flatMap(([group, calls]) =>
    Object.entries(calls as Record<string, Call>).map(([name, call]): [string, Call] => [
      `${group}.${name}`,
      call,
    ]),
  )
}

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/** Carries a call out whatever it gives: a value, a promise, a stream. */
async function carryOut(call: Call, given: readonly unknown[]): Promise<unknown> {
  const result = call(...given)
  if (!isIterable(result)) return result
  for await (const item of result) return item
  return undefined
}

const METHODS = methodsOf(createPizzeria().kit)

describe('the access policy of the host', () => {
  it.each(METHODS.map(([name]) => name))('is asked before %s, and a no changes nothing', async (name) => {
    const storage = createMemoryStorage()
    const allowed = createPizzeria({ storage })
    await allowed.welcome(1)
    const { id } = await allowed.runCampaign()
    const journal = (await allowed.kit.journal.list({}, { limit: 1_000 })).items
    const sent = allowed.outbox.sent.length
    const asked: string[] = []
    const access = (_scope: unknown, action: string) => {
      asked.push(action)
      return false
    }
    const denied = createPizzeria({ storage, kit: { access }, seed: 'denied' })
    const call = new Map(methodsOf(denied.kit)).get(name) as Call
    for (const given of [[], [id, {}, 1], ['c-0', 'ALL'], [[]]]) {
      expect((await refusalOf(() => carryOut(call, given))).code, JSON.stringify(given)).toBe('FORBIDDEN')
    }
    expect(asked.length).toBeGreaterThanOrEqual(4)
    expect((await allowed.kit.journal.list({}, { limit: 1_000 })).items).toEqual(journal)
    expect(denied.outbox.sent).toEqual([])
    expect(allowed.outbox.sent).toHaveLength(sent)
  })

  it('allows nothing by a promise, which is merely truthy', async () => {
    const { kit } = createPizzeria({ kit: { access: (async () => true) as never } })
    expect((await refusalOf(() => kit.campaigns.list())).code).toBe('FORBIDDEN')
  })

  it('is asked with the scope, so that roles decide', async () => {
    const { root } = createPizzeria({
      kit: { access: ({ actor }, action) => action === 'coupon.redeem' && actor.roles.includes('till') },
    })
    const till = root.as({ tenant: 'pizzeria', actor: { id: 't-1', kind: 'service', roles: ['till'] } })
    const cook = root.as({ tenant: 'pizzeria', actor: { id: 'c-1', kind: 'user' } })
    expect(await till.coupons.redeem('x', { by: 't', key: 'k' })).toEqual({ outcome: 'unknown' })
    expect(await refusalOf(() => cook.coupons.redeem('x', { by: 't', key: 'k' }))).toMatchObject({
      details: { action: 'coupon.redeem', actor: 'c-1', roles: [] },
    })
    expect((await refusalOf(() => till.coupons.reverse({ by: 't', key: 'k', reason: 'x' }))).code).toBe(
      'FORBIDDEN',
    )
  })
})

describe('the journal', () => {
  it('has an entry for each change, by whom, of what and why', async () => {
    const { kit, root, outbox, clock, welcome } = createPizzeria()
    await welcome(2)
    await kit.segments.save({ name: 's', criteria: everyone() })
    await kit.segments.delete('s', 1)
    const { id } = await kit.campaigns.create(
      winBack({ schedule: { type: 'recurring', every: 'day', at: '12:00' } }),
    )
    await kit.campaigns.edit(id, { objective: 'More' }, 1)
    await kit.campaigns.schedule(id)
    await kit.campaigns.unschedule(id)
    await kit.campaigns.sendTest(id, { to: ['a@b.example'], customerId: 'c-0' })
    await kit.campaigns.launchNow(id)
    await kit.campaigns.pause(id, 'looking')
    await kit.campaigns.resume(id)
    await root.worker().drain()
    const code =
      /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/.exec(JSON.stringify(outbox.sent.at(-1)?.content))?.[0] ?? ''
    await kit.coupons.redeem(code, { by: 'till', key: 'r' })
    await kit.coupons.reverse({ by: 'till', key: 'r', reason: 'wrong' })
    await kit.campaigns.cancel(id, 'over')
    await kit.campaigns.archive(id)
    const other = await kit.campaigns.create(winBack({ name: 'other' }))
    await kit.campaigns.delete(other.id, 1)
    const { items } = await kit.journal.list({}, { limit: 1_000 })
    expect(
      items.map(({ action, actor, reason }) =>
        [action, actor.kind, reason].filter((part) => part !== null).join(' '),
      ),
    ).toEqual([
      'customers.upsert user',
      'consents.record user',
      'segment.save user',
      'segment.delete user',
      'campaign.create user',
      'campaign.edit user',
      'campaign.schedule user',
      'campaign.unschedule user',
      'campaign.test user',
      'campaign.launch user',
      'campaign.pause user looking',
      'campaign.resume user',
      'campaign.recur system',
      'campaign.begin system',
      'coupon.redeem user',
      'coupon.reverse user wrong',
      'campaign.cancel user over',
      'coupons.cancel user over',
      'campaign.archive user',
      'campaign.create user',
      'campaign.delete user',
    ])
    expect(new Set(items.map((entry) => entry.id)).size).toBe(items.length)
    expect(items.every(({ at }) => at <= clock.now())).toBe(true)
    expect((await kit.journal.list({ subject: { type: 'campaign', id: other.id } })).items).toHaveLength(2)
    const first = await kit.journal.list({}, { limit: 5 })
    const second = await kit.journal.list({}, { limit: 1_000, cursor: first.nextCursor })
    expect([...first.items, ...second.items]).toEqual(items)
    for (const personal of ['ada0@', 'Ada0', 'a@b.example', code])
      expect(JSON.stringify(items)).not.toContain(personal)
  })
})

describe('listings', () => {
  it('refuse filters and pages that they do not know', async () => {
    const { kit } = createPizzeria()
    const { id } = await kit.campaigns.create(winBack())
    const calls: [() => Promise<unknown>, string][] = [
      [() => kit.campaigns.list({ status: 'draft' } as never), 'UNKNOWN_FIELD'],
      [() => kit.campaigns.list({ statuses: ['running'] } as never), 'INVALID_INPUT'],
      [() => kit.campaigns.list({}, { limit: 0 }), 'INVALID_INPUT'],
      [() => kit.campaigns.list({}, { limit: 1_001 }), 'INVALID_INPUT'],
      [() => kit.campaigns.list({}, { page: 2 } as never), 'UNKNOWN_FIELD'],
      [() => kit.campaigns.list({}, { cursor: 'rubbish' }), 'INVALID_INPUT'],
      [() => kit.campaigns.deliveries(id, { status: 'gone' } as never), 'INVALID_INPUT'],
      [() => kit.campaigns.deliveries(id, { arm: 'a' } as never), 'UNKNOWN_FIELD'],
      [() => kit.journal.list({ actor: 'x' } as never), 'UNKNOWN_FIELD'],
      [() => kit.segments.list({ limit: -1 }), 'INVALID_INPUT'],
    ]
    for (const [call, code] of calls) expect((await refusalOf(call)).code).toBe(code)
  })

  it('give campaigns newest first, by status, page after page', async () => {
    const { kit, clock } = createPizzeria()
    for (let number = 0; number < 5; number += 1) {
      await kit.campaigns.create(winBack({ name: `c${number}` }))
      await clock.advance(1_000)
    }
    const [newest] = (await kit.campaigns.list()).items
    await kit.campaigns.launch(newest?.id ?? '')
    expect(
      (await kit.campaigns.list({ statuses: ['draft'] })).items.map(({ content }) => content.name),
    ).toEqual(['c3', 'c2', 'c1', 'c0'])
    const first = await kit.campaigns.list({}, { limit: 3 })
    const second = await kit.campaigns.list({}, { limit: 3, cursor: first.nextCursor })
    expect([...first.items, ...second.items].map(({ content }) => content.name)).toEqual([
      'c4',
      'c3',
      'c2',
      'c1',
      'c0',
    ])
    expect(second.nextCursor).toBeNull()
  })

  it('give deliveries by status', async () => {
    const { kit, welcome, runCampaign } = createPizzeria()
    await welcome(3)
    const { id } = await runCampaign()
    expect((await kit.campaigns.deliveries(id, { status: 'sent' })).items).toHaveLength(3)
    expect((await kit.campaigns.deliveries(id, { status: 'held' })).items).toEqual([])
  })
})

describe('errors', () => {
  it('never hold names or addresses, whatever was refused', async () => {
    const { kit, welcome } = createPizzeria()
    await welcome(1, () => ({
      firstName: 'Mallory',
      addresses: { email: 'mallory@example.com', phone: '+393330000001' },
    }))
    const { id } = await kit.campaigns.create(winBack())
    const calls: (() => Promise<unknown>)[] = [
      () =>
        kit.customers.upsert([
          { id: 'c-9', firstName: 'Mallory', addresses: { email: 'mallory at example.com' } },
        ]),
      () => kit.customers.upsert([{ id: 'c-9', addresses: { phone: 'mallory@example.com' } }]),
      () =>
        kit.campaigns.sendTest(id, {
          to: ['mallory@example.com', 'mallory at example.com'],
          customerId: 'c-0',
        }),
      () => kit.campaigns.preview(id, { customerId: 'mallory@example.com' }),
      () =>
        kit.consents.suppress([
          { channel: 'email', address: 'Mallory <mallory@example.com>', reason: 'requested' },
        ]),
      () =>
        kit.consents.record([
          {
            customerId: 'c-0',
            channel: 'email',
            topic: 'mallory@example.com',
            decision: 'granted',
            basis: 'x',
            obtainedAt: 0,
          },
        ]),
      () =>
        kit.campaigns.create(
          winBack({
            messages: { email: { subject: 'Hi', html: 'x', replyTo: 'Mallory\r\nBcc: mallory@example.com' } },
          }),
        ),
      () =>
        kit.campaigns.create(
          winBack({ audience: { type: 'tags', match: 'any', tags: ['mallory@example.com', 7] } as never }),
        ),
      () => kit.coupons.redeem('x', { by: 'Mallory', key: 'k'.repeat(300) }),
      () => kit.events.track({ key: 'k', type: 'Mallory', customerId: 'c-0' }),
      () => kit.audiences.reach(segment('gone'), { channels: ['email'] }),
      () => kit.audiences.reach(tag('x'), { channels: ['mallory@example.com' as never] }),
    ]
    let refused = 0
    for (const call of calls) {
      const thrown = await call().then(
        () => null,
        (error: unknown) => error,
      )
      if (thrown === null) continue
      refused += 1
      expect(isCampaignKitError(thrown)).toBe(true)
      const said = `${JSON.stringify(thrown)} ${(thrown as Error).message}`
      expect(said).not.toMatch(/mallory|0000001/i)
    }
    expect(refused).toBeGreaterThanOrEqual(10)
  })

  it('of another kind are passed through', async () => {
    const { kit } = createPizzeria({
      kit: {
        access: () => {
          throw new RangeError('roles are away')
        },
      },
    })
    await expect(refusalOf(() => kit.campaigns.list())).rejects.toThrow('roles are away')
    expect(SCOPE.tenant).toBe('pizzeria')
  })
})
