import type { CustomerId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { Criteria } from '../model/criteria.js'
import type { Customer, CustomerPatch, KeyedAddress } from '../model/customer.js'
import type { JournalEntry } from '../model/journal.js'
import type { CustomerReseal } from '../model/reseal.js'
import type { Scope } from '../model/scope.js'

/** A rule that a directory answers by itself. */
export interface MatchRequest {
  /** Without named segments and external rules: those are resolved and split off before. */
  readonly criteria: Criteria
  /** From which windows reach back, and up to which events count. */
  readonly asOf: Instant
}

/** Customers who match, and where to go on. */
export interface MatchedPage {
  /** In the order of code points of their ids. */
  readonly customers: readonly Customer[]
  /** Behind whom the next page begins; null at the end. A page that is not the last may hold few, or nobody. */
  readonly next: CustomerId | null
}

/** The customers of a tenant: ours, or the host's own tables. */
export interface CustomerDirectory {
  /** Whether {@link CustomerDirectory.upsert}, {@link CustomerDirectory.reseal} and {@link CustomerDirectory.erase} work. */
  readonly writable: boolean
  /**
   * Customers in the order of code points of their ids (`byCodePoints`), those behind `after`; fewer than `limit` only at the end. A customer
   * who is there during the whole of a scan is seen exactly once.
   *
   * @param page - from where, and how many: `limit` is 1 to 10,000
   */
  scan(
    scope: Scope,
    page: { readonly after: CustomerId | null; readonly limit: number },
  ): Promise<readonly Customer[]>
  /**
   * The customers whom a rule matches, by the very rules of `compileCriteria`, those behind `after`: each who is there
   * and matches during the whole of a scan is seen exactly once. Null when the directory cannot ask a rule: then the
   * kit reads everybody by {@link CustomerDirectory.scan} and matches in the process.
   *
   * @param page - from where, and how many at most: `limit` is 1 to 10,000
   */
  readonly scanMatching:
    | ((
        scope: Scope,
        request: MatchRequest,
        page: { readonly after: CustomerId | null; readonly limit: number },
      ) => Promise<MatchedPage>)
    | null
  /** The customers with these ids, in any order; unknown ids are left out. */
  get(scope: Scope, ids: readonly CustomerId[]): Promise<readonly Customer[]>
  /**
   * Creates or changes customers by `mergeCustomer`, all or none, with the journal entry. A patch that repeats an id
   * is applied after the earlier one.
   *
   * @throws DIRECTORY_READ_ONLY when not writable
   */
  upsert(
    scope: Scope,
    patches: readonly CustomerPatch[],
    entry: JournalEntry,
  ): Promise<{ readonly created: number; readonly updated: number }>
  /**
   * Puts seals in the place of others of the same values, each only where the one that it replaces still stands
   * (`resealedCustomer`), so that nothing is lost that was written meanwhile and nobody is made anew; with the journal entry.
   *
   * @returns how many seals were replaced
   * @throws DIRECTORY_READ_ONLY when not writable
   */
  reseal(scope: Scope, reseals: readonly CustomerReseal[], entry: JournalEntry): Promise<number>
  /**
   * Keeps the keys of addresses beside them, each only where that very address stands plain, so that a storage can plan
   * without asking for them (`DatabasePlanner.planAlone`); {@link CustomerDirectory.upsert} keeps those of its patches, and
   * forgets them with the address. Nobody is told of them, and the journal tells of nothing: they follow from address and secrets. Null when the directory
   * keeps none.
   *
   * @returns for how many customers it changed something
   */
  readonly keepAddressKeys: ((scope: Scope, addresses: readonly KeyedAddress[]) => Promise<number>) | null
  /**
   * Deletes customers for good; unknown ids are left out.
   *
   * @returns how many there were
   * @throws DIRECTORY_READ_ONLY when not writable
   */
  erase(scope: Scope, ids: readonly CustomerId[], entry: JournalEntry): Promise<number>
}
