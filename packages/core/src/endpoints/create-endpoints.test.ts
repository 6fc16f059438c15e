import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createEndpoints } from './create-endpoints.js'
import type { EndpointOptions } from './endpoint-options.js'
import { CODE, GENUINE, NO_LINKS, newEndpoints, ORIGIN, wholeOf } from './links.fixture.js'

const PAGES: readonly [what: string, path: string, init?: RequestInit][] = [
  ['the question', `/u/${GENUINE}`],
  ['the question, asked again', `/u/${GENUINE}`, { method: 'POST' }],
  ['the confirmation', `/u/${GENUINE}`, { method: 'POST', body: 'from=page' }],
  ['a body too large', `/u/${GENUINE}`, { method: 'POST', body: 'x'.repeat(5_000) }],
  ['the coupon', `/q/${CODE}`],
  ['the preferences', `/p/${GENUINE}`],
  ['preferences that were saved', `/p/${GENUINE}`, { method: 'POST', body: 'form=genuine' }],
  ['preferences that were not saved', `/p/${GENUINE}`, { method: 'POST' }],
  ['the question of a double opt-in', `/s/${GENUINE}`],
  ['the thanks for the answer', `/s/${GENUINE}`, { method: 'POST', body: 'from=page' }],
  ['nothing found', '/q/unknown'],
  ['a wrong method', `/c/${GENUINE}`, { method: 'POST' }],
]

describe('every page', () => {
  it.each(PAGES)('is locked down: %s', async (_what, path, init) => {
    const { ask } = newEndpoints()
    const response = await ask(path, init)
    const html = await response.text()
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(html) ?? []
    const hash = createHash('sha256').update(style).digest('base64')
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    )
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(response.headers.get('x-robots-tag')).toBe('noindex, nofollow')
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(html).not.toMatch(/<script|\son\w+=|\sstyle=|<link|<iframe|<img/i)
  })

  it.each(PAGES)('is a document that any reader can use: %s', async (_what, path, init) => {
    const { ask } = newEndpoints()
    const html = await (await ask(path, init)).text()
    expect(html).toMatch(/^<!doctype html>\n<html lang="en" dir="ltr">/)
    expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">')
    expect(html.match(/<title>[^<]+<\/title>/g)).toHaveLength(1)
    expect(html.match(/<main/g)).toHaveLength(1)
    expect(html.match(/<h1/g)).toHaveLength(1)
  })

  it('has a style for the dark and for paper, and none that a text could end', async () => {
    const html = await (await newEndpoints().ask('/')).text()
    expect(html).toContain('prefers-color-scheme:dark')
    expect(html).toContain('@media print')
    expect(html.match(/<\/style>/g)).toHaveLength(1)
  })
})

describe('a method that a link does not know', () => {
  it.each([
    ['/p/x', 'GET, HEAD, POST'],
    ['/s/x', 'GET, HEAD, POST'],
    ['/c/x', 'GET, HEAD'],
    ['/o/x', 'GET, HEAD'],
    ['/q/x', 'GET, HEAD'],
    ['/u/x', 'GET, HEAD, POST'],
  ])('is refused on %s with those that it knows', async (path, allow) => {
    const { ask, calls } = newEndpoints()
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
      const response = await ask(path, { method })
      expect([response.status, response.headers.get('allow')]).toEqual([405, allow])
    }
    expect(calls).toEqual([])
  })
})

describe('a path that is not one of ours', () => {
  it.each([
    '/',
    '/c',
    '/c/',
    '/c/a/b',
    '/C/x',
    '/P/x',
    '/r',
    '/r/x',
    '/U/x',
    '/constructor/x',
    '/__proto__/x',
    '/c/%',
    '/u/%E0%A4%A',
    '/o/%FF',
    '/c/..',
    '//c/x',
    `/x/${GENUINE}`,
  ])('is the one page of links that do not work: %s', async (path) => {
    const { ask, calls } = newEndpoints()
    expect(await wholeOf(await ask(path))).toEqual(await wholeOf(await ask('/c/forged')))
    expect(calls).toEqual(['follow forged'])
  })

  it('is answered to HEAD with the same header and no body', async () => {
    const { ask } = newEndpoints()
    const { body: _body, ...page } = await wholeOf(await ask('/nowhere'))
    expect(await wholeOf(await ask('/nowhere', { method: 'HEAD' }))).toEqual({ ...page, body: '' })
  })
})

