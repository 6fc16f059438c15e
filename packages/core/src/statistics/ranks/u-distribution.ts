/**
 * The numbers of orders of `n` and `m` values for each U from 0 to `n m`, by the recurrence of Mann and Whitney (1947): the greatest value belongs to the one arm or to the other. Counts beyond 2^53 are rounded, all are positive.
 */
function ordersOf(n: number, m: number): Float64Array {
  const orders = Array.from({ length: n + 1 }, () => {
    const counts = new Float64Array(n * m + 1)
    counts[0] = 1
    return counts
  })
  for (let size = 1; size <= m; size += 1) {
    for (let taken = 1; taken <= n; taken += 1) addShifted(orders[taken], orders[taken - 1], size)
  }
  return orders[n] ?? new Float64Array(1)
}

function addShifted(counts: Float64Array | undefined, fewer: Float64Array | undefined, by: number): void {
  if (counts === undefined || fewer === undefined) return
  for (let u = by; u < counts.length; u += 1) counts[u] = (counts[u] ?? 0) + (fewer[u - by] ?? 0)
}

/** P(U <= u) when all orders of `n` and `m` different values are equally likely. */
export function exactUTail(u: number, n: number, m: number): number {
  let [below, all] = [0, 0]
  ordersOf(n, m).forEach((count, at) => {
    all += count
    if (at <= u) below += count
  })
  return below / all
}
