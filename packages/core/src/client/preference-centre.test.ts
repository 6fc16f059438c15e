import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { DAY_MS, MINUTE_MS } from '../base/time.js'
import type { CampaignKitOptions } from './options.js'
import { pagesOf, refuseByPhone } from './pages.fixture.js'
import { createPizzeria, SCOPE, winBack } from './pizzeria.fixture.js'
import { refusalOf } from './refusal.fixture.js'

const TOPICS = { offers: { en: 'Offers', it: 'Offerte' }, news: 'News' }

/** A pizzeria whose customer c-0 allows offers by e-mail, with a page of preferences. */
async function createCentre(kit: Partial<CampaignKitOptions> = {}) {
  const storage = createMemoryStorage()
  const pizzeria = createPizzeria({ storage, kit: { tenants: () => ({ topics: TOPICS }), ...kit } })
  await pizzeria.welcome(1)
  const serve = pagesOf(pizzeria.root)
  const page = async (url: string) => {
    const response = await serve(new Request(url))
    return { status: response.status, html: await response.text() }
  }
  return {
    ...pizzeria,
    page,
    url: await pizzeria.kit.consents.preferencesUrl('c-0'),
    /** Sends in the form of a page with these boxes ticked. */
    async save(url: string, html: string, chosen: readonly string[], act = 'save') {
      const [, form = ''] = /name="form" value="([^"]+)"/.exec(html) ?? []
      const fields = new URLSearchParams({ form, do: act })
      for (const choice of chosen) fields.append('choice', choice)
      const response = await serve(new Request(url, { method: 'POST', body: fields }))
      return { status: response.status, html: await response.text() }
    },
    async history() {
      const records = await pizzeria.kit.consents.history('c-0')
      return records.map(({ channel, topic, decision }) => `${channel} ${topic} ${decision}`)
    },
  }
}

const ticked = (html: string) => [...html.matchAll(/value="([^"]+)" checked/g)].map(([, choice]) => choice)

describe('the page of preferences', () => {
  it('shows declared topics on the channels that reach the customer, as they stand', async () => {
    const { page, url } = await createCentre()
    const { status, html } = await page(url)
    expect(status).toBe(200)
    expect([...html.matchAll(/name="choice" value="([^"]+)"/g)].map(([, choice]) => choice)).toEqual([
      'email offers',
      'email news',
    ])
    expect(ticked(html)).toEqual(['email offers'])
  })

  it('saves what was changed, with evidence and journal, and nothing else', async () => {
    const { kit, page, url, save, history, clock } = await createCentre()
    const { html } = await page(url)
    await clock.advance(MINUTE_MS)
    const saved = await save(url, html, ['email news'])
    expect(saved.status).toBe(200)
    expect(ticked(saved.html)).toEqual(['email news'])
    expect(await history()).toEqual(['email offers granted', 'email offers denied', 'email news granted'])
    expect((await kit.consents.history('c-0')).at(-1)).toMatchObject({
      basis: 'preference centre',
      obtainedAt: clock.now(),
      evidence: `link of the host; shown ${new Date(clock.now() - MINUTE_MS).toISOString()}`,
    })
    const { items } = await kit.journal.list({ subject: { type: 'customers', id: 'all' } })
    expect(items.filter(({ action }) => action === 'consents.prefer')).toMatchObject([
      { actor: { id: 'recipient', kind: 'system' }, after: { granted: 1, denied: 1 } },
    ])
  })

  it('writes nothing for a form that changes nothing, and nothing anew for one that comes again', async () => {
    const { page, url, save, history, clock } = await createCentre()
    const { html } = await page(url)
    await save(url, html, ['email offers'])
    expect(await history()).toHaveLength(1)
    for (let times = 0; times < 3; times += 1) {
      await clock.advance(MINUTE_MS)
      await save(url, html, ['email news'])
    }
    expect(await history()).toHaveLength(3)
  })

  it('does not undo an unsubscribe that came after the page was loaded', async () => {
    const { kit, page, url, save, clock } = await createCentre()
    const { html } = await page(url)
    await clock.advance(MINUTE_MS)
    await refuseByPhone(kit, clock.now())
    await clock.advance(MINUTE_MS)
    const saved = await save(url, html, ['email offers', 'email news'])
    expect(ticked(saved.html)).toEqual([])
    // a page that shows it can
    const again = await save(url, saved.html, ['email news'])
    expect(ticked(again.html)).toEqual(['email news'])
  })

  it('leaves what it did not show', async () => {
    const { page, url, save, history } = await createCentre()
    const { html } = await page(url)
    await save(url, html, ['email offers', 'sms offers', 'email secret', 'email *'])
    expect(await history()).toEqual(['email offers granted'])
  })

  it('takes back everything, on every channel that it shows, once', async () => {
    const { page, url, save, history, clock } = await createCentre()
    const { html } = await page(url)
    const saved = await save(url, html, ['email offers'], 'nothing')
    expect(ticked(saved.html)).toEqual([])
    await clock.advance(MINUTE_MS)
    await save(url, html, [], 'nothing')
    expect(await history()).toEqual(['email offers granted', 'email * denied'])
  })

  it('shows topics and channels that are allowed although nobody declares them', async () => {
    const { kit, page, url, clock } = await createCentre()
    await kit.consents.record([
      {
        customerId: 'c-0',
        channel: 'sms',
        topic: 'parties',
        decision: 'granted',
        basis: 'phone call',
        obtainedAt: clock.now(),
      },
    ])
    expect(ticked((await page(url)).html)).toEqual(['email offers', 'sms parties'])
  })

  it('offers offers where no topic is declared', async () => {
    const { kit, page } = await createCentre({ tenants: () => ({}) })
    await kit.customers.upsert([{ id: 'c-1', addresses: { email: 'eve@example.com' } }])
    const { html } = await page(await kit.consents.preferencesUrl('c-1'))
    expect(html).toContain('value="email offers"> <span>Offers</span>')
  })

  it.each([
    [
      'of another link',
      async (centre: Awaited<ReturnType<typeof createCentre>>) => {
        await centre.kit.customers.upsert([{ id: 'c-1', addresses: { email: 'eve@example.com' } }])
        return (await centre.page(await centre.kit.consents.preferencesUrl('c-1'))).html
      },
    ],
    [
      'that is a day old',
      async (centre: Awaited<ReturnType<typeof createCentre>>) => {
        const { html } = await centre.page(centre.url)
        await centre.clock.advance(DAY_MS)
        return html
      },
    ],
    ['that nobody signed', async () => 'name="form" value="2026a.W10.AAAAAAAAAAAAAAAAAAAAAA"'],
  ])('saves nothing for a form %s, and shows the page again', async (_what, formOf) => {
    const centre = await createCentre()
    const saved = await centre.save(centre.url, await formOf(centre), ['email news'])
    expect(saved.status).toBe(400)
    expect(ticked(saved.html)).toEqual(['email offers'])
    expect(await centre.history()).toHaveLength(1)
  })

  it('is 404 for nobody’s link, and once the person is erased', async () => {
    const { kit, page, url, save } = await createCentre()
    const { html } = await page(url)
    expect((await page(await kit.consents.preferencesUrl('nobody'))).status).toBe(404)
    expect((await page('https://go.pizza.example/p/forged')).status).toBe(404)
    await kit.customers.erase(['c-0'], 'asked to')
    expect((await page(url)).status).toBe(404)
    expect((await save(url, html, [])).status).toBe(404)
  })

  it('is 404 under a secret that is no longer configured', async () => {
    const { url } = await createCentre()
    const { page } = await createCentre({ secrets: [{ id: '2027a', key: 'another secret of the pizzeria' }] })
    expect((await page(url)).status).toBe(404)
  })
})

