import type { Customer, CustomerFacts, CustomerId } from '@campaignkit/core/adapter'
import type { Columns } from './columns.js'

/** A customer as its table has it. */
export interface CustomerRow {
  readonly id: CustomerId
  readonly first_name: string | null
  readonly last_name: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly push: string | null
  readonly tags: readonly string[]
  readonly last_login_at: number | null
  readonly last_order_at: number | null
  readonly order_count: number | null
  readonly total_spent_minor: number | null
  readonly currency: string | null
  readonly last_conversation_at: number | null
  readonly conversation_status: string | null
  readonly incomplete_transactions: number | null
  readonly time_zone: string | null
  readonly locale: string | null
  readonly attributes: Customer['attributes']
  readonly sealed: Customer['sealed'] | null
}

/** How a customer is written. */
export const CUSTOMER_COLUMNS: Columns<Customer> = [
  { name: 'id', type: 'text', of: ({ id }) => id },
  { name: 'first_name', type: 'text', of: ({ firstName }) => firstName },
  { name: 'last_name', type: 'text', of: ({ lastName }) => lastName },
  { name: 'email', type: 'text', of: ({ addresses }) => addresses.email },
  { name: 'phone', type: 'text', of: ({ addresses }) => addresses.phone },
  { name: 'push', type: 'text', of: ({ addresses }) => addresses.push },
  { name: 'tags', type: 'text[]', of: ({ tags }) => tags },
  { name: 'last_login_at', type: 'float8', of: ({ facts }) => facts.lastLoginAt },
  { name: 'last_order_at', type: 'float8', of: ({ facts }) => facts.lastOrderAt },
  { name: 'order_count', type: 'float8', of: ({ facts }) => facts.orderCount },
  { name: 'total_spent_minor', type: 'float8', of: ({ facts }) => facts.totalSpentMinor },
  { name: 'currency', type: 'text', of: ({ facts }) => facts.currency },
  { name: 'last_conversation_at', type: 'float8', of: ({ facts }) => facts.lastConversationAt },
  { name: 'conversation_status', type: 'text', of: ({ facts }) => facts.conversationStatus },
  { name: 'incomplete_transactions', type: 'float8', of: ({ facts }) => facts.incompleteTransactions },
  { name: 'time_zone', type: 'text', of: ({ timeZone }) => timeZone },
  { name: 'locale', type: 'text', of: ({ locale }) => locale },
  { name: 'attributes', type: 'jsonb', of: ({ attributes }) => attributes },
  { name: 'sealed', type: 'json', of: ({ sealed }) => sealed },
]

/** A customer as the kit knows it: what is unknown is left out. */
export function customerOf(row: CustomerRow): Customer {
  return {
    id: row.id,
    ...present({ firstName: row.first_name, lastName: row.last_name }),
    addresses: present({ email: row.email, phone: row.phone, push: row.push }),
    tags: row.tags,
    facts: present({
      lastLoginAt: row.last_login_at,
      lastOrderAt: row.last_order_at,
      orderCount: row.order_count,
      totalSpentMinor: row.total_spent_minor,
      currency: row.currency,
      lastConversationAt: row.last_conversation_at,
      conversationStatus: row.conversation_status,
      incompleteTransactions: row.incomplete_transactions,
    }) satisfies CustomerFacts,
    ...present({ timeZone: row.time_zone, locale: row.locale }),
    attributes: row.attributes,
    ...present({ sealed: row.sealed }),
  }
}

type Present<Fields> = { readonly [Name in keyof Fields]?: NonNullable<Fields[Name]> }

/** The fields that are known. */
export function present<Fields extends object>(fields: Fields): Present<Fields> {
  const known: Partial<Fields> = {}
  // of a page of thousands each customer passes here four times
  for (const name in fields)
    if (fields[name] !== null && fields[name] !== undefined) known[name] = fields[name]
  return known as Present<Fields>
}
