import { constants } from 'node:os'
import process from 'node:process'

/** What is open, and closed when the work is over. */
export interface Tidy {
  /** Remembers to close what has opened, before all that was opened earlier. */
  open<Thing extends { close(): Promise<void> }>(opening: Thing | Promise<Thing>): Promise<Thing>
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Closes what the work has opened, the latest first, however it ends: also when the process is told to end. */
export async function withTidyEnd<Result>(work: (tidy: Tidy) => Promise<Result>): Promise<Result> {
  const closers: (() => Promise<void>)[] = []
  const closeAll = async () => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
      // whatever happens there, the others are closed as well
      await close().catch(() => undefined)
    }
  }
  const endNow = (signal: (typeof SIGNALS)[number]) => {
    void closeAll().then(() => process.exit(128 + constants.signals[signal]))
  }
  for (const signal of SIGNALS) process.once(signal, endNow)
  try {
    return await work({
      async open(opening) {
        const thing = await opening
        closers.push(() => thing.close())
        return thing
      },
    })
  } finally {
    await closeAll()
    for (const signal of SIGNALS) process.off(signal, endNow)
  }
}
