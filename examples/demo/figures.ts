import type { CampaignReport } from '@campaignkit/core'
import type { Diary } from './doors.js'
import { CHANCE_TO_BUY } from './world.js'

/** What the report says of a difference between two arms, in shares and not in percents. */
export interface Estimated {
  readonly difference: number
  readonly low: number
  readonly high: number
  readonly confidence: number
  /** Whether the planted difference lies within the interval. */
  readonly covers: boolean
}

/** One comparison of the report beside what was planted. */
export interface Effect {
  readonly arm: string
  readonly against: string
  readonly planted: { readonly difference: number }
  readonly estimated: Estimated
}

/** What `--json` prints. */
export interface Figures {
  readonly seed: number
  readonly customers: number
  readonly imported: { readonly rows: number; readonly bad: number }
  readonly funnel: CampaignReport['audience']
  readonly sent: number
  readonly failed: number
  /** By the kit's own clock. */
  readonly sendingMs: number
  /** Of the two variants; null when nobody was written to. */
  readonly planted: Effect['planted'] | null
  readonly estimated: Estimated | null
  /** Every comparison, that of the variants first. */
  readonly effects: readonly Effect[]
  readonly world: Diary
  readonly verdict: Pick<CampaignReport['verdict'], 'outcome' | 'winner' | 'sentence'>
  readonly elapsedMs: number
  /** Files by name, with their paths. */
  readonly artefacts: Readonly<Record<string, string>>
}

/**
 * The share of each arm that is expected to convert: a member whose mailbox is closed behaves like one who got nothing.
 *
 * @param closed - share of closed mailboxes, 0 to 1
 */
export function plantedRates(closed: number): Readonly<Record<string, number>> {
  const { nothing, plain, emoji } = CHANCE_TO_BUY
  const ofMembers = (ofReaders: number) => closed * nothing + (1 - closed) * ofReaders
  return { plain: ofMembers(plain), emoji: ofMembers(emoji), holdout: nothing }
}

/** Every comparison of a report beside what was planted. */
export function effectsOf(
  { verdict }: CampaignReport,
  rates: Readonly<Record<string, number>>,
): readonly Effect[] {
  return verdict.comparisons.map(({ arm, against, difference: { value, low, high, confidence } }) => {
    const planted = (rates[arm] ?? 0) - (rates[against] ?? 0)
    return {
      arm,
      against,
      planted: { difference: planted },
      estimated: { difference: value, low, high, confidence, covers: low <= planted && planted <= high },
    }
  })
}
