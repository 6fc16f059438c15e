import type { Arm } from '../../model/experiment.js'
import type { VerdictCheck } from '../../model/verdict.js'
import type { Proportion } from '../checks.js'
import { fisherExact } from '../proportions/fisher.js'
import { pooledZTest } from '../proportions/pooled-z.js'
import { variantsIn } from './contenders.js'
import { GUARDRAILS, type Guardrail, type JudgedArm, type Question } from './verdict-input.js'

/** Whoever was written to can unsubscribe, complain or bounce. */
function proportionOf(arm: JudgedArm, guardrail: Guardrail) {
  return { successes: arm[guardrail], trials: Math.max(1, arm.sent ?? arm.assigned, arm[guardrail]) }
}

/** Rarest outcomes from which on Fisher's test takes long and says what the z test says. */
const MANY = 100_000

function harmPValue(winning: Proportion, other: Proportion): number {
  const lost = winning.successes + other.successes
  const rarest = Math.min(lost, winning.trials + other.trials - lost)
  const test = { alternative: 'greater' } as const
  return rarest < MANY ? fisherExact(winning, other, test) : pooledZTest(winning, other, test).pValue
}

/**
 * Whether a winner loses more people than another variant does, by Fisher's exact test (the pooled z test where lost or
 * kept are {@link MANY}), one-sided at alpha. Nothing is corrected for the number of tests: here the error to fear is to
 * see no harm.
 */
export function guardrailCheck(question: Question, winner: Arm): VerdictCheck {
  const variants = variantsIn(question)
  const winning = variants.find(({ arm }) => arm === winner)
  const findings = winning === undefined ? [] : harmsOf(winning, variants)
  const worst = findings.reduce((least, { pValue }) => Math.min(least, pValue), 1)
  const harms = findings.filter(({ pValue }) => pValue < question.alpha)
  const words =
    harms.length === 0
      ? 'no more unsubscribes, complaints or bounces than with the others'
      : harms.map(({ guardrail, against }) => `more ${WORDS[guardrail]} with ${winner} than with ${against}`)
  return {
    check: 'guardrails',
    passed: harms.length === 0,
    pValue: findings.length === 0 ? null : worst,
    words: typeof words === 'string' ? words : words.join('; '),
  }
}

/**
 * Whether no variant loses more people than another: asked when none won, for whoever takes one of them all the same. Null
 * with fewer than two.
 */
export function guardrailsOfAll(question: Question): VerdictCheck | null {
  const variants = variantsIn(question).filter(({ assigned }) => assigned > 0)
  if (variants.length < 2) return null
  const each = variants.map(({ arm }) => guardrailCheck(question, arm))
  const failed = each.filter(({ passed }) => !passed)
  return {
    check: 'guardrails',
    passed: failed.length === 0,
    pValue: each.reduce((least, { pValue }) => Math.min(least, pValue ?? 1), 1),
    words:
      failed.length === 0
        ? 'no variant has more unsubscribes, complaints or bounces than another'
        : failed.map(({ words }) => words).join('; '),
  }
}

const WORDS: Readonly<Record<Guardrail, string>> = {
  unsubscribed: 'unsubscribes',
  complained: 'complaints',
  bounced: 'bounces',
}

interface Finding {
  readonly guardrail: Guardrail
  readonly against: Arm
  readonly pValue: number
}

function harmsOf(winning: JudgedArm, variants: readonly JudgedArm[]): readonly Finding[] {
  const others = variants.filter(({ arm, assigned }) => arm !== winning.arm && assigned > 0)
  return GUARDRAILS.flatMap((guardrail) =>
    others.map((other) => ({
      guardrail,
      against: other.arm,
      pValue: harmPValue(proportionOf(winning, guardrail), proportionOf(other, guardrail)),
    })),
  )
}
