import type { Arm } from '../model/experiment.js'
import type { IncrementalArm, IncrementalReport, IncrementalView } from '../model/incremental.js'

/** What a variant earned by itself; the intervals reach as far to either side of the difference as is said. */
export function sampleIncrementalArm(
  arm: Arm | null,
  figures: Pick<IncrementalArm, 'members' | 'heldOut' | 'treatedMean' | 'holdoutMean' | 'cost'>,
  [once, watched]: readonly [once: number | null, watched: number | null],
): IncrementalArm {
  const { members, treatedMean, holdoutMean, cost } = figures
  const perMember = treatedMean - holdoutMean
  const net = (each: number) => each * members - cost
  const roiPercent = (each: number) => (net(each) * 100) / cost
  const view = (reach: number): IncrementalView => {
    const of = (figure: (each: number) => number) => ({
      value: figure(perMember),
      low: figure(perMember - reach),
      high: figure(perMember + reach),
      confidence: 0.95,
    })
    return {
      perMember: of((each) => each),
      revenue: of((each) => each * members),
      net: of(net),
      roiPercent: cost === 0 ? null : of(roiPercent),
    }
  }
  return {
    arm,
    ...figures,
    perMember,
    revenue: perMember * members,
    net: net(perMember),
    roiPercent: cost === 0 ? null : roiPercent(perMember),
    fixed: once === null ? null : { method: 'pooled-t', ...view(once) },
    anytime: watched === null ? null : { method: 'normal-mixture', ...view(watched) },
  }
}

const holdout = { heldOut: 421, holdoutMean: 44.66 }

/** What the campaign of `sampleReportInput` earned by itself: for one look more than nothing. */
export const SAMPLE_INCREMENTAL: Extract<IncrementalReport, { outcome: 'measured' }> = {
  outcome: 'measured',
  currency: 'EUR',
  revenueSource: 'conversions',
  isFinal: true,
  decision: 'fixed',
  together: sampleIncrementalArm(
    null,
    { ...holdout, members: 3_789, treatedMean: 117.22, cost: 7_514 },
    [49.94, 77.31],
  ),
  variants: [
    sampleIncrementalArm(
      'plain',
      { ...holdout, members: 1_895, treatedMean: 93.01, cost: 3_758 },
      [46.12, 71.37],
    ),
    sampleIncrementalArm(
      'emoji',
      { ...holdout, members: 1_894, treatedMean: 141.45, cost: 3_756 },
      [55.35, 85.66],
    ),
  ],
}
