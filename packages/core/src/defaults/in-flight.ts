import Bottleneck from 'bottleneck'
import { CampaignKitError } from '../base/error.js'
import type { InFlight } from '../ports/in-flight.js'

interface Account {
  readonly limiter: Bottleneck
  most: number
  /** Windows in flight or waiting. */
  held: number
}

/**
 * Bounds windows with one limiter of bottleneck an account. The latest `most` of an account counts; an account
 * without windows is forgotten. Errors of a window pass through as they are.
 *
 * @throws INVALID_INPUT (from `run`) when `most` is not a whole number from 1
 */
export function createInFlight(): InFlight {
  const accounts = new Map<string, Account>()

  const accountOf = (name: string, most: number): Account => {
    const known = accounts.get(name)
    if (known !== undefined) return known
    const account = { limiter: new Bottleneck({ maxConcurrent: most }), most, held: 0 }
    accounts.set(name, account)
    return account
  }

  return {
    async run(name, most, window) {
      refuseNoWindow(most)
      const account = accountOf(name, most)
      account.held += 1
      try {
        if (account.most !== most) {
          account.most = most
          await account.limiter.updateSettings({ maxConcurrent: most })
        }
        return await account.limiter.schedule(window)
      } finally {
        account.held -= 1
        if (account.held === 0) accounts.delete(name)
      }
    },
  }
}

/** A limiter of nothing would hold its windows for ever. */
function refuseNoWindow(most: number): void {
  if (Number.isInteger(most) && most >= 1) return
  throw new CampaignKitError('INVALID_INPUT', 'At least one window must be allowed in flight', {
    path: 'most',
  })
}
