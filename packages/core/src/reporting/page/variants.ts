import type { Arm } from '../../model/experiment.js'
import { countText, percentText } from '../../model/metrics.js'
import type { ArmReport, CampaignReport } from '../../model/report.js'
import type { Comparison, Estimate, Verdict } from '../../model/verdict.js'
import { html, type Markup, type Part } from './markup.js'
import { type Axis, axisFor, intervalBar } from './scale.js'
import { outside, rateCell, section, spanCell, table } from './table.js'
import { changeText, confidenceText, instantText, NOTHING, pointsText, probabilityText } from './texts.js'
import { METHOD_WORDS, OUTCOME_WORDS, ROLE_WORDS } from './words.js'

/** The arms side by side, their intervals drawn on one axis, and each against each. */
export function variants(report: CampaignReport): Markup {
  const { verdict } = report
  return section('Variants', [
    armTable(report),
    ...(verdict.comparisons.length === 0 ? [] : [comparisonTable(report)]),
    html`<p class="note">${noteOf(verdict)}</p>`,
    rolloutNote(report),
  ])
}

function armTable(report: CampaignReport): Markup {
  const { arms, verdict } = report
  const intervals = arms.flatMap(({ interval }) => (interval === null ? [] : [interval]))
  const axis = intervals.length === 0 ? null : axisFor([0, ...intervals.map(({ high }) => high)])
  const columns = [
    { heading: 'Arm' },
    { heading: axis === null ? '' : `${percentText(axis.from)} to ${percentText(axis.to)}` },
    { heading: 'Converted', isFigure: true },
    { heading: 'Interval', isFigure: true },
    { heading: 'Sent', isFigure: true },
    { heading: 'Opened', isFigure: true },
    { heading: 'Click rate', isFigure: true },
    { heading: 'Redeemed', isFigure: true },
  ]
  return table(
    'Members who converted, of all members of the arm',
    columns,
    arms.map((arm) => [nameOf(arm, report), ...armCells(arm, axis, verdict)]),
    'cards',
  )
}

function nameOf({ arm, role }: ArmReport, { verdict, rollout }: CampaignReport): Markup {
  const badge = arm === verdict.winner ? html` <span class="badge">winner</span>` : null
  const isDecided = role === 'remainder' && rollout !== null
  const told = isDecided ? html`waited, then got ${outside(rollout.arm)}` : ROLE_WORDS[role]
  const words = role === 'variant' ? null : html`<small>${told}</small>`
  return html`${outside(arm)}${badge}${words}`
}

/** Which arm the remainder was given, by whom and when. */
function rolloutNote({ rollout }: CampaignReport): Markup | null {
  if (rollout === null) return null
  const { arm, at, decidedBy, outcome } = rollout
  const said = OUTCOME_WORDS[outcome].toLowerCase()
  const decider = decidedBy === 'person' ? 'a person' : 'the verdict'
  return html`<p class="note">Whoever waited for the verdict was given ${outside(arm)} on ${instantText(at)}, as ${decider} decided; the verdict then was: ${said}. What came of that is not in this table.</p>`
}

function armCells(
  { arm, role, rate, interval, counts, rates }: ArmReport,
  axis: Axis | null,
  verdict: Verdict,
): Part[] {
  const kind = arm === verdict.winner ? 'good' : role === 'variant' ? 'main' : 'muted'
  const isDrawn = interval !== null && axis !== null
  return [
    isDrawn ? intervalBar(interval, axis, kind) : null,
    rateCell(rate),
    interval === null ? NOTHING : `${percentText(interval.low)} to ${percentText(interval.high)}`,
    countText(counts.sent),
    rateCell(rates.openRate),
    rateCell(rates.clickRate),
    rateCell(rates.redemptionRate),
  ]
}

/** One comparison as the page shows it: the view that decides, and the other one in few words. */
interface Shown {
  readonly arm: Arm
  readonly against: Arm
  readonly difference: Estimate
  readonly lift: Estimate | null
  readonly adjustedPValue: number
  readonly method: string
  readonly other: string
}

