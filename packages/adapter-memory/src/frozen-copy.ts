/**
 * A frozen copy of plain data, which shares nothing with the original: whoever wrote it may go on changing the
 * original, whoever reads it can change nothing.
 */
export function frozenCopy<Value>(value: Value): Value
export function frozenCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenCopy(item)))
  // objects that grow field by field freeze several times as fast as those that were spread
  const copy: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value)) {
    if (name === '__proto__')
      Object.defineProperty(copy, name, { value: frozenCopy(inner), enumerable: true })
    else copy[name] = frozenCopy(inner)
  }
  return Object.freeze(copy)
}
