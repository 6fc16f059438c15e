import type { Receipt } from '@campaignkit/core/adapter'
import { describe, expect, it } from 'vitest'
import { messageIdOf } from '../mail/message-id.js'
import { recipientTag } from '../web-api/recipient-tag.js'
import { readEvent } from './read-event.js'

const BASE = { email: 'ada@example.com', timestamp: 1_513_299_569, sg_event_id: 'e-1', delivery_id: 'd-1' }
const read = (fields: object) => readEvent({ ...BASE, ...fields }, { 10: 'offers', 11: '*' })

describe('an event', () => {
  it.each<[object, Receipt['type'], Partial<Receipt>]>([
    [{ event: 'processed' }, 'accepted', {}],
    [{ event: 'deferred', response: '400 try again later', attempt: '5' }, 'deferred', { reason: '400' }],
    [{ event: 'delivered', response: '250 OK' }, 'delivered', {}],
    [
      { event: 'bounce', type: 'bounce', reason: '500 unknown recipient', status: '5.0.0' },
      'bounced',
      { reason: '5.0.0' },
    ],
    [
      { event: 'bounce', reason: '550 5.1.1 <ada@example.com> gone', status: '' },
      'bounced',
      { reason: '5.1.1' },
    ],
    [
      { event: 'bounce', type: 'blocked', reason: '500 unknown recipient', status: '5.0.0' },
      'blocked',
      { reason: '5.0.0' },
    ],
    [{ event: 'bounce', type: 'blocked', reason: 'unable to get mx info: ada@example.com' }, 'blocked', {}],
    [{ event: 'bounce', status: '4.2.2' }, 'blocked', { reason: '4.2.2' }],
    [{ event: 'dropped', reason: 'Bounced Address' }, 'dropped', { reason: 'bounced-address' }],
    [{ event: 'dropped', reason: 'Unsubscribed Address' }, 'dropped', { reason: 'unsubscribed-address' }],
    [{ event: 'dropped', reason: 'Spam Reporting Address' }, 'dropped', { reason: 'spam-reporting-address' }],
    [{ event: 'dropped', reason: 'Spam Content' }, 'dropped', { reason: 'spam-content' }],
    [{ event: 'dropped', reason: 'Invalid' }, 'dropped', { reason: 'invalid' }],
    [{ event: 'dropped', reason: 'Invalid SMTPAPI header' }, 'dropped', { reason: 'invalid-smtpapi-header' }],
    [{ event: 'dropped', reason: 'Recipient List over Package Quota' }, 'dropped', { reason: 'over-quota' }],
    [{ event: 'dropped', reason: 'ada@example.com is odd' }, 'dropped', { reason: 'other' }],
    [{ event: 'spamreport' }, 'complained', {}],
    [{ event: 'unsubscribe' }, 'unsubscribed', {}],
    [{ event: 'group_unsubscribe', asm_group_id: 10 }, 'unsubscribed', { topic: 'offers' }],
    [{ event: 'group_unsubscribe', asm_group_id: '11' }, 'unsubscribed', { topic: '*' }],
    [{ event: 'group_unsubscribe', asm_group_id: 12 }, 'unsubscribed', { topic: null }],
    [{ event: 'group_resubscribe', asm_group_id: 10 }, 'resubscribed', { topic: 'offers' }],
    [{ event: 'group_resubscribe' }, 'resubscribed', { topic: null }],
    [
      { event: 'open', useragent: 'Mozilla/5.0', sg_machine_open: false },
      'opened',
      { machine: false, agent: 'Mozilla/5.0' },
    ],
    [{ event: 'open', sg_machine_open: true }, 'opened', { machine: true }],
    [
      { event: 'click', useragent: 'Barracuda Sentinel', url: 'https://pizza.example/' },
      'clicked',
      { agent: 'Barracuda Sentinel', url: 'https://pizza.example/' },
    ],
    [
      { event: 'click', sg_machine_open: true, url: 'https://a.example' },
      'clicked',
      { url: 'https://a.example' },
    ],
    [
      { event: 'open', useragent: 'Mozilla/5.0 (via ggpht.com GoogleImageProxy)' },
      'opened',
      { agent: 'Mozilla/5.0 (via ggpht.com GoogleImageProxy)' },
    ],
  ])('%o is %s', (fields, type, more) => {
    expect(read(fields)).toEqual({
      key: 'sendgrid:e-1',
      type,
      at: 1_513_299_569_000,
      deliveryId: 'd-1',
      ...more,
    })
  })

  it('holds nothing of the person, whatever a server wrote', () => {
    const reason = '550 5.1.1 The account ada@example.com does not exist'
    const told = read({
      event: 'bounce',
      reason,
      response: reason,
      status: reason,
      useragent: 'ada@example.com',
    })
    expect(JSON.stringify(told)).not.toContain('ada')
  })

  it('without an id of its own has one by what it says', () => {
    const keyOf = (fields: object) => read({ ...fields, sg_event_id: undefined })?.key
    expect(keyOf({ event: 'open', ip: '1' })).toBe(keyOf({ ip: '1', event: 'open' }))
    expect(keyOf({ event: 'open', ip: '1' })).not.toBe(keyOf({ event: 'open', ip: '2' }))
    expect(keyOf({ event: 'open' })).toMatch(/^sendgrid:[0-9a-f]{64}$/)
  })

  it('finds its delivery in arguments of either form', () => {
    const nested = (name: string) =>
      read({ event: 'open', delivery_id: undefined, [name]: { delivery_id: 'd-2' } })?.deliveryId
    expect([nested('unique_args'), nested('custom_args')]).toEqual(['d-2', 'd-2'])
  })
})

