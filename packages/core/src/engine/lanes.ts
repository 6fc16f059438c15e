import type { Clock } from '../ports/clock.js'

/** Items that go together, at most. */
const MOST_TOGETHER = 1_000

/** Batches that are under way at once, at most. */
const MOST_LANES = 1

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
 * the other, and a crowd goes in two halves, so that one is made ready while the storage writes the other.
 */
export function createLanes<Item>({ clock, serve, onEmpty }: LanesOptions<Item>): Lanes<Item> {
  const waiting: Item[] = []
  let busy = 0

  async function run(): Promise<void> {
    busy += 1
    while (waiting.length >= (busy === 1 ? 1 : CROWD)) {
      const isSplit = busy < MOST_LANES && waiting.length >= 2 * CROWD
      const served = serve(takeOf(isSplit ? Math.ceil(waiting.length / 2) : waiting.length))
      if (isSplit) void run()
      await served
      // who was answered may come again at once: with the others, not alone before them
      await clock.turn()
    }
    busy -= 1
    if (busy === 0) onEmpty()
  }

  function takeOf(count: number): readonly Item[] {
    return waiting.splice(0, Math.min(count, MOST_TOGETHER))
  }

  return {
    add: (item) => {
      waiting.push(item)
      if (busy === 0) void run()
    },
  }
}
