import type { Permit } from '../ports/rate-limiter.js'

/** New slots for calls whose own are past: those that ask during a reservation share the next. */
export interface Renewals {
  /** @param weight - of each of the messages */
  renew(count: number, weight: number): Promise<Permit>
}

interface Asking {
  readonly count: number
  readonly weight: number
  give(permit: Permit): void
  fail(thrown: unknown): void
}

export function createRenewals(reserve: (count: number, weight: number) => Promise<Permit>): Renewals {
  let asking: readonly Asking[] = []
  let isAsking = false

  async function askForAll(): Promise<void> {
    isAsking = true
    // all calls of a group find out at one time that they are late
    await Promise.resolve()
    for (let [first] = asking; first !== undefined; [first] = asking) {
      const { weight } = first
      const sharing = asking.filter((each) => each.weight === weight)
      asking = asking.filter((each) => each.weight !== weight)
      const without = await shareOut(sharing, weight)
      asking = [...without, ...asking]
    }
    isAsking = false
  }

  async function shareOut(sharing: readonly Asking[], weight: number): Promise<readonly Asking[]> {
    const count = sharing.reduce((sum, each) => sum + each.count, 0)
    try {
      return giveOut(sharing, await reserve(count, weight))
    } catch (thrown) {
      for (const { fail } of sharing) fail(thrown)
      return []
    }
  }

  return {
    renew: (count, weight) =>
      new Promise((give, fail) => {
        asking = [...asking, { count, weight, give, fail }]
        if (!isAsking) void askForAll()
      }),
  }
}

/** Gives out the slots of a permit in turn. @returns who got none, unless nobody did */
function giveOut(asking: readonly Asking[], permit: Permit): readonly Asking[] {
  const without: Asking[] = []
  let given = 0
  for (const each of asking) {
    const count = Math.min(each.count, permit.count - given)
    if (count === 0 && permit.count > 0) without.push(each)
    else each.give({ ...permit, firstAt: permit.firstAt + given * permit.intervalMs, count })
    given += count
  }
  return without
}
