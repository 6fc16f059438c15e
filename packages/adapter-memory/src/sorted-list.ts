import { PriorityQueue } from './priority-queue.js'

const RUN = 1_024

/** Items in order, of which those before `at` were taken. */
interface SortedRun<Item> {
  readonly items: readonly Item[]
  at: number
}

/**
 * Items in order. What comes in order is kept so at once; what does not is sorted in short runs, which a read merges
 * only as far as it looks, so that the first page after many writes is no long sort of all of them.
 */
export class SortedList<Item> {
  readonly #compare: (left: Item, right: Item) => number
  /** The least items of all; whatever waits in runs comes behind them once {@link #settle} has run. */
  #sorted: Item[] = []
  readonly #runs: PriorityQueue<SortedRun<Item>>
  #loose: Item[] = []

  constructor(compare: (left: Item, right: Item) => number) {
    this.#compare = compare
    this.#runs = new PriorityQueue((left, right) =>
      compare(left.items[left.at] as Item, right.items[right.at] as Item),
    )
  }

  /** Adds an item; equal ones may stand side by side. */
  add(item: Item): void {
    const isNext = this.#loose.length === 0 && this.#runs.size === 0 && !this.#isBeforeEnd(item)
    if (isNext) this.#sorted.push(item)
    else this.#loose.push(item)
    if (this.#loose.length >= RUN) this.#closeRun()
  }

  /** The item at a position, or undefined behind the last one. */
  at(position: number): Item | undefined {
    this.#settle()
    while (this.#sorted.length <= position && this.#takeNext());
    return this.#sorted[position]
  }

  /** The items from one position up to, and without, another. */
  slice(from: number, to: number): readonly Item[] {
    this.at(to - 1)
    return this.#sorted.slice(from, to)
  }

  /** Every item in order; not to be changed. */
  items(): readonly Item[] {
    this.at(Number.POSITIVE_INFINITY)
    return this.#sorted
  }

  /** The position of the first item behind `item`, which need not be there itself. */
  positionAfter(item: Item): number {
    this.#settle()
    while (!this.#isBeforeEnd(item) && this.#takeNext());
    return this.#placeBehind(item)
  }

  /** Drops what is not wanted any more. */
  retain(wanted: (item: Item) => boolean): void {
    this.#sorted = this.items().filter(wanted)
  }

  #isBeforeEnd(item: Item): boolean {
    const last = this.#sorted.at(-1)
    return last !== undefined && this.#compare(last, item) > 0
  }

  #placeBehind(item: Item): number {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#compare(this.#sorted[middle] as Item, item) <= 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #closeRun(): void {
    if (this.#loose.length > 0) this.#runs.push({ items: this.#loose.sort(this.#compare), at: 0 })
    this.#loose = []
  }

  /** Sorted items that come behind the least one which waits have to wait as well. */
  #settle(): void {
    this.#closeRun()
    const next = this.#runs.peek()
    const least = next?.items[next.at]
    if (least === undefined || !this.#isBeforeEnd(least)) return
    this.#runs.push({ items: this.#sorted.splice(this.#placeBehind(least)), at: 0 })
  }

  /** Takes the least item that waits, or all of the only run; false when nothing waits. */
  #takeNext(): boolean {
    const run = this.#runs.pop()
    if (run === undefined) return false
    const isOnly = this.#runs.size === 0
    do {
      this.#sorted.push(run.items[run.at] as Item)
      run.at += 1
    } while (isOnly && run.at < run.items.length)
    if (run.at < run.items.length) this.#runs.push(run)
    return true
  }
}
