/**
 * What several texts have in common: pieces that all of them have, in this order. The first begins every text and the
 * last ends it; either may be empty. Between two pieces is a gap, where the texts differ.
 */
export type Skeleton = readonly [string, ...string[]]

/** A common piece inside that is shorter than this is not worth two gaps in place of one. */
const SHORTEST_PIECE = 12
/** How many words ahead two texts are compared to find where they agree again. */
const LOOK_AHEAD = 300
/** So many words in a row must agree there. */
const AGREEING_WORDS = 4

/**
 * The values that make the skeleton into the text, one for each gap, or null when none do. Put between the pieces they
 * give exactly the text: nothing is guessed.
 */
export function valuesIn(skeleton: Skeleton, text: string): readonly string[] | null {
  const [first, ...rest] = skeleton
  const last = rest.pop()
  if (last === undefined) return text === first ? [] : null
  const end = text.length - last.length
  if (!text.startsWith(first) || !text.endsWith(last) || end < first.length) return null
  const values: string[] = []
  let from = first.length
  for (const piece of rest) {
    const at = text.indexOf(piece, from)
    if (at === -1 || at + piece.length > end) return null
    values.push(text.slice(from, at))
    from = at + piece.length
  }
  return [...values, text.slice(from, end)]
}

/** The pieces of a skeleton that one more text has as well. The text, and all that fitted before, fit it. */
export function skeletonWith(skeleton: Skeleton, text: string): Skeleton {
  const known = skeleton.flatMap((piece, at) => (at === 0 ? wordsOf(piece) : [GAP, ...wordsOf(piece)]))
  const [first = '', ...rest] = commonPieces(known, wordsOf(text))
  const last = rest.pop()
  if (last === undefined) return [first]
  return [first, ...rest.filter(({ length }) => length >= SHORTEST_PIECE), last]
}

/** Stands for a gap among words, which are never empty. */
const GAP = ''

function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_]+|[^\p{L}\p{N}_]/gu) ?? []
}

function commonPieces(left: readonly string[], right: readonly string[]): readonly string[] {
  const pieces: string[] = []
  let piece: string[] = []
  let [at, to] = [0, 0]
  const close = () => {
    pieces.push(piece.join(''))
    piece = []
  }
  while (at < left.length || to < right.length) {
    const word = left[at]
    if (word !== undefined && word === right[to]) {
      piece.push(word)
      at += 1
      to += 1
      continue
    }
    close()
    const [skipped, passed] = whereTheyAgree(left, at, right, to)
    at += skipped
    to += passed
  }
  close()
  return pieces
}

/** How many words of each must be skipped, as few as possible, until they agree again; all of them when they do not. */
function whereTheyAgree(
  left: readonly string[],
  at: number,
  right: readonly string[],
  to: number,
): readonly [number, number] {
  for (let distance = 1; distance <= LOOK_AHEAD; distance += 1) {
    for (let skipped = 0; skipped <= distance; skipped += 1) {
      const passed = distance - skipped
      if (agree(left, at + skipped, right, to + passed)) return [skipped, passed]
    }
  }
  return [left.length - at, right.length - to]
}

function agree(left: readonly string[], at: number, right: readonly string[], to: number): boolean {
  if (at >= left.length || to >= right.length) return false
  for (let ahead = 0; ahead < AGREEING_WORDS; ahead += 1) {
    const word = left[at + ahead]
    if (word === undefined && right[to + ahead] === undefined) return true
    if (word === undefined || word !== right[to + ahead]) return false
  }
  return true
}
