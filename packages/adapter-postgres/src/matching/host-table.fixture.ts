import fc from 'fast-check'
import type { Knex } from 'knex'
import type { CustomerMapping } from '../mapping/customer-mapping.js'
import { instant, NAMES, number, scalar, TEXTS, tags, text } from './random-rules.fixture.js'

/** A row of the host's table, without its id and its tenant. */
export type HostRow = Readonly<Record<string, unknown>>

/** Makes the host's table of users, in the order of a locale; nothing but the ids is always there. */
export async function createHostTable(knex: Knex, schema: string): Promise<void> {
  await knex.raw(`create table "${schema}"."host users" (
    shop text not null,
    user_id text collate "und-x-icu" not null,
    "Labels\\?" varchar(64)[] collate "und-x-icu",
    last_login timestamptz,
    last_order timestamp,
    last_talk bigint,
    orders integer,
    spent numeric,
    open_carts double precision,
    talk text collate "und-x-icu",
    town text collate "und-x-icu",
    likes text[],
    points numeric,
    gold boolean,
    profile jsonb,
    primary key (shop, user_id)
  )`)
}

/** Puts users there. */
export async function insertHostRows(knex: Knex, schema: string, rows: readonly HostRow[]): Promise<void> {
  const table = `"${schema}"."host users"`
  await knex.raw(
    `insert into ${table} select * from jsonb_populate_recordset(null::${table}, :rows::jsonb)`,
    {
      rows: JSON.stringify(rows),
    },
  )
}

/** The mapping of the host's table. */
export function hostMapping(schema: string): CustomerMapping {
  return {
    schema,
    table: 'host users',
    tenant: { column: 'shop' },
    id: 'user_id',
    tags: 'Labels?',
    facts: {
      lastLoginAt: 'last_login',
      lastOrderAt: 'last_order',
      lastConversationAt: 'last_talk',
      orderCount: 'orders',
      totalSpentMinor: 'spent',
      incompleteTransactions: 'open_carts',
      conversationStatus: 'talk',
    },
    attributes: {
      document: 'profile',
      columns: { city: 'town', likes: 'likes', points: 'points', constructor: 'gold' },
    },
  }
}

/** With parts of a millisecond, which the kit does not see, and the ends of time. */
const time = fc.oneof(
  fc.tuple(instant, fc.constantFrom(0, 1, 999)).map(([ms, micros]) => {
    const [whole, rest] = [Math.floor(ms / 1000), ((ms % 1000) + 1000) % 1000]
    return timestamp(whole, rest * 1000 + micros)
  }),
  fc.constantFrom('infinity', '-infinity'),
)

function timestamp(seconds: number, micros: number): string {
  const date = new Date(seconds * 1000)
  const year = date.getUTCFullYear()
  const shown = year > 0 ? year : 1 - year
  const rest = date
    .toISOString()
    .replace(/^[+-]?\d+/, '')
    .slice(0, 15)
    .replace('T', ' ')
  const padded = String(shown).padStart(4, '0')
  return `${padded}${rest}.${String(micros).padStart(6, '0')}+00${year > 0 ? '' : ' BC'}`
}

const nested = fc.oneof(
  scalar,
  fc.constant(null),
  fc.array(fc.oneof(scalar, fc.constant(null)), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom(...NAMES), scalar, { maxKeys: 2 }),
  fc.array(fc.array(text, { maxLength: 2 }), { maxLength: 2 }),
)
const document = fc.oneof(
  { arbitrary: fc.dictionary(fc.constantFrom(...NAMES), nested, { maxKeys: 5 }), weight: 8 },
  { arbitrary: fc.constantFrom(null, [], ['a'], 'a', 1), weight: 1 },
)

/** Numbers with more digits than a double has, and such as are larger or smaller than all of them. */
const NO_DOUBLES = [
  ...['0.30000000000000004', '12345678901234567890', '0.1000000000000000000000001', '9007199254740990.7'],
  ...['1e400', '-1e400', '1e-400'],
]

/** Absent more often than not quite seldom. */
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 4 })

export const hostRow: fc.Arbitrary<HostRow> = fc.record({
  'Labels?': maybe(fc.oneof(tags, fc.array(fc.option(fc.constantFrom(...TEXTS)), { maxLength: 3 }))),
  last_login: maybe(time),
  last_order: maybe(time.map((written) => written.replace('+00', ''))),
  last_talk: maybe(instant),
  orders: maybe(fc.constantFrom(-1, 0, 1, 2, 10, 2 ** 31 - 1)),
  spent: maybe(fc.oneof(number.map(String), fc.constantFrom('NaN', ...NO_DOUBLES))),
  open_carts: maybe(fc.oneof(number.map(String), fc.constantFrom('NaN', 'Infinity', '-Infinity'))),
  talk: maybe(text),
  town: maybe(text),
  likes: maybe(fc.array(fc.option(text), { maxLength: 3 })),
  points: maybe(fc.oneof(number.map(String), fc.constantFrom(...NO_DOUBLES))),
  gold: maybe(fc.boolean()),
  profile: maybe(document),
})
