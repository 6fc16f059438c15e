import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../base/time.js'
import { createEndpoints } from '../endpoints/create-endpoints.js'
import { overridden } from '../testing/overridden.js'
import { createPizzeria } from './pizzeria.fixture.js'

/** Endpoints that know their clients by a header, and one genuine link of each kind. */
async function createGuessing() {
  const storage = createMemoryStorage()
  const pizzeria = createPizzeria({ storage })
  await pizzeria.welcome(1)
  await pizzeria.runCampaign({
    messages: { email: { subject: 'Hi', html: '<a href="https://pizza.example">Menu</a>{{ qr }}' } },
    tracking: { clicks: true },
  })
  const content = pizzeria.outbox.sent[0]?.content
  const sent = content?.type === 'email' ? `${content.html} ${content.headers['List-Unsubscribe']}` : ''
  const pathOf = (prefix: string) =>
    new RegExp(`https://go\\.pizza\\.example(/${prefix}/[^"<>\\s]+)`, 'i').exec(sent)?.[1] ?? ''
  const newServer = (root: typeof pizzeria.root) =>
    createEndpoints({
      links: root.links,
      tenantOf: () => 'pizzeria',
      till: 'keys',
      clientOf: (request) => request.headers.get('x-client'),
    })
  const asker = (root: typeof pizzeria.root) => {
    const serve = newServer(root)
    return (path: string, client: string | null = '192.0.2.7', init: RequestInit = {}) =>
      serve(
        new Request(`https://go.pizza.example${path}`, {
          ...init,
          headers: client === null ? {} : { 'x-client': client },
        }),
      )
  }
  const ask = asker(pizzeria.root)
  return {
    ...pizzeria,
    storage,
    asker,
    ask,
    paths: { click: pathOf('c'), coupon: pathOf('q'), unsubscribe: pathOf('u') },
    preferences: new URL(await pizzeria.kit.consents.preferencesUrl('c-0')).pathname,
    /** Tries out links until it is told to stop; how many it could. */
    async guess(path = '/q/K7Q2MX-9V3H5T8B-0123456789ABCDEFGHJKMNPQRS', client = '192.0.2.7') {
      for (let tried = 0; tried < 1_000; tried += 1) {
        if ((await ask(path, client)).status === 429) return tried
      }
      return null
    },
  }
}

describe('a client that tries out links', () => {
  it.each(['/q/x', '/c/x', '/u/x', '/p/x', '/s/x'])('is stopped after thirty (%s)', async (path) => {
    const { guess, ask } = await createGuessing()
    expect(await guess(path)).toBe(30)
    const stopped = await ask(path)
    expect(stopped.status).toBe(429)
    expect(Number(stopped.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(stopped.headers.get('retry-after'))).toBeLessThan(12)
    expect(await stopped.text()).toContain('<h1>Too many attempts</h1>')
  })

  it('does not learn of a right guess while it is stopped', async () => {
    const { guess, ask, paths, preferences, clock } = await createGuessing()
    await guess()
    expect((await ask(paths.coupon)).status).toBe(429)
    expect((await ask(preferences)).status).toBe(429)
    await clock.advance(MINUTE_MS)
    expect((await ask(paths.coupon)).status).toBe(200)
  })

  it('is stopped in every process that shares the storage', async () => {
    const { guess, asker, storage, clock } = await createGuessing()
    await guess()
    const other = createPizzeria({ storage, kit: { clock }, seed: 'other' })
    expect((await asker(other.root)('/q/x')).status).toBe(429)
  })

  it('keeps nobody from unsubscribing or from following a link', async () => {
    const { guess, ask, paths } = await createGuessing()
    await guess('/u/x')
    expect((await ask(paths.click)).status).toBe(302)
    expect((await ask('/o/x')).status).toBe(200)
    const init = { method: 'POST', body: new URLSearchParams('List-Unsubscribe=One-Click') }
    expect((await ask(paths.unsubscribe, '192.0.2.7', init)).status).toBe(200)
  })

  it('is told apart from others, and not by the part of an IPv6 address that it chooses', async () => {
    const { guess, ask } = await createGuessing()
    expect(await guess('/q/x', '2001:db8:1:2::7')).toBe(30)
    expect((await ask('/q/x', '2001:0db8:0001:0002:ffff::1')).status).toBe(429)
    expect((await ask('/q/x', '2001:db8:1:3::7')).status).toBe(404)
    expect((await ask('/q/x', '192.0.2.8')).status).toBe(404)
  })

  it('is stopped at the door of the till as well', async () => {
    const { ask, guess } = await createGuessing()
    const init = { method: 'POST', body: '{}' }
    for (let tried = 0; tried < 30; tried += 1) {
      expect((await ask('/r', '192.0.2.7', init)).status).toBe(401)
    }
    const stopped = await ask('/r', '192.0.2.7', init)
    expect([stopped.status, await stopped.json()]).toEqual([429, { error: { code: 'TOO_MANY', path: null } }])
    expect((await ask('/r', '192.0.2.7', init)).status).toBe(429)
    expect(await guess()).toBe(0)
  })

  it('is let go on at one guess in ten seconds', async () => {
    const { guess, clock } = await createGuessing()
    await guess()
    await clock.advance(11 * SECOND_MS)
    expect(await guess()).toBe(1)
  })

  it('is not kept by its address', async () => {
    const { storage, asker } = await createGuessing()
    const keys: string[] = []
    const limiter = overridden(storage.rateLimiter(createPizzeria().clock), {
      reserve: async (_scope, { limits }) => {
        keys.push(...limits.map(({ key }) => key))
        return { firstAt: 0, intervalMs: 0, count: 1, slackMs: 0 }
      },
    })
    await asker(createPizzeria({ kit: { limiter } }).root)('/q/x')
    expect(keys).toEqual([expect.stringMatching(/^guess:[\w-]{22}$/)])
  })

  it('is not stopped where the host does not tell who it is', async () => {
    const { ask } = await createGuessing()
    for (let tried = 0; tried < 50; tried += 1) expect((await ask('/q/x', null)).status).toBe(404)
  })

  it('is nobody who reloads what is genuine', async () => {
    const { ask, paths } = await createGuessing()
    for (let times = 0; times < 50; times += 1) expect((await ask(paths.coupon)).status).toBe(200)
  })
})
