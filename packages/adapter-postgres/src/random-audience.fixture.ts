import fc from 'fast-check'
import { NOW, rules, scalar, tags } from './matching/random-rules.fixture.js'

interface RandomConsent {
  readonly channel: 'email' | 'sms'
  readonly topic: string
  readonly decision: 'granted' | 'denied' | 'pending'
  readonly obtainedAt: number
}

const GRANTED: readonly RandomConsent[] = (['email', 'sms'] as const).map((on) => ({
  channel: on,
  topic: 'offers',
  decision: 'granted' as const,
  obtainedAt: 1,
}))
const channel = fc.constantFrom('email' as const, 'sms' as const)
const person = fc.record({
  email: fc.option(
    fc.constantFrom('ada@example.com', 'ADA@example.com', 'jürgen@example.com', 'bo@example.com'),
    { nil: undefined },
  ),
  own: fc.boolean(),
  phone: fc.option(fc.constantFrom('+390612345678', '+390612345679'), { nil: undefined }),
  tags,
  attributes: fc.dictionary(fc.constantFrom('city', 'likes', 'points'), scalar, { maxKeys: 2 }),
  timeZone: fc.option(fc.constantFrom('Europe/Rome', 'Asia/Tokyo', 'Pacific/Apia'), { nil: undefined }),
  consents: fc.oneof<fc.MaybeWeightedArbitrary<readonly RandomConsent[]>[]>(
    { arbitrary: fc.constant(GRANTED), weight: 2 },
    {
      arbitrary: fc.array(
        fc.record({
          channel,
          topic: fc.constantFrom('offers', '*', 'news'),
          decision: fc.constantFrom('granted' as const, 'denied' as const, 'pending' as const),
          obtainedAt: fc.constantFrom(1, 2, 3),
        }),
        { maxLength: 5 },
      ),
      weight: 1,
    },
  ),
  suppressed: fc.constantFrom(null, null, null, 'new', 'old'),
  events: fc.array(
    fc.record({ type: fc.constantFrom('opened', 'clicked'), at: fc.integer({ min: NOW - 1e9, max: NOW }) }),
    {
      maxLength: 3,
    },
  ),
})

/** Customers with what is known of them, and a campaign to them. */
export const world = fc.record({
  people: fc.array(person, { minLength: 1, maxLength: 60 }),
  audience: fc.oneof({ arbitrary: fc.constant({ type: 'everyone' as const }), weight: 2 }, rules(['First'])),
  segments: fc.tuple(rules([]), rules(['First'])),
  channels: fc.constantFrom<readonly ('email' | 'sms')[]>(
    ['email'],
    ['sms'],
    ['email', 'sms'],
    ['sms', 'email'],
  ),
  isFirst: fc.boolean(),
  purpose: fc.constantFrom('marketing' as const, 'marketing' as const, 'transactional' as const),
  hasExperiment: fc.boolean(),
  inZones: fc.boolean(),
  globalHoldout: fc.constantFrom(0, 0.2),
  slots: fc.boolean(),
  sealed: fc.boolean(),
  decomposed: fc.boolean(),
})
export type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never

/** To customers who stand there already. */
export const HOST_WORLD: World = {
  people: [],
  audience: { type: 'everyone' },
  segments: [{ type: 'everyone' }, { type: 'everyone' }],
  channels: ['email'],
  isFirst: false,
  purpose: 'transactional',
  hasExperiment: false,
  inZones: false,
  globalHoldout: 0,
  slots: false,
  sealed: false,
  decomposed: false,
}
