/** Keeps the first few of many items: what is added behind them all is dropped, and only the few are ever sorted. */
export class Earliest<Item> {
  readonly #compare: (left: Item, right: Item) => number
  readonly #limit: number
  #items: Item[] = []
  /** The last of those that were kept when they were last sorted. */
  #last: Item | undefined

  /** @param limit - how many are kept: a whole number from 0 */
  constructor(compare: (left: Item, right: Item) => number, limit: number) {
    this.#compare = compare
    this.#limit = limit
  }

  add(item: Item): void {
    if (this.#last !== undefined && this.#compare(item, this.#last) >= 0) return
    this.#items.push(item)
    if (this.#items.length > 2 * this.#limit) this.#trim()
  }

  /** Those that are kept, in order. */
  items(): readonly Item[] {
    this.#trim()
    return this.#items
  }

  #trim(): void {
    this.#items = this.#items.sort(this.#compare).slice(0, this.#limit)
    if (this.#items.length === this.#limit) this.#last = this.#items.at(-1)
  }
}
