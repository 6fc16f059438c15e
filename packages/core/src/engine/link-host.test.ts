import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { type LinkPurpose, signLink } from '../access/signed-link.js'
import { CampaignKitError } from '../base/error.js'
import { DAY_MS } from '../base/time.js'
import { decideConsent } from '../model/consent.js'
import type { CampaignEvent } from '../model/event.js'
import type { Storage } from '../ports/storage/storage.js'
import { asId } from '../testing/as-id.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { sampleConsent, sampleJournalEntry } from '../testing/samples.js'
import { campaign, delivery, newHost, older, scope, secret, stranger } from './link-host.fixture.js'

const menu = 'https://pizza.example/menu?utm=miss%20you'

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

  it('is judged by the program that asked for it, as is a picture that was fetched', async () => {
    const { host, storage } = await newHost()
    await host.follow(linkTo('click', menu), 'curl/8.5.0')
    await host.open(linkTo('open'), 'Mozilla/5.0')
    await host.open(linkTo('open'), 'Thunderbird/140.0')
    const judged = (await eventsOf(storage)).map(({ machine, interaction }) => [machine, interaction?.agent])
    expect(judged.sort()).toEqual([
      [false, 'Thunderbird/140.0'],
      [true, 'Mozilla/5.0'],
      [true, 'curl/8.5.0'],
    ])
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
    const { host, logged } = await newHost(failing('events', 'appendReceipts', away))
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
