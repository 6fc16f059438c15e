import { DELIVERY_STATUSES } from '../model/delivery.js'
import { EXCLUSION_CODES, EXCLUSIONS, SKIPS } from '../model/exclusion.js'
import type { DeliveryCounts } from '../model/progress.js'
import type { CampaignReport, ReasonCount } from '../model/report.js'
import { isRolloutRun } from '../model/rollout.js'
import type { AudienceCounts, Run } from '../model/run.js'

type Excluded = AudienceCounts['excluded']

/** The funnel of a run, with what it is a run of. */
interface RunAudience {
  readonly run: Pick<Run, 'occurrence'>
  readonly audience: AudienceCounts
}

/** The funnels of several runs added up. Whom the rollout is for has been matched before, and waits no longer. */
export function sumAudiences(runs: readonly RunAudience[]): AudienceCounts {
  const sumOf = (some: readonly RunAudience[], of: (audience: AudienceCounts) => number) =>
    some.reduce((total, { audience }) => total + of(audience), 0)
  const sum = (of: (audience: AudienceCounts) => number) => sumOf(runs, of)
  const rolledOut = sumOf(
    runs.filter(({ run }) => isRolloutRun(run)),
    ({ matched }) => matched,
  )
  const excluded: Record<string, number> = {}
  for (const code of EXCLUSION_CODES) {
    const count = sum((each) => each.excluded[code] ?? 0)
    if (count > 0) excluded[code] = count
  }
  return {
    matched: sum(({ matched }) => matched) - rolledOut,
    recipients: sum(({ recipients }) => recipients),
    holdout: sum(({ holdout }) => holdout),
    remainder: sum(({ remainder }) => remainder) - rolledOut,
    excluded: excluded satisfies Excluded,
  }
}

/** The deliveries of several runs added up. */
export function sumDeliveries(deliveries: readonly DeliveryCounts[]): DeliveryCounts {
  const sums = DELIVERY_STATUSES.map((status) => [
    status,
    deliveries.reduce((sum, each) => sum + each[status], 0),
  ])
  return Object.fromEntries(sums) as DeliveryCounts
}

/** Exclusions with their words, in the order in which the gates ask; those that hit nobody are left out. */
export function exclusionsOf({ excluded }: AudienceCounts): CampaignReport['exclusions'] {
  return EXCLUSION_CODES.flatMap((code) => {
    const count = excluded[code] ?? 0
    return count === 0 ? [] : [{ code, words: EXCLUSIONS[code], count }]
  })
}

/** Why a delivery was not attempted, in words; null for a code that is none of the kit's. */
export function skipWords(code: string): string | null {
  const words: Readonly<Record<string, string>> = SKIPS
  return Object.hasOwn(words, code) ? (words[code] ?? null) : null
}

/** Reasons with their words where there are any, most frequent first. */
export function reasonsOf(
  counts: ReadonlyMap<string, number>,
  wordsOf: (code: string) => string | null,
): readonly ReasonCount[] {
  return [...counts]
    .filter(([, count]) => count > 0)
    .sort(([leftCode, left], [rightCode, right]) => right - left || (leftCode < rightCode ? -1 : 1))
    .map(([code, count]) => ({ code, words: wordsOf(code), count }))
}
