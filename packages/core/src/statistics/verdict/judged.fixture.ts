import type { Verdict } from '../../model/verdict.js'
import { judge } from './judge.js'
import type { ArmOutcome, VerdictInput } from './verdict-input.js'

/** An arm of which nothing else is known. */
export const arm = (name: string, converted: number, assigned: number): ArmOutcome => ({
  arm: name,
  assigned,
  converted,
})

/** The verdict that looks once, at maturity, unless it is told otherwise. */
export function judged(arms: readonly ArmOutcome[], more: Partial<VerdictInput> = {}): Verdict {
  return judge({ arms, mature: true, decision: 'fixed', ...more })
}

export const PLAIN = arm('plain', 80, 2_000)
export const EMOJI = arm('emoji', 122, 2_000)
