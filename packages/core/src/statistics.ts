/**
 * The statistics of the kit, for hosts that compare figures of their own: pure functions without state or clock.
 *
 * @packageDocumentation
 */
export {
  CampaignKitError,
  type CampaignKitErrorOptions,
  isCampaignKitError,
  type Retry,
} from './base/error.js'
export type { ErrorCode } from './base/error-code.js'
export type { Arm, Experiment } from './model/experiment.js'
export { type Rate, rate } from './model/metrics.js'
export type { ArmResult, Comparison, Estimate, TestMethod, Verdict, VerdictOutcome } from './model/verdict.js'
export type { Proportion } from './statistics/checks.js'
export { compareProportions, type ProportionComparison } from './statistics/compare-proportions.js'
export { fisherExact } from './statistics/fisher.js'
export { holmAdjusted } from './statistics/holm.js'
export { liftInterval, newcombeInterval, wilsonInterval } from './statistics/intervals.js'
export { type ProportionTest, pooledZTest } from './statistics/pooled-z.js'
export { logNormalUpperTail, normalUpperQuantile, normalUpperTail } from './statistics/special.js'
export { judge } from './statistics/verdict.js'
export type { ArmOutcome, VerdictInput } from './statistics/verdict-input.js'
