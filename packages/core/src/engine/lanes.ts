import type { Clock } from '../ports/clock.js'

/** Items that go together, at most. */
const MOST_TOGETHER = 1_000

/** Batches that are under way at once, at most. */
const MOST_LANES = 2

/** From so many items on, a batch beside another is worth its statements. */
const CROWD = 50

/** Where items wait until they go together. */
export interface Lanes<Item> {
  add(item: Item): void
}

/** What lanes need. */
export interface LanesOptions<Item> {
  readonly clock: Pick<Clock, 'turn'>
  /** Serves a batch; must not throw. */
  readonly serve: (items: readonly Item[]) => Promise<void>
  /** Nothing waits and nothing is under way. */
  readonly onEmpty: () => void
}

/**
 * Gathers what comes while something is under way, without any timer: who comes alone goes at once, few go one batch after
 * the other, and a crowd that keeps coming goes in two halves, so that one is made ready while the storage writes the other.
 */
export function createLanes<Item>({ clock, serve, onEmpty }: LanesOptions<Item>): Lanes<Item> {
  const waiting: Item[] = []
  let busy = 0
  let keepsComing = false

  async function run(): Promise<void> {
    busy += 1
    while (waiting.length >= (busy === 1 ? 1 : CROWD)) {
      const served = serve(takeBatch())
      if (busy < MOST_LANES && waiting.length >= CROWD) void run()
      await served
      // who was answered may come again at once: with the others, not alone before them
      await clock.turn()
    }
    busy -= 1
    if (busy === 0) onEmpty()
  }

  function takeBatch(): readonly Item[] {
    const isCrowd = waiting.length >= 2 * CROWD
    const isHalved = isCrowd && keepsComing && busy < MOST_LANES && waiting.length <= MOST_TOGETHER
    keepsComing = isCrowd || busy > 1
    return waiting.splice(0, isHalved ? Math.ceil(waiting.length / 2) : MOST_TOGETHER)
  }

  return {
    add: (item) => {
      waiting.push(item)
      if (busy === 0) void run()
    },
  }
}
