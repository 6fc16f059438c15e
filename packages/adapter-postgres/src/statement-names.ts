import { sha256, toHex, utf8 } from '@campaignkit/core/adapter'

/** Texts whose names are remembered: there are as many as places in the code, and a few variants of each. */
const MOST_KEPT = 500

const names = new Map<string, string>()

/**
 * The name under which a connection keeps a statement ready: no two texts share one, in whatever process, since a
 * connection may have served another one before.
 */
export function nameOf(text: string): string {
  const known = names.get(text)
  if (known !== undefined) return known
  if (names.size >= MOST_KEPT) names.clear()
  const name = `campaignkit_${toHex(sha256(utf8(text))).slice(0, 40)}`
  names.set(text, name)
  return name
}
