const MOST_KEPT = 1_000

/** A function of a text that keeps what it made; when too much is kept it begins anew, so that memory is bounded. */
export function memoized<Value>(make: (key: string) => Value): (key: string) => Value {
  const kept = new Map<string, Value>()
  return (key) => {
    const found = kept.get(key)
    if (found !== undefined) return found
    const made = make(key)
    if (kept.size >= MOST_KEPT) kept.clear()
    kept.set(key, made)
    return made
  }
}
