// @ts-expect-error: has no types
import { jStat as untyped } from 'jstat'
import {
  cumulativeStdNormalProbability,
  probit,
  quantileSorted,
  sampleVariance,
  mean as simpleMean,
} from 'simple-statistics'
import { compareMeansBayesian } from './bayes/compare-means-bayesian.js'
import { compareRatesBayesian } from './bayes/compare-rates-bayesian.js'
import { betaDistribution } from './distributions/beta-distribution.js'
import { binomial } from './distributions/binomial.js'
import { chiSquare } from './distributions/chi-square.js'
import { studentT } from './distributions/student-t.js'
import { compareWithCuped } from './means/cuped.js'
import { momentsOf } from './means/moments.js'
import { compareRatios } from './means/ratio-metric.js'
import { welchTest } from './means/welch.js'
import { compareManyProportions } from './proportions/compare-many.js'
import { quantileOf } from './quantiles/quantile.js'
import { compareMeansByNormalMixture } from './sequential/compare-by-normal-mixture.js'
import { normalUpperQuantile } from './special/normal-quantile.js'
import { normalUpperTail } from './special/normal-tail.js'
import { judge } from './verdict/judge.js'
import type { VerdictInput } from './verdict/verdict-input.js'

interface JStat {
  readonly normal: { cdf(x: number, mean: number, sd: number): number }
  readonly chisquare: { cdf(x: number, df: number): number }
  readonly studentt: { cdf(x: number, df: number): number }
  readonly beta: { inv(p: number, a: number, b: number): number }
  readonly binomial: { cdf(k: number, n: number, p: number): number }
}
const jStat: JStat = untyped

const CALLS = 5_000
const CAMPAIGNS = 100

/** Something is done with each result, so that nothing is left out as useless. */
function callsOf(work: (index: number) => number, calls = CALLS): number {
  let sum = 0
  for (let index = 0; index < calls; index += 1) sum += work(index)
  if (Number.isNaN(sum)) throw new Error('not a number')
  return calls
}

function callBench(
  stage: string,
  bareName: string,
  sides: Record<'ours' | 'bare', (index: number) => number>,
) {
  return {
    stage: `statistics: ${stage}`,
    unit: 'call',
    bareName,
    goal: {},
    prepare: () => ({
      ours: () => () => callsOf(sides.ours),
      bare: () => () => callsOf(sides.bare),
    }),
  }
}

/** From -6 to 6, each index another one. */
const zOf = (index: number) => ((index * 7) % 1_201) / 100 - 6
const shareOf = (index: number) => (1 + ((index * 7) % 997)) / 999

const distributionBenches = [
  callBench('normal tail', 'jstat', {
    ours: (index) => normalUpperTail(zOf(index)),
    bare: (index) => 1 - jStat.normal.cdf(zOf(index), 0, 1),
  }),
  callBench('normal tail, table', 'simple-statistics', {
    ours: (index) => normalUpperTail(zOf(index)),
    bare: (index) => 1 - cumulativeStdNormalProbability(zOf(index)),
  }),
  callBench('normal quantile', 'simple-statistics', {
    ours: (index) => normalUpperQuantile(shareOf(index)),
    bare: (index) => -probit(shareOf(index)),
  }),
  callBench('chi-square tail', 'jstat', {
    ours: (index) => chiSquare(3).upperTail(index % 40),
    bare: (index) => 1 - jStat.chisquare.cdf(index % 40, 3),
  }),
  callBench("Student's tail, 40 to 4,000 degrees", 'jstat', {
    ours: (index) => studentT(40 * (1 + (index % 100))).upperTail(zOf(index)),
    bare: (index) => 1 - jStat.studentt.cdf(zOf(index), 40 * (1 + (index % 100))),
  }),
  callBench('binomial tail of 400', 'jstat', {
    ours: (index) => binomial(400, 0.1).lowerTail(20 + (index % 40)),
    bare: (index) => jStat.binomial.cdf(20 + (index % 40), 400, 0.1),
  }),
  callBench('beta quantile', 'jstat', {
    ours: (index) => betaDistribution(82, 183).lowerQuantile(shareOf(index)),
    bare: (index) => jStat.beta.inv(shareOf(index), 82, 183),
  }),
]

