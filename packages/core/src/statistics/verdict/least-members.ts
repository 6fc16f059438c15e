/** More than there are people: a difference that needs as many matters to nobody. */
export const MOST_MEMBERS = 1e10
/** How exactly members are found, as a share of those that an arm then has. */
const RESOLUTION = 2e-3

/** What the search is told of where it begins. */
export interface Start {
  /** Members beyond which it is looked. */
  readonly least: number
  /** What an arm has already. */
  readonly have: number
  /** About how many more it may be, above `least`. */
  readonly guess?: number
}

/** Two numbers of members, and their scores: not yet below 0, and below it. */
interface Bracket {
  readonly short: number
  readonly above: number
  readonly enough: number
  readonly below: number
}

/**
 * The fewest more members, from `least` on, at which a score that falls with them about evenly is below 0. Null beyond
 * {@link MOST_MEMBERS}.
 */
export function leastMembersWhere(start: Start, scoreAt: (more: number) => number): number | null {
  const first = scoreAt(start.least)
  if (first < 0) return start.least
  const bracket = bracketOf(start, first, scoreAt)
  return bracket === null ? null : narrowed(bracket, start.have, scoreAt)
}

/** By ever longer steps. */
function bracketOf(
  { least, have, guess }: Start,
  first: number,
  scoreAt: (more: number) => number,
): Bracket | null {
  let [short, above] = [least, first]
  let step = Math.max(1, Math.ceil(guess === undefined ? (have + least) / 2 : guess - least))
  while (short + step <= MOST_MEMBERS) {
    const enough = short + step
    const below = scoreAt(enough)
    if (below < 0) return { short, above, enough, below }
    short = enough
    above = below
    step *= 2
  }
  return null
}

/**
 * By false position (the Illinois rule, Dowell and Jarratt 1971), aimed a little beyond on the side that has not come nearer.
 */
function narrowed(bracket: Bracket, have: number, scoreAt: (more: number) => number): number {
  let { short, above, enough, below } = bracket
  let side = 0
  for (;;) {
    const near = Math.max(1, RESOLUTION * (have + enough))
    if (enough - short <= near) return enough
    const aimed = short + ((enough - short) * above) / (above - below) + (side * near) / 2
    const at = Math.min(enough - 1, Math.max(short + 1, Math.round(aimed)))
    const score = scoreAt(at)
    if (score < 0) {
      enough = at
      below = score
      if (side < 0) above /= 2
      side = -1
    } else {
      short = at
      above = score
      if (side > 0) below /= 2
      side = 1
    }
  }
}
