import { canonicalJson } from '../../base/canonical-json.js'
import { isCampaignKitError } from '../../base/error.js'
import type { ErrorCode } from '../../base/error-code.js'
import type { Page, PageRequest } from '../../model/page.js'
import { ConformanceFailure } from './conformance-failure.js'

const MAX_SHOWN = 2_000
const MAX_PAGES = 10_000

function shown(value: unknown): string {
  return (canonicalJson(value) ?? 'undefined').slice(0, MAX_SHOWN)
}

/** The value must be equal to the expected one, as plain data; absent and undefined fields are the same. */
export function expectEqual(seen: unknown, expected: unknown, what: string): void {
  if (canonicalJson(seen) === canonicalJson(expected)) return
  throw new ConformanceFailure({ expected: `${what}: ${shown(expected)}`, seen: shown(seen) })
}

/** The items must be the expected ones, in any order, each as often. */
export function expectSame(seen: readonly unknown[], expected: readonly unknown[], what: string): void {
  const sorted = (items: readonly unknown[]) => items.map((item) => canonicalJson(item)).sort()
  if (canonicalJson(sorted(seen)) === canonicalJson(sorted(expected))) return
  throw new ConformanceFailure({ expected: `${what}, in any order: ${shown(expected)}`, seen: shown(seen) })
}

/** The condition must hold. */
export function expectThat(holds: boolean, expected: string, seen: unknown): asserts holds {
  if (!holds) throw new ConformanceFailure({ expected, seen: shown(seen) })
}

/** There must be a value. */
export function expectPresent<Value>(value: Value | null | undefined, what: string): Value {
  if (value === null || value === undefined) throw new ConformanceFailure({ expected: what, seen: 'nothing' })
  return value
}

type Tuple<Item, Count extends number, Built extends Item[] = []> = Built['length'] extends Count
  ? Built
  : Tuple<Item, Count, [...Built, Item]>

/** There must be just so many items. */
export function expectCount<Item, Count extends number>(
  items: readonly Item[],
  count: Count,
  what: string,
): Tuple<Item, Count> {
  expectThat(items.length === count, `${count} ${what}`, items)
  return items as Tuple<Item, Count>
}

/** The call must be refused with the code and, when given, the path. */
export async function expectRefusal(call: Promise<unknown>, code: ErrorCode, path?: string): Promise<void> {
  const thrown = await thrownBy(call)
  const refused = isCampaignKitError(thrown, code) && (path === undefined || thrown.path === path)
  if (!refused)
    throw new ConformanceFailure({ expected: `a refusal with ${code}`, seen: String(thrown) }, thrown)
}

/** The call must fail, whatever with. */
export async function expectFailure(call: () => Promise<unknown>): Promise<void> {
  const thrown = await thrownBy((async () => call())())
  if (thrown === undefined) throw new ConformanceFailure({ expected: 'the call fails', seen: 'it succeeds' })
}

async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
    return undefined
  } catch (thrown) {
    return thrown
  }
}

/** Every item of a listing, page by page to the very end; no page is longer than asked for. */
export async function allPages<Item>(
  fetch: (page: PageRequest) => Promise<Page<Item>>,
  limit = 1_000,
): Promise<readonly Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page: Page<Item> = await fetch({ cursor, limit })
    expectThat(page.items.length <= limit, `at most ${limit} items a page`, page.items.length)
    items.push(...page.items)
    cursor = page.nextCursor
    if (cursor === null) return items
  }
  throw new ConformanceFailure({ expected: 'a last page', seen: `${MAX_PAGES} pages` })
}

/** The listing must give these items in this order, whatever the size of its pages. */
export async function expectPages<Item>(
  fetch: (page: PageRequest) => Promise<Page<Item>>,
  expected: readonly Item[],
  what: string,
): Promise<void> {
  for (const limit of [1, 2, 3, 1_000]) {
    expectEqual(await allPages(fetch, limit), expected, `${what}, ${limit} a page`)
  }
}

/**
 * A listing without cursors must give these items in this order, whatever the size of its pages; every page but the
 * last must be full.
 *
 * @param fetch - gives the items behind those seen so far
 */
export async function expectFullPages<Item>(
  fetch: (seen: readonly Item[], limit: number) => Promise<readonly Item[]>,
  expected: readonly Item[],
  what: string,
  limits: readonly number[] = [1, 2, 3, expected.length, 10_000],
): Promise<void> {
  for (const limit of limits) {
    const seen: Item[] = []
    let page: readonly Item[]
    do {
      page = await fetch(seen, limit)
      expectThat(page.length <= limit, `at most ${limit} items a page`, page.length)
      seen.push(...page)
    } while (page.length === limit && seen.length <= expected.length)
    expectEqual(seen, expected, `${what}, ${limit} a page`)
  }
}

/** Tries to change a value and all that it holds. A frozen one withstands, which is just as well. */
export function tamperWith(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const inner = value instanceof Map ? [...value.values()] : Object.values(value)
  for (const each of inner) tamperWith(each)
  if (value instanceof Map) value.clear()
  for (const field of Object.keys(value)) Reflect.set(value, field, 'tampered with')
}

/** A row that fails whoever reads it: a call that meets it half-way must leave nothing behind. */
export function unreadable<Row extends object>(row: Row): Row {
  const fail = () => {
    throw new Error('This row cannot be read')
  }
  return new Proxy(row, {
    get: fail,
    ownKeys: fail,
    has: fail,
    getOwnPropertyDescriptor: fail,
    getPrototypeOf: fail,
  })
}
