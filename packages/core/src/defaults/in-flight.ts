import Bottleneck from 'bottleneck'
import { CampaignKitError } from '../base/error.js'
import type { InFlight } from '../ports/in-flight.js'

interface Account {
  readonly limiter: Bottleneck
  most: number
  /** Groups in flight or waiting. */
  held: number
}

/**
 * Bounds attempts with one limiter of bottleneck an account, a job a group that weighs its attempts. The latest `most`
 * of an account counts; an account without groups is forgotten. Errors of a group pass through as they are.
 *
 * @throws INVALID_INPUT (from `run`) when `most` is not a whole number from 1, or `attempts` not one from 1 to `most`
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
    async run(name, { attempts, most }, group) {
      // a limiter of nothing, or of less than a group, would hold its groups for ever
      refuseUnless(Number.isInteger(most) && most >= 1, 'most')
      refuseUnless(Number.isInteger(attempts) && attempts >= 1 && attempts <= most, 'attempts')
      const account = accountOf(name, most)
      account.held += 1
      try {
        if (account.most !== most) {
          account.most = most
          await account.limiter.updateSettings({ maxConcurrent: most })
        }
        return await account.limiter.schedule({ weight: attempts }, group)
      } finally {
        account.held -= 1
        if (account.held === 0) accounts.delete(name)
      }
    },
  }
}

function refuseUnless(holds: boolean, path: string): void {
  if (holds) return
  throw new CampaignKitError('INVALID_INPUT', `${path}: at least one attempt must be allowed in flight`, {
    path,
  })
}
