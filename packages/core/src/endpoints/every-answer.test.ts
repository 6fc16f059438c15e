import { describe, expect, it } from 'vitest'
import { CODE, GENUINE, newEndpoints } from './links.fixture.js'

const JSON_BODY = { 'content-type': 'application/json' }
const post = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body,
  headers,
})
const stopped = { blockedForMs: () => 5_000, missed: async () => 5_000 }
const fail = () => Promise.reject(new Error('hunter2'))
const over = { channel: 'email', topic: 'offers', label: 'Offers', state: 'over' } as const
type FixtureOptions = Parameters<typeof newEndpoints>[0]

const ANSWERS: readonly [what: string, status: number, path: string, RequestInit?, FixtureOptions?][] = [
  ['a redirect', 302, `/c/${GENUINE}`],
  ['a redirect of HEAD', 302, `/c/${GENUINE}`, { method: 'HEAD' }],
  ['a picture', 200, `/o/${GENUINE}`],
  ['a page', 200, `/u/${GENUINE}`],
  ['a page of HEAD', 200, `/p/${GENUINE}`, { method: 'HEAD' }],
  ['what was unsubscribed', 200, `/u/${GENUINE}`, post('List-Unsubscribe=One-Click')],
  ['what was not', 400, `/u/${GENUINE}`, post('no')],
  ['a coupon', 200, `/q/${CODE}`],
  ['an answer that is over', 410, `/s/${GENUINE}`, {}, { links: { question: async () => over } }],
  ['nothing found', 404, '/q/unknown'],
  ['no path of ours', 404, '/'],
  ['a wrong method', 405, `/q/${CODE}`, { method: 'DELETE' }],
  ['a body too large', 413, `/p/${GENUINE}`, post('x'.repeat(70_000))],
  ['a client that guesses', 429, '/q/x', {}, { links: { guesses: stopped }, clientOf: () => '192.0.2.7' }],
  ['a failure', 500, `/q/${CODE}`, {}, { links: { coupon: fail } }],
  ['no till', 401, '/r', post('{}', JSON_BODY)],
  ['a till that asks wrongly', 405, '/r'],
  [
    'a till that sends a form',
    415,
    '/r',
    post('code=x'),
    { till: () => ({ tenant: 'pizzeria', by: 'ada' }) },
  ],
  [
    'a till',
    200,
    '/r',
    post('{"code":"x","key":"y"}', JSON_BODY),
    { till: () => ({ tenant: 't', by: 'a' }) },
  ],
  ['a failure at the till', 500, '/r', post('{}', JSON_BODY), { till: fail }],
]

describe('every answer', () => {
  it.each(ANSWERS)('is locked down: %s', async (_what, status, path, init, options) => {
    const { ask } = newEndpoints({ till: () => null, ...options })
    const { headers, ...response } = await ask(path, init).then((answer) => ({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
    }))
    expect(response.status).toBe(status)
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'$/),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': path.startsWith('/o/') ? 'cross-origin' : 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-robots-tag': 'noindex, nofollow',
    })
    expect(headers['cache-control']).toBe(
      path === `/q/${CODE}` && status === 200 ? 'private, max-age=600' : 'no-store',
    )
    expect(headers['set-cookie']).toBeUndefined()
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  it('to HEAD is that to GET without its body', async () => {
    for (const path of [
      `/c/${GENUINE}`,
      `/o/${GENUINE}`,
      `/u/${GENUINE}`,
      `/p/${GENUINE}`,
      `/s/${GENUINE}`,
      `/q/${CODE}`,
    ]) {
      const { ask } = newEndpoints()
      const [got, head] = [await ask(path), await ask(path, { method: 'HEAD' })]
      expect([head.status, [...head.headers]]).toEqual([got.status, [...got.headers]])
      expect(await head.text()).toBe('')
    }
  })
})

describe('a form of ten thousand fields', () => {
  const fields = (name: string) => Array.from({ length: 10_000 }, (_, at) => `${name}=${at}`).join('&')

  it.each(['/u/', '/s/'])('is too large for a form of one button (%s)', async (prefix) => {
    const { ask, calls } = newEndpoints()
    expect((await ask(prefix + GENUINE, post(`from=page&${fields('x')}`))).status).toBe(413)
    expect(calls).toEqual([])
  })

  it('is too large as preferences, and harmless where it is not', async () => {
    const { ask, calls } = newEndpoints()
    expect((await ask(`/p/${GENUINE}`, post(`form=genuine&${fields('choice')}`))).status).toBe(413)
    expect(calls).toEqual([])
    const short = `form=genuine${'&x='.repeat(10_000)}&choice=email+news`
    expect((await ask(`/p/${GENUINE}`, post(short))).status).toBe(200)
    expect(calls).toEqual([`save ${GENUINE}: email news`])
  })
})