describe('an event without arguments', () => {
  const formsOf = (fields: object) =>
    read({ event: 'bounce', delivery_id: undefined, ...fields })?.providerMessageIds ?? []

  it('names the id of the message, alone or with others in its request', () => {
    const tag = recipientTag('ada@example.com')
    expect(
      formsOf({ sg_message_id: 'euo2iKxdSayPF4YE4--I7A.recvd-5f54b5d587-pczjm-1-67BADEEA-6.0' }),
    ).toEqual([
      `euo2iKxdSayPF4YE4--I7A:${tag}`,
      'euo2iKxdSayPF4YE4--I7A',
      'euo2iKxdSayPF4YE4--I7A.recvd-5f54b5d587-pczjm-1-67BADEEA-6.0',
    ])
    expect(formsOf({ sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0' })).toContain(
      '14c5d75ce93.dfd.64b469',
    )
    expect(formsOf({ sg_message_id: '5lFl7Fr1Rjme_EyzNNB_5A.stfilter-015.5185.55F883172.0' })[1]).toBe(
      '5lFl7Fr1Rjme_EyzNNB_5A',
    )
  })

  it('that bounced asynchronously has only the id by SMTP', () => {
    expect(formsOf({ 'smtp-id': '<14c5d75ce93.dfd.64b469@ismtpd-555>' })).toContain('14c5d75ce93.dfd.64b469')
    const ours = { deliveryId: 'd/7 ü', attemptId: 'a.1' } as Parameters<typeof messageIdOf>[0]
    const told = read({
      event: 'bounce',
      delivery_id: undefined,
      'smtp-id': messageIdOf(ours, 'hi@pizza.example'),
    })
    expect(told).toMatchObject({ type: 'bounced', deliveryId: 'd/7 ü' })
  })

  it('names the delivery by our own id by SMTP and the message by theirs, where it has both', () => {
    const told = read({
      event: 'bounce',
      delivery_id: undefined,
      sg_message_id: 'euo2iKxdSayPF4YE4--I7A.recvd-5f54b5d587-pczjm-1-67BADEEA-6.0',
      'smtp-id': '<d-7.a-1@pizza.example>',
    })
    expect(told?.deliveryId).toBe('d-7')
    expect(told?.providerMessageIds).toContain('euo2iKxdSayPF4YE4--I7A')
  })

  it('and without any id is none of ours', () => {
    expect(read({ event: 'bounce', delivery_id: undefined })).toBeNull()
  })

  it('has forms that a storage can look up, whatever it says', () => {
    const long = 'x'.repeat(5_000)
    expect(formsOf({ sg_message_id: `${long}.${long}`, 'smtp-id': `<${long}@${long}>` })).toEqual([])
  })
})
