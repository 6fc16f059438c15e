import { describe, expect, it } from 'vitest'
import { CENTRE, GENUINE, newEndpoints, wholeOf } from './links.fixture.js'

const PATH = `/p/${GENUINE}`

const post = (fields: [string, string][]): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
})

describe('the page of preferences', () => {
  it.each(['GET', 'HEAD'])('shows what the customer allows, and changes nothing (%s)', async (method) => {
    const { ask, calls } = newEndpoints()
    const response = await ask(PATH, { method })
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(calls).toEqual([])
    if (method === 'HEAD') return
    const html = await response.text()
    expect(html.match(/<legend>[^<]+<\/legend>/g)).toEqual(['<legend>Email</legend>', '<legend>SMS</legend>'])
    expect(html.match(/<label .*<\/label>/g)).toEqual([
      '<label for="email-offers"><input type="checkbox" id="email-offers" name="choice" value="email offers" checked> <span>Offers</span></label>',
      '<label for="email-news"><input type="checkbox" id="email-news" name="choice" value="email news"> <span>Menu &amp; &lt;more&gt;</span></label>',
      '<label for="sms-offers"><input type="checkbox" id="sms-offers" name="choice" value="sms offers"> <span>Offers</span></label>',
    ])
    expect(html).toContain('<form method="post"><input type="hidden" name="form" value="genuine">')
  })

  it('names topics and channels in the language of the page', async () => {
    const { ask } = newEndpoints()
    const german = await (await ask(PATH, { headers: { 'accept-language': 'de' } })).text()
    expect(german).toContain('<span>Angebote</span>')
    expect(german).toContain('<legend>E-Mail</legend>')
  })

  it('saves the boxes that are ticked, URL-encoded and as multipart', async () => {
    const { ask, calls } = newEndpoints()
    const fields: [string, string][] = [
      ['form', 'genuine'],
      ['choice', 'email news'],
      ['choice', 'sms offers'],
      ['do', 'save'],
    ]
    const multipart = new FormData()
    for (const [name, value] of fields) multipart.append(name, value)
    for (const init of [post(fields), { method: 'POST', body: multipart }]) {
      const response = await ask(PATH, init)
      expect(response.status).toBe(200)
      expect(await response.text()).toContain('<p class="told" role="status">Your choices are saved.</p>')
    }
    expect(calls).toEqual(Array(2).fill(`save ${GENUINE}: email news,sms offers`))
  })

  it('takes everything back by its second button', async () => {
    const { ask, calls } = newEndpoints()
    await ask(
      PATH,
      post([
        ['form', 'genuine'],
        ['choice', 'email offers'],
        ['do', 'nothing'],
      ]),
    )
    expect(calls).toEqual([`save ${GENUINE}: nothing`])
  })

  it.each<[string, RequestInit]>([
    ['no body', { method: 'POST' }],
    ['the token of another form', post([['form', 'other']])],
    ['a one-click unsubscribe', post([['List-Unsubscribe', 'One-Click']])],
    ['broken multipart', { method: 'POST', body: 'x', headers: { 'content-type': 'multipart/form-data' } }],
  ])('is shown again with 400 for a POST of %s', async (_what, init) => {
    const { ask } = newEndpoints()
    const response = await ask(PATH, init)
    expect(response.status).toBe(400)
    const html = await response.text()
    expect(html).toContain('role="alert"')
    expect(html).toContain(`value="${CENTRE.form}"`)
  })

  it('has room for a form of every topic on every channel, and for no more', async () => {
    const { ask } = newEndpoints()
    const filled = (bytes: number) => `form=genuine&x=${'x'.repeat(bytes - 15)}`
    expect((await ask(PATH, { method: 'POST', body: filled(65_536) })).status).toBe(200)
    expect((await ask(PATH, { method: 'POST', body: filled(65_537) })).status).toBe(413)
  })

  it('says so when there is nothing to choose', async () => {
    const { ask } = newEndpoints({ links: { preferences: async () => ({ choices: [], form: 'genuine' }) } })
    const html = await (await ask(PATH)).text()
    expect(html).toContain('There is nothing to choose at present.')
    expect(html).not.toContain('<form')
  })

  it('is the same 404 for a forged link, whatever is asked of it', async () => {
    const { ask } = newEndpoints()
    const expected = await wholeOf(await ask('/p/forged'))
    expect(expected.status).toBe(404)
    expect(await wholeOf(await ask('/p/forged', post([['form', 'genuine']])))).toEqual(expected)
  })
})