const VALUES = Array.from({ length: 100_000 }, (_, index) => ((index * 7_919) % 100_003) / 7)

const sampleBenches = [
  {
    stage: 'statistics: mean and variance of 100,000',
    unit: 'value',
    bareName: 'simple-statistics',
    goal: { perSecond: 1_000_000 },
    prepare: () => ({
      ours: () => async () => (await momentsOf(VALUES)).count,
      bare: () => () => (simpleMean(VALUES) > sampleVariance(VALUES) ? 0 : VALUES.length),
    }),
  },
  {
    stage: 'statistics: a quantile of 100,000',
    unit: 'value',
    bareName: 'simple-statistics of a sorted copy',
    goal: { perSecond: 1_000_000 },
    prepare: () => ({
      ours: () => () => (quantileOf(VALUES, 0.9) > 0 ? VALUES.length : 0),
      bare: () => () =>
        quantileSorted(
          [...VALUES].sort((left, right) => left - right),
          0.9,
        ) > 0
          ? VALUES.length
          : 0,
    }),
  },
]

/** A million deliveries in three variants, and a holdout, each campaign with other counts. */
function millionOf(campaign: number): VerdictInput {
  const variants = ['plain', 'emoji', 'image'].map((arm, index) => ({
    arm,
    assigned: 333_334,
    converted: 9_000 + 97 * index + campaign,
    convertedWithMachines: 9_200 + 97 * index + campaign,
    weight: 3,
    sent: 333_334,
    delivered: 330_000 + 11 * index,
    unsubscribed: 300 + index,
    complained: 20,
    bounced: 3_300 - 11 * index,
  }))
  const holdout = { arm: 'holdout', assigned: 111_111, converted: 2_700, weight: 1 }
  return { arms: [...variants, holdout], mature: false, equivalenceMargin: 0.001 }
}

function liveOf(campaign: number): VerdictInput {
  const arm = (name: string, converted: number) => ({
    arm: name,
    assigned: 20_000,
    converted,
    weight: 1,
    sent: 20_000,
    delivered: 19_800,
  })
  return { arms: [arm('plain', 600 + campaign), arm('emoji', 680 - campaign)], mature: false }
}

/** Five variants and a holdout, of which nobody knows yet which is best. */
function fiveOf(campaign: number): VerdictInput {
  const variants = ['a', 'b', 'c', 'd', 'e'].map((arm, index) => ({
    arm,
    assigned: 24_000,
    converted: 960 + 48 * index + ((7 * campaign + index) % 50),
    convertedWithMachines: 980 + 48 * index + ((7 * campaign + index) % 50),
    weight: 3,
    sent: 24_000,
    delivered: 23_700 - 5 * index,
    unsubscribed: 30 + index,
  }))
  const holdout = { arm: 'holdout', assigned: 8_000, converted: 240 + (campaign % 17), weight: 1 }
  return { arms: [...variants, holdout], mature: campaign % 2 === 0 }
}

const WAVES = 24

/** The same members in waves of equal shares, whose rates differ. */
function inWaves(input: VerdictInput): VerdictInput {
  const partOf = (count: number, wave: number) =>
    Math.floor((count * (wave + 1) * (wave + 2)) / (WAVES * (WAVES + 1))) -
    Math.floor((count * wave * (wave + 1)) / (WAVES * (WAVES + 1)))
  const evenly = (count: number, wave: number) =>
    Math.floor((count * (wave + 1)) / WAVES) - Math.floor((count * wave) / WAVES)
  const strata = Array.from({ length: WAVES }, (_, wave) => ({
    name: `wave ${wave}`,
    arms: input.arms.map(({ arm, assigned, converted }) => ({
      arm,
      assigned: evenly(assigned - converted, wave) + partOf(converted, wave),
      converted: partOf(converted, wave),
    })),
  }))
  return { ...input, strata }
}

