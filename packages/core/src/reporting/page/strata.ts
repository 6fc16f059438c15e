import type { CampaignReport } from '../../model/report.js'
import type { Estimate, StrataResult, Verdict } from '../../model/verdict.js'
import { reportRate } from '../report-rate.js'
import { html, type Markup } from './markup.js'
import { type Axis, axisFor, intervalBar } from './scale.js'
import { outside, type Row, rateCell, section, spanCell, table } from './table.js'
import { confidenceText, NOTHING, pointsText, probabilityText } from './texts.js'

/** The leading arms wave by wave, stratum by stratum, and together; nothing when the verdict has no strata. */
export function strata({ verdict }: CampaignReport): Markup | null {
  const { strata: result } = verdict
  if (result === null) return null
  const together = decidingDifference(verdict, result)
  const intervals = [together, ...result.strata.flatMap(({ difference }) => difference ?? [])]
  const axis = axisFor([0, ...intervals.flatMap(({ low, high }) => [low, high])])
  const columns = [
    { heading: 'Part of the audience' },
    { heading: `${pointsText(axis.from)} to ${pointsText(axis.to)} points` },
    { heading: result.arm, isFigure: true },
    { heading: result.against, isFigure: true },
    { heading: 'Difference in points', isFigure: true },
  ]
  const rows = result.strata.map(
    ({ name, rate, againstRate, difference }): Row => [
      outside(name),
      barOf(difference, axis),
      rateCell(reportRate(rate.numerator, rate.denominator)),
      rateCell(reportRate(againstRate.numerator, againstRate.denominator)),
      differenceCell(difference),
    ],
  )
  const caption = 'The two leading arms within each wave and stratum'
  return section('By wave and stratum', [
    table(caption, columns, [...rows, togetherRow(verdict, result, axis)], 'cards'),
    html`<p class="note">${noteOf(verdict, result)}</p>`,
  ])
}

function decidingDifference({ leaders, method }: Verdict, { difference }: StrataResult): Estimate {
  return method.decision === 'anytime' ? (leaders?.anytime.difference ?? difference) : difference
}

function togetherRow(verdict: Verdict, result: StrataResult, axis: Axis): Row {
  const rateOf = (wanted: string) => {
    const { numerator = 0, denominator = 0 } = verdict.arms.find(({ arm }) => arm === wanted)?.rate ?? {}
    return rateCell(reportRate(numerator, denominator))
  }
  const difference = decidingDifference(verdict, result)
  return [
    'Together',
    barOf(difference, axis),
    rateOf(result.arm),
    rateOf(result.against),
    differenceCell(difference),
  ]
}

function barOf(difference: Estimate | null, axis: Axis): Markup | null {
  if (difference === null) return null
  return intervalBar(difference, axis, difference.low > 0 ? 'good' : 'main', 0)
}

function differenceCell(difference: Estimate | null): Markup | string {
  return difference === null ? NOTHING : spanCell(difference, pointsText)
}

function noteOf(verdict: Verdict, { heterogeneity }: StrataResult): string {
  const { confidence, method } = verdict
  const level = confidenceText(confidence)
  const looked = method.decision === 'anytime' ? 'however often one looks' : 'looked at once'
  const intervals = `Intervals hold at ${level}: each part's for itself and looked at once, that of all together ${looked}.`
  const compared =
    'Together, each part is compared for itself, so that a part that buys more cannot pass for an effect.'
  return `${intervals} ${compared} ${alikeText(heterogeneity, 1 - confidence)}`
}

function alikeText(heterogeneity: StrataResult['heterogeneity'], alpha: number): string {
  if (heterogeneity === null) return 'There are too few people to ask whether the parts differ.'
  const p = `p ${probabilityText(heterogeneity.pValue)}`
  return heterogeneity.pValue < alpha
    ? `The arms do not differ alike in all parts (${p}): what is best for all need not be best for each.`
    : `That the arms differ alike in all parts is not ruled out (${p}).`
}
