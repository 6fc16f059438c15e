import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { type LinkPurpose, signLink } from '../access/signed-link.js'
import { CampaignKitError } from '../base/error.js'
import type { RedemptionId, TenantId } from '../base/ids.js'
import { DAY_MS } from '../base/time.js'
import { decideConsent } from '../model/consent.js'
import type { CampaignEvent } from '../model/event.js'
import type { KitEvents } from '../ports/observer.js'
import type { Storage } from '../ports/storage/storage.js'
import { hashOfCode } from '../qr/token.js'
import { asId } from '../testing/as-id.js'
import { createManualClock, SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createPlainQrEncoder } from '../testing/plain-qr-encoder.js'
import {
  sampleCampaign,
  sampleConsent,
  sampleDelivery,
  sampleEvent,
  sampleJournalEntry,
  sampleScope,
  sampleToken,
} from '../testing/samples.js'
import { createSequentialIds } from '../testing/sequential-ids.js'
import type { EngineContext, EngineSettings } from './context.js'
import { createLinkHost } from './link-host.js'

const scope = sampleScope()
const stranger = sampleScope('burger-bar')
const secret = { id: '2026', key: 'the current secret of the host' }
const older = { id: '2025', key: 'an older secret of the host' }
const campaign = sampleCampaign({ content: { topic: 'news' } })
const delivery = sampleDelivery({ customerId: 'customer-1' })
const menu = 'https://pizza.example/menu?utm=miss%20you'

const handle = 'K7Q2MX-9V3H5T8B'
const code = `${handle}-0123456789ABCDEFGHJKMNPQRS`

/** A host of links over one campaign with one delivery, and what it wrote down. */
async function newHost(storage: Storage = createMemoryStorage()) {
  const clock = createManualClock()
  const logged: string[] = []
  const heard: string[] = []
  const settings: Partial<EngineSettings> = {
    publicUrl: 'https://go.pizza.example',
    secrets: [secret, older],
    tenant: () => ({
      timeZone: 'Europe/Berlin',
      globalHoldout: null,
      exclusionGroups: {},
      pace: {},
      sealed: [],
      topics: {},
    }),
  }
  const log = (message: string) => logged.push(message)
  const context: Partial<EngineContext> = {
    storage,
    clock,
    ids: createSequentialIds('kit-'),
    logger: { debug: log, info: log, warn: log, error: log },
    qr: createPlainQrEncoder(),
    sinks: [],
    observer: {
      emit(name, event) {
        if (name === 'events.recorded') {
          const { events } = event as KitEvents['events.recorded']
          heard.push(...events.map(({ type }) => type))
        }
      },
    },
    settings: settings as EngineSettings,
  }
  await storage.campaigns.insert(scope, campaign, sampleJournalEntry())
  await storage.deliveries.append(scope, [delivery])
  return { host: createLinkHost(context as EngineContext), storage, clock, logged, heard }
}

function linkTo(purpose: LinkPurpose, ...more: readonly string[]): string {
  return signLink(secret, purpose, [scope.tenant, delivery.id, ...more])
}

async function eventsOf(storage: Storage): Promise<readonly CampaignEvent[]> {
  return (await storage.events.list(scope, campaign.id, {}, { cursor: null, limit: 100 })).items
}

async function decisionOf(storage: Storage, topic = 'news') {
  return decideConsent(await storage.consents.standing(scope, [asId('customer-1')]), 'email', topic)
}

/** A storage in which one method of one store fails as told. */
function failing<Store extends 'events' | 'deliveries' | 'consents' | 'campaigns'>(
  store: Store,
  method: keyof Storage[Store],
  answer: () => Promise<unknown>,
): Storage {
  const storage = createMemoryStorage()
  const broken = overridden<object>(storage[store], { [method]: answer })
  return overridden<Storage>(storage, { [store]: broken })
}

const away = () => Promise.reject(new CampaignKitError('STORAGE_FAILED', 'The database is away'))

