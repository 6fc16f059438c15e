/** Wakes all who wait for it. */
export class Bell {
  #waiting: (() => void)[] = []

  /** Resolves when the bell is rung the next time. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  ring(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
