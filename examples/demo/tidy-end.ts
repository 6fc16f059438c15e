import { constants } from 'node:os'
import process from 'node:process'

/** What is open, and closed when the work is over. */
export interface Tidy {
  /** Remembers to close what has opened, before all that was opened earlier. */
  open<Thing extends { close(): Promise<void> }>(opening: Thing | Promise<Thing>): Promise<Thing>
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Closes what the work has opened, the latest first, however it ends: also when the process is told to end. It is then
 * over once all is closed, with the code of the signal, whatever the work makes of losing what it had opened.
 */
export async function withTidyEnd<Result>(work: (tidy: Tidy) => Promise<Result>): Promise<Result> {
  const closers: (() => Promise<void>)[] = []
  const closeAll = async () => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
      // whatever happens there, the others are closed as well
      await close().catch(() => undefined)
    }
  }
  let ending: Promise<never> | null = null
  const endNow = (signal: (typeof SIGNALS)[number]) => {
    ending ??= closeAll().then(() => process.exit(128 + constants.signals[signal]))
  }
  for (const signal of SIGNALS) process.on(signal, endNow)
  try {
    return await work({
      open(opening) {
        const opened = Promise.resolve(opening)
        // also what is opened only while all is being closed
        closers.push(async () => (await opened).close())
        return opened
      },
    })
  } finally {
    await (ending ?? closeAll())
    for (const signal of SIGNALS) process.off(signal, endNow)
  }
}
