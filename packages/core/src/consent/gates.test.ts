import { describe, expect, it } from 'vitest'
import type { CustomerId } from '../base/ids.js'
import { CHANNEL_KINDS, type ChannelKind } from '../model/channel-kind.js'
import type { ConsentRecord } from '../model/consent.js'
import type { Customer } from '../model/customer.js'
import { type GateFacts, type GateRules, gateChannel, passGates } from './gates.js'

const ID = 'c-1' as CustomerId
const MARKETING: GateRules = { purpose: 'marketing', topic: 'offers' }
const TRANSACTIONAL: GateRules = { purpose: 'transactional', topic: 'offers' }

const ada: Customer = {
  id: ID,
  addresses: { email: 'ada@example.com', phone: '+390612345678' },
  tags: [],
  facts: {},
  attributes: {},
}

function said(
  channel: ChannelKind,
  decision: ConsentRecord['decision'],
  topic = 'offers',
  obtainedAt = 1,
): ConsentRecord {
  return { customerId: ID, channel, topic, decision, basis: 'form', obtainedAt }
}

function known(facts: Partial<GateFacts> = {}): GateFacts {
  return {
    customer: ada,
    consents: [said('email', 'granted')],
    suppressedOn: () => false,
    globallyHeldOut: false,
    eligibility: 'yes',
    ...facts,
  }
}

describe('The gates of a channel', () => {
  it('open for a consenting customer with a good address', () => {
    expect(gateChannel(MARKETING, 'email', known())).toBeNull()
  })

  it('shut for one reason each', () => {
    const withEmail = (email: string) => ({ ...ada, addresses: { email } })
    const reason = (facts: Partial<GateFacts>, channel: ChannelKind = 'email') =>
      gateChannel(MARKETING, channel, known(facts))
    expect(reason({ eligibility: 'no' })).toBe('notEligible')
    expect(reason({ eligibility: 'unknown' })).toBe('eligibilityUnknown')
    expect(reason({ globallyHeldOut: true })).toBe('globalHoldout')
    expect(reason({ outsideSlots: true })).toBe('otherCampaign')
    expect(reason({ customer: null })).toBe('erased')
    expect(reason({}, 'push')).toBe('noAddress')
    expect(reason({ customer: withEmail('Ada <ada@example.com>') })).toBe('invalidAddress')
    expect(reason({ suppressedOn: () => true })).toBe('suppressed')
    expect(reason({ consents: [] })).toBe('noConsent')
    expect(reason({ consents: [said('email', 'denied')] })).toBe('consentDenied')
  })

  it('are asked in the order of the codes', () => {
    const worst = {
      customer: null,
      consents: [said('email', 'denied')],
      suppressedOn: () => true,
      globallyHeldOut: true,
      outsideSlots: true,
      eligibility: 'no',
    } as const
    const unlock: readonly Partial<GateFacts>[] = [
      {},
      { eligibility: 'unknown' },
      { eligibility: 'yes' },
      { globallyHeldOut: false },
      { outsideSlots: false },
      { customer: { ...ada, addresses: {} } },
      { customer: { ...ada, addresses: { email: 'ada' } } },
      { customer: ada },
      { suppressedOn: () => false, consents: [] },
      { consents: [said('email', 'denied')] },
      { consents: [said('email', 'granted')] },
    ]
    const seen = unlock.map((_step, index) =>
      gateChannel(MARKETING, 'email', Object.assign({}, worst, ...unlock.slice(0, index + 1))),
    )
    expect(seen).toEqual([
      'notEligible',
      'eligibilityUnknown',
      'globalHoldout',
      'otherCampaign',
      'erased',
      'noAddress',
      'invalidAddress',
      'suppressed',
      'noConsent',
      'consentDenied',
      null,
    ])
  })

  it('hand the address to the suppressions as the customer has it, with its channel', () => {
    const asked: string[] = []
    const suppressedOn = (channel: ChannelKind, address: string) => asked.push(`${channel} ${address}`) < 0
    gateChannel(MARKETING, 'email', known({ suppressedOn }))
    gateChannel(MARKETING, 'whatsapp', known({ suppressedOn }))
    expect(asked).toEqual(['email ada@example.com', 'whatsapp +390612345678'])
  })

  it('need no consent for a transactional message, not even against a denial', () => {
    expect(gateChannel(TRANSACTIONAL, 'email', known({ consents: [] }))).toBeNull()
    expect(gateChannel(TRANSACTIONAL, 'email', known({ consents: [said('email', 'denied')] }))).toBeNull()
  })

  it('respect suppressions, erasure and holdout for a transactional message too', () => {
    expect(gateChannel(TRANSACTIONAL, 'email', known({ suppressedOn: () => true }))).toBe('suppressed')
    expect(gateChannel(TRANSACTIONAL, 'email', known({ customer: null }))).toBe('erased')
    expect(gateChannel(TRANSACTIONAL, 'email', known({ globallyHeldOut: true }))).toBe('globalHoldout')
  })

  it('take consent for the channel and the topic that it was given for, and no other', () => {
    expect(gateChannel(MARKETING, 'email', known({ consents: [said('sms', 'granted')] }))).toBe('noConsent')
    expect(gateChannel(MARKETING, 'email', known({ consents: [said('email', 'granted', 'news')] }))).toBe(
      'noConsent',
    )
    expect(gateChannel(MARKETING, 'email', known({ consents: [said('email', 'granted', '*')] }))).toBeNull()
  })

  it('let a later denial of everything stand over an earlier consent, and ties deny', () => {
    const later = [said('email', 'granted'), said('email', 'denied', '*', 2)]
    expect(gateChannel(MARKETING, 'email', known({ consents: later }))).toBe('consentDenied')
    const tied = [said('email', 'denied', '*'), said('email', 'granted')]
    expect(gateChannel(MARKETING, 'email', known({ consents: tied }))).toBe('consentDenied')
  })

  it('need consent on every channel, those without an address of their own among them', () => {
    const reachable = { ...ada, addresses: { ...ada.addresses, push: 'token' } }
    for (const channel of CHANNEL_KINDS) {
      expect(gateChannel(MARKETING, channel, known({ customer: reachable, consents: [] }))).toBe('noConsent')
      const consents = [said(channel, 'granted')]
      expect(gateChannel(MARKETING, channel, known({ customer: reachable, consents }))).toBeNull()
    }
  })
})

