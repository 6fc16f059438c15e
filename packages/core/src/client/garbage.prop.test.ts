import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCampaignKitError } from '../base/error.js'
import { ERROR_CODES } from '../base/error-code.js'
import { createPizzeria, winBack } from './pizzeria.fixture.js'

const LONG = process.env.CAMPAIGNKIT_LONG === '1'
const RUNS = LONG ? 1_000 : 40
const SETTINGS = { seed: 20_260_301, numRuns: RUNS }

type Call = (...given: unknown[]) => unknown

function methodsOf(kit: object): ReadonlyMap<string, Call> {
  return new Map(
    Object.entries(kit).flatMap(([group, calls]) =>
      Object.entries(calls as Record<string, Call>).map(
        ([name, call]) => [`${group}.${name}`, call] as const,
      ),
    ),
  )
}

/** Words of the kit's own inputs, so that garbage comes past the first check. */
// biome-ignore format: one list
const WORDS = [
  'id', 'key', 'by', 'at', 'reason', 'as', 'code', 'amount', 'status', 'subject', 'type', 'of', 'name', 'criteria',
  'audience', 'messages', 'email', 'sms', 'html', 'body', 'experiment', 'variants', 'holdout', 'coupon', 'reward',
  'channels', 'channel', 'topic', 'decision', 'basis', 'obtainedAt', 'customerId', 'addresses', 'address', 'tags',
  'facts', 'attributes', 'map', 'path', 'limit', 'cursor', 'to', 'variant', 'signal', 'schedule', 'pace', 'zone',
  'locales', 'delivery', 'firstOf', 'asOf', 'consent', 'region', 'dryRun', 'onProgress', 'statuses', 'archived',
  'campaignId', 'deliveryId', 'url', 'machine', 'amountMinor', 'currency', 'metadata', '__proto__', 'constructor',
  'purchase_history', 'ordered_in_last_days',
]

const leaf = fc.oneof(
  fc.constantFrom(undefined, null, true, 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, 10n),
  fc.constantFrom(
    '',
    ' ',
    'c-0',
    'ALL',
    'email',
    'sms',
    'sent',
    'held',
    'granted',
    'all',
    'tags',
    'segment',
    '*',
  ),
  fc.constantFrom(
    '\u0000',
    '\ud800',
    '{{',
    '{{ x',
    '2026-02-30T00:00:00Z',
    '2026-03-01T00:00:00Z',
    'x'.repeat(3_000),
  ),
  fc.constantFrom<unknown>(
    Symbol('s'),
    () => undefined,
    new Date(Number.NaN),
    new Map(),
    new Set(['a']),
    /x/,
  ),
  fc.string(),
)
const garbage = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaf, tie('list'), tie('record')),
  list: fc.array(tie('any'), { maxLength: 3 }),
  record: fc.dictionary(fc.constantFrom(...WORDS), tie('any'), { maxKeys: 5 }),
})).any

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/** What a call throws; null when it is taken. */
async function thrownBy(call: Call, given: readonly unknown[]): Promise<unknown> {
  try {
    const result = await call(...given)
    if (isIterable(result)) for await (const _item of result) break
    return null
  } catch (thrown) {
    return thrown
  }
}

function expectKitError(thrown: unknown): void {
  if (thrown === null) return
  expect(isCampaignKitError(thrown), String((thrown as Error).stack ?? thrown)).toBe(true)
  const { code, path, cause } = thrown as { code: string; path?: string; cause?: unknown }
  expect(ERROR_CODES).toHaveProperty(code)
  expect(cause, String((cause as Error)?.stack)).not.toBeInstanceOf(TypeError)
  if (code === 'INVALID_INPUT' || code === 'UNKNOWN_FIELD') expect(path).toBeTypeOf('string')
}

