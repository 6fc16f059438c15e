import Bottleneck from 'bottleneck'
import { CampaignKitError } from '../base/error.js'
import type { InFlight } from '../ports/in-flight.js'

/** A group that was let in past the limiter. */
interface FreeGroup {
  readonly attempts: number
  readonly ended: Promise<unknown>
}

interface Account {
  readonly limiter: Bottleneck
  most: number
  /** Groups in flight or waiting. */
  held: number
  /** Groups of the limiter, in flight or waiting; while there are any, nobody goes past it. */
  limited: number
  /** Attempts in flight that were let in past the limiter. */
  freeAttempts: number
  /** The groups of these that the limiter does not know of yet. */
  readonly unknown: Set<FreeGroup>
}

/**
 * Bounds attempts with one limiter of bottleneck an account, a job a group that weighs its attempts. The latest `most`
 * of an account counts; an account without groups is forgotten. Errors of a group pass through as they are.
 *
 * A job costs 0.3 ms and some turns of the event loop, so a group for which there is room while nobody waits goes past
 * the limiter, which learns of it when the first one has to wait.
 *
 * @throws INVALID_INPUT (from `run`) when `most` is not a whole number from 1, or `attempts` not one from 1 to `most`
 */
export function createInFlight(): InFlight {
  const accounts = new Map<string, Account>()

  const accountOf = (name: string, most: number): Account => {
    const known = accounts.get(name)
    if (known !== undefined) return known
    const limiter = new Bottleneck({ maxConcurrent: most })
    const account = { limiter, most, held: 0, limited: 0, freeAttempts: 0, unknown: new Set<FreeGroup>() }
    accounts.set(name, account)
    return account
  }

  return {
    async run(name, { attempts, most }, group) {
      // a limiter of nothing, or of less than a group, would hold its groups for ever
      refuseUnless(Number.isInteger(most) && most >= 1, 'most')
      refuseUnless(Number.isInteger(attempts) && attempts >= 1 && attempts <= most, 'attempts')
      const account = accountOf(name, most)
      const isRoom = account.freeAttempts + attempts <= most
      const isFree = account.most === most && account.limited === 0 && isRoom
      account.held += 1
      try {
        return await (isFree ? runFree(account, attempts, group) : runLimited(account, attempts, most, group))
      } finally {
        account.held -= 1
        if (account.held === 0) accounts.delete(name)
      }
    },
  }
}

async function runFree<Result>(
  account: Account,
  attempts: number,
  group: () => Promise<Result>,
): Promise<Result> {
  account.freeAttempts += attempts
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const free = { attempts, ended }
  account.unknown.add(free)
  try {
    return await group()
  } finally {
    account.freeAttempts -= attempts
    account.unknown.delete(free)
    end()
  }
}

async function runLimited<Result>(
  account: Account,
  attempts: number,
  most: number,
  group: () => Promise<Result>,
): Promise<Result> {
  account.limited += 1
  try {
    const begun = tellOfFree(account)
    if (account.most !== most) {
      account.most = most
      // under the bound that let them in, since a lower one may be less than they weigh
      await begun
      await account.limiter.updateSettings({ maxConcurrent: most })
    }
    return await account.limiter.schedule({ weight: attempts }, group)
  } finally {
    account.limited -= 1
  }
}

/** Gives the limiter a job for each group that it does not know, to last as long; resolves when these have begun. */
async function tellOfFree({ limiter, unknown }: Account): Promise<void> {
  const begun = [...unknown].map(
    ({ attempts, ended }) =>
      new Promise<void>((begin) => {
        void limiter.schedule({ weight: attempts }, () => {
          begin()
          return ended
        })
      }),
  )
  unknown.clear()
  await Promise.all(begun)
}

function refuseUnless(holds: boolean, path: string): void {
  if (holds) return
  throw new CampaignKitError('INVALID_INPUT', `${path}: at least one attempt must be allowed in flight`, {
    path,
  })
}
