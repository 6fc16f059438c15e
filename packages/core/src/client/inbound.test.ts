import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import type { InboundMessage } from '../model/inbound-message.js'
import { LAPSED, SCOPE } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'
import { createSendingWorld, type SendingOptions } from './sending.fixture.js'

const PHONE = '+49301000000'
const STRANGER = '+49309999999'

/** A pizzeria that has sent an SMS to Ada (c-0) and her neighbours. */
async function texted(count = 2, options: SendingOptions = {}) {
  const world = createSendingWorld(options)
  await world.invite(count)
  const { id } = await world.launch({ messages: { sms: { body: 'We miss you' } } })
  await world.root.worker().drain()
  let written = 0
  const write = (text: string, more: Partial<InboundMessage> = {}) => {
    written += 1
    return world.kit.messages.receive({ key: `SM${written}`, channel: 'sms', from: PHONE, text, ...more })
  }
  const reach = async () => (await world.kit.audiences.reach(LAPSED, { channels: ['sms'] })).excluded
  return { ...world, id, write, reach }
}

describe('a message that a customer writes', () => {
  it('is an event in the campaign that it answers, once, and its text is kept nowhere', async () => {
    const { kit, id, write, root } = await texted()
    const heard: string[] = []
    root.on('events.recorded', ({ events }) => heard.push(...events.map(({ type }) => type)))
    const { items } = await kit.campaigns.deliveries(id)
    const own = items.find(({ customerId }) => customerId === 'c-0')
    const said = await write('Do you have a table at eight?')
    expect(said).toEqual({ outcome: 'recorded', intent: null, customerId: 'c-0', deliveryId: own?.id })
    expect(await write('again', { key: 'SM1' })).toMatchObject({ outcome: 'repeated', customerId: 'c-0' })
    expect(heard).toEqual(['replied'])
    expect(JSON.stringify((await kit.journal.list({}, { limit: 1_000 })).items)).not.toContain('table')
  })

  it('that is a question for help is told from the others', async () => {
    const { write, kit } = await texted()
    expect(await write(' help ')).toMatchObject({ intent: 'help' })
    expect(await write('¿Ayuda?', { intent: 'help' })).toMatchObject({ intent: 'help' })
    expect((await kit.audiences.reach(LAPSED, { channels: ['sms'] })).excluded).toEqual({})
  })

  it('is of nobody when its number was never written to', async () => {
    const { write } = await texted()
    expect(await write('hello', { from: STRANGER })).toEqual({
      outcome: 'recorded',
      intent: null,
      customerId: null,
      deliveryId: null,
    })
  })

  it('is not of a customer who has another number by now', async () => {
    const { write, kit, reach } = await texted()
    await kit.customers.upsert([{ id: 'c-0', addresses: { phone: '+49301234567' } }])
    expect(await write('STOP')).toMatchObject({ intent: 'optOut', customerId: null })
    expect(await reach()).toEqual({})
    expect((await kit.consents.history('c-0')).every(({ decision }) => decision === 'granted')).toBe(true)
  })

  it('on a channel on which nothing was sent answers no message, and is known by its number', async () => {
    const { write, kit } = await texted()
    expect(await write('ciao', { channel: 'whatsapp' })).toMatchObject({
      customerId: 'c-0',
      deliveryId: null,
    })
    expect(await kit.messages.lastReceivedAt('sms', PHONE)).toBeNull()
  })

  it('opens the window in which free text may be sent', async () => {
    const { write, kit, clock } = await texted()
    expect(await kit.messages.lastReceivedAt('whatsapp', PHONE)).toBeNull()
    await write('ciao', { channel: 'whatsapp' })
    const first = clock.now()
    await write('STOP', { channel: 'whatsapp', at: first + HOUR_MS })
    await write('old', { channel: 'whatsapp', at: first - HOUR_MS })
    expect(await kit.messages.lastReceivedAt('whatsapp', ' +49 30 1000000')).toBe(first + HOUR_MS)
    expect(await kit.messages.lastReceivedAt('whatsapp', STRANGER)).toBeNull()
    expect(await codeOf(() => kit.messages.lastReceivedAt('whatsapp', 'Ada'))).toMatch(/^ADDRESS_INVALID/)
  })

  it.each([
    [{ key: '' }, 'INVALID_INPUT key'],
    [{ from: 'Ada' }, 'ADDRESS_INVALID from'],
    [{ channel: 'fax' }, 'INVALID_INPUT channel'],
    [{ text: 7 }, 'INVALID_INPUT text'],
    [{ intent: 'leave' }, 'INVALID_INPUT intent'],
    [{ surprise: 1 }, 'UNKNOWN_FIELD surprise'],
  ])('is refused with %j', async (wrong, code) => {
    const { write } = await texted(1)
    expect(await codeOf(() => write('STOP', wrong as never))).toBe(code)
  })

  it('is received by whoever may, and by nobody else', async () => {
    const { kit } = await texted(1, { kit: { access: (_scope, action) => action !== 'message.receive' } })
    const received = () => kit.messages.receive({ key: 'k', channel: 'sms', from: PHONE, text: 'STOP' })
    expect(await codeOf(received)).toMatch(/^FORBIDDEN/)
    expect(await codeOf(() => kit.messages.lastReceivedAt('sms', PHONE))).toMatch(/^FORBIDDEN/)
  })

  it('of one tenant is none of another', async () => {
    const { kit, root } = await texted()
    const theirs = root.as({ ...SCOPE, tenant: 'trattoria' })
    const message = { key: 'SM1', channel: 'sms' as const, from: PHONE, text: 'STOP' }
    expect(await theirs.messages.receive(message)).toMatchObject({ outcome: 'recorded', customerId: null })
    expect((await kit.audiences.reach(LAPSED, { channels: ['sms'] })).excluded).toEqual({})
    expect(await kit.messages.receive(message)).toMatchObject({ outcome: 'recorded', customerId: 'c-0' })
  })
})