function shown({ arm, against, ...fixed }: Comparison, { method }: Verdict): Shown {
  const { anytime, z } = fixed
  const once = `looked at once: ${z === null ? '' : `z ${zFormat.format(z)}, `}p ${probabilityText(fixed.adjustedPValue)}`
  const watched = `at any look: p ${probabilityText(anytime.adjustedPValue)}`
  const decides = method.decision === 'anytime' ? anytime : fixed
  return {
    arm,
    against,
    difference: decides.difference,
    lift: decides.lift,
    adjustedPValue: decides.adjustedPValue,
    method: METHOD_WORDS[decides.method],
    other: method.decision === 'anytime' ? once : watched,
  }
}

const zFormat = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** The comparison with its better arm first; what stands against the holdout stays as it is. */
function betterFirst(comparison: Shown, holdouts: readonly Arm[]): Shown {
  const { arm, against, difference, lift } = comparison
  if (difference.value >= 0 || holdouts.includes(against)) return comparison
  return {
    ...comparison,
    arm: against,
    against: arm,
    difference: turned(difference, (value) => -value),
    lift: lift === null ? null : turned(lift, (value) => 1 / (1 + value) - 1),
  }
}

function turned({ value, low, high, confidence }: Estimate, turn: (value: number) => number): Estimate {
  return { value: turn(value), low: turn(high), high: turn(low), confidence }
}

function comparisonTable({ verdict, arms }: CampaignReport): Markup {
  const holdouts = arms.filter(({ role }) => role === 'holdout').map(({ arm }) => arm)
  const comparisons = verdict.comparisons.map((each) => betterFirst(shown(each, verdict), holdouts))
  const axis = axisFor([0, ...comparisons.flatMap(({ difference }) => [difference.low, difference.high])])
  const columns = [
    { heading: 'Comparison' },
    { heading: `${pointsText(axis.from)} to ${pointsText(axis.to)} points` },
    { heading: 'Difference in points', isFigure: true },
    { heading: 'Lift', isFigure: true },
    { heading: 'p, corrected', isFigure: true },
  ]
  const rows = comparisons.map(
    (each) =>
      [
        html`${outside(each.arm)} against ${outside(each.against)}`,
        intervalBar(each.difference, axis, each.difference.low > 0 ? 'good' : 'main', 0),
        spanCell(each.difference, pointsText),
        each.lift === null ? NOTHING : spanCell(each.lift, changeText),
        html`${probabilityText(each.adjustedPValue)} <small>${each.method}; ${each.other}</small>`,
      ] as const,
  )
  return table('Each against each', columns, rows, 'cards')
}

function noteOf(verdict: Verdict): Markup {
  const { outcome, confidence, reasons, comparisons, method } = verdict
  const level = confidenceText(confidence)
  const watched = `Wilson's for a rate; those of differences and lifts however often one looks`
  const within = `Wilson's for a rate, those of differences and lifts within each part of the audience, looked at once`
  const alone = `Wilson's for a rate, Newcombe's for a difference, Katz's for a lift, looked at once`
  const once = verdict.strata === null ? alone : within
  const intervals = `Intervals hold at ${level}: ${method.decision === 'anytime' ? watched : once}.`
  const corrected = comparisons.length > 1 ? " p-values are corrected for their number by Holm's method." : ''
  // the sentence at the top has said them already when it is too early
  const isTold = outcome === 'keep-collecting'
  const told = isTold ? null : html` Verdict: ${outside(reasons.join('; '))}.`
  return html`${intervals}${corrected}${neededText(verdict)}${told}`
}

/** How many more people would settle it. */
function neededText({ membersNeeded }: Verdict): string {
  if (membersNeeded === null || membersNeeded.moreMembersPerArm === 0) return ''
  const { moreMembersPerArm, difference, power, assuming } = membersNeeded
  const what =
    assuming === 'observed-difference' ? 'a difference like this one' : 'the smallest difference that matters'
  return ` To see ${what} (${pointsText(difference)} points) in ${percentText(power)} of experiments, each arm would need about ${countText(moreMembersPerArm)} more people.`
}
