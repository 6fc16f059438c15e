import type { Customer } from '../../model/customer.js'
import type { Scope } from '../../model/scope.js'
import type { CustomerDirectory } from '../../ports/customer-directory.js'
import type { Storage } from '../../ports/storage/storage.js'
import { ConformanceFailure } from './conformance-failure.js'

/** One sentence about a port, with the code that fails when it does not hold. */
export interface ConformanceCase<Subject, Need extends string = never> {
  readonly name: string
  /** Capabilities without which the case has no meaning; skip it when one is missing. */
  readonly needs: readonly Need[]
  /**
   * @param subject - fresh for each case
   * @throws ConformanceFailure when the sentence does not hold
   */
  run(subject: Subject): Promise<void>
}

/** Two tenants whose rows have equal ids and never meet. */
export interface TwoTenants {
  readonly ours: Scope
  readonly theirs: Scope
}

/** What a storage case is run on. */
export interface StorageSubject extends TwoTenants {
  /** Empty. */
  readonly storage: Storage
  /** Puts customers there when the directory of the storage is not writable; else `upsert` is used. */
  readonly seedCustomers?: (scope: Scope, customers: readonly Customer[]) => Promise<void>
  /** Opens the same storage anew, as after the death of the process; needed for `durable`. */
  readonly reopen?: () => Promise<Storage>
  /** Begins a transaction of the host; needed for `enlists`. */
  readonly begin?: () => Promise<HostTransaction>
}

/** A transaction that the host has begun. */
export interface HostTransaction {
  /** What `Storage.enlist` takes. */
  readonly transaction: unknown
  commit(): Promise<void>
  rollback(): Promise<void>
}

/** What a storage must have for a case: a capability, or its absence. */
export type StorageNeed =
  | DirectoryNeed
  | 'announces'
  | 'silent'
  | 'durable'
  | 'enlists'
  | 'alone'
  | 'plansInDatabase'
  | 'plansByPage'
export type StorageCase = ConformanceCase<StorageSubject, StorageNeed>

/** What a case of a customer directory is run on. */
export interface DirectorySubject extends TwoTenants {
  /** Empty. */
  readonly directory: CustomerDirectory
  /** Puts customers there; `upsert` is used when absent. */
  readonly seedCustomers?: (scope: Scope, customers: readonly Customer[]) => Promise<void>
}

export type DirectoryNeed = 'writableDirectory' | 'readOnlyDirectory' | 'matchingDirectory'
export type DirectoryCase = ConformanceCase<DirectorySubject, DirectoryNeed>

/** What a storage has of that which cases need. */
export function storageHas(storage: Storage): ReadonlySet<StorageNeed> {
  return new Set<StorageNeed>([
    ...directoryHas(storage.customers),
    storage.capabilities.announces ? 'announces' : 'silent',
    storage.capabilities.enlists ? 'enlists' : 'alone',
    storage.capabilities.plansInDatabase ? 'plansInDatabase' : 'plansByPage',
    ...(storage.capabilities.durable ? (['durable'] as const) : []),
  ])
}

/** What a customer directory has of that which cases need. */
export function directoryHas(directory: CustomerDirectory): ReadonlySet<DirectoryNeed> {
  return new Set<DirectoryNeed>([
    directory.writable ? 'writableDirectory' : 'readOnlyDirectory',
    ...(directory.scanMatching === null ? [] : (['matchingDirectory'] as const)),
  ])
}

/**
 * The cases that have a meaning for an adapter.
 *
 * @example
 * ```ts
 * import { casesFor, type StorageSubject, storageConformance, storageHas } from '@campaignkit/core/testing'
 * async function conforms(fresh: () => StorageSubject) {
 *   const has = storageHas(fresh().storage)
 *   for (const conformance of casesFor(storageConformance, has)) await conformance.run(fresh())
 * }
 * ```
 */
export function casesFor<Subject, Need extends string>(
  cases: readonly ConformanceCase<Subject, Need>[],
  has: ReadonlySet<Need>,
): readonly ConformanceCase<Subject, Need>[] {
  return cases.filter(({ needs }) => needs.every((need) => has.has(need)))
}

/** Makes a case: whatever it throws leaves it as a {@link ConformanceFailure} that names it. */
export function conformanceCase<Subject, Need extends string = never>(
  name: string,
  needs: readonly Need[],
  run: (subject: Subject) => Promise<void>,
): ConformanceCase<Subject, Need> {
  return {
    name,
    needs,
    async run(subject) {
      try {
        await run(subject)
      } catch (thrown) {
        throw thrown instanceof ConformanceFailure
          ? new ConformanceFailure({ caseName: name, expected: thrown.expected, seen: thrown.seen }, thrown)
          : new ConformanceFailure({ caseName: name, expected: 'no error', seen: String(thrown) }, thrown)
      }
    },
  }
}
