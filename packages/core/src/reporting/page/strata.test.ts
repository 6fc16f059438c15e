import { parseDocument } from 'htmlparser2'
import { describe, expect, it } from 'vitest'
import type { StrataResult, Verdict } from '../../model/verdict.js'
import { buildReport } from '../build-report.js'
import { reportToHtml } from '../report-to-html.js'
import { SAMPLE_STRATA, SAMPLE_VERDICT, sampleReportInput } from '../sample-report.js'

interface Element {
  readonly name?: string
  readonly attribs?: Readonly<Record<string, string>>
  readonly children?: readonly Element[]
  readonly data?: string
}

const elementsOf = (node: Element): Element[] => [node, ...(node.children ?? []).flatMap(elementsOf)]
const textOf = (node: Element): string => (node.data ?? '') + (node.children ?? []).map(textOf).join('')

function pageOf(strata: StrataResult | null, more: Partial<Verdict> = {}): readonly Element[] {
  const verdict = { ...SAMPLE_VERDICT, strata, ...more }
  return elementsOf(parseDocument(reportToHtml(buildReport(sampleReportInput({ verdict })))) as Element)
}

/** The rows of the table, and what stands below it. */
function shown(strata: StrataResult | null, more: Partial<Verdict> = {}) {
  const section = pageOf(strata, more).find(
    (each) => each.name === 'section' && textOf(each).includes('By wave and stratum'),
  )
  const parts = section === undefined ? [] : elementsOf(section)
  const words = (each: Element) => textOf(each).replace(/\s+/g, ' ').trim()
  return {
    rows: parts.filter(({ name }) => name === 'tr').map(words),
    note: parts
      .filter(({ attribs }) => attribs?.class === 'note')
      .map(words)
      .join(),
  }
}

describe('the leaders by wave and stratum', () => {
  it('are a table of rates, differences and intervals, all together in the last row', () => {
    const { rows, note } = shown(SAMPLE_STRATA)
    expect(rows).toEqual([
      'Part of the audience-2.0 to +6.0 pointsemojiplainDifference in points',
      'Berlin, 09:006.8% 64 of 9404.2% 40 of 945+2.6 +0.5 to +4.7',
      'Lisbon, 09:005.3% 50 of 9503.7% 35 of 950+1.6 -0.3 to +3.5',
      'Tokyo, 09:000% 0 of 4––',
      'Together6.0% 114 of 1,8944.0% 75 of 1,895+2.1 +0.7 to +3.5',
    ])
    expect(note).toContain('that of all together looked at once')
    expect(note).toContain('That the arms differ alike in all parts is not ruled out (p 0.63).')
  })

  it('go by the view that decides', () => {
    const { leaders } = SAMPLE_VERDICT
    if (leaders === null) throw new Error('the sample has leaders')
    const difference = { value: 0.0207, low: -0.001, high: 0.051, confidence: 0.95 }
    const method = { ...SAMPLE_VERDICT.method, decision: 'anytime' as const }
    const watched = { method, leaders: { ...leaders, anytime: { ...leaders.anytime, difference } } }
    const { rows, note } = shown(SAMPLE_STRATA, watched)
    expect(rows.at(-1)).toContain('+2.1 -0.1 to +5.1')
    expect(note).toContain('that of all together however often one looks')
    expect(shown(SAMPLE_STRATA, { method, leaders: null }).rows.at(-1)).toContain('+2.1 +0.7 to +3.5')
  })

  it('say when what is best for all need not be best for each, and when nobody can ask', () => {
    const unequal = { ...SAMPLE_STRATA, heterogeneity: { statistic: 9.1, degrees: 1, pValue: 0.0026 } }
    expect(shown(unequal).note).toContain(
      'The arms do not differ alike in all parts (p 0.0026): what is best for all need not be best for each.',
    )
    expect(shown({ ...SAMPLE_STRATA, heterogeneity: null }).note).toContain('There are too few people to ask')
  })

  it('are not there without strata', () => {
    expect(shown(null).rows).toEqual([])
  })

  it('change the words about intervals, which are no longer those of the sums', () => {
    const noteOf = (strata: StrataResult | null) => pageOf(strata).map(textOf).join()
    expect(noteOf(null)).toContain("Newcombe's for a difference")
    expect(noteOf(SAMPLE_STRATA)).toContain('those of differences and lifts within each part of the audience')
  })

  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '\u202eevil',
  ])('stay text whatever they are called: %j', (text) => {
    const hostile = {
      ...SAMPLE_STRATA,
      arm: text,
      against: `b${text}`,
      strata: SAMPLE_STRATA.strata.map((each) => ({ ...each, name: `${each.name}${text}` })),
    }
    const shapeOf = (strata: StrataResult) =>
      pageOf(strata)
        .filter(({ name }) => name !== undefined)
        .map(({ name, attribs = {} }) => [name, Object.keys(attribs)])
    // arms of another name have no rate in the last row
    const plain = { ...SAMPLE_STRATA, arm: 'a', against: 'b' }
    expect(shapeOf(hostile)).toEqual(shapeOf(plain))
    expect(pageOf(hostile).map(textOf).join()).not.toContain('\u202e')
  })
})
