import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../base/time.js'
import type { AskConsentInput } from '../engine/ask-consent.js'
import { everyone } from '../segmentation/builders.js'
import { pagesOf, refuseByPhone } from './pages.fixture.js'
import { createPizzeria } from './pizzeria.fixture.js'
import { refusalOf } from './refusal.fixture.js'

const NEWS: AskConsentInput = {
  customerId: 'c-0',
  channel: 'email',
  topic: 'news',
  basis: 'sign-up form',
  wording: '2026-03',
  evidence: 'form 4711',
}

/** A pizzeria that asks customers whether they want news. */
async function createAsking() {
  const pizzeria = createPizzeria()
  const { kit, root } = pizzeria
  await kit.customers.upsert([{ id: 'c-0', addresses: { email: 'ada@example.com' } }])
  const serve = pagesOf(root)
  return {
    ...pizzeria,
    /** The link of a question that could be asked. */
    async ask(more: Partial<AskConsentInput> = {}) {
      const asked = await kit.consents.ask({ ...NEWS, ...more })
      if (asked.outcome !== 'asked') throw new Error(asked.outcome)
      return asked.url
    },
    look: async (url: string) => (await serve(new Request(url))).status,
    say: async (url: string, body = 'from=page') =>
      (await serve(new Request(url, { method: 'POST', body: new URLSearchParams(body) }))).status,
    async reachable() {
      return (await kit.audiences.reach(everyone(), { channels: ['email'], topic: 'news' })).reachable
    },
    async history() {
      return (await kit.consents.history('c-0')).map(({ decision }) => decision)
    },
  }
}

