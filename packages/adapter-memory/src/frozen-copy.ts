/**
 * A frozen copy of plain data, which shares nothing with the original: whoever wrote it may go on changing the
 * original, whoever reads it can change nothing.
 */
export function frozenCopy<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  const copy: Value = Array.isArray(value) ? Object.assign([], value) : { ...value }
  for (const key in copy) {
    const inner = copy[key]
    if (typeof inner === 'object' && inner !== null) copy[key] = frozenCopy(inner)
  }
  return Object.freeze(copy)
}
