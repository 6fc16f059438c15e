import { namesOfTexts } from '../matching/names-of-texts.js'

/** An index by which segments find customers, or their events. */
interface SegmentIndex {
  readonly name: string
  readonly table: string
  readonly definition: string
}

/** Instants and numbers are often absent, and nobody asks an index for those. */
function byFact(column: string): SegmentIndex {
  return {
    name: `customers_by_${column}`,
    table: 'customers',
    definition: `(tenant, ${column}) where ${column} is not null`,
  }
}

/** Consents are read by the ids of their customers alone, which their primary key serves. */
const SEGMENT_INDEXES: readonly SegmentIndex[] = [
  { name: 'customers_by_tags', table: 'customers', definition: 'using gin (tags)' },
  // of all operators only @> is asked, for which this class is smaller and faster
  {
    name: 'customers_by_attributes',
    table: 'customers',
    definition: 'using gin (attributes jsonb_path_ops)',
  },
  {
    name: 'customers_by_text_attributes',
    table: 'customers',
    definition: `using gin ((${namesOfTexts('attributes')}) jsonb_path_ops)`,
  },
  byFact('last_login_at'),
  byFact('last_order_at'),
  byFact('last_conversation_at'),
  byFact('latest_activity_at'),
  byFact('order_count'),
  byFact('total_spent_minor'),
  byFact('incomplete_transactions'),
  // whatever a rule asks of facts is counted by this without the rows; the few whose tags are too long are found beside it.
  // The latest activity, which follows from other columns, is left out: a smaller entry is read faster
  {
    name: 'customers_by_facts',
    table: 'customers',
    definition: `(tenant, id) include (tag_bits, tags, last_login_at, last_order_at, last_conversation_at, order_count, total_spent_minor,
      incomplete_transactions, conversation_status) where is_compact`,
  },
  {
    name: 'customers_of_many_facts',
    table: 'customers',
    definition: '(tenant) where not is_compact',
  },
  // whoever has events of a type in a window is counted by this alone; they come in the order of time, more or less
  {
    name: 'events_by_type',
    table: 'events',
    definition: '(tenant, type, at) include (customer_id) where part = 0',
  },
]

/** The indexes that segments use. */
export function segmentIndexes(schema: string): readonly string[] {
  return SEGMENT_INDEXES.map(
    ({ name, table, definition }) => `create index ${name} on "${schema}".${table} ${definition}`,
  )
}