describe('STOP', () => {
  it('suppresses the number on its channel and denies every topic of it', async () => {
    const { write, kit, reach, id } = await texted()
    expect(await write('Stop')).toMatchObject({ intent: 'optOut', customerId: 'c-0' })
    expect(await reach()).toEqual({ suppressed: 1 })
    const history = await kit.consents.history('c-0')
    expect(history.at(-1)).toMatchObject({
      channel: 'sms',
      topic: '*',
      decision: 'denied',
      evidence: 'message SM1',
    })
    expect((await kit.audiences.reach(LAPSED, { channels: ['email'] })).excluded).toEqual({})
    expect((await kit.reports.campaign(id)).counts).toMatchObject({ unsubscribed: 1 })
    const journal = (await kit.journal.list({ subject: { type: 'message', id: 'SM1' } })).items
    expect(journal.map(({ action }) => action)).toEqual(['addresses.suppress', 'consents.deny'])
    expect(JSON.stringify(journal)).not.toContain(PHONE)
  })

  it('of a stranger is kept for whoever has the number later', async () => {
    const { write, kit, reach, invite } = await texted()
    await write('STOP', { from: STRANGER })
    await invite(3, (number) => (number === 2 ? { addresses: { phone: STRANGER } } : {}))
    expect(await reach()).toEqual({ suppressed: 1 })
    expect(await kit.consents.history('c-2')).toHaveLength(2)
  })

  it('stops a campaign that is under way', async () => {
    const world = createSendingWorld()
    await world.invite(40)
    await world.launch({ messages: { sms: { body: 'We miss you' } } })
    const clock = world.clock
    await world.root.worker().drain({ until: clock.now() + 60_000 })
    const before = world.sms.accepted.length
    const left = `+4930${1_000_000 + 39}`
    expect(before).toBeLessThan(40)
    await world.kit.messages.receive({ key: 'SM1', channel: 'sms', from: left, text: 'STOP' })
    await world.root.worker().drain()
    expect(world.sms.accepted).toHaveLength(39)
    expect(world.sms.accepted.some(({ message }) => message.to === left)).toBe(false)
  })

  it('is done once: a repetition does not undo a later START', async () => {
    const { write, reach } = await texted()
    await write('STOP')
    await write('START', { at: Date.UTC(2026, 2, 2) })
    expect(await write('STOP', { key: 'SM1' })).toMatchObject({ outcome: 'repeated' })
    expect(await reach()).toEqual({})
  })

  it('that failed half-way is done when it comes again', async () => {
    const { write, storage, reach } = await texted()
    const { appendReceipts } = storage.events
    storage.events.appendReceipts = async () => {
      throw new Error('the process died')
    }
    await expect(write('STOP')).rejects.toThrow('died')
    storage.events.appendReceipts = appendReceipts
    expect(await write('STOP', { key: 'SM1' })).toMatchObject({ outcome: 'recorded' })
    expect(await reach()).toEqual({ suppressed: 1 })
  })
})