/** The z of two arms and nothing else: what most tools show. */
function zAlone({ arms: [first, second] }: VerdictInput): number {
  if (first === undefined || second === undefined) return 0
  const common = (first.converted + second.converted) / (first.assigned + second.assigned)
  const spread = Math.sqrt(common * (1 - common) * (1 / first.assigned + 1 / second.assigned))
  return (first.converted / first.assigned - second.converted / second.assigned) / spread
}

/** Everything that can be said of rates and money of a million deliveries, from counts and moments. */
function analyse(input: VerdictInput): number {
  const confidence = 0.95
  const proportions = input.arms.map(({ arm, converted, assigned }) => ({
    arm,
    successes: converted,
    trials: assigned,
  }))
  const money = input.arms.map(({ assigned, converted }) => ({
    count: assigned,
    y: { mean: converted / 10_000, variance: 30 },
    x: { mean: converted / 330_000, variance: 0.03 },
    covariance: 0.8,
  }))
  const moments = money.map(({ count, y }) => ({ count, ...y }))
  const [none = moments[0]] = moments.slice(-1)
  let found = judge(input).comparisons.length
  found += compareManyProportions(proportions, { confidence }).pairs.length
  found += compareRatesBayesian(proportions).length + compareMeansBayesian(moments).length
  money.slice(0, -1).forEach((each, index) => {
    const [last, own] = [money.at(-1), moments[index]]
    if (last === undefined || none === undefined || own === undefined) return
    const mixture = { plannedMembers: 1_000_000 }
    found += Number(welchTest(own, none, { confidence }).pValue <= 1)
    found += Number(compareMeansByNormalMixture(own, none, { confidence, mixture }).status === 'valid')
    found += Number(compareRatios(each, last, { confidence }).pValue <= 1)
    found += Number(compareWithCuped(each, last, { confidence }).comparison.pValue <= 1)
  })
  return found
}

export const statisticsBenches = [
  {
    stage: 'statistics: a million deliveries, rates and money of 4 arms',
    unit: 'look',
    bareName: 'the z of two arms alone',
    goal: { perSecond: 1 },
    prepare: () => ({
      ours: () => () => callsOf((index) => analyse(millionOf(index)), 20),
      bare: () => () => callsOf((index) => zAlone(millionOf(index)), CALLS),
    }),
  },
  {
    stage: 'statistics: verdicts of 100 live campaigns',
    unit: 'verdict',
    bareName: 'the z of two arms alone',
    goal: { perSecond: CAMPAIGNS },
    prepare: () => ({
      ours: () => () => callsOf((index) => judge(liveOf(index)).comparisons.length, CAMPAIGNS),
      bare: () => () => callsOf((index) => zAlone(liveOf(index)), CALLS),
    }),
  },
  {
    stage: `statistics: verdicts of 100 live campaigns in ${WAVES} waves`,
    unit: 'verdict',
    bareName: 'the z of two arms alone',
    goal: { perSecond: CAMPAIGNS },
    prepare: () => ({
      ours: () => () => callsOf((index) => judge(inWaves(liveOf(index))).comparisons.length, CAMPAIGNS),
      bare: () => () => callsOf((index) => zAlone(liveOf(index)), CALLS),
    }),
  },
  {
    stage: `statistics: verdicts of 100 live campaigns of 6 arms in ${WAVES} waves`,
    unit: 'verdict',
    bareName: 'the z of two arms alone',
    goal: { perSecond: CAMPAIGNS },
    prepare: () => ({
      ours: () => () => callsOf((index) => judge(inWaves(fiveOf(index))).comparisons.length, CAMPAIGNS),
      bare: () => () => callsOf((index) => zAlone(fiveOf(index)), CALLS),
    }),
  },
  {
    stage: `statistics: a million deliveries in ${WAVES} waves, rates of 4 arms`,
    unit: 'verdict',
    bareName: 'the z of two arms alone',
    goal: { perSecond: 1 },
    prepare: () => ({
      ours: () => () => callsOf((index) => judge(inWaves(millionOf(index))).comparisons.length, 20),
      bare: () => () => callsOf((index) => zAlone(millionOf(index)), CALLS),
    }),
  },
  ...distributionBenches,
  ...sampleBenches,
]
