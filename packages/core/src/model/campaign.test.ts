import { describe, expect, it } from 'vitest'
import { campaignDraftSchema, channelOrder, variantsOf } from './campaign.js'
import { parseInput } from './parse.js'

const DRAFT = {
  name: 'We miss you',
  audience: { type: 'everyone' },
  messages: { email: { subject: 'Hello', text: 'Hello' }, sms: { body: 'Hello' } },
}
const read = (fields: object = {}) => parseInput(campaignDraftSchema, { ...DRAFT, ...fields })
const refused = (code: string, path: string) => expect.objectContaining({ code, path })
const variants = [{ name: 'a' }, { name: 'b', messages: { email: { subject: 'Hi' } } }]

describe('A campaign draft', () => {
  it('is filled up with what is usual', () => {
    expect(read()).toEqual({
      ...DRAFT,
      type: 'general',
      purpose: 'marketing',
      topic: 'offers',
      delivery: 'each',
      pace: {},
      tracking: { clicks: false, opens: false },
      qrEmbedding: 'cid',
      inDoubt: 'hold',
      maxRetries: 3,
      priority: 5,
      metadata: {},
    })
  })

  it('keeps what it says', () => {
    const said = {
      type: 'win-back',
      objective: 'Bring them\nback',
      purpose: 'transactional',
      topic: 'orders',
      delivery: { firstOf: ['sms', 'email'] },
      experiment: { variants, holdout: 0.1 },
      coupon: { reward: { kind: 'percent', value: 30 }, validFor: { days: 30 } },
      pace: { email: { limit: 100, periodMs: 60_000 } },
      schedule: { type: 'once', at: '2026-12-01T09:00', zone: 'recipient' },
      endsAt: Date.UTC(2027, 0, 1),
      timeToLiveDays: 0.5,
      tracking: { clicks: true },
      qrEmbedding: 'link',
      inDoubt: 'resend',
      maxRetries: 0,
      metadata: { owner: { team: ['crm'] } },
    }
    expect(read(said)).toMatchObject(said)
  })

  it('takes the older shape of criteria', () => {
    expect(read({ audience: 'vip' }).audience).toEqual({ type: 'tags', match: 'any', tags: ['vip'] })
  })

  const beyond = { audience: { type: 'all', of: [{ type: 'everyone' }, { type: 'inactive', days: -1 }] } }

  it.each<[string, string, object]>([
    ['INVALID_INPUT', 'name', { name: ' ' }],
    ['INVALID_INPUT', 'name', { name: 'x'.repeat(201) }],
    ['UNKNOWN_FIELD', 'subject', { subject: 'x' }],
    ['UNKNOWN_FIELD', '__proto__', JSON.parse('{"__proto__":{"purpose":"transactional"}}')],
    ['INVALID_INPUT', 'type', { type: 'Win back' }],
    ['INVALID_INPUT', 'purpose', { purpose: 'spam' }],
    ['INVALID_INPUT', 'topic', { topic: '*' }],
    ['INVALID_INPUT', 'audience', { audience: undefined }],
    ['CRITERIA_INVALID', 'audience.of[1].days', beyond],
    [
      'ELIGIBILITY_MISPLACED',
      'audience.of',
      { audience: { type: 'not', of: { type: 'eligibility', rule: 'x' } } },
    ],
    ['CAMPAIGN_CHANNEL_REQUIRED', 'messages', { messages: {} }],
    ['CAMPAIGN_CHANNEL_REQUIRED', 'messages', { messages: { email: undefined } }],
    ['UNKNOWN_FIELD', 'messages.fax', { messages: { fax: { body: 'x' } } }],
    ['INVALID_INPUT', 'messages.email', { messages: { email: { subject: 'x' } } }],
    ['INVALID_INPUT', 'delivery', { delivery: 'all' }],
    ['INVALID_INPUT', 'delivery.firstOf', { delivery: { firstOf: [] } }],
    ['INVALID_INPUT', 'delivery.firstOf', { delivery: { firstOf: ['sms', 'sms'] } }],
    ['INVALID_INPUT', 'delivery.firstOf[1]', { delivery: { firstOf: ['sms', 'push'] } }],
    [
      'EXPERIMENT_INVALID',
      'experiment.variants',
      { experiment: { variants: [{ name: 'a' }, { name: 'a' }] } },
    ],
    [
      'INVALID_INPUT',
      'experiment.variants[1].messages.push',
      { experiment: { variants: [{ name: 'a' }, { name: 'b', messages: { push: { title: 'x' } } }] } },
    ],
    ['INVALID_INPUT', 'pace.email.limit', { pace: { email: { limit: 0, periodMs: 60_000 } } }],
    ['INVALID_INPUT', 'pace.__proto__', { pace: JSON.parse('{"__proto__":{"limit":1,"periodMs":1000}}') }],
    ['INVALID_INPUT', 'endsAt', { startsAt: 5, endsAt: 5 }],
    ['INVALID_INPUT', 'startsAt', { startsAt: 5, schedule: { type: 'once', at: '2026-12-01T09:00' } }],
    [
      'INVALID_INPUT',
      'schedule.weekdays',
      { schedule: { type: 'recurring', every: 'day', weekdays: ['mon'], at: '09:00' } },
    ],
    ['INVALID_INPUT', 'timeToLiveDays', { timeToLiveDays: 0 }],
    ['INVALID_INPUT', 'maxRetries', { maxRetries: 11 }],
    ['INVALID_INPUT', 'metadata.a', { metadata: { a: undefined } }],
    ['INVALID_INPUT', 'metadata', { metadata: { a: '漢'.repeat(30_000) } }],
  ])('is refused with %s at %s', (code, path, fields) => {
    expect(() => read(fields)).toThrow(refused(code, path))
  })

  it('may start and end, and recur on weekdays', () => {
    const fields = {
      startsAt: 5,
      endsAt: 6,
      schedule: { type: 'recurring', every: 'week', weekdays: ['mon', 'thu'], at: '09:00' },
    }
    expect(read(fields)).toMatchObject(fields)
  })
})

describe('The content of a campaign', () => {
  it('has one variant of its own without an experiment', () => {
    expect(variantsOf(read())).toEqual([{ name: 'all', weight: 1 }])
    expect(variantsOf(read({ experiment: { variants } })).map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('tries its channels in the order in which they were written, or that of firstOf', () => {
    expect(channelOrder(read())).toEqual(['email', 'sms'])
    expect(channelOrder(read({ delivery: { firstOf: ['sms', 'email'] } }))).toEqual(['sms', 'email'])
  })
})