describe('the link to the preferences', () => {
  it('tells nothing of the customer', async () => {
    const { kit } = await createCentre()
    const url = await kit.consents.preferencesUrl('ada@example.com')
    const [, payload = ''] = url.split('.').slice(-3)
    expect(Buffer.from(payload, 'base64url').toString()).not.toContain('ada')
    expect(await kit.consents.preferencesUrl('ada@example.com')).not.toBe(url)
    expect((await refusalOf(() => kit.consents.preferencesUrl(''))).path).toBe('customerId')
  })

  it('stands in messages, is not tracked, and counts as an unsubscribe of the message when it is one', async () => {
    const { outbox, runCampaign, page, save, kit, root } = await createCentre()
    const html = '<a href="{{ preferencesUrl }}">Choose</a> <a href="https://pizza.example/">Menu</a>'
    const campaign = await runCampaign({
      messages: { email: { subject: 'Hi', html } },
      tracking: { clicks: true },
    })
    const content = outbox.sent[0]?.content
    const sent = content?.type === 'email' ? (content.html ?? '') : ''
    const [, url = ''] = /href="(https:\/\/go\.pizza\.example\/p\/[^"]+)"/.exec(sent) ?? []
    expect(url).not.toBe('')
    const recorded: string[] = []
    root.on('events.recorded', ({ events }) => recorded.push(...events.map(({ type }) => type)))
    const shown = await page(url)
    await save(url, shown.html, ['email offers', 'email news'])
    expect(recorded).toEqual([])
    const again = await page(url)
    await save(url, again.html, ['email news'])
    await save(url, again.html, ['email news'], 'nothing')
    expect(recorded).toEqual(['unsubscribed'])
    expect((await kit.reports.campaign(campaign.id)).counts.unsubscribed).toBe(1)
    const evidence = (await kit.consents.history('c-0')).map((record) => record.evidence)
    const [delivery] = (await kit.campaigns.deliveries(campaign.id)).items
    expect(evidence.at(-1)?.startsWith(`delivery ${delivery?.id}; shown `)).toBe(true)
  })

  it('of a preview leads nowhere', async () => {
    const { kit, page } = await createCentre()
    const messages = { email: { subject: 'Hi', text: '{{ preferencesUrl }}' } }
    const { id } = await kit.campaigns.create(winBack({ messages }))
    const { message } = await kit.campaigns.preview(id, { customerId: 'c-0' })
    const [url = ''] = /https:\/\/go\S+\/p\/\S+/.exec(message.type === 'email' ? message.text : '') ?? []
    expect((await page(url)).status).toBe(404)
  })
})

describe('topics of a tenant', () => {
  it.each([
    ['a name that is blank', { offers: ' ' }, 'tenants.topics.offers'],
    ['names in no language', { offers: {} }, 'tenants.topics.offers'],
    ['a word that is none', { 'My Offers': 'x' }, 'tenants.topics.My Offers'],
    [
      'more than a page holds',
      Object.fromEntries(Array.from({ length: 41 }, (_, at) => [`t${at}`, 'x'])),
      'tenants.topics',
    ],
  ])('are refused with %s', async (_what, topics, path) => {
    const { root } = createPizzeria({ kit: { tenants: () => ({ topics }) as never } })
    const refused = await refusalOf(() => root.as(SCOPE).campaigns.create(winBack()))
    expect(refused).toMatchObject({ code: 'INVALID_INPUT', path })
  })
})