describe('a link that was clicked', () => {
  it('leads to where it was signed for, and each click is one event of its delivery', async () => {
    const { host, storage, heard } = await newHost()
    const text = linkTo('click', menu)
    expect(await host.follow(text)).toBe(menu)
    expect(await host.follow(text)).toBe(menu)
    const events = await eventsOf(storage)
    expect(events).toHaveLength(2)
    expect(events[0]).toMatchObject({
      type: 'clicked',
      at: SAMPLE_NOW,
      url: menu,
      deliveryId: delivery.id,
      customerId: 'customer-1',
      attributions: [{ campaignId: campaign.id, runId: delivery.runId, channel: 'email' }],
    })
    expect(heard).toEqual(['clicked', 'clicked'])
  })

  it('tells where it leads without counting', async () => {
    const { host, storage } = await newHost()
    expect(host.leadsTo(linkTo('click', menu))).toBe(menu)
    expect(host.leadsTo(linkTo('click'))).toBeNull()
    expect(host.leadsTo('forged')).toBeNull()
    expect(await eventsOf(storage)).toEqual([])
  })

  it('still works when it was signed with an older secret', async () => {
    const { host } = await newHost()
    expect(await host.follow(signLink(older, 'click', [scope.tenant, delivery.id, menu]))).toBe(menu)
  })

  it('leads on when the click cannot be counted, and says so to the log without naming anybody', async () => {
    const { host, logged } = await newHost(failing('events', 'append', away))
    expect(await host.follow(linkTo('click', menu))).toBe(menu)
    expect(logged).toEqual(['a click could not be counted'])
  })

  it('leads on from a preview, whose delivery was never stored, and counts nothing', async () => {
    const { host, storage, logged } = await newHost()
    expect(await host.follow(signLink(secret, 'click', [scope.tenant, 'preview', menu]))).toBe(menu)
    expect(await eventsOf(storage)).toEqual([])
    expect(logged).toEqual([])
  })

  it.each([
    ['is forged', 'forged'],
    ['names no place', linkTo('click')],
    ['was signed for another purpose', linkTo('open', menu)],
  ])('leads nowhere when it %s', async (_what, text) => {
    const { host, storage } = await newHost()
    expect(await host.follow(text)).toBeNull()
    expect(await eventsOf(storage)).toEqual([])
  })

  it('counts for the tenant that it names, never for another with the same ids', async () => {
    const { host, storage } = await newHost()
    await host.follow(signLink(secret, 'click', [stranger.tenant, delivery.id, menu]))
    expect(await eventsOf(storage)).toEqual([])
  })
})

