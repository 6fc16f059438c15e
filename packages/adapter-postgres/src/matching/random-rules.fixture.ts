import {
  COMPARISONS,
  type Criteria,
  DAY_MS,
  INSTANT_FACTS,
  NUMBER_FACTS,
  normalizeTags,
  readCriteria,
} from '@campaignkit/core/adapter'
import fc from 'fast-check'

/** From which the windows of the rules reach back. */
export const NOW = 1_772_323_200_000

/** Texts that differ by case, by composition, by the order of code points, and by what statements are made of. */
export const TEXTS = [
  ...['a', 'A', 'aa', 'b', 'B', 'é', 'e\u0301', 'É', 'ß', 'ss', 'ı', 'i', 'İ', '漢', 'ｚ', '🍕', '🍕a'],
  ...['\u0001', '\u007f', '\u00a0', '\ufeff', '\uffff', '\u{10ffff}', ' a', 'a ', '10', '9', 'true', 'null'],
  ...[
    '%',
    '_',
    '\\',
    '"',
    "'",
    '?',
    '\\?',
    '$1',
    ':a',
    '{}',
    '{a}',
    ',',
    '[]',
    'NULL',
    "';--",
    'constructor',
  ],
]
export const NAMES = ['city', 'likes', 'a', 'é', 'Ａ', 'points', '_x', 'constructor']
const NUMBERS = [
  ...[-1, 0, -0, 1, 2, 10, 0.1, 0.1 + 0.2, 1e21, 2 ** 31, -(2 ** 53), Number.MAX_SAFE_INTEGER],
  ...[Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 1e-300],
]
const EVENT_TYPES = ['opened', 'clicked', 'order.placed']

export const text = fc.constantFrom(...TEXTS)
export const number = fc.constantFrom(...NUMBERS)
export const scalar = fc.oneof(text, number, fc.boolean())
const days = fc.constantFrom(0.25, 0.001, 1, 7, 30, 36_525)
export const instant = fc.oneof(
  fc.tuple(days, fc.constantFrom(-1, 0, 1)).map(([back, step]) => Math.ceil(NOW - back * DAY_MS) + step),
  fc.constantFrom(NOW - 1, NOW, NOW + 1, 0, -1, -1e14, 8.64e15),
)
export const tags = fc.array(text, { maxLength: 6 }).map(normalizeTags)
const op = fc.constantFrom(...COMPARISONS)
const name = fc.oneof(fc.constantFrom(...NAMES), fc.constantFrom('__proto__', "a'b", '"', '?', 'nobody'))
const attribute = { type: fc.constant('attribute' as const), name }

/** Events of one type at an instant. */
export interface RandomEvent {
  readonly type: string
  readonly at: number
}

export const event: fc.Arbitrary<RandomEvent> = fc.record({
  type: fc.constantFrom(...EVENT_TYPES),
  at: instant,
})

const leaf: fc.Arbitrary<Criteria> = fc.oneof(
  fc.constant<Criteria>({ type: 'everyone' }),
  fc.record({
    type: fc.constant('tags' as const),
    match: fc.constantFrom('any', 'all', 'none'),
    tags: fc.array(text, { minLength: 1, maxLength: 4 }).filter((texts) => normalizeTags(texts).length > 0),
  }),
  fc.record({ type: fc.constant('within' as const), fact: fc.constantFrom(...INSTANT_FACTS), days }),
  fc.record({ type: fc.constant('inactive' as const), days }),
  fc.record({
    type: fc.constant('fact' as const),
    fact: fc.constantFrom(...NUMBER_FACTS),
    op,
    value: number,
  }),
  fc.record({ type: fc.constant('conversation' as const), status: text }),
  fc.record({
    type: fc.constant('known' as const),
    fact: fc.constantFrom(...INSTANT_FACTS, ...NUMBER_FACTS, 'conversationStatus' as const),
  }),
  fc.record({ ...attribute, op, value: scalar }),
  fc.record({
    ...attribute,
    op: fc.constant('in' as const),
    value: fc.oneof(
      fc.array(scalar, { minLength: 1, maxLength: 4 }),
      fc.array(scalar, { minLength: 16, maxLength: 20 }),
    ),
  }),
  fc.record({ ...attribute, op: fc.constant('contains' as const), value: text }),
  fc.record({ ...attribute, op: fc.constant('exists' as const) }),
  fc.record(
    {
      type: fc.constant('events' as const),
      event: fc.constantFrom(...EVENT_TYPES),
      op,
      count: fc.nat({ max: 3 }),
      withinDays: days,
    },
    { requiredKeys: ['type', 'event', 'op', 'count'] },
  ),
)

/** Every comparison of few events, alone, and where it must not hold: chance brings each too seldom. */
export const EVENT_RULES: readonly Criteria[] = COMPARISONS.flatMap((comparison) =>
  [0, 1, 2, 3].flatMap((count) => {
    const ever = { type: 'events', event: 'clicked', op: comparison, count } as const
    return [ever, { ...ever, withinDays: 30 }].flatMap((rule): Criteria[] => [
      rule,
      { type: 'not', of: rule },
    ])
  }),
)

/** Names of segments whose rules the caller keeps. */
export const SEGMENT_NAMES = ['First', "Second'; --", 'Third 🍕']

/** Rules of up to five levels, in which the named segments may stand. */
export const rules = (segments: readonly string[]): fc.Arbitrary<Criteria> =>
  fc
    .letrec<{ node: Criteria }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        { arbitrary: leaf, weight: 3 },
        ...(segments.length === 0
          ? []
          : [
              {
                arbitrary: fc.record({
                  type: fc.constant('segment' as const),
                  name: fc.constantFrom(...segments),
                }),
                weight: 1,
              },
            ]),
        {
          arbitrary: fc.record({
            type: fc.constantFrom('all' as const, 'any' as const),
            of: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
          }),
          weight: 2,
        },
        {
          arbitrary: fc.record({ type: fc.constant('not' as const), of: tie('node') }),
          weight: 2,
        },
      ),
    }))
    .node.map((node) => readCriteria(node))
