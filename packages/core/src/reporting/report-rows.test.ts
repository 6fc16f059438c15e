import { describe, expect, it } from 'vitest'
import type { CampaignReport } from '../model/report.js'
import { buildReport } from './build-report.js'
import { reportRows } from './report-rows.js'
import { SAMPLE_INCREMENTAL, sampleIncrementalArm } from './sample-incremental.js'
import { SAMPLE_STRATA, SAMPLE_VERDICT, sampleReportCampaign, sampleReportInput } from './sample-report.js'

describe('the rows of a report', () => {
  const rows = reportRows(buildReport(sampleReportInput()))
  const find = (section: string, name: string, metric: string) =>
    rows.find((row) => row[0] === section && row[1] === name && row[2] === metric)?.slice(3)

  it('are one long table of six columns under a header', () => {
    expect(rows[0]).toEqual(['section', 'name', 'metric', 'value', 'numerator', 'denominator'])
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([6]))
    expect(new Set(rows.slice(1).map((row) => row.slice(0, 3).join('\n'))).size).toBe(rows.length - 1)
    for (const cell of rows.flat())
      expect(cell === null || typeof cell === 'string' || Number.isFinite(cell)).toBe(true)
  })

  it('hold every section, rates with what they were made of', () => {
    expect([...new Set(rows.slice(1).map(([section]) => section))]).toEqual([
      'campaign',
      'verdict',
      'audience',
      'exclusions',
      'deliveries',
      'total',
      'incremental',
      'channels',
      'arms',
      'comparisons',
      'segments',
      'runs',
      'responseTimes',
      'timeline',
      'failures',
      'skips',
    ])
    expect(find('total', '', 'clickRate')).toEqual([419 / 3_715, 419, 3_715])
    expect(find('total', '', 'revenue EUR')).toEqual([444_150, null, null])
    expect(find('total', '', 'costPerClickMicros EUR')).toEqual([17_933_174, 7_514_000_000, 419])
    expect(find('total', '', 'roas')).toEqual([444_150 / 7_514, 444_150_000_000, 7_514_000_000])
    expect(find('total', '', 'roiPercent')?.slice(1)).toEqual([436_636_000_000, 7_514_000_000])
    expect(find('channels', 'email', 'costPerClickMicros EUR')?.[0]).toBe(17_933_174)
    expect(find('incremental', '', 'isFinal')?.[0]).toBe(1)
    expect(find('incremental', '', 'revenue EUR')?.[0]).toBeCloseTo(274_929.84, 6)
    expect(find('incremental', 'emoji', 'fixedNetLow EUR')?.[0]).toBeCloseTo(
      (96.79 - 55.35) * 1_894 - 3_756,
      6,
    )
    expect(find('incremental', 'emoji', 'anytimeRoiPercentHigh')?.[0]).toBeCloseTo(
      (((96.79 + 85.66) * 1_894 - 3_756) * 100) / 3_756,
      6,
    )
    expect(find('audience', '', 'excluded')).toEqual([790, null, null])
    expect(find('arms', 'emoji', 'rateLow')).toEqual([0.0503, null, null])
    expect(find('comparisons', 'plain - emoji', 'liftHigh')).toEqual([-0.127, null, null])
    expect(find('campaign', 'We miss you', 'launchedAt')).toEqual(['2026-03-01T09:00:00.000Z', null, null])
  })

  it('say why nobody knows what the campaign earned by itself, and have no interval where there is none', () => {
    const rowsOf = (incremental: CampaignReport['incremental']) =>
      reportRows(buildReport(sampleReportInput({ incremental }))).filter(
        ([section]) => section === 'incremental',
      )
    expect(rowsOf({ outcome: 'not-measured', reason: 'no-holdout' })).toEqual([
      ['incremental', '', 'outcome', 'not-measured', null, null],
      ['incremental', '', 'reason', 'no-holdout', null, null],
    ])
    const few = sampleIncrementalArm(
      null,
      { members: 3, heldOut: 1, treatedMean: 10, holdoutMean: 4, cost: 0 },
      [null, null],
    )
    const metrics = rowsOf({ ...SAMPLE_INCREMENTAL, isFinal: false, together: few, variants: [] }).map(
      (row) => row[2],
    )
    expect(metrics).toContain('net EUR')
    expect(metrics.join()).not.toMatch(/Low|High/)
  })

  it('say what the remainder was given', () => {
    const rollout = {
      arm: 'emoji',
      at: Date.UTC(2026, 2, 15),
      decidedBy: 'verdict',
      outcome: 'winner',
      dataDigest: 'ff',
    } as const
    const campaign = { ...sampleReportCampaign(), rollout }
    expect(reportRows(buildReport(sampleReportInput({ campaign })))).toContainEqual([
      'rollout',
      'emoji',
      'at',
      '2026-03-15T00:00:00.000Z',
      null,
      null,
    ])
  })

  it('tell the leaders stratum by stratum, then all strata together', () => {
    const verdict = { ...SAMPLE_VERDICT, strata: SAMPLE_STRATA }
    const all = reportRows(buildReport(sampleReportInput({ verdict })))
    const ofStrata = all.filter(([section]) => section === 'strata').map((row) => row.slice(1))
    expect(ofStrata).toContainEqual(['Berlin, 09:00', 'arm', 'emoji', null, null])
    expect(ofStrata).toContainEqual(['Berlin, 09:00', 'rate', 64 / 940, 64, 940])
    expect(ofStrata).toContainEqual(['Lisbon, 09:00', 'againstRate', 35 / 950, 35, 950])
    expect(ofStrata).toContainEqual(['Lisbon, 09:00', 'differenceLow', -0.003, null, null])
    expect(ofStrata).toContainEqual(['Tokyo, 09:00', 'difference', null, null, null])
    expect(ofStrata).toContainEqual(['', 'differenceHigh', 0.0346, null, null])
    expect(ofStrata).toContainEqual(['', 'heterogeneityPValue', 0.63, null, null])
    expect(new Set(all.map((row) => row.slice(0, 3).join('\n'))).size).toBe(all.length)
    const unasked = { ...verdict, strata: { ...SAMPLE_STRATA, heterogeneity: null } }
    expect(reportRows(buildReport(sampleReportInput({ verdict: unasked })))).toContainEqual([
      'strata',
      '',
      'heterogeneity',
      null,
      null,
      null,
    ])
    expect(rows.some(([section]) => section === 'strata')).toBe(false)
  })

  it('leave out what there is not', () => {
    const verdict = {
      ...SAMPLE_VERDICT,
      winner: null,
      arms: [],
      comparisons: SAMPLE_VERDICT.comparisons.map((each) => ({ ...each, lift: null })),
    }
    const campaign = { ...sampleReportCampaign(), launchedAt: null }
    const few = reportRows(buildReport(sampleReportInput({ verdict, campaign, counters: [] })))
    const metrics = few.map((row) => row[2])
    expect(metrics).not.toContain('liftLow')
    expect(metrics).not.toContain('rateLow')
    expect(few).toContainEqual(['campaign', 'We miss you', 'launchedAt', null, null, null])
    expect(few).toContainEqual(['verdict', '', 'outcome', 'winner', null, null])
  })
})