describe('a failure behind the endpoints', () => {
  const secretive = new Error('password of the database: hunter2')
  const fail = () => {
    throw secretive
  }
  const reject = () => Promise.reject(secretive)
  const links = {
    ...NO_LINKS,
    leadsTo: fail,
    follow: reject,
    open: reject,
    isUnsubscribeLink: fail,
    unsubscribe: reject,
    coupon: reject,
  }

  it.each([
    ['GET', `/c/${GENUINE}`],
    ['HEAD', `/c/${GENUINE}`],
    ['GET', `/o/${GENUINE}`],
    ['GET', `/u/${GENUINE}`],
    ['GET', `/q/${CODE}`],
  ])('is 500 without details, and told to the host: %s %s', async (method, path) => {
    const { ask, failures } = newEndpoints({ links })
    const response = await ask(path, { method })
    const html = await response.text()
    expect(response.status).toBe(500)
    expect(html).not.toContain('hunter2')
    if (method === 'GET') expect(html).toContain('Something went wrong')
    expect(failures).toEqual([secretive])
  })

  it('is 500 when the storage fails during an unsubscribe, so that the provider tries again', async () => {
    const genuine = { ...links, isUnsubscribeLink: () => true }
    const { ask } = newEndpoints({ links: genuine })
    const init = { method: 'POST', body: new URLSearchParams('List-Unsubscribe=One-Click') }
    expect((await ask(`/u/${GENUINE}`, init)).status).toBe(500)
  })

  it('is 500 when the tenant cannot be told', async () => {
    expect((await newEndpoints({ tenantOf: fail }).ask(`/q/${CODE}`)).status).toBe(500)
  })

  it('needs no listener', async () => {
    const serve = createEndpoints({ links })
    expect((await serve(new Request(`${ORIGIN}/c/${GENUINE}`))).status).toBe(500)
  })
})

describe('texts of a host', () => {
  const de = {
    lang: 'de',
    sender: 'Pizzeria <Ada>',
    unsubscribeTitle: 'Abmelden & "fertig"',
    unsubscribeButton: '<b>Abmelden</b>',
  }

  it('stand on the pages as plain text, the rest in the language that they name', async () => {
    const html = await (await newEndpoints({ texts: de }).ask(`/u/${GENUINE}`)).text()
    expect(html).toContain('<html lang="de" dir="ltr">')
    expect(html).toContain('<p class="sender">Pizzeria &lt;Ada&gt;</p>')
    expect(html).toContain('<title>Abmelden &amp; &quot;fertig&quot;</title>')
    expect(html).toContain('<button>&lt;b&gt;Abmelden&lt;/b&gt;</button>')
    expect(html).toContain('Möchten Sie diese Nachrichten nicht mehr erhalten?')
  })

  it('may be chosen by request', async () => {
    const texts = (request: Request) =>
      request.headers.get('accept-language')?.startsWith('ar') ? ({ lang: 'ar', dir: 'rtl' } as const) : {}
    const { ask } = newEndpoints({ texts })
    const arabic = await ask('/', { headers: { 'accept-language': 'ar-EG,ar' } })
    expect(await arabic.text()).toContain('<html lang="ar" dir="rtl">')
    expect(await (await ask('/')).text()).toContain('<html lang="en" dir="ltr">')
  })

  it('that cannot be chosen leave a page in English, with 500', async () => {
    const { ask, failures } = newEndpoints({ texts: () => ({ lang: 'no such language' }) })
    const response = await ask(`/u/${GENUINE}`)
    expect(response.status).toBe(500)
    expect(await response.text()).toContain('Something went wrong')
    expect(failures).toMatchObject([{ code: 'INVALID_INPUT', path: 'texts.lang' }])
  })

  it.each<[string, object, { code: string; path: string }]>([
    [
      'a text that is none',
      { texts: { failedTitle: 7 } },
      { code: 'INVALID_INPUT', path: 'texts.failedTitle' },
    ],
    ['a blank text', { texts: { failedTitle: ' ' } }, { code: 'INVALID_INPUT', path: 'texts.failedTitle' }],
    [
      'an unknown text',
      { texts: { fialedTitle: 'x' } },
      { code: 'UNKNOWN_FIELD', path: 'texts.fialedTitle' },
    ],
    ['a language that is none', { texts: { lang: '"><p>' } }, { code: 'INVALID_INPUT', path: 'texts.lang' }],
    ['texts that are none', { texts: 'de' }, { code: 'INVALID_INPUT', path: 'texts' }],
    ['links that are none', { links: null }, { code: 'INVALID_INPUT', path: 'links' }],
    [
      'a tenant in place of a function',
      { tenantOf: 'pizzeria' },
      { code: 'INVALID_INPUT', path: 'tenantOf' },
    ],
    ['a listener that is none', { onError: true }, { code: 'INVALID_INPUT', path: 'onError' }],
    [
      'a text of a language that is none',
      { languages: { nl: { failedTitle: '' } } },
      { code: 'INVALID_INPUT', path: 'languages.nl.failedTitle' },
    ],
    [
      'words of a language that has no name',
      { languages: { Dutch: {} } },
      { code: 'INVALID_INPUT', path: 'languages.Dutch' },
    ],
    ['a client in place of a function', { clientOf: '::1' }, { code: 'INVALID_INPUT', path: 'clientOf' }],
    ['a till that is none', { till: 'key' }, { code: 'INVALID_INPUT', path: 'till' }],
    ['an unknown option', { tenant: 'pizzeria' }, { code: 'UNKNOWN_FIELD', path: 'tenant' }],
  ])('and other options are refused at once: %s', (_what, options, error) => {
    const given = { links: {}, ...options } as EndpointOptions
    expect(() => createEndpoints(given)).toThrow(expect.objectContaining(error))
  })
})

describe('a coupon without a way to tell the tenant', () => {
  it('is not found', async () => {
    const links = {
      coupon: () => Promise.reject(new Error('was asked')),
    } as unknown as EndpointOptions['links']
    const response = await createEndpoints({ links })(new Request(`${ORIGIN}/q/${CODE}`))
    expect(response.status).toBe(404)
  })
})
