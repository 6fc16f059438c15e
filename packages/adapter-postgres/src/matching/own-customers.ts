import { CUSTOMER_COLUMNS } from '../customer-row.js'
import { type Fragment, raw, sql } from '../sql.js'
import type { Tables } from '../tables.js'
import type { CustomerSource, InstantColumn } from './customer-source.js'
import { namesOfTexts } from './names-of-texts.js'

/** Customers in our own table. */
export function ownCustomers({ customers, schema }: Pick<Tables, 'customers' | 'schema'>): CustomerSource {
  const attributes = raw('c.attributes')
  return {
    relation: sql`${customers} as c`,
    selection: raw(CUSTOMER_COLUMNS.map(({ name }) => `c.${name}`).join(', ')),
    id: raw('c.id'),
    order: raw('c.id'),
    tags: raw('c.tags'),
    heldTags: raw('c.tags'),
    tagBits: null,
    instants: {
      lastLoginAt: inMilliseconds(raw('c.last_login_at')),
      lastOrderAt: inMilliseconds(raw('c.last_order_at')),
      lastConversationAt: inMilliseconds(raw('c.last_conversation_at')),
    },
    latestActivity: inMilliseconds(raw('c.latest_activity_at')),
    numbers: {
      orderCount: raw('c.order_count'),
      totalSpentMinor: raw('c.total_spent_minor'),
      incompleteTransactions: raw('c.incomplete_transactions'),
    },
    conversationStatus: raw('c.conversation_status'),
    attribute: (name) => sql`(${attributes} -> ${name}::text)`,
    number: () => null,
    document: () => attributes,
    // as the index has it, word for word
    holdsText: (name) => sql`${raw(namesOfTexts('c.attributes'))} @> ${JSON.stringify([name])}::jsonb`,
    compact: {
      condition: raw('c.is_compact'),
      latestActivity: inMilliseconds(
        raw('greatest(c.last_login_at, c.last_order_at, c.last_conversation_at)'),
      ),
      tagBits: { held: raw('c.tag_bits'), of: (tags) => sql`${schema}.tag_bits(${tags}::text[])` },
      index: 'customers_by_facts',
      table: 'customers',
      relation: customers,
    },
    keptKeys: (kind) =>
      kind === 'id'
        ? null
        : {
            keys: raw(`c.${kind}_keys`),
            isAbsent: raw(
              `c.${kind} is null and (c.sealed is null or c.sealed -> 'addresses.${kind}' is null)`,
            ),
          },
    ofTenant: (tenant) => sql`c.tenant = ${tenant}`,
    behind: (after) => sql`c.id > ${after}`,
    upTo: (last) => sql`c.id <= ${last}`,
    among: (ids) => sql`c.id = any((select ${ids}::text[])::text[])`,
  }
}

/** An instant that stands as milliseconds of the epoch. */
export function inMilliseconds(at: Fragment): InstantColumn {
  return { at, bound: (instant) => sql`${instant}::float8` }
}
