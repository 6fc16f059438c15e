/**
 * A frozen copy of plain data, which shares nothing with the original: whoever wrote it may go on changing the
 * original, whoever reads it can change nothing.
 */
export function frozenCopy<Value>(value: Value): Value
export function frozenCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenCopy(item)))
  const copy: Record<string, unknown> = { ...value }
  for (const name in copy) {
    const inner = copy[name]
    if (typeof inner === 'object' && inner !== null) copy[name] = frozenCopy(inner)
  }
  return Object.freeze(copy)
}
