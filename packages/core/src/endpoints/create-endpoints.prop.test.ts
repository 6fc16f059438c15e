import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeHtml } from '../rendering/html-text.js'
import { COUPON, newEndpoints } from './links.fixture.js'

const settings = { seed: 20_260_301, numRuns: process.env.CAMPAIGNKIT_LONG ? 5_000 : 100 }

describe('whatever is asked', () => {
  it('is answered, without failure and without a change by GET', async () => {
    const path = fc
      .array(
        fc.constantFrom(
          '/',
          'c',
          'o',
          'u',
          'q',
          'Q',
          'p',
          's',
          'r',
          '%',
          '%2F',
          '%00',
          '..',
          '\\',
          '?',
          '#',
          '<',
          '"',
          'é',
          'a',
        ),
      )
      .map((parts) => `/${parts.join('')}`)
    await fc.assert(
      fc.asyncProperty(path, fc.constantFrom('GET', 'HEAD', 'POST', 'PUT'), async (asked, method) => {
        const { ask, calls, failures } = newEndpoints()
        const response = await ask(asked, { method })
        expect([200, 404, 405]).toContain(response.status)
        expect(failures).toEqual([])
        const changed = method === 'POST' ? /^(?:unsubscribe|confirm)/ : /^(?:unsubscribe|confirm|save)/
        expect(calls.filter((call) => changed.test(call))).toEqual([])
      }),
      settings,
    )
  })

  it('never lets a text of the host or of a reward become markup', async () => {
    const shown = fc.string({
      minLength: 1,
      maxLength: 60,
      unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', ' ', '{reward}', '$&'),
    })
    await fc.assert(
      fc.asyncProperty(shown, shown, async (item, text) => {
        const title = `x${text}`.slice(0, 400)
        const { ask } = newEndpoints({
          texts: { couponTitle: title, couponItem: '{reward}', sender: title },
          links: {
            coupon: async () => ({ ...COUPON, svg: '', reward: { kind: 'item', item } }),
          },
        })
        const html = await (await ask('/q/any')).text()
        expect(html).toContain(`<p class="sender">${escapeHtml(title)}</p>`)
        expect(html).toContain(`<h1>${escapeHtml(item)}</h1>`)
        const tags = html.replace(/<style>.*<\/style>/s, '').match(/<[a-z]+/g)
        expect(new Set(tags)).toEqual(
          new Set([
            '<html',
            '<head',
            '<meta',
            '<title',
            '<body',
            '<main',
            '<p',
            '<h',
            '<figure',
            '<dl',
            '<dt',
            '<dd',
            '<data',
            '<code',
            '<span',
            '<wbr',
          ]),
        )
      }),
      settings,
    )
  })
})
