import { describe, expect, it } from 'vitest'
import { GENUINE, newEndpoints, QUESTION, wholeOf } from './links.fixture.js'

const PATH = `/s/${GENUINE}`
const FROM_PAGE = { method: 'POST', body: new URLSearchParams('from=page') }

describe('the page that asks for a consent', () => {
  it.each(['GET', 'HEAD'])('asks and changes nothing (%s)', async (method) => {
    const { ask, calls } = newEndpoints()
    const response = await ask(PATH, { method })
    expect(response.status).toBe(200)
    expect(calls).toEqual([])
    if (method === 'HEAD') return
    const html = await response.text()
    expect(html).toContain('Do you want to receive offers (Email)?')
    expect(html).toContain('<button>Yes, I want that</button>')
  })

  it('takes the yes of its button', async () => {
    const { ask, calls } = newEndpoints()
    const response = await ask(PATH, FROM_PAGE)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('<h1>Thank you</h1>')
    expect(calls).toEqual([`confirm ${GENUINE}`])
  })

  it('says thanks to whoever has said yes', async () => {
    const { ask } = newEndpoints({ links: { question: async () => ({ ...QUESTION, state: 'confirmed' }) } })
    expect(await (await ask(PATH)).text()).toContain('<h1>Thank you</h1>')
  })

  it.each(['GET', 'HEAD', 'POST'])('is gone once it can no longer be answered (%s)', async (method) => {
    const links = { question: async () => ({ ...QUESTION, state: 'over' as const }) }
    const { ask, calls } = newEndpoints({ links })
    expect((await ask(PATH, { method })).status).toBe(410)
    expect(calls).toEqual([])
  })

  it.each<[string, RequestInit, number]>([
    ['no body', { method: 'POST' }, 400],
    ['a one-click unsubscribe', { method: 'POST', body: 'List-Unsubscribe=One-Click' }, 400],
    ['a body that is too large', { method: 'POST', body: 'x'.repeat(5_000) }, 413],
  ])('takes %s for no yes', async (_what, init, status) => {
    const { ask, calls } = newEndpoints()
    expect((await ask(PATH, init)).status).toBe(status)
    expect(calls).toEqual([])
  })

  it('is the same 404 for a forged link, whatever is asked of it', async () => {
    const { ask } = newEndpoints()
    const expected = await wholeOf(await ask('/s/forged'))
    expect(expected.status).toBe(404)
    expect(await wholeOf(await ask('/s/forged', FROM_PAGE))).toEqual(expected)
  })
})
