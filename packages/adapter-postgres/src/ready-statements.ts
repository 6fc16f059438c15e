import { sha256, toHex, utf8 } from '@campaignkit/core/adapter'
import { Fragment, numbered, type ReadyStatement, type SqlValue } from './sql.js'

/** A whole statement that comes so often that a connection is to keep it ready: to read and to plan it is spared. */
class Frequent extends Fragment {
  override ready(): ReadyStatement {
    return readied(this)
  }
}

/** A whole statement that comes all the time with the same text. */
export function frequent({ words, holes, key }: Fragment): Fragment {
  return new Frequent(words, holes, key)
}

/** Statements that are remembered: there are as many as places in the code, and a few variants of each. */
const MOST_KEPT = 500
/**
 * After how many uses in a process a statement is planned anew, under a name of its own. A plan that is kept is the one
 * that was best when the statement was new, and so perhaps its tables: to go through all of a table that is a page long.
 */
const PLANNED_ANEW_AFTER = [64, 256, 1_024, 4_096, 16_384]

/** What is worked out of a text once. */
interface Known {
  readonly text: string
  readonly digest: string
  uses: number
}

/** The statements whose pieces begin alike, by the next piece. */
class Beginning {
  known: Known | null = null
  readonly #longer = new Map<unknown, Beginning>()

  with(piece: unknown): Beginning {
    const found = this.#longer.get(piece)
    if (found !== undefined) return found
    const longer = new Beginning()
    this.#longer.set(piece, longer)
    return longer
  }
}

/** Stands for a value among the pieces. */
const VALUE = Symbol('value')

let beginnings = new Beginning()
let kept = 0

/**
 * A statement as its connection keeps it. One that came before is known again by its pieces: a text of some thousand
 * letters is neither put together nor looked through.
 */
function readied(statement: Fragment): ReadyStatement {
  const values: SqlValue[] = []
  const place = placeOf(beginnings, statement, values)
  const known = place.known ?? begin(statement)
  place.known = known
  const uses = known.uses++
  const planned = PLANNED_ANEW_AFTER.filter((many) => uses >= many).length
  return { name: `campaignkit_${known.digest}_${planned}`, text: known.text, values }
}

function placeOf(from: Beginning, { key, holes }: Fragment, values: SqlValue[]): Beginning {
  let place = from.with(key)
  for (const hole of holes) {
    if (hole instanceof Fragment) place = placeOf(place, hole, values)
    else {
      values.push(hole)
      place = place.with(VALUE)
    }
  }
  return place
}

function begin(statement: Fragment): Known {
  if (kept >= MOST_KEPT) {
    beginnings = new Beginning()
    kept = 0
  }
  kept += 1
  const { text } = statement
  return { text: numbered(text), digest: toHex(sha256(utf8(text))).slice(0, 40), uses: 0 }
}
