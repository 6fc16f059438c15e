import { sha256, toHex, utf8 } from '@campaignkit/core/adapter'

/** Texts whose names are remembered: there are as many as places in the code, and a few variants of each. */
const MOST_KEPT = 500
/**
 * After how many uses in a process a statement is planned anew, under a name of its own. A plan that is kept is the one
 * that was best when the statement was new, and so perhaps its tables: to go through all of a table that is a page long.
 */
const PLANNED_ANEW_AFTER = [64, 256, 1_024, 4_096, 16_384]

const statements = new Map<string, { readonly name: string; uses: number }>()

/**
 * The name under which a connection keeps a statement ready: no two texts share one, in whatever process, since a
 * connection may have served another one before.
 */
export function nameOf(text: string): string {
  let known = statements.get(text)
  if (known === undefined) {
    if (statements.size >= MOST_KEPT) statements.clear()
    known = { name: `campaignkit_${toHex(sha256(utf8(text))).slice(0, 40)}`, uses: 0 }
    statements.set(text, known)
  }
  const uses = known.uses++
  return `${known.name}_${PLANNED_ANEW_AFTER.filter((many) => uses >= many).length}`
}
