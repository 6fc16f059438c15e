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
export type { IncrementalRevenue, IncrementalView } from './model/incremental.js'
export { type Rate, rate } from './model/metrics.js'
export type {
  AnytimeView,
  ArmResult,
  Comparison,
  Estimate,
  Heterogeneity,
  MembersNeeded,
  StrataResult,
  StratifiedMethod,
  StratumResult,
  TestMethod,
  Verdict,
  VerdictCheck,
  VerdictOutcome,
} from './model/verdict.js'
export type { Alternative } from './statistics/alternative.js'
export type { ArmShare, BanditOptions } from './statistics/bandits/allocation-shares.js'
export { banditShares, chooseArmByRate, type RateBanditOptions } from './statistics/bandits/bandit-rates.js'
export {
  type ArmRevenue,
  banditRevenueShares,
  chooseArmByRevenue,
} from './statistics/bandits/bandit-revenue.js'
export { drawBeta, drawGamma, drawNormal, type Uniform } from './statistics/bandits/draws.js'
export {
  type RollArm,
  type RollOutcome,
  rollArmOfRate,
  rollOutcome,
  type TestAndRollProblem,
  testAndRoll,
} from './statistics/bandits/test-and-roll.js'
export { type WeightOptions, weightsOfShares } from './statistics/bandits/weights-of-shares.js'
export type { ArmBelief, CredibleInterval } from './statistics/bayes/belief.js'
export {
  compareMeansBayesian,
  type MeanBeliefOptions,
  meanDifferenceBayesian,
} from './statistics/bayes/compare-means-bayesian.js'
export {
  compareRatesBayesian,
  type RateBeliefOptions,
  type RateCounts,
  rateDifferenceBayesian,
} from './statistics/bayes/compare-rates-bayesian.js'
export type { BetaPrior } from './statistics/beta-prior.js'
export type { Proportion } from './statistics/checks.js'
export {
  adjustedPValues,
  benjaminiHochbergAdjusted,
  benjaminiYekutieliAdjusted,
  bonferroniAdjusted,
  type Correction,
  hochbergAdjusted,
} from './statistics/corrections/adjusted.js'
export { holmAdjusted } from './statistics/corrections/holm.js'
export { betaDistribution } from './statistics/distributions/beta-distribution.js'
export { binomial } from './statistics/distributions/binomial.js'
export { chiSquare } from './statistics/distributions/chi-square.js'
export type { Distribution } from './statistics/distributions/distribution.js'
export { fDistribution } from './statistics/distributions/f-distribution.js'
export { gammaDistribution } from './statistics/distributions/gamma-distribution.js'
export { type HypergeometricParameters, hypergeometric } from './statistics/distributions/hypergeometric.js'
export { type NormalParameters, normalDistribution } from './statistics/distributions/normal-distribution.js'
export { poisson } from './statistics/distributions/poisson.js'
export { studentT } from './statistics/distributions/student-t.js'
export {
  type CupedAdjustment,
  type CupedComparison,
  compareWithCuped,
  cupedAdjusted,
} from './statistics/means/cuped.js'
export { type Moments, mergeMoments, momentsOf } from './statistics/means/moments.js'
export { momentsFromSums, type ValueSums } from './statistics/means/moments-from-sums.js'
export {
  type PairMoments,
  type PairSums,
  pairMomentsFromSums,
  pairMomentsOf,
} from './statistics/means/pair-moments.js'
export {
  compareRatios,
  type RatioComparison,
  type RatioMetric,
  ratioMetric,
} from './statistics/means/ratio-metric.js'
export { type CompareMeansOptions, type MeanComparison, welchTest } from './statistics/means/welch.js'
export {
  type IncrementalRevenueOptions,
  incrementalRevenue,
} from './statistics/money/incremental-revenue.js'
export {
  type DetectableMean,
  detectableMean,
  type GroupDeviations,
  type MeanFormula,
  type MeanPlan,
  meanPower,
  meanSampleSize,
  type PlannedMeans,
} from './statistics/planning/means.js'
export {
  type DetectableRate,
  detectableRate,
  type PlannedRates,
  type ProportionFormula,
  type ProportionPlan,
  proportionPower,
  proportionSampleSize,
} from './statistics/planning/proportions.js'
export type { GroupSizes, PowerWanted, Sides, TestLevel } from './statistics/planning/two-groups.js'
export { type BoschlooTest, boschlooExact } from './statistics/proportions/boschloo.js'
export {
  type CompareManyOptions,
  compareManyProportions,
  type ManyProportions,
  type NamedProportion,
  type PairOfProportions,
} from './statistics/proportions/compare-many.js'
export {
  type CompareProportionsOptions,
  compareProportions,
  type ProportionComparison,
  type TestChoice,
} from './statistics/proportions/compare-proportions.js'
export { newcombeInterval } from './statistics/proportions/difference.js'
export { fisherExact } from './statistics/proportions/fisher.js'
export {
  type LiftMethod,
  liftInterval,
  type ProportionLift,
  proportionLift,
} from './statistics/proportions/lift.js'
export { type ProportionTest, pooledZTest } from './statistics/proportions/pooled-z.js'
export {
  clopperPearsonInterval,
  jeffreysInterval,
  type ProportionEstimate,
  type ProportionIntervalMethod,
  proportionInterval,
} from './statistics/proportions/proportion-interval.js'
export { wilsonInterval } from './statistics/proportions/wilson.js'
export { compareQuantiles, type QuantileComparison } from './statistics/quantiles/compare-quantiles.js'
export { type QuantileType, quantileOf } from './statistics/quantiles/quantile.js'
export {
  type QuantileEstimate,
  type QuantileOptions,
  quantileInterval,
} from './statistics/quantiles/quantile-interval.js'
export {
  type MannWhitneyMethod,
  type MannWhitneyOptions,
  type MannWhitneyTest,
  mannWhitney,
} from './statistics/ranks/mann-whitney.js'
export type { AnytimeEvidence } from './statistics/sequential/anytime-evidence.js'
export { anytimeRateInterval, anytimeRateTest } from './statistics/sequential/anytime-rate.js'
export { type ArmCount, anytimeSampleRatio } from './statistics/sequential/anytime-sample-ratio.js'
export {
  compareMeansByNormalMixture,
  compareProportionsByNormalMixture,
  type NormalMixtureComparison,
  type NormalMixtureOptions,
} from './statistics/sequential/compare-by-normal-mixture.js'
export {
  type CompareProportionsAnytimeOptions,
  compareProportionsAnytime,
  type ProportionsAnytime,
} from './statistics/sequential/compare-proportions-anytime.js'
export { compareStrataAnytime, type StrataAnytime } from './statistics/sequential/compare-strata-anytime.js'
export type { AnytimeComparison, Collecting } from './statistics/sequential/comparison.js'
export {
  type GroupSequentialOptions,
  groupSequentialBounds,
  type PlannedLook,
} from './statistics/sequential/group-sequential.js'
export type { EffectMixture } from './statistics/sequential/normal-mixture.js'
export type { Spending } from './statistics/sequential/spending.js'
export { logBeta } from './statistics/special/log-beta.js'
export { logGamma } from './statistics/special/log-gamma.js'
export { normalUpperQuantile } from './statistics/special/normal-quantile.js'
export { logNormalUpperTail, normalUpperTail } from './statistics/special/normal-tail.js'
export { regularizedBeta } from './statistics/special/regularized-beta.js'
export { regularizedGamma } from './statistics/special/regularized-gamma.js'
export type { Tails } from './statistics/special/tails.js'
export { type BreslowDayTest, breslowDayTest } from './statistics/strata/breslow-day.js'
export {
  type CombinedStrata,
  type CombineOptions,
  combineStrata,
} from './statistics/strata/combine-strata.js'
export {
  compareStrata,
  type StrataComparison,
  type StrataTestChoice,
} from './statistics/strata/compare-strata.js'
export { exactStratifiedTest } from './statistics/strata/exact-stratified-test.js'
export { stratifiedLift } from './statistics/strata/stratified-lift.js'
export { stratifiedNewcombe } from './statistics/strata/stratified-newcombe.js'
export type { StratumOutcome } from './statistics/strata/stratum.js'
export { type ChiSquareTest, chiSquareTest } from './statistics/tables/chi-square-test.js'
export {
  type AnytimeAttritionStage,
  type AnytimeAttritionTest,
  anytimeAttritionTest,
} from './statistics/validity/anytime-attrition.js'
export {
  type ArmFunnel,
  type ArmLoss,
  type AttritionStage,
  type AttritionTest,
  attritionTest,
  type FunnelStage,
} from './statistics/validity/attrition.js'
export {
  type AssignedArm,
  type SampleRatioTest,
  sampleRatioTest,
} from './statistics/validity/sample-ratio.js'
export { judge } from './statistics/verdict/judge.js'
export type {
  ArmOutcome,
  Guardrail,
  StratumCounts,
  VerdictInput,
} from './statistics/verdict/verdict-input.js'
