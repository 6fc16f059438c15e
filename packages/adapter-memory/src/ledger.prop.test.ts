import type { LedgerHold, LedgerStore, Scope } from '@campaignkit/core/adapter'
import { sampleScope } from '@campaignkit/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryStorage } from './storage.js'

type Step =
  | {
      readonly type: 'hold'
      readonly id: string
      readonly amounts: readonly [number, number]
      readonly forMs: number
    }
  | { readonly type: 'settle'; readonly id: string; readonly amounts: readonly [number, number] }
  | { readonly type: 'release'; readonly id: string }
  | { readonly type: 'wait'; readonly ms: number }

const ACCOUNTS = ['budget', 'cap'] as const
const WINDOW_MS = 50
const LIMITS = [
  { account: 'budget', limit: 40, windowMs: null },
  { account: 'cap', limit: 10, windowMs: WINDOW_MS },
]

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const amounts = fc.tuple(fc.nat({ max: 15 }), fc.nat({ max: 5 }))
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant('hold'), id, amounts, forMs: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ type: fc.constant('settle'), id, amounts }),
  fc.record({ type: fc.constant('release'), id }),
  fc.record({ type: fc.constant('wait'), ms: fc.nat({ max: 30 }) }),
)

const partsOf = (of: readonly [number, number]) =>
  ACCOUNTS.map((account, at) => ({ account, amount: of[at] ?? 0 }))

interface Line {
  readonly amounts: readonly [number, number]
  readonly settledAt: number | null
  readonly expiresAt: number
}

/** The same in the plainest words: a list of what was said, added up whenever somebody asks. */
class PlainLedger {
  readonly #lines = new Map<string, Line>()

  #used(at: 0 | 1, now: number): number {
    return [...this.#lines.values()].reduce(
      (sum, line) => sum + (this.#counts(line, at, now) ? line.amounts[at] : 0),
      0,
    )
  }

  #counts({ settledAt, expiresAt }: Line, at: 0 | 1, now: number): boolean {
    if (settledAt === null) return expiresAt > now
    return at === 0 || settledAt > now - WINDOW_MS
  }

  hold({ id, expiresAt }: LedgerHold, wanted: readonly [number, number], now: number): string {
    const line = this.#lines.get(id)
    if (line !== undefined && line.settledAt !== null) return 'settled'
    if (line !== undefined && line.expiresAt > now) {
      this.#lines.set(id, { ...line, expiresAt: Math.max(expiresAt, line.expiresAt) })
      return 'held'
    }
    this.#lines.delete(id)
    if (this.#used(0, now) + wanted[0] > 40 || this.#used(1, now) + wanted[1] > 10) return 'refused'
    this.#lines.set(id, { amounts: wanted, settledAt: null, expiresAt })
    return 'held'
  }

  settle(id: string, of: readonly [number, number], now: number): void {
    if (this.#lines.get(id)?.settledAt != null) return
    this.#lines.set(id, { amounts: of, settledAt: now, expiresAt: now })
  }

  release(id: string): void {
    if (this.#lines.get(id)?.settledAt === null) this.#lines.delete(id)
  }

  standing(now: number): readonly number[] {
    return [this.#used(0, now), this.#used(1, now)]
  }
}

async function standing(ledger: LedgerStore, scope: Scope, now: number): Promise<readonly number[]> {
  const accounts = await ledger.accounts(scope, ACCOUNTS, now)
  return ACCOUNTS.map((name) => {
    const account = accounts.find((each) => each.account === name)
    return account === undefined ? 0 : account.held + account.settled
  })
}

/** Does the same in both, and compares what they answer. */
async function take(
  ledger: LedgerStore,
  plain: PlainLedger,
  scope: Scope,
  each: Exclude<Step, { readonly type: 'wait' }>,
  now: number,
): Promise<void> {
  if (each.type === 'release') {
    await ledger.release(scope, [each.id])
    plain.release(each.id)
  } else if (each.type === 'settle') {
    await ledger.settle(scope, [{ id: each.id, parts: partsOf(each.amounts) }], now)
    plain.settle(each.id, each.amounts, now)
  } else {
    const hold = { id: each.id, parts: partsOf(each.amounts), expiresAt: now + each.forMs }
    const { outcomes } = await ledger.hold(scope, LIMITS, [hold], now)
    expect(outcomes[0]?.outcome).toBe(plain.hold(hold, each.amounts, now))
  }
}

describe('the ledger', () => {
  it('stands after any calls as a list of them says that is added up anew each time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { ledger } = createMemoryStorage()
        const plain = new PlainLedger()
        const scope = sampleScope('pizzeria')
        let now = 1_000
        const first = { id: 'first', parts: partsOf([0, 0]), expiresAt: now + 1 }
        await ledger.hold(scope, LIMITS, [first], now)
        for (const each of steps) {
          if (each.type === 'wait') now += each.ms
          else await take(ledger, plain, scope, each, now)
          expect(await standing(ledger, scope, now)).toEqual(plain.standing(now))
        }
      }),
      { seed: 5, numRuns: process.env.CAMPAIGNKIT_LONG === '1' ? 20_000 : 500 },
    )
  })
})
