/**
 * JSON of a plain value with object keys in code-unit order and `undefined` fields left out, so that equal values
 * give equal text (RFC 8785 for the values that the kit stores: no exotic numbers).
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    const sorted: Record<string, unknown> = {}
    for (const key of Object.keys(inner).sort()) sorted[key] = (inner as Record<string, unknown>)[key]
    return sorted
  })
}
