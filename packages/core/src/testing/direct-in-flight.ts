import type { InFlight } from '../ports/in-flight.js'

/** Makes a bound on what is in flight that uses promises alone: no timer, first come first served. */
export function createDirectInFlight(): InFlight {
  const running = new Map<string, number>()
  const waiting = new Map<string, (() => void)[]>()

  return {
    async run(account, most, window) {
      while ((running.get(account) ?? 0) >= most) {
        await new Promise<void>((resolve) => {
          waiting.set(account, [...(waiting.get(account) ?? []), resolve])
        })
      }
      running.set(account, (running.get(account) ?? 0) + 1)
      try {
        return await window()
      } finally {
        running.set(account, Number(running.get(account)) - 1)
        waiting.get(account)?.shift()?.()
      }
    },
  }
}
