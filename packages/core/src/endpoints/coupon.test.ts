import { describe, expect, it } from 'vitest'
import { createQrEncoder } from '../defaults/qr-encoder.js'
import type { CouponPage } from '../engine/link-host.js'
import { linkOfCode } from '../qr/token.js'
import { CODE, COUPON, newEndpoints, wholeOf } from './links.fixture.js'

/** Light modules on each side of an image. */
const QUIET_ZONE = 4

/** Endpoints whose only coupon is this one. */
function showing(coupon: Partial<CouponPage>, texts = {}) {
  return newEndpoints({ links: { coupon: async () => ({ ...COUPON, ...coupon }) }, texts })
}

/** What a reader sees: words without markup, white space of any kind as one blank. */
async function wordsOf(response: Response): Promise<string> {
  const html = (await response.text()).replace(/<style>.*<\/style>|<svg.*<\/svg>|<wbr>|<\/?span>/gs, '')
  return html
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

describe('the page of a coupon', () => {
  it('shows reward, end, image and code', async () => {
    const { ask } = newEndpoints()
    const response = await ask(`/q/${CODE}`)
    expect(response.status).toBe(200)
    const html = await response.clone().text()
    expect(html).toContain('<figure role="img" aria-label="QR code of your coupon"><svg')
    expect(html).toContain('<title>Your coupon: 30% off</title>')
    expect(await wordsOf(response)).toBe(
      'Your coupon: 30% off Your coupon 30% off Valid until April 1, 2026 at 12:00 AM GMT+2 ' +
        `Code ${CODE} Show this page when you pay. Terms Not with other offers.`,
    )
  })

  it('shows the terms as they were written, in every state, and nothing of them where there are none', async () => {
    const terms = 'Not on <b>Sundays</b> & holidays.\nOne a table; "no cash" {date}'
    for (const state of ['valid', 'notYetValid', 'expired', 'cancelled', 'redeemed'] as const) {
      const html = await (await showing({ state, terms }).ask(`/q/${CODE}`)).text()
      expect(html, state).toContain(
        '<dl class="terms"><dt>Terms</dt><dd dir="auto">Not on &lt;b&gt;Sundays&lt;/b&gt; &amp; holidays.\n' +
          'One a table; &quot;no cash&quot; {date}</dd></dl>',
      )
    }
    const without = await (await showing({ terms: null }).ask(`/q/${CODE}`)).text()
    expect(without.replace(/<style>.*<\/style>/s, '')).not.toMatch(/terms/i)
  })

  it('shows terms of any length behind all that the till asks for', async () => {
    const terms = `${'w'.repeat(400)} ${'Not on Sundays.\n'.repeat(100)}`.slice(0, 2_000).trim()
    const html = await (await showing({ terms }).ask(`/q/${CODE}`)).text()
    expect(html).toContain(`<dd dir="auto">${terms}</dd>`)
    expect(html.indexOf(terms)).toBeGreaterThan(html.indexOf('Show this page'))
    expect(html.indexOf(terms)).toBeGreaterThan(html.indexOf('</code>'))
  })

  it('is found under the prefix of the image, which is in capitals', async () => {
    const { ask } = newEndpoints()
    expect(await wholeOf(await ask(`/Q/${CODE}`))).toEqual(await wholeOf(await ask(`/q/${CODE}`)))
  })

  it('is kept by the browser of the customer and nobody else', async () => {
    const { ask } = newEndpoints()
    expect((await ask(`/q/${CODE}`)).headers.get('cache-control')).toBe('private, max-age=600')
    for (const state of ['notYetValid', 'expired', 'cancelled', 'redeemed'] as const) {
      const kept = await showing({ state }).ask(`/q/${CODE}`)
      expect(kept.headers.get('cache-control')).toBe('private, no-cache')
    }
    expect((await ask('/q/unknown')).headers.get('cache-control')).toBe('no-store')
  })

  it('needs nothing from elsewhere, with the image of the kit itself', async () => {
    const { ask } = showing({ svg: createQrEncoder().svg(`HTTPS://GO.PIZZA.EXAMPLE/Q/${CODE}`) })
    const html = (await (await ask(`/q/${CODE}`)).text()).replace('xmlns="http://www.w3.org/2000/svg"', '')
    expect(html).not.toMatch(/https?:|\b(?:src|href|srcset|action)=|url\(|@import|<script|\bon\w+=/i)
    // attributes of style are what the policy would refuse
    expect(html).not.toMatch(/\sstyle=/i)
  })

  it.each<[CouponPage['state'], string]>([
    ['notYetValid', 'Not valid yet. You can use it from March 1, 2026 at 9:00 AM GMT+1'],
    ['expired', 'Expired on April 1, 2026 at 12:00 AM GMT+2'],
    ['cancelled', 'Cancelled. It can no longer be used.'],
    ['redeemed', 'Redeemed. It has been used and cannot be used again.'],
  ])('says in words that it is %s, and asks nobody to show it', async (state, words) => {
    const { ask } = showing({ state })
    const seen = await wordsOf(await ask(`/q/${CODE}`))
    expect(seen).toContain(words)
    expect(seen).toContain(CODE)
    expect(seen).not.toContain('Show this page')
  })

  it('says that it has no end when it has none', async () => {
    const { ask } = showing({ expiresAt: null })
    expect(await wordsOf(await ask(`/q/${CODE}`))).toContain('Valid without an end date')
  })

  it.each<[CouponPage['reward'], string]>([
    [{ kind: 'percent', value: 12.5 }, '12,5 % Rabatt'],
    [{ kind: 'amount', amountMinor: 1_234_50, currency: 'EUR' }, '1.234,50 EUR weniger'],
    [
      { kind: 'item', item: 'Eine Pizza <Margherita> & mehr' },
      'Gratis: Eine Pizza &lt;Margherita&gt; &amp; mehr',
    ],
    [{ kind: 'item', item: "$& $1 {date} $'" }, 'Gratis: $&amp; $1 {date} $&#39;'],
  ])('writes the reward %j in the language of its texts', async (reward, words) => {
    const texts = {
      lang: 'de',
      couponPercent: '{reward} Rabatt',
      couponAmount: '{reward} weniger',
      couponItem: 'Gratis: {reward}',
      couponValidUntil: 'Gültig bis {date}',
    }
    const seen = await wordsOf(await showing({ reward }, texts).ask(`/q/${CODE}`))
    expect(seen).toContain(words)
    expect(seen).toContain('Gültig bis 1. April 2026 um 00:00 MESZ')
  })

  it('copies as the code alone, though its line may break', async () => {
    const { ask } = newEndpoints()
    const html = await (await ask(`/q/${CODE}`)).text()
    const [, shown = ''] = /<code dir="ltr">(.*?)<\/code>/.exec(html) ?? []
    expect(shown).toBe('K7Q2MX-<wbr>9V3H5T8B-<wbr><span>0123456789ABC<wbr>DEFGHJKMNPQRS</span>')
    expect(shown.replace(/<[^>]+>/g, '')).toBe(CODE)
    expect(html).toContain(`<data value="${CODE}">`)
  })

  it('has a link that a phone reads at a glance: 45 letters of path, few enough modules', () => {
    const link = linkOfCode('https://go.pizza.example', CODE)
    expect(new URL(link).pathname).toHaveLength(45)
    const modulesOf = (text: string) =>
      Number(/viewBox="0 0 (\d+) /.exec(createQrEncoder().svg(text))?.[1]) - 2 * QUIET_ZONE
    expect(modulesOf(link)).toBe(33)
    expect(modulesOf(link.toLowerCase())).toBe(37)
  })

  it('is the same 404 for every reason', async () => {
    const { ask } = newEndpoints()
    const expected = await wholeOf(await ask('/q/unknown'))
    expect(expected.status).toBe(404)
    const without = newEndpoints({ tenantOf: () => null })
    expect(await wholeOf(await without.ask(`/q/${CODE}`))).toEqual(expected)
    const other = newEndpoints({ tenantOf: () => 'burger-bar' })
    expect(await wholeOf(await other.ask(`/q/${CODE}`))).toEqual(expected)
    for (const path of ['/q/', '/q', `/q/${CODE}/`, `/q/${CODE}/x`, '/q/%', '/q/%FF', '/q/%00']) {
      expect(await wholeOf(await ask(path))).toEqual(expected)
    }
  })

  it('asks for the tenant with the request', async () => {
    const tenantOf = (request: Request) => new URL(request.url).hostname.split('.')[1] ?? null
    const { ask } = newEndpoints({ tenantOf })
    expect((await ask(`/q/${CODE}`)).status).toBe(404)
    const named = newEndpoints({
      tenantOf: (request) => (request.headers.has('x-tenant') ? 'pizzeria' : null),
    })
    expect((await named.ask(`/q/${CODE}`, { headers: { 'x-tenant': '1' } })).status).toBe(200)
  })
})
