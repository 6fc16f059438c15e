import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readSignedLink, signLink } from '../access/signed-link.js'
import { GENUINE, NO_LINKS, newEndpoints, ORIGIN } from './links.fixture.js'

const settings = { seed: 20_260_301, numRuns: process.env.CAMPAIGNKIT_LONG ? 5_000 : 300 }
const secret = { id: '2026', key: 'the current secret of the host' }

const piece = fc.constantFrom(
  'https:',
  'http:',
  'javascript:',
  'data:text/html,',
  '//',
  '/',
  '\\',
  '@',
  ':',
  'pizza.example',
  'evil.example',
  'bücher.example',
  '[::1]',
  '%2f',
  '%40',
  '%0d%0a',
  '\r\nSet-Cookie: a=b',
  '\t',
  '\0',
  ' ',
  '?url=',
  '#',
  '..',
  '\u202e',
  '\u3002',
  '\ud800',
  'e',
)
const hostile = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))

it('whatever was signed, a redirect leads to the web in one line of ASCII, and names no user', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (url) => {
      const { ask, failures } = newEndpoints({ links: { leadsTo: () => url, follow: async () => url } })
      const response = await ask(`/c/${GENUINE}`)
      const location = response.headers.get('location')
      expect([response.status, location === null]).toEqual(location === null ? [404, true] : [302, false])
      if (location !== null) {
        expect(location).toMatch(/^https?:\/\/[\x21-\x7e]+$/)
        const { username, password, href } = new URL(location)
        expect([username, password, href]).toEqual(['', '', location])
      }
      expect(failures).toEqual([])
      expect(response.headers.get('set-cookie')).toBeNull()
    }),
    settings,
  )
})

it('no text but a signed one leads anywhere, however it is changed on its way', async () => {
  const signed = signLink(secret, 'click', ['pizzeria', 'delivery-1', 'https://pizza.example/menu'])
  const read = (text: string) => readSignedLink([secret], 'click', text)?.[2] ?? null
  const { ask } = newEndpoints({ links: { ...NO_LINKS, leadsTo: read, follow: async (text) => read(text) } })
  expect((await ask(`/c/${signed}`)).headers.get('location')).toBe('https://pizza.example/menu')
  const at = fc.nat(signed.length)
  await fc.assert(
    fc.asyncProperty(at, at, hostile, async (from, to, put) => {
      const changed = signed.slice(0, Math.min(from, to)) + put + signed.slice(Math.max(from, to))
      for (const path of [`/c/${changed}`, `/c/${encodeURIComponent(changed.replace(/\p{Cs}/gu, ''))}`]) {
        const { pathname } = new URL(ORIGIN + path)
        const location = (await ask(path)).headers.get('location')
        // what a URL leaves out (a tab at the end, a fragment) changes nothing
        const isSame = decodedOrNull(pathname) === `/c/${signed}`
        expect(location).toBe(isSame ? 'https://pizza.example/menu' : null)
      }
    }),
    settings,
  )
})

function decodedOrNull(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
