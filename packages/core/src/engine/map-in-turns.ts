import type { EngineContext } from './context.js'

/** Items that are worked through at a stretch: at 40 us each a fifth of what others of the process may wait. */
const PORTION = 100

/**
 * Maps items in order, and lets others of the process have their turn between portions.
 *
 * @param portion - items of one; of costly ones the fewer
 */
export async function mapInTurns<Item, Result>(
  { clock }: Pick<EngineContext, 'clock'>,
  items: readonly Item[],
  map: (item: Item, index: number) => Result,
  portion = PORTION,
): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < items.length; from += portion) {
    if (from > 0) await clock.turn()
    for (const item of items.slice(from, from + portion)) results.push(map(item, results.length))
  }
  return results
}
