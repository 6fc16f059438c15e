/** How a piece of work ended, or why it was not begun. */
export type Turn<Value> =
  | { readonly type: 'done'; readonly value: Value }
  | { readonly type: 'aborted' | 'late' | 'closed' }

/** Lets a bounded number of requests be under way, first come, first served. */
export interface Turns {
  /**
   * Does a piece of work when its turn comes. Once begun it is seen through.
   *
   * @param signal - gives up the wait
   * @param late - the same, when it takes too long
   */
  take<Value>(
    signal: AbortSignal | undefined,
    late: AbortSignal,
    work: () => Promise<Value>,
  ): Promise<Turn<Value>>
  /** What waits is not begun; resolves when what was begun has ended. */
  close(): Promise<void>
}

export function createTurns(most: number): Turns {
  const underWay = new Set<Promise<unknown>>()
  const waiting: (() => void)[] = []
  let isClosed = false

  function reasonNotTo(
    signal: AbortSignal | undefined,
    late: AbortSignal,
  ): 'aborted' | 'late' | 'closed' | null {
    if (isClosed) return 'closed'
    if (signal?.aborted) return 'aborted'
    return late.aborted ? 'late' : null
  }

  return {
    async take(signal, late, work) {
      while (underWay.size >= most && reasonNotTo(signal, late) === null) {
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
      const reason = reasonNotTo(signal, late)
      if (reason !== null) {
        waiting.shift()?.()
        return { type: reason }
      }
      const working = work()
      underWay.add(working)
      try {
        return { type: 'done', value: await working }
      } finally {
        underWay.delete(working)
        waiting.shift()?.()
      }
    },
    async close() {
      isClosed = true
      for (const resume of waiting.splice(0)) resume()
      await Promise.allSettled(underWay)
    },
  }
}
