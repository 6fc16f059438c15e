import type { CustomerId, InstantFact, NumberFact } from '@campaignkit/core/adapter'
import type { CustomerSource, InstantColumn } from '../matching/customer-source.js'
import { inMilliseconds } from '../matching/own-customers.js'
import { type Fragment, joined, raw, sql } from '../sql.js'
import type { ColumnKind, ColumnKinds } from './column-types.js'
import type { CustomerMapping } from './customer-mapping.js'
import { idColumn } from './id-column.js'
import { doubleIn } from './nearest-double.js'
import { numberAttribute, numberFact, wholeFact } from './number-column.js'

/** Customers in a table or view of the host's. */
export function mappedCustomers(mapping: CustomerMapping, kinds: ColumnKinds): CustomerSource {
  const { schema = 'public', table, tenant, tags, facts = {}, attributes = {} } = mapping
  const kindAt = (path: string): ColumnKind => kinds.get(path) ?? 'text'
  const instant = (fact: InstantFact) => instantColumn(facts[fact], kindAt(`customers.facts.${fact}`))
  const instants = {
    lastLoginAt: instant('lastLoginAt'),
    lastOrderAt: instant('lastOrderAt'),
    lastConversationAt: instant('lastConversationAt'),
  }
  const number = (fact: NumberFact) => {
    const column = facts[fact]
    return column === undefined
      ? raw('null::float8')
      : numberFact(columnNamed(column), kindAt(`customers.facts.${fact}`))
  }
  const numbers = {
    orderCount: number('orderCount'),
    totalSpentMinor: number('totalSpentMinor'),
    incompleteTransactions: number('incompleteTransactions'),
  }
  const document = attributes.document === undefined ? null : columnNamed(attributes.document)
  const columns = new Map(Object.entries(attributes.columns ?? {}))
  const id = idColumn(columnNamed(mapping.id), kindAt('customers.id'))
  const isOf = (asked: string) =>
    'only' in tenant
      ? sql`${asked}::text = ${tenant.only}`
      : idColumn(columnNamed(tenant.column), kindAt('customers.tenant.column')).is(asked)
  const labels = tags === undefined ? raw('null::text[]') : sql`${columnNamed(tags)}::text[]`
  const base = {
    id: id.text,
    tags: labels,
    numbers,
    conversationStatus: sql`${textColumn(facts.conversationStatus)} collate "C"`,
  }
  return {
    ...base,
    heldTags: sql`array(select distinct t.tag collate "C" from unnest(${labels}) as t(tag) where t.tag is not null order by 1)`,
    relation: sql`${quoted(schema)}.${quoted(table)} as c`,
    selection: selectionOf(mapping, {
      ...base,
      instants: {
        lastLoginAt: millisecondsOf(instants.lastLoginAt),
        lastOrderAt: millisecondsOf(instants.lastOrderAt),
        lastConversationAt: millisecondsOf(instants.lastConversationAt),
      },
    }),
    order: id.order,
    instants,
    latestActivity: latestOf(Object.values(instants)),
    attribute: (name) => {
      const column = columns.get(name)
      if (column !== undefined) return sql`to_jsonb(${columnNamed(column)})`
      return document === null ? raw('null::jsonb') : attributeIn(sql`(${document} -> ${name}::text)`)
    },
    number: (name) => {
      const column = columns.get(name)
      if (column !== undefined)
        return numberAttribute(columnNamed(column), kindAt(`customers.attributes.columns.${name}`))
      return document === null ? null : doubleIn(sql`(${document} -> ${name}::text)`)
    },
    document: (name) => (columns.has(name) ? null : document),
    tagBits: null,
    holdsText: () => null,
    keptKeys: () => null,
    compact: null,
    // who has no id cannot be named; in a view that can be anybody
    ofTenant: (asked) => sql`${columnNamed(mapping.id)} is not null and ${isOf(asked)}`,
    behind: id.behind,
    upTo: id.upTo,
    among: (ids: readonly CustomerId[]) => id.among(ids),
  }
}

/** A name of the host's as the database reads it, whatever stands in it. */
function quoted(name: string): Fragment {
  return raw(`"${name.replaceAll('"', '""')}"`)
}

