const BUNDLE = 1_024

/**
 * Items in order. What comes in order is kept so at once; what does not is sorted in bundles, which are merged while
 * they grow, so that the first read after many writes is one merge of sorted lists and no long sort.
 */
export class SortedList<Item> {
  readonly #compare: (left: Item, right: Item) => number
  #sorted: Item[] = []
  #bundles: Item[][] = []
  #loose: Item[] = []

  constructor(compare: (left: Item, right: Item) => number) {
    this.#compare = compare
  }

  /** Adds an item; equal ones may stand side by side. */
  add(item: Item): void {
    const last = this.#sorted.at(-1)
    const isNext = this.#loose.length === 0 && this.#bundles.length === 0
    if (isNext && (last === undefined || this.#compare(last, item) <= 0)) {
      this.#sorted.push(item)
      return
    }
    this.#loose.push(item)
    if (this.#loose.length >= BUNDLE) this.#bundle()
  }

  /** Every item in order; not to be changed. */
  items(): readonly Item[] {
    if (this.#loose.length > 0) this.#bundle()
    for (let bundle = this.#bundles.pop(); bundle !== undefined; bundle = this.#bundles.pop()) {
      const next = this.#bundles.pop()
      if (next === undefined) this.#sorted = this.#merge(this.#sorted, bundle)
      else this.#bundles.push(this.#merge(next, bundle))
    }
    return this.#sorted
  }

  /** The position of the first item behind `item`, which need not be there itself. */
  positionAfter(item: Item): number {
    const items = this.items()
    let low = 0
    let high = items.length
    while (low < high) {
      const middle = (low + high) >> 1
      const candidate = items[middle]
      if (candidate !== undefined && this.#compare(candidate, item) <= 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Drops what is not wanted any more. */
  retain(wanted: (item: Item) => boolean): void {
    this.#sorted = this.items().filter(wanted)
  }

  #bundle(): void {
    let bundle = this.#loose.sort(this.#compare)
    this.#loose = []
    for (let last = this.#bundles.at(-1); last !== undefined; last = this.#bundles.at(-1)) {
      if (last.length > 2 * bundle.length) break
      this.#bundles.pop()
      bundle = this.#merge(last, bundle)
    }
    this.#bundles.push(bundle)
  }

  #merge(left: readonly Item[], right: readonly Item[]): Item[] {
    const merged: Item[] = []
    let at = 0
    for (const item of right) {
      for (let other = left[at]; other !== undefined && this.#compare(other, item) <= 0; other = left[at]) {
        merged.push(other)
        at += 1
      }
      merged.push(item)
    }
    for (; at < left.length; at += 1) {
      const other = left[at]
      if (other !== undefined) merged.push(other)
    }
    return merged
  }
}