describe('a double opt-in', () => {
  it('writes down that it was asked, which permits nothing', async () => {
    const { kit, ask, reachable, clock } = await createAsking()
    await ask()
    expect(await kit.consents.history('c-0')).toEqual([
      {
        customerId: 'c-0',
        channel: 'email',
        topic: 'news',
        decision: 'pending',
        basis: 'sign-up form',
        obtainedAt: clock.now(),
        evidence: 'request consent-1; wording 2026-03; form 4711',
      },
    ])
    const { excluded } = await kit.audiences.reach(everyone(), { channels: ['email'], topic: 'news' })
    expect([await reachable(), excluded]).toEqual([0, { noConsent: 1 }])
  })

  it('grants by the POST of its page alone, with the proof', async () => {
    const { kit, ask, look, say, reachable, history, clock } = await createAsking()
    const url = await ask()
    await clock.advance(HOUR_MS)
    expect([await look(url), await look(url), await say(url, 'x=y')]).toEqual([200, 200, 400])
    expect(await history()).toEqual(['pending'])
    expect(await say(url)).toBe(200)
    expect(await reachable()).toBe(1)
    const text = url.slice(url.lastIndexOf('/') + 1)
    expect((await kit.consents.history('c-0')).at(-1)).toEqual({
      customerId: 'c-0',
      channel: 'email',
      topic: 'news',
      decision: 'granted',
      basis: 'double opt-in',
      obtainedAt: clock.now(),
      evidence: `request consent-1; wording 2026-03; link sha256 ${createHash('sha256').update(text).digest('hex')}`,
    })
    const { items } = await kit.journal.list({ subject: { type: 'customers', id: 'all' } })
    expect(items.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['consents.ask', 'consents.confirm']),
    )
  })

  it('grants once, however often it is said, and also when it is said at once', async () => {
    const { ask, say, look, history, clock } = await createAsking()
    const url = await ask()
    await clock.advance(MINUTE_MS)
    expect(await Promise.all([say(url), say(url), say(url)])).toEqual([200, 200, 200])
    await clock.advance(30 * DAY_MS)
    expect([await say(url), await look(url)]).toEqual([200, 200])
    expect(await history()).toEqual(['pending', 'granted'])
  })

  it('does not grant again what was taken back since', async () => {
    const { kit, ask, say, look, clock, reachable } = await createAsking()
    const url = await ask()
    await say(url)
    await clock.advance(MINUTE_MS)
    await refuseByPhone(kit, clock.now())
    await clock.advance(MINUTE_MS)
    expect([await say(url), await look(url), await reachable()]).toEqual([410, 410, 0])
  })

  it('expires', async () => {
    const { ask, say, look, clock, history } = await createAsking()
    const url = await ask({ expiresInDays: 2 })
    await clock.advance(2 * DAY_MS - 1)
    expect(await look(url)).toBe(200)
    await clock.advance(1)
    expect([await look(url), await say(url)]).toEqual([410, 410])
    expect(await history()).toEqual(['pending'])
  })

  it('is over once the person is erased, and writes nothing of them again', async () => {
    const { kit, ask, say, history } = await createAsking()
    const url = await ask()
    await kit.customers.erase(['c-0'], 'asked to')
    expect(await say(url)).toBe(410)
    expect(await history()).toEqual([])
  })

  it('is 404 when it is forged, or made for something else', async () => {
    const { kit, ask, say, look } = await createAsking()
    const url = await ask()
    const other = (await kit.consents.preferencesUrl('c-0')).replace('/p/', '/s/')
    const forged = url.replace(/.$/, (letter) => (letter === 'A' ? 'B' : 'A'))
    for (const wrong of [other, forged, url.replace('/s/', '/u/'), url.replace('/s/', '/p/')]) {
      expect([await look(wrong), await say(wrong)], wrong).toEqual([404, 404])
    }
  })

  it('tells nothing of the person in its link', async () => {
    const { ask } = await createAsking()
    const url = await ask({ customerId: 'ada@example.com' })
    const [payload = ''] = url.split('.').slice(-2)
    expect(Buffer.from(payload, 'base64url').toString()).not.toMatch(/ada|news|email/)
  })

  it('has nothing to ask of whoever allows it, and grants other topics nothing', async () => {
    const { kit, ask, say } = await createAsking()
    await say(await ask())
    expect(await kit.consents.ask(NEWS)).toEqual({ outcome: 'granted' })
    expect(await kit.consents.ask({ ...NEWS, topic: 'offers' })).toMatchObject({ outcome: 'asked' })
  })

  it('asks a person again after ten minutes, and five times a day', async () => {
    const { kit, clock } = await createAsking()
    const outcomes: string[] = []
    for (let times = 0; times < 7; times += 1) {
      outcomes.push((await kit.consents.ask(NEWS)).outcome)
      const again = await kit.consents.ask(NEWS)
      expect(again).toMatchObject({ outcome: 'tooSoon' })
      if (again.outcome === 'tooSoon') expect(again.askAgainAt).toBeGreaterThan(clock.now())
      await clock.advance(11 * MINUTE_MS)
    }
    expect(outcomes).toEqual([...Array(5).fill('asked'), 'tooSoon', 'tooSoon'])
    // others are asked all the same
    expect((await kit.consents.ask({ ...NEWS, customerId: 'c-1' })).outcome).toBe('asked')
    await clock.advance(DAY_MS)
    expect((await kit.consents.ask(NEWS)).outcome).toBe('asked')
  })

  it.each([
    [{ customerId: '' }, 'INVALID_INPUT', 'customerId'],
    [{ channel: 'fax' }, 'INVALID_INPUT', 'channel'],
    [{ topic: '*' }, 'INVALID_INPUT', 'topic'],
    [{ basis: ' ' }, 'INVALID_INPUT', 'basis'],
    [{ wording: 'Third Edition' }, 'INVALID_INPUT', 'wording'],
    [{ expiresInDays: 31 }, 'INVALID_INPUT', 'expiresInDays'],
    [{ to: 'ada@example.com' }, 'UNKNOWN_FIELD', 'to'],
  ])('is refused with %j, and nothing is written', async (wrong, code, path) => {
    const { kit, history } = await createAsking()
    const refused = await refusalOf(() => kit.consents.ask({ ...NEWS, ...wrong } as AskConsentInput))
    expect(refused).toMatchObject({ code, path })
    expect(await history()).toEqual([])
  })
})