describe('START', () => {
  it('lifts the suppression and grants what the STOP took away, and no more', async () => {
    const { write, kit, reach, clock } = await texted()
    const now = clock.now()
    await write('STOP', { at: now })
    await write('START', { at: now + HOUR_MS })
    expect(await reach()).toEqual({})
    expect(
      (await kit.consents.history('c-0')).filter(({ channel }) => channel === 'sms').at(-1),
    ).toMatchObject({
      topic: 'offers',
      decision: 'granted',
      basis: 'opt-in by message',
    })
    const news = await kit.audiences.reach(LAPSED, { channels: ['sms'], topic: 'news' })
    expect(news.excluded).toMatchObject({ consentDenied: 1 })
  })

  it('gives no consent that nobody had given, unless the host says which topics it is for', async () => {
    const { kit, write, reach } = await texted()
    const { length } = await kit.consents.history('c-1')
    const from = '+49301000001'
    await write('START', { from })
    expect(await kit.consents.history('c-1')).toHaveLength(length)
    await kit.messages.receive(
      { key: 'join', channel: 'sms', from, text: 'START' },
      { optInTopics: ['news'] },
    )
    expect((await kit.consents.history('c-1')).at(-1)).toMatchObject({ topic: 'news', decision: 'granted' })
    expect(await reach()).toEqual({})
  })

  it('does not lift what another reason suppressed', async () => {
    const { kit, write, reach } = await texted()
    await kit.consents.suppress([{ channel: 'sms', address: PHONE, reason: 'complained' }])
    await write('STOP', { at: Date.UTC(2026, 2, 2) })
    await write('START', { at: Date.UTC(2026, 2, 3) })
    expect(await reach()).toEqual({ suppressed: 1 })
  })

  it('that was written before the STOP does not take it back', async () => {
    const { write, reach, clock } = await texted()
    await write('STOP', { at: clock.now() + HOUR_MS })
    await write('START', { at: clock.now() })
    expect(await reach()).toEqual({ suppressed: 1 })
  })

  it('does not take back an unsubscribe of another kind', async () => {
    const { kit, write, reach, clock } = await texted()
    const denied = { customerId: 'c-0', channel: 'sms', topic: '*', decision: 'denied' } as const
    await write('STOP', { at: clock.now() })
    await kit.consents.record([{ ...denied, basis: 'at the till', obtainedAt: clock.now() + HOUR_MS }])
    await write('START', { at: clock.now() + 2 * HOUR_MS })
    expect(await reach()).toEqual({ consentDenied: 1 })
  })

  it('is what YES says only of somebody who had opted out', async () => {
    const { write, reach, clock } = await texted()
    expect(await write('Yes')).toMatchObject({ intent: null })
    await write('STOP', { at: clock.now() })
    expect(await write('Yes', { at: clock.now() + DAY_MS })).toMatchObject({ intent: 'optIn' })
    expect(await reach()).toEqual({})
  })

  it('and STOP give the same permissions however often each comes', async () => {
    const step = fc.record({ word: fc.constantFrom('STOP', 'START'), of: fc.nat(2) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const { kit, reach, clock } = await texted(1)
        const begun = clock.now()
        const seen = new Map<string, string>()
        for (const [at, { word, of }] of steps.entries()) {
          const key = `${word}-${of}`
          if (!seen.has(key)) seen.set(key, word)
          const message = { key, channel: 'sms', from: PHONE, text: word, at: begun + at } as const
          await kit.messages.receive(message)
        }
        const last = [...seen.values()].at(-1)
        expect(await reach()).toEqual(last === 'STOP' ? { suppressed: 1 } : {})
      }),
      { numRuns: 15, seed: 2_026 },
    )
  }, 120_000)
})
