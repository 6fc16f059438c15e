const SPENT = 1_024

/**
 * Gives the least item first. What is pushed in order stands in a row that is only walked along; what comes out of
 * order stands in a binary heap beside it.
 */
export class PriorityQueue<Item> {
  readonly #compare: (left: Item, right: Item) => number
  #row: Item[] = []
  #head = 0
  #heap: Item[] = []

  constructor(compare: (left: Item, right: Item) => number) {
    this.#compare = compare
  }

  get size(): number {
    return this.#row.length - this.#head + this.#heap.length
  }

  peek(): Item | undefined {
    return this.#isRowNext() ? this.#row[this.#head] : this.#heap[0]
  }

  push(item: Item): void {
    const last = this.#row.at(-1)
    if (last === undefined || this.#compare(last, item) <= 0) this.#row.push(item)
    else this.#rise(item)
  }

  pop(): Item | undefined {
    return this.#isRowNext() ? this.#step() : this.#popHeap()
  }

  /** Drops what is not wanted any more. */
  retain(wanted: (item: Item) => boolean): void {
    this.#row = this.#row.slice(this.#head).filter(wanted)
    this.#head = 0
    this.#heap = this.#heap.filter(wanted).sort(this.#compare)
  }

  #isRowNext(): boolean {
    const next = this.#row[this.#head]
    const top = this.#heap[0]
    return next !== undefined && (top === undefined || this.#compare(next, top) <= 0)
  }

  /** Goes one item along the row, and lets go of those behind when they are the most of it. */
  #step(): Item | undefined {
    const item = this.#row[this.#head]
    this.#head += 1
    if (this.#head === this.#row.length || (this.#head > SPENT && 2 * this.#head > this.#row.length)) {
      this.#row = this.#row.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  #popHeap(): Item | undefined {
    const least = this.#heap[0]
    const last = this.#heap.pop()
    if (this.#heap.length > 0 && last !== undefined) this.#sink(last)
    return least
  }

  #rise(item: Item): void {
    const heap = this.#heap
    let at = heap.push(item) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || this.#compare(item, parent) >= 0) break
      heap[at] = parent
      at = above
    }
    heap[at] = item
  }

  /** Puts an item where the root was, and lets it sink to its place. */
  #sink(item: Item): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      const below = this.#lesserChild(at)
      const child = heap[below]
      if (child === undefined || this.#compare(item, child) <= 0) break
      heap[at] = child
      at = below
    }
    heap[at] = item
  }

  #lesserChild(at: number): number {
    const left = this.#heap[2 * at + 1]
    const right = this.#heap[2 * at + 2]
    if (left === undefined || right === undefined) return 2 * at + 1
    return this.#compare(left, right) <= 0 ? 2 * at + 1 : 2 * at + 2
  }
}