describe('the picture of a message', () => {
  it('counts each time that it is fetched', async () => {
    const { host, storage } = await newHost()
    expect(await host.open(linkTo('open'))).toBe(true)
    expect(await host.open(linkTo('open'))).toBe(true)
    expect((await eventsOf(storage)).map(({ type, url }) => [type, url])).toEqual([
      ['opened', null],
      ['opened', null],
    ])
  })

  it.each([
    ['forged', 'forged'],
    ['of another purpose', linkTo('unsubscribe')],
    ['of an unknown delivery', signLink(secret, 'open', [scope.tenant, 'gone'])],
    ['that names no delivery', signLink(secret, 'open', [scope.tenant])],
    ['that names nothing', signLink(secret, 'open', [])],
  ])('counts nothing for a link %s', async (_what, text) => {
    const { host, storage } = await newHost()
    expect(await host.open(text)).toBe(false)
    expect(await eventsOf(storage)).toEqual([])
  })

  it('passes on that the storage failed', async () => {
    const { host } = await newHost(failing('deliveries', 'get', away))
    await expect(host.open(linkTo('open'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  })
})

describe('an unsubscribe link', () => {
  it('is told to be genuine without any change', async () => {
    const { host, storage } = await newHost()
    expect(host.isUnsubscribeLink(linkTo('unsubscribe'))).toBe(true)
    expect(host.isUnsubscribeLink(linkTo('click', menu))).toBe(false)
    expect(host.isUnsubscribeLink('')).toBe(false)
    expect(await decisionOf(storage)).toBeNull()
  })

  it("takes back the permission for the campaign's topic on the channel, with evidence and journal", async () => {
    const { host, storage, heard } = await newHost()
    const granted = sampleConsent({ topic: 'news' })
    await storage.consents.record(scope, [granted], sampleJournalEntry({ id: 'journal-0' }))
    expect(await decisionOf(storage)).toBe('granted')

    expect(await host.unsubscribe(linkTo('unsubscribe'), 'one-click unsubscribe')).toBe(true)

    expect(await decisionOf(storage)).toBe('denied')
    expect(await storage.consents.history(scope, asId('customer-1'))).toEqual([
      granted,
      {
        customerId: 'customer-1',
        channel: 'email',
        topic: 'news',
        decision: 'denied',
        basis: 'one-click unsubscribe',
        obtainedAt: SAMPLE_NOW,
        evidence: 'delivery delivery-1',
      },
    ])
    const subject = { type: 'delivery', id: delivery.id }
    const { items } = await storage.journal.list(scope, { subject }, { cursor: null, limit: 10 })
    expect(items).toMatchObject([
      {
        action: 'consents.deny',
        actor: { id: 'recipient', kind: 'system' },
        reason: 'one-click unsubscribe',
      },
    ])
    expect(heard).toEqual(['unsubscribed'])
  })

  it('beats a grant of the same instant and leaves other topics alone', async () => {
    const { host, storage } = await newHost()
    const grants = ['news', 'offers'].map((topic) => sampleConsent({ topic, obtainedAt: SAMPLE_NOW }))
    await storage.consents.record(scope, grants, sampleJournalEntry({ id: 'journal-0' }))
    await host.unsubscribe(linkTo('unsubscribe'), 'unsubscribe page')
    expect([await decisionOf(storage), await decisionOf(storage, 'offers')]).toEqual(['denied', 'granted'])
  })

  it('counts once however often it is used', async () => {
    const { host, storage, clock, heard } = await newHost()
    const text = linkTo('unsubscribe')
    await Promise.all([
      host.unsubscribe(text, 'unsubscribe page'),
      host.unsubscribe(text, 'unsubscribe page'),
    ])
    await clock.advance(DAY_MS)
    expect(await host.unsubscribe(text, 'unsubscribe page')).toBe(true)
    expect((await eventsOf(storage)).map(({ type }) => type)).toEqual(['unsubscribed'])
    expect(heard).toEqual(['unsubscribed'])
  })

  it('takes the permission back again when it was given anew in between', async () => {
    const { host, storage, clock } = await newHost()
    await host.unsubscribe(linkTo('unsubscribe'), 'unsubscribe page')
    const anew = sampleConsent({ topic: 'news', obtainedAt: SAMPLE_NOW + DAY_MS })
    await storage.consents.record(scope, [anew], sampleJournalEntry({ id: 'journal-0' }))
    expect(await decisionOf(storage)).toBe('granted')
    await clock.advance(2 * DAY_MS)
    await host.unsubscribe(linkTo('unsubscribe'), 'unsubscribe page')
    expect(await decisionOf(storage)).toBe('denied')
  })

  it.each([
    ['is forged', 'forged'],
    ['was signed to count opens', linkTo('open')],
    ['names a delivery that is not there', signLink(secret, 'unsubscribe', [scope.tenant, 'gone'])],
    ['names the delivery of another tenant', signLink(secret, 'unsubscribe', [stranger.tenant, delivery.id])],
  ])('changes nothing when it %s', async (_what, text) => {
    const { host, storage, heard } = await newHost()
    expect(await host.unsubscribe(text, 'unsubscribe page')).toBe(false)
    expect(await decisionOf(storage)).toBeNull()
    expect(heard).toEqual([])
  })

  it('changes nothing when its campaign is gone', async () => {
    const { host } = await newHost(failing('campaigns', 'get', () => Promise.resolve(null)))
    expect(await host.unsubscribe(linkTo('unsubscribe'), 'unsubscribe page')).toBe(false)
  })

  it('passes on that the storage failed, and works when it is tried again', async () => {
    const storage = createMemoryStorage()
    let isAway = true
    const record: Storage['consents']['record'] = (...given) =>
      isAway ? away() : storage.consents.record(...given)
    const { host } = await newHost(
      overridden<Storage>(storage, { consents: overridden(storage.consents, { record }) }),
    )
    const attempt = () => host.unsubscribe(linkTo('unsubscribe'), 'unsubscribe page')
    await expect(attempt()).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect(await eventsOf(storage)).toEqual([])
    isAway = false
    expect(await attempt()).toBe(true)
    expect([await decisionOf(storage), (await eventsOf(storage)).length]).toEqual(['denied', 1])
  })
})

describe('the page of a coupon', () => {
  const token = sampleToken({ handle, hash: hashOfCode(code), validFrom: SAMPLE_NOW + DAY_MS })

  async function withCoupon() {
    const all = await newHost()
    await all.storage.coupons.issue(scope, [token])
    return all
  }

  it('shows code, image, reward and dates in the zone of the tenant', async () => {
    const { host } = await withCoupon()
    expect(await host.coupon(scope.tenant, code)).toEqual({
      code,
      svg: expect.stringContaining(`HTTPS://GO.PIZZA.EXAMPLE/Q/${code}`),
      reward: { kind: 'percent', value: 30 },
      validFrom: token.validFrom,
      expiresAt: token.expiresAt,
      state: 'notYetValid',
      timeZone: 'Europe/Berlin',
    })
  })

  it('takes the code in small letters, without hyphens, and as its link', async () => {
    const { host } = await withCoupon()
    for (const scanned of [
      code.toLowerCase(),
      code.replaceAll('-', ''),
      `https://go.pizza.example/q/${code}`,
    ]) {
      expect(await host.coupon(scope.tenant, scanned)).toMatchObject({ code })
    }
  })

  it('changes its state at the very instants at which the till does', async () => {
    const { host, clock } = await withCoupon()
    const stateAt = async (instant: number) => {
      await clock.advanceTo(instant)
      return (await host.coupon(scope.tenant, code))?.state
    }
    expect(await stateAt(token.validFrom - 1)).toBe('notYetValid')
    expect(await stateAt(token.validFrom)).toBe('valid')
    const expiresAt = token.expiresAt ?? 0
    expect(await stateAt(expiresAt - 1)).toBe('valid')
    expect(await stateAt(expiresAt)).toBe('expired')
  })

  it('tells that no use is left, also when its time is over since', async () => {
    const { host, storage, clock } = await withCoupon()
    const page = () => host.coupon(scope.tenant, code)
    await clock.advanceTo(token.validFrom)
    const request = {
      handle,
      id: asId<RedemptionId>('r-1'),
      key: 'k',
      at: token.validFrom,
      by: 't',
      amount: null,
    }
    await storage.coupons.redeem(scope, request, () => ({
      event: sampleEvent(),
      entry: sampleJournalEntry({ id: 'journal-9' }),
    }))
    expect(await page()).toMatchObject({ state: 'redeemed' })
    await clock.advanceTo(token.expiresAt ?? 0)
    expect(await page()).toMatchObject({ state: 'redeemed' })
    const back = { event: sampleEvent({ key: 'back' }), entry: sampleJournalEntry({ id: 'journal-10' }) }
    await storage.coupons.reverse(scope, request, clock.now(), () => back)
    expect(await page()).toMatchObject({ state: 'expired' })
  })

  it('tells that the campaign was cancelled before all else', async () => {
    const { host, storage } = await withCoupon()
    await storage.coupons.cancel(scope, campaign.id, SAMPLE_NOW, sampleJournalEntry({ id: 'journal-0' }))
    expect(await host.coupon(scope.tenant, code)).toMatchObject({ state: 'cancelled' })
  })

  it.each([
    ['no code at all', 'pizza'],
    ['an unknown handle', `ZZZZZZ-9V3H5T8B-${code.slice(-26)}`],
    ['a known handle with another secret', `${handle}-${'0'.repeat(26)}`],
    ['a text without end', '0'.repeat(100_000)],
  ])('is null for %s', async (_what, scanned) => {
    const { host } = await withCoupon()
    expect(await host.coupon(scope.tenant, scanned)).toBeNull()
  })

  it('is null for every tenant but its own', async () => {
    const { host } = await withCoupon()
    expect(await host.coupon(stranger.tenant, code)).toBeNull()
    expect(await host.coupon('' as TenantId, code)).toBeNull()
  })
})
