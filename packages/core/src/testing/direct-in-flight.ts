import type { InFlight } from '../ports/in-flight.js'

interface Account {
  attempts: number
  readonly waiting: { readonly attempts: number; readonly most: number; readonly begin: () => void }[]
}

/** Makes a bound on what is in flight that uses promises alone: no timer, first come first served. */
export function createDirectInFlight(): InFlight {
  const accounts = new Map<string, Account>()

  const letIn = (account: Account): void => {
    for (let [next] = account.waiting; next !== undefined; [next] = account.waiting) {
      if (account.attempts + next.attempts > next.most) return
      account.waiting.shift()
      account.attempts += next.attempts
      next.begin()
    }
  }

  return {
    async run(name, { attempts, most }, group) {
      const account = accounts.get(name) ?? { attempts: 0, waiting: [] }
      accounts.set(name, account)
      await new Promise<void>((begin) => {
        account.waiting.push({ attempts, most, begin })
        letIn(account)
      })
      try {
        return await group()
      } finally {
        account.attempts -= attempts
        letIn(account)
      }
    },
  }
}
