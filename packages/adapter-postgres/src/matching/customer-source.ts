import type { AddressKind, CustomerId, InstantFact, NumberFact, TenantId } from '@campaignkit/core/adapter'
import type { KeptKeys } from '../kept-keys.js'
import type { Fragment } from '../sql.js'

/** An instant of a customer, in the type that its column has. */
export interface InstantColumn {
  readonly at: Fragment
  /** An instant, in whole milliseconds of the epoch, in the type of the column: so that an index of it serves. */
  bound(instant: number): Fragment
}

/** Bits by which most of those who have none of some tags are known without a look at theirs. */
export interface TagBits {
  /** Those of the customer. */
  readonly held: Fragment
  /** Those of tags that are asked for. */
  of(tags: readonly string[]): Fragment
}

/** An index that has all facts and tags of a customer beside the id, without the row. */
export interface CompactFacts {
  /** That the customer stands in it. */
  readonly condition: Fragment
  /** The latest activity as the index tells it, which has the three instants alone. */
  readonly latestActivity: InstantColumn
  readonly tagBits: TagBits
  readonly index: string
  readonly table: string
  /** The table as it stands in a statement. */
  readonly relation: Fragment
}

/**
 * Customers as statements ask for them: our own table, or one of the host's under its mapping. Every fragment is an
 * expression over `c`, the alias of the relation; what is not there is a null of its type.
 */
export interface CustomerSource {
  /** The relation under the alias `c`, as it stands in `from`. */
  readonly relation: Fragment
  /** What is selected, in the names of the columns of our own table. */
  readonly selection: Fragment
  readonly id: Fragment
  /** By which customers are in the code-point order of their ids. */
  readonly order: Fragment
  readonly tags: Fragment
  /** The tags as the kit has them: a list, without blanks and repetitions, in the order of code points. */
  readonly heldTags: Fragment
  /** Where customers come by anyhow; null where an index is to find them by their tags. */
  readonly tagBits: TagBits | null
  readonly instants: Readonly<Record<InstantFact, InstantColumn>>
  /** The latest known login, order or conversation. */
  readonly latestActivity: InstantColumn
  readonly numbers: Readonly<Record<NumberFact, Fragment>>
  readonly conversationStatus: Fragment
  /** An attribute as jsonb: text, number, flag or list; null when absent. */
  attribute(name: string): Fragment
  /**
   * An attribute as the double by which rules compare it, null when it is no number; null itself where each number of the
   * jsonb is written from a double, or is none, and compares as it stands.
   */
  number(name: string): Fragment | null
  /** The document that holds the attribute and is indexed for `@>`; null when it does not stand in one. */
  document(name: string): Fragment | null
  /** That the attribute is a text, as an index answers it; null where none does. */
  holdsText(name: string): Fragment | null
  /** Of whom the index of all facts knows all but the attributes; null where there is no such index. */
  readonly compact: CompactFacts | null
  /** The keys that are kept beside an address of a kind; null where none are. */
  keptKeys(kind: AddressKind): KeptKeys | null
  ofTenant(tenant: TenantId): Fragment
  behind(after: CustomerId): Fragment
  upTo(last: CustomerId): Fragment
  /** In a selection of its own, so that the planner does not weigh each of thousands. */
  among(ids: readonly CustomerId[]): Fragment
}
