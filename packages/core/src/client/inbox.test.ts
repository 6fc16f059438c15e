import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { createInboxChannel } from '../defaults/inbox-channel.js'
import type { CampaignInput } from '../model/campaign.js'
import type { Storage } from '../ports/storage/storage.js'
import { everyone } from '../segmentation/builders.js'
import { channelConformance, channelHas } from '../testing/conformance/channel.js'
import { casesFor } from '../testing/conformance/conformance-case.js'
import { overridden } from '../testing/overridden.js'
import { sampleMessage, sampleScope } from '../testing/samples.js'
import type { CampaignKitOptions } from './options.js'
import { createPizzeria, SCOPE } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'

const MINUTE_MS = 60_000

function openApp(kit: Partial<CampaignKitOptions> = {}, storage: Storage = createMemoryStorage()) {
  const world = createPizzeria({
    storage,
    channels: { 'in-app': createInboxChannel({ reachesPeople: false }) },
    kit,
  })
  let campaigns = 0
  return {
    ...world,
    welcomeAll: (...ids: readonly string[]) =>
      world.kit.customers.upsert(ids.map((id) => ({ id, firstName: `<${id}>` }))),
    /** Sends one message to everybody, a minute after the one before. */
    async send(message: Partial<NonNullable<CampaignInput['messages']['in-app']>> = {}, more = {}) {
      campaigns += 1
      const { id } = await world.kit.campaigns.create({
        name: `Message ${campaigns}`,
        audience: everyone(),
        purpose: 'transactional',
        messages: {
          'in-app': { title: `No. ${campaigns}`, body: 'Hi {{ customer.firstName }}', ...message },
        },
        ...more,
      })
      await world.kit.campaigns.launch(id)
      await world.root.worker().drain()
      await world.clock.advance(MINUTE_MS)
      return id
    },
    titles: async (customerId: string, options = {}) =>
      (await world.kit.inbox.list(customerId, options)).items.map(({ title }) => title),
  }
}

