import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createExpressServer } from './express.js'
import { createHonoServer } from './hono.js'
import type { Serve } from './node-bridge.js'
import { createNodeServer } from './node-http.js'
import { createPizzeria } from './pizzeria.js'

const PUBLIC_URL = 'https://go.pizza.example'
type CreateServer = (serve: Serve, publicUrl: string, trustedProxies?: number) => Server
const SERVERS: Readonly<Record<string, CreateServer>> = {
  'node:http': createNodeServer,
  Express: createExpressServer,
  Hono: createHonoServer,
}

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

/** A server that stands in for the public one: links are asked of it under its own address. */
async function listen(name: string, trustedProxies?: number) {
  const pizzeria = await createPizzeria(PUBLIC_URL)
  const server = SERVERS[name]?.(pizzeria.serve, PUBLIC_URL, trustedProxies)
  if (server === undefined) throw new Error(name)
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const ask = (link: string, init: RequestInit = {}) =>
    fetch(origin + link.slice(/^https:/i.test(link) ? PUBLIC_URL.length : 0), {
      redirect: 'manual',
      ...init,
    })
  return { ...pizzeria, ask }
}

const form = (fields: Record<string, string>): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
})

describe.each(Object.keys(SERVERS))('%s', (name) => {
  it('leads on, counts and shows', async () => {
    const { ask, links } = await listen(name)
    const click = await ask(links.click)
    expect([click.status, click.headers.get('location')]).toEqual([302, 'https://pizza.example/menu'])
    const pixel = await ask(links.pixel)
    expect([pixel.status, pixel.headers.get('content-type')]).toEqual([200, 'image/gif'])
    expect([...new Uint8Array(await pixel.arrayBuffer())].slice(0, 3)).toEqual([0x47, 0x49, 0x46])
    const coupon = await ask(links.coupon, { headers: { 'accept-language': 'it' } })
    expect(await coupon.text()).toContain('<h1 class="reward">30% di sconto</h1>')
    expect(coupon.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect((await ask(links.coupon, { method: 'HEAD' })).status).toBe(200)
  })

  it('unsubscribes by one click, in both encodings', async () => {
    const { ask, links, kit } = await listen(name)
    const multipart = new FormData()
    multipart.set('List-Unsubscribe', 'One-Click')
    expect((await ask(links.unsubscribe)).status).toBe(200)
    expect((await ask(links.unsubscribe, form({ 'List-Unsubscribe': 'One-Click' }))).status).toBe(200)
    expect((await ask(links.unsubscribe, { method: 'POST', body: multipart })).status).toBe(200)
    const history = await kit.consents.history('c-42')
    expect(history.map(({ decision }) => decision)).toEqual(['granted', 'denied', 'denied'])
  })

  it('saves preferences and takes the yes of a double opt-in', async () => {
    const { ask, links, kit, askForNews } = await listen(name)
    const page = await (await ask(links.preferences)).text()
    const [, token = ''] = /name="form" value="([^"]+)"/.exec(page) ?? []
    expect((await ask(links.preferences, form({ form: token, do: 'save' }))).status).toBe(200)
    expect((await ask(await askForNews(), form({ from: 'page' }))).status).toBe(200)
    const history = await kit.consents.history('c-42')
    expect(history.map(({ topic, decision }) => `${topic} ${decision}`)).toEqual([
      'offers granted',
      'offers denied',
      'news pending',
      'news granted',
    ])
  })

  it('redeems at the till', async () => {
    const { ask, links, kit } = await listen(name)
    const { key } = await kit.coupons.tillKey({ till: 'till-3', expiresInDays: 1 })
    const redeem = (authorization: string) =>
      ask('/r', {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', 'idempotency-key': 'receipt-1' },
        body: JSON.stringify({ code: links.coupon }),
      })
    expect((await redeem('Bearer nobody')).status).toBe(401)
    expect(await (await redeem(`Bearer ${key}`)).json()).toMatchObject({
      outcome: 'redeemed',
      repeated: false,
    })
    expect(await (await redeem(`Bearer ${key}`)).json()).toMatchObject({
      outcome: 'redeemed',
      repeated: true,
    })
  })

  it('refuses what is too large, and stops whoever tries out links', async () => {
    const { ask, links } = await listen(name)
    const statuses: number[] = []
    for (let tried = 0; tried < 31; tried += 1) {
      // a client that says it is another one is not believed
      const headers = {
        'x-client': `192.0.2.${tried}`,
        forwarded: `for=192.0.2.${tried}`,
        'x-forwarded-for': `192.0.2.${tried}`,
        'x-real-ip': `192.0.2.${tried}`,
      }
      statuses.push((await ask(`/u/forged-${tried}`, { headers })).status)
    }
    expect([statuses[0], statuses[29], statuses[30]]).toEqual([404, 404, 429])
    // last: not every server keeps a connection whose body it did not read
    expect((await ask(links.unsubscribe, { method: 'POST', body: 'x'.repeat(1_000_000) })).status).toBe(413)
  })

  it('behind proxies counts the client that the outermost of them names, whatever else it is told', async () => {
    const { ask } = await listen(name, 2)
    const guess = async (tried: number, forwarded: string) => {
      const { status } = await ask(`/u/forged-${tried}`, { headers: { 'x-forwarded-for': forwarded } })
      return status
    }
    const statuses: number[] = []
    for (let tried = 0; tried < 31; tried += 1)
      statuses.push(await guess(tried, `192.0.2.${tried}, 203.0.113.7, 10.0.0.${tried}`))
    expect([statuses[0], statuses[29], statuses[30]]).toEqual([404, 404, 429])
    expect(await guess(31, '203.0.113.7, 203.0.113.8, 10.0.0.1')).toBe(404)
    expect(await guess(32, '203.0.113.8, 203.0.113.7, 10.0.0.1')).toBe(429)
  })

  it('leaves the rest of the server alone', async () => {
    const { ask } = await listen(name)
    const home = await ask('/')
    expect([home.status, await home.text()]).toEqual(
      name === 'node:http'
        ? [404, expect.stringContaining('This link does not work')]
        : [200, 'the shop itself'],
    )
  })
})
