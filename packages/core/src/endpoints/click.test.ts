import { describe, expect, it } from 'vitest'
import { GENUINE, newEndpoints, wholeOf } from './links.fixture.js'

describe('a click', () => {
  it('is counted and led on to where the link was signed for', async () => {
    const { ask, calls } = newEndpoints()
    const response = await ask(`/c/${GENUINE}`)
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('https://pizza.example/menu')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(await response.text()).toBe('')
    expect(calls).toEqual([`follow ${GENUINE}`])
  })

  it('of a scanner that sends HEAD is led on as well, but counts nothing', async () => {
    const { ask, calls } = newEndpoints()
    const response = await ask(`/c/${GENUINE}`, { method: 'HEAD' })
    expect([response.status, response.headers.get('location')]).toEqual([302, 'https://pizza.example/menu'])
    expect(calls).toEqual([])
  })

  it.each([
    ['sec-purpose', 'prefetch;prerender'],
    ['purpose', 'prefetch'],
    ['x-purpose', 'preview'],
    ['x-moz', 'prefetch'],
  ])('that a browser fetches ahead is led on, but counts nothing (%s)', async (name, value) => {
    const { ask, calls } = newEndpoints()
    const response = await ask(`/c/${GENUINE}`, { headers: { [name]: value } })
    expect([response.status, response.headers.get('location')]).toEqual([302, 'https://pizza.example/menu'])
    expect(calls).toEqual([])
  })

  it.each([
    ['a link encoded twice', `/c/${GENUINE.replaceAll('.', '%252E')}`],
    ['a link with a line break', `/c/${GENUINE}%0D%0ALocation:%20https://evil.example`],
    ['a link with NUL', `/c/${GENUINE}%00`],
    ['a link with blanks', `/c/%20${GENUINE}`],
    ['a link of another width', `/c/${GENUINE.replaceAll('.', '%EF%BC%8E')}`],
    ['an address in place of a link', '/c/https%3A%2F%2Fevil.example'],
    ['an address of no protocol', '/c/%2F%2Fevil.example'],
    ['a backslash', '/c/%5C%5Cevil.example'],
    ['a link of a megabyte', `/c/${'a'.repeat(1_000_000)}`],
  ])('on %s gets no redirect', async (_what, path) => {
    const { ask } = newEndpoints()
    const response = await ask(path)
    expect([response.status, response.headers.get('location')]).toEqual([404, null])
  })

  it('finds its link when a mail program encoded the dots', async () => {
    const { ask } = newEndpoints()
    expect((await ask(`/c/${GENUINE.replaceAll('.', '%2E')}`)).status).toBe(302)
  })

  it.each(['GET', 'HEAD'])('on a forged link gets no redirect (%s)', async (method) => {
    const { ask } = newEndpoints()
    const response = await ask('/c/forged?url=https://evil.example', { method })
    expect([response.status, response.headers.get('location')]).toEqual([404, null])
  })

  it('is not answered with a place from the query, a fragment or the host name', async () => {
    const { ask } = newEndpoints()
    const response = await ask(`/c/${GENUINE}?url=https://evil.example`, {
      headers: { host: 'evil.example' },
    })
    expect(response.headers.get('location')).toBe('https://pizza.example/menu')
  })

  it.each([
    'https://pizza.example@evil.example/',
    'https://pizza.example:secret@evil.example/',
    'https://:@evil.example\\@pizza.example',
    'https://%00/',
    'https://',
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'mailto:ada@mail.example',
    'file:///etc/passwd',
    '//evil.example',
    '/relative',
    '',
  ])('never leads to %j', async (url) => {
    const links = { ...newLinks(url) }
    const { ask } = newEndpoints({ links })
    const unknown = await wholeOf(await ask('/c/forged'))
    expect(await wholeOf(await ask(`/c/${GENUINE}`))).toEqual(unknown)
    expect(unknown.status).toBe(404)
  })

  it('leads to an address in ASCII on one line, whatever was signed', async () => {
    const { ask } = newEndpoints({ links: newLinks('HTTPS://bücher.example/ü b\r\nSet-Cookie: a=b?q=ü') })
    expect((await ask(`/c/${GENUINE}`)).headers.get('location')).toBe(
      'https://xn--bcher-kva.example/%C3%BC%20bSet-Cookie:%20a=b?q=%C3%BC',
    )
  })
})

/** Links that lead to one place. */
function newLinks(url: string) {
  return { leadsTo: () => url, follow: async (text: string) => (text === GENUINE ? url : null) }
}