function columnNamed(name: string): Fragment {
  return sql`c.${quoted(name)}`
}

interface MappedInstant extends InstantColumn {
  readonly kind: ColumnKind | null
}

function instantColumn(name: string | undefined, kind: ColumnKind): MappedInstant {
  if (name === undefined) return { kind: null, ...inMilliseconds(raw('null::float8')) }
  const at = columnNamed(name)
  const zoned = (instant: number) => sql`to_timestamp(${instant}::float8 / 1000)`
  if (kind === 'timestamptz') return { kind, at, bound: zoned }
  if (kind === 'timestamp')
    return { kind, at, bound: (instant) => sql`(${zoned(instant)} at time zone 'UTC')` }
  return { kind, ...inMilliseconds(wholeFact(at, kind)) }
}

/** Parts of a millisecond are left out, as everywhere in the kit. */
function millisecondsOf({ kind, at }: MappedInstant): Fragment {
  const isTime = kind === 'timestamptz' || kind === 'timestamp'
  return isTime ? sql`floor(extract(epoch from ${at}) * 1000)::float8` : at
}

/** The latest of several instants; where their types differ, as milliseconds. */
function latestOf(columns: readonly MappedInstant[]): InstantColumn {
  const known = columns.filter(({ kind }) => kind !== null)
  const [first] = known
  if (first === undefined) return inMilliseconds(raw('null::float8'))
  const isOfOneKind = known.every(({ kind }) => kind === first.kind)
  const parts = known.map((column) => (isOfOneKind ? column.at : millisecondsOf(column)))
  const at = sql`greatest(${joined(parts, ', ')})`
  return isOfOneKind ? { at, bound: first.bound } : inMilliseconds(at)
}

function textColumn(name: string | undefined): Fragment {
  return name === undefined ? raw('null::text') : sql`${columnNamed(name)}::text`
}

/** A value of a document; what can be no attribute is none. */
function attributeIn(value: Fragment): Fragment {
  return sql`(case when jsonb_typeof(${value}) not in ('null', 'object') then ${value} end)`
}

interface Selected extends Pick<CustomerSource, 'id' | 'tags' | 'numbers' | 'conversationStatus'> {
  readonly instants: Readonly<Record<keyof CustomerSource['instants'], Fragment>>
}

function selectionOf(mapping: CustomerMapping, selected: Selected): Fragment {
  const { firstName, lastName, addresses = {}, facts = {}, timeZone, locale, attributes = {} } = mapping
  const { instants, numbers } = selected
  const columns = Object.entries(attributes.columns ?? {}).map(
    ([name, column]) => sql`${name}::text, to_jsonb(${columnNamed(column)})`,
  )
  const document = attributes.document === undefined ? raw(`'{}'`) : columnNamed(attributes.document)
  const parts: Readonly<Record<string, Fragment>> = {
    id: selected.id,
    first_name: textColumn(firstName),
    last_name: textColumn(lastName),
    email: textColumn(addresses.email),
    phone: textColumn(addresses.phone),
    push: textColumn(addresses.push),
    tags: selected.tags,
    last_login_at: instants.lastLoginAt,
    last_order_at: instants.lastOrderAt,
    order_count: numbers.orderCount,
    total_spent_minor: numbers.totalSpentMinor,
    currency: textColumn(facts.currency),
    last_conversation_at: instants.lastConversationAt,
    conversation_status: selected.conversationStatus,
    incomplete_transactions: numbers.incompleteTransactions,
    time_zone: textColumn(timeZone),
    locale: textColumn(locale),
    document: sql`${document}::jsonb`,
    columns: objectOf(columns),
    sealed: raw('null::json'),
  }
  return joined(
    Object.entries(parts).map(([name, value]) => sql`${value} as ${raw(name)}`),
    ', ',
  )
}

/** A function takes 100 arguments at most. */
const PAIRS_A_CALL = 50

function objectOf(pairs: readonly Fragment[]): Fragment {
  const objects = [raw(`'{}'::jsonb`)]
  for (let from = 0; from < pairs.length; from += PAIRS_A_CALL)
    objects.push(sql`jsonb_build_object(${joined(pairs.slice(from, from + PAIRS_A_CALL), ', ')})`)
  return sql`(${joined(objects, ' || ')})`
}