describe('the inbox of a customer', () => {
  it('holds what was sent, latest first, filled in as it was previewed', async () => {
    const { kit, welcomeAll, send } = openApp()
    await welcomeAll('ada', 'bob')
    const first = await send({ data: { screen: 'menu' }, placement: 'top', link: 'https://pizza.example/' })
    await send()
    const { items, nextCursor } = await kit.inbox.list('ada')
    expect(nextCursor).toBeNull()
    expect(items).toMatchObject([
      { title: 'No. 2', body: 'Hi <ada>', link: null, data: {}, placement: null },
      { title: 'No. 1', campaignId: first, data: { screen: 'menu' }, placement: 'top', expiresAt: null },
    ])
    const { message } = await kit.campaigns.preview(first, { customerId: 'ada' })
    const { type: _notice, ...shown } = message
    expect(items[1]).toMatchObject(shown)
    expect(items.every(({ seenAt, dismissedAt }) => seenAt === null && dismissedAt === null)).toBe(true)
  })

  it('goes page by page, over what came meanwhile', async () => {
    const { kit, welcomeAll, send } = openApp()
    await welcomeAll('ada')
    for (let message = 0; message < 5; message += 1) await send()
    const first = await kit.inbox.list('ada', { limit: 2 })
    await send()
    const second = await kit.inbox.list('ada', { limit: 2, cursor: first.nextCursor })
    const third = await kit.inbox.list('ada', { limit: 2, cursor: second.nextCursor })
    const titles = [first, second, third].flatMap(({ items }) => items.map(({ title }) => title))
    expect(titles).toEqual(['No. 5', 'No. 4', 'No. 3', 'No. 2', 'No. 1'])
    expect(third.nextCursor).toBeNull()
  })

  it('holds nothing that has expired, and fills its pages all the same', async () => {
    const { kit, clock, welcomeAll, send, titles } = openApp()
    await welcomeAll('ada')
    await send()
    for (let message = 0; message < 3; message += 1) await send({ timeToLiveSeconds: 600 })
    const [latest] = (await kit.inbox.list('ada')).items
    const { expiresAt, sentAt } = { expiresAt: latest?.expiresAt ?? 0, sentAt: latest?.sentAt ?? 0 }
    expect(expiresAt).toBe(sentAt + 600_000)
    expect(await titles('ada')).toHaveLength(4)
    await clock.advanceTo(expiresAt - 1)
    expect(await titles('ada')).toEqual(['No. 4', 'No. 1'])
    await clock.advanceTo(expiresAt)
    expect(await titles('ada', { limit: 1 })).toEqual(['No. 1'])
  })

  it('is of one customer of one tenant', async () => {
    const { kit, root, welcomeAll, send, titles } = openApp()
    await welcomeAll('ada')
    await send()
    expect(await titles('bob')).toEqual([])
    const other = root.as({ ...SCOPE, tenant: 'trattoria' })
    await other.customers.upsert([{ id: 'ada' }])
    expect((await other.inbox.list('ada')).items).toEqual([])
    const [message] = (await kit.inbox.list('ada')).items
    const ids = [message?.deliveryId ?? '']
    expect(await other.inbox.seen('ada', ids)).toEqual({ marked: 0, repeated: 0, unknown: 1 })
    await welcomeAll('bob')
    expect(await kit.inbox.dismiss('bob', ids)).toEqual({ marked: 0, repeated: 0, unknown: 1 })
    expect(await titles('ada')).toEqual(['No. 1'])
  })

  it('tells what was seen, once, and counts it as displayed', async () => {
    const { kit, clock, welcomeAll, send } = openApp()
    await welcomeAll('ada', 'bob')
    const campaign = await send()
    const [message] = (await kit.inbox.list('ada')).items
    const id = message?.deliveryId ?? ''
    const seenAt = clock.now()
    expect(await kit.inbox.seen('ada', [id, id])).toEqual({ marked: 1, repeated: 0, unknown: 0 })
    await clock.advance(MINUTE_MS)
    expect(await kit.inbox.seen('ada', [id, 'nowhere'])).toEqual({ marked: 0, repeated: 1, unknown: 1 })
    expect((await kit.inbox.list('ada')).items).toMatchObject([{ seenAt, dismissedAt: null }])
    const { channels } = await kit.reports.campaign(campaign)
    expect(channels).toMatchObject([
      { channel: 'in-app', impressionSource: 'displayed', counts: { impressions: 1 } },
    ])
  })

  it('loses what is dismissed to a list of its own, for good', async () => {
    const { kit, clock, welcomeAll, send, titles } = openApp()
    await welcomeAll('ada')
    const campaign = await send()
    await send()
    const [, message] = (await kit.inbox.list('ada')).items
    const id = message?.deliveryId ?? ''
    const at = clock.now()
    expect(await kit.inbox.dismiss('ada', [id])).toEqual({ marked: 1, repeated: 0, unknown: 0 })
    expect(await kit.inbox.dismiss('ada', [id])).toEqual({ marked: 0, repeated: 1, unknown: 0 })
    expect(await titles('ada')).toEqual(['No. 2'])
    expect((await kit.inbox.list('ada', { dismissed: true })).items).toMatchObject([
      { title: 'No. 1', seenAt: at, dismissedAt: at },
    ])
    const { channels } = await kit.reports.campaign(campaign)
    expect(channels).toMatchObject([{ counts: { impressions: 1 } }])
  })

  it('is empty for the erased, whoever keeps their rows', async () => {
    for (const writable of [true, false]) {
      const memory = createMemoryStorage()
      const world = openApp({}, memory)
      await world.welcomeAll('ada')
      await world.send()
      const storage = writable
        ? memory
        : overridden(memory, { customers: overridden(memory.customers, { writable: false }) })
      const { kit } = openApp({ clock: world.clock }, storage)
      await kit.customers.erase(['ada'], 'asked for it')
      expect(await storage.customers.get(sampleScope(), ['ada'] as never)).toHaveLength(writable ? 0 : 1)
      expect((await kit.inbox.list('ada')).items).toEqual([])
    }
  })

  it('shows the same coupon as it was sent with, and draws none', async () => {
    const { kit, welcomeAll, send, storage } = openApp()
    await welcomeAll('ada')
    const coupon = { reward: { kind: 'percent', value: 30 }, maxRedemptions: 1 } as const
    await send({ body: '{{ coupon.code }}' }, { coupon })
    const [first] = (await kit.inbox.list('ada')).items
    const [again] = (await kit.inbox.list('ada')).items
    expect(first?.body).toMatch(/^[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}$/)
    expect(again?.body).toBe(first?.body)
    expect(await kit.coupons.redeem(first?.body ?? '', { by: 'till', key: 'r-1' })).toMatchObject({
      outcome: 'redeemed',
    })
    const calls = overridden(storage, {
      coupons: overridden(storage.coupons, { issue: () => Promise.reject(new Error('drawn')) }),
    })
    expect((await openApp({}, calls).kit.inbox.list('ada')).items).toHaveLength(1)
  })

  it('opens what is sealed for the message alone, and leaves out one that does not open', async () => {
    const sealing = { tenants: () => ({ sealed: ['firstName'] as const }) }
    const world = openApp(sealing)
    await world.welcomeAll('ada')
    await world.send()
    expect((await world.kit.inbox.list('ada')).items).toMatchObject([{ body: 'Hi <ada>' }])
    const later = openApp(
      { ...sealing, clock: world.clock, secrets: [{ id: '2027a', key: 'a secret that came in its place' }] },
      world.storage,
    )
    expect((await later.kit.inbox.list('ada')).items).toEqual([])
  })

  it('asks the host for its data, and says so when that fails', async () => {
    let asked = 0
    const { kit, welcomeAll, send } = openApp({
      templateData: async () => {
        asked += 1
        if (asked > 2) throw new Error('away')
        return new Map([['ada', { shop: 'Via Roma' }]]) as never
      },
    })
    await welcomeAll('ada')
    await send({ body: '{{ data.shop }}' })
    expect((await kit.inbox.list('ada')).items).toMatchObject([{ body: 'Via Roma' }])
    expect(await codeOf(() => kit.inbox.list('ada'))).toBe('TEMPLATE_DATA_FAILED')
  })

  it('is read and marked with leave', async () => {
    const asked: string[] = []
    const access = (_scope: unknown, action: string) => {
      asked.push(action)
      return false
    }
    const { kit } = openApp({ access })
    expect(await codeOf(() => kit.inbox.list('ada'))).toBe('FORBIDDEN')
    expect(await codeOf(() => kit.inbox.seen('ada', []))).toBe('FORBIDDEN')
    expect(await codeOf(() => kit.inbox.dismiss('ada', []))).toBe('FORBIDDEN')
    expect(asked).toEqual(['inbox.read', 'inbox.write', 'inbox.write'])
  })

  it('refuses what it cannot read', async () => {
    const { kit } = openApp()
    expect(await codeOf(() => kit.inbox.list(''))).toBe('INVALID_INPUT customerId')
    expect(await codeOf(() => kit.inbox.list('ada', { limit: 101 }))).toBe('INVALID_INPUT limit')
    expect(await codeOf(() => kit.inbox.list('ada', { seen: true } as never))).toBe('UNKNOWN_FIELD seen')
    expect(await codeOf(() => kit.inbox.seen('ada', [''] as never))).toBe('INVALID_INPUT deliveryIds[0]')
    const many = Array.from({ length: 1_001 }, (_, at) => `d-${at}`)
    expect(await codeOf(() => kit.inbox.dismiss('ada', many))).toBe('INVALID_INPUT deliveryIds')
  })
})

describe('the inbox channel', () => {
  it('conforms', async () => {
    const fresh = () => ({
      channel: createInboxChannel(),
      scope: sampleScope(),
      message: (number: number) => sampleMessage({ deliveryId: `delivery-${number}` }),
    })
    for (const { run } of casesFor(channelConformance, channelHas(fresh()))) await run(fresh())
  })
})
