type Sizes = readonly [number, number]

const STEPS = 24
const ROUNDS = 12
const ZOOM = 4

/**
 * The two whole sizes, together at most the population, that a profit is greatest for: a grid that is even in the square
 * roots of the sizes, drawn closer round its best point again and again, and at last step by step. Small tests can be
 * worse than none before larger ones are better, so no slope is followed at the beginning.
 */
export function bestSizes(population: number, profitOf: (sizes: Sizes) => number): Sizes {
  const root = Math.sqrt(population)
  let best: Sizes = [0, 0]
  let centre: Sizes = [root / 2, root / 2]
  let reach = root / 2
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const candidate of gridRound(centre, reach, population)) {
      if (profitOf(candidate) > profitOf(best)) best = candidate
    }
    centre = [Math.sqrt(best[0]), Math.sqrt(best[1])]
    reach /= ZOOM
  }
  return climb(best, population, profitOf)
}

function* gridRound(centre: Sizes, reach: number, population: number): Iterable<Sizes> {
  const along = (middle: number) =>
    Array.from({ length: STEPS + 1 }, (_, step) =>
      Math.round(Math.max(0, middle + reach * ((2 * step) / STEPS - 1)) ** 2),
    )
  for (const first of new Set(along(centre[0]))) {
    for (const second of new Set(along(centre[1]))) {
      if (first + second <= population) yield [first, second]
    }
  }
}

/** Goes to the best neighbour until there is no better one. */
function climb(start: Sizes, population: number, profitOf: (sizes: Sizes) => number): Sizes {
  let best = start
  for (;;) {
    const [first, second] = best
    const neighbours = [-1, 0, 1]
      .flatMap((one) => [-1, 0, 1].map((other): Sizes => [first + one, second + other]))
      .filter(([one, other]) => one >= 0 && other >= 0 && one + other <= population)
    const next = neighbours.reduce((top, sizes) => (profitOf(sizes) > profitOf(top) ? sizes : top), best)
    if (next === best) return best
    best = next
  }
}
