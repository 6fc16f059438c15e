/** Pieces of work with numbers that follow each other. */
interface Pieces {
  /** The first one. */
  readonly from: number
  /** The one behind the last that is begun. */
  readonly to: number
  /** Pieces that are under way at once, from 1. */
  readonly atOnce: number
}

/**
 * Works through pieces in order, some of them at once. It fails with the first that fails; by then nothing is under way
 * any more, so that no piece is worked on behind the back of whoever tries again.
 *
 * @param work - resolves to false where no piece follows
 */
export async function sideBySide(
  { from, to, atOnce }: Pieces,
  work: (number: number) => Promise<boolean>,
): Promise<void> {
  let next = from
  let goesOn = true
  const lane = async () => {
    while (goesOn && next < to) {
      const number = next
      next += 1
      try {
        if (!(await work(number))) goesOn = false
      } catch (thrown) {
        goesOn = false
        throw thrown
      }
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: atOnce }, lane))
  for (const outcome of lanes) if (outcome.status === 'rejected') throw outcome.reason
}
