/** A running sum that carries its rounding errors along (Neumaier 1974): as exact as if it had twice the digits. */
export class CompensatedSum {
  #high = 0
  #low = 0

  add(value: number): void {
    const total = this.#high + value
    const taken = total - this.#high
    this.#low += this.#high - (total - taken) + (value - taken)
    this.#high = total
  }

  /** `value` minus the sum: digits that the two have in common are gone before anything is rounded. */
  distanceTo(value: number): number {
    return value - this.#high - this.#low
  }

  get value(): number {
    return this.#high + this.#low
  }
}