/** Good arguments of calls with much to get wrong. */
const GOOD: Readonly<Record<string, (campaignId: string) => readonly unknown[]>> = {
  'campaigns.create': () => [
    {
      ...winBack({ name: 'other' }),
      audience: {
        type: 'all',
        of: [
          { type: 'tags', op: 'anyOf', tags: ['a'] },
          { type: 'not', of: { type: 'everyone' } },
        ],
      },
      experiment: {
        variants: [
          { name: 'a', weight: 2 },
          { name: 'b', messages: { email: { subject: 'x' } } },
        ],
        holdout: 0.1,
      },
      pace: { email: { limit: 1, periodMs: 10 } },
      schedule: { type: 'recurring', every: 'week', weekdays: ['mon'], at: '09:00', zone: 'Europe/Rome' },
      metadata: { a: [1] },
    },
  ],
  'campaigns.edit': (id) => [id, { objective: 'x', endsAt: '2026-05-01T00:00:00Z', qrEmbedding: 'cid' }, 1],
  'campaigns.preview': (id) => [id, { customerId: 'c-0', channel: 'email', variant: 'all' }],
  'campaigns.sendTest': (id) => [id, { to: ['a@b.example'], customerId: 'c-0' }],
  'campaigns.settleHeld': (id) => [id, ['d-1'], { as: 'sent', reason: 'x' }],
  'campaigns.deliveries': (id) => [id, { status: 'held' }, { cursor: null, limit: 10 }],
  'customers.upsert': () => [
    [
      {
        id: 'c-1',
        firstName: 'Ada',
        addresses: { email: 'a@b.example', phone: '+390612345678' },
        tags: ['x'],
        facts: { orderCount: 1, lastOrderAt: 1 },
        attributes: { dish: 'Calzone' },
        timeZone: 'Europe/Rome',
        locale: 'it',
      },
    ],
  ],
  'customers.importCsv': () => [
    'id,mail\n1,a@b.example\n',
    { map: { id: { path: 'id', as: 'text' }, mail: { path: 'addresses.email', as: 'text' } } },
    { onProgress: () => undefined },
  ],
  'customers.explain': () => [
    'c-0',
    { type: 'any', of: [{ type: 'segment', name: 's' }, { type: 'everyone' }] },
  ],
  'consents.record': () => [
    [
      {
        customerId: 'c-0',
        channel: 'email',
        topic: 'x',
        decision: 'denied',
        basis: 'x',
        obtainedAt: 1,
        evidence: 'y',
      },
    ],
  ],
  'consents.suppress': () => [[{ channel: 'email', address: 'a@b.example', reason: 'requested' }]],
  'consents.unsuppress': () => [[{ channel: 'email', address: 'a@b.example' }], 'x'],
  'segments.save': () => [{ name: 's', criteria: { type: 'attribute', name: 'a', op: '=', value: 1 } }, null],
  'audiences.reach': () => [{ type: 'everyone' }, { channels: ['email'], topic: 'x' }, {}],
  'coupons.redeem': () => [
    'x',
    { by: 'till', key: 'r-1', amount: { amountMinor: 1, currency: 'EUR' }, at: 1 },
  ],
  'coupons.reverse': () => [{ key: 'r-1', code: 'x', by: 'till', reason: 'x' }],
  'events.track': () => [
    [{ key: 'k', type: 'visit', customerId: 'c-0', at: 1, amountMinor: 1, currency: 'EUR' }],
  ],
  'events.ingest': () => [[{ key: 'k', type: 'opened', at: 1, deliveryId: 'd', url: 'x', machine: true }]],
  'journal.list': () => [{ subject: { type: 'a', id: 'b' } }, { cursor: null, limit: 10 }],
}

type Place = readonly (string | number)[]

/** Where a value can be replaced, at any depth. */
function placesIn(value: unknown, at: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [at]
  const inner = Object.entries(value).flatMap(([name, each]) => placesIn(each, [...at, name]))
  return at.length === 0 ? inner : [at, ...inner]
}

function replaced(value: unknown, [name, ...rest]: Place, by: unknown): unknown {
  if (name === undefined) return by
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >
  copy[name] = replaced(copy[name], rest, by)
  return copy
}

async function world() {
  const pizzeria = createPizzeria()
  await pizzeria.welcome(1)
  const { id } = await pizzeria.kit.campaigns.create(winBack({ name: 'draft' }))
  return { ...pizzeria, id, methods: methodsOf(pizzeria.kit) }
}

const NAMES = [...methodsOf(createPizzeria().kit).keys()]

describe('garbage', { timeout: 30_000 + 20 * RUNS }, () => {
  it.each(NAMES)('given to %s is refused in the words of the kit, or taken', async (name) => {
    const { id, methods } = await world()
    const call = methods.get(name) as Call
    const first = fc.oneof({ arbitrary: fc.constantFrom<unknown>(id, 'c-0'), weight: 2 }, garbage)
    const given = fc.tuple(first, garbage, garbage)
    const seen = async (all: readonly unknown[]) => expectKitError(await thrownBy(call, all))
    for (const all of [
      [],
      [null],
      [undefined, null, null],
      [id],
      [id, null],
      [id, undefined, null],
      [[null]],
    ])
      await seen(all)
    await fc.assert(fc.asyncProperty(given, seen), SETTINGS)
  })

  it.each(Object.keys(GOOD))('in one field of a good input of %s is refused, or taken', async (name) => {
    const { id, methods } = await world()
    const call = methods.get(name) as Call
    const good = GOOD[name]?.(id) ?? []
    const places = placesIn(good)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), garbage, async (place, value) => {
        expectKitError(await thrownBy(call, replaced(good, place, value) as unknown[]))
      }),
      SETTINGS,
    )
  })

  it('given to the links of messages is null or false', async () => {
    const { root } = await world()
    const { links } = root
    await fc.assert(
      fc.asyncProperty(garbage, garbage, async (text, other) => {
        expect(links.leadsTo(text as never)).toBeNull()
        expect(links.isUnsubscribeLink(text as never)).toBe(false)
        expect(await links.follow(text as never)).toBeNull()
        expect(await links.open(text as never)).toBe(false)
        expect(await links.unsubscribe(text as never, other as never)).toBe(false)
        expect(await links.coupon(other as never, text as never)).toBeNull()
      }),
      SETTINGS,
    )
  })
})