describe('Passing the gates', () => {
  it('leaves the open channels in the order of the campaign', () => {
    const consents = [said('email', 'granted'), said('web', 'granted')]
    expect(passGates(MARKETING, ['web', 'sms', 'email'], known({ consents }))).toEqual({
      channels: ['web', 'email'],
      exclusion: null,
    })
  })

  it('excludes for the reason of the channel that came furthest', () => {
    const facts = known({ consents: [said('sms', 'denied')], suppressedOn: (channel) => channel === 'email' })
    const furthest = { channels: [], exclusion: 'consentDenied' }
    expect(passGates(MARKETING, ['push', 'email', 'sms'], facts)).toEqual(furthest)
    expect(passGates(MARKETING, ['sms', 'email', 'push'], facts)).toEqual(furthest)
    expect(passGates(MARKETING, ['push', 'email'], facts)).toEqual({ channels: [], exclusion: 'suppressed' })
    expect(passGates(MARKETING, ['push'], facts)).toEqual({ channels: [], exclusion: 'noAddress' })
  })

  it('excludes for a reason of the person whatever the channels say', () => {
    for (const channels of [['email', 'push'], ['push'], []] as ChannelKind[][]) {
      expect(passGates(MARKETING, channels, known({ customer: null }))).toEqual({
        channels: [],
        exclusion: 'erased',
      })
      expect(passGates(MARKETING, channels, known({ eligibility: 'no' })).exclusion).toBe('notEligible')
    }
  })

  it('reaches nobody without channels', () => {
    expect(passGates(MARKETING, [], known())).toEqual({ channels: [], exclusion: 'noAddress' })
  })
})
