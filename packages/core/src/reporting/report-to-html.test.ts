import { parseDocument } from 'htmlparser2'
import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../base/time.js'
import type { CampaignReport } from '../model/report.js'
import { buildReport, type ReportInput } from './build-report.js'
import { reportToHtml } from './report-to-html.js'
import { SAMPLE_INCREMENTAL, sampleIncrementalArm } from './sample-incremental.js'
import {
  SAMPLE_VERDICT,
  sampleComparison,
  sampleReportCampaign,
  sampleReportInput,
  sampleReportRun,
} from './sample-report.js'

interface Element {
  readonly name?: string
  readonly attribs?: Readonly<Record<string, string>>
  readonly children?: readonly Element[]
  readonly data?: string
}

function elementsOf(node: Element): Element[] {
  return [node, ...(node.children ?? []).flatMap(elementsOf)]
}

function parse(page: string): readonly Element[] {
  return elementsOf(parseDocument(page) as Element)
}

function textOf(node: Element): string {
  return (node.data ?? '') + (node.children ?? []).map(textOf).join('')
}

const page = (input: Partial<ReportInput> = {}) => reportToHtml(buildReport(sampleReportInput(input)))
const sectionsOf = (source: string) =>
  parse(source)
    .filter(({ name }) => name === 'h2')
    .map(textOf)

/** The text of the page, tags taken out, blanks made one. */
const readable = (source: string) =>
  parse(source)
    .filter(({ name }) => name === 'main')
    .map(textOf)
    .join('')
    .replace(/\s+/g, ' ')

describe('the page of a report', () => {
  it('begins with the verdict and goes through every section', () => {
    const source = page()
    expect(sectionsOf(source)).toEqual([
      'From audience to response',
      'Variants',
      'Cost and return',
      'What the campaign earned by itself',
      'Channels',
      'Segments',
      'How fast people responded',
      'When coupons were redeemed',
      'What became of the messages',
      'How to read this',
    ])
    const text = readable(source)
    expect(text.indexOf(SAMPLE_VERDICT.sentence)).toBeGreaterThan(0)
    expect(text.indexOf(SAMPLE_VERDICT.sentence)).toBeLessThan(text.indexOf('Messages sent'))
  })

  it('says the figures that people look for, each with what it was made of', () => {
    const text = readable(page())
    for (const words of [
      'There is a winner',
      '3,715 of 3,757 sent',
      'Revenue €4,441.50 from conversions',
      'Return on cost 59 × revenue ÷ €75.14 of messages',
      'Return on cost+5,811%(revenue − cost) ÷ cost: (€4,441.50 − €75.14) ÷ €75.14',
      'Revenue on cost59 ×revenue ÷ cost: €4,441.50 ÷ €75.14',
      'Cost per click€0.1793€75.14 ÷ 419 clicks',
      'Cost per conversion€0.3976€75.14 ÷ 189 conversions',
      'The 3,789 people who got the campaign brought €2,749.30 more than as many of those who got nothing: €857.07 to €4,641.53 (95% interval).',
      'the campaign did earn something by itself',
      'Less €75.14 of messages that is €781.93 to €4,566.39: it paid for its messages.',
      'All variants3,789€1.17 €0.45 with nothing€2,749.30 €857.07 to €4,641.53 at any look: ',
      'People who converted 5.0% 189 of 3,789 recipients',
      'Conversions conversion rate 45.1% of clicks: 189 of 419',
      'Verdict: emoji beats plain and the holdout at alpha 0.05.',
      'Refused, mostly because there is no such mailbox smtp-550',
      'Never allowed this channel for this topic',
      'launched 1 Mar 2026, 09:00 UTC',
      'Redemptions by day (UTC); the tallest column is 24',
      '3 h 12 min',
      'smtp-550',
      "Fisher's exact test",
      'messages that the provider reports as delivered',
    ]) {
      expect(text).toContain(words)
    }
  })

  it('is accessible: one first heading, captions, scopes, names of regions, a language', () => {
    const elements = parse(page())
    const all = (name: string) => elements.filter((element) => element.name === name)
    expect(all('html')[0]?.attribs).toMatchObject({ lang: 'en' })
    expect(all('h1')).toHaveLength(1)
    expect(all('title')).toHaveLength(1)
    expect(all('table').length).toBeGreaterThan(8)
    for (const table of all('table'))
      expect(elementsOf(table).filter(({ name }) => name === 'caption')).toHaveLength(1)
    for (const heading of all('th')) {
      expect(['row', 'col']).toContain(heading.attribs?.scope)
      expect(textOf(heading).trim()).not.toBe('')
    }
    for (const drawing of elements.filter(({ attribs }) => attribs?.role === 'img')) {
      expect(drawing.attribs?.['aria-label']).toMatch(/^Redemptions by day; most from 4 Mar 2026: 24$/)
    }
  })

  it('loads nothing and runs nothing', () => {
    const source = page()
    const elements = parse(source)
    const names = new Set(elements.map(({ name }) => name))
    for (const name of ['script', 'img', 'link', 'iframe', 'object', 'embed', 'form', 'a', 'base']) {
      expect(names.has(name)).toBe(false)
    }
    expect(source).toContain(`content="default-src 'none'; style-src 'unsafe-inline'`)
    expect(source).not.toMatch(/url\(|@import|https?:/)
    for (const { attribs = {} } of elements)
      expect(Object.keys(attribs).filter((name) => name.startsWith('on'))).toEqual([])
  })

  it('is the same again', () => {
    expect(page()).toBe(page())
  })
})

describe('text of the outside on the page', () => {
  const HOSTILE = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</title></style></td></table><h1>gotcha',
    '` style=position:fixed',
    '&lt;b&gt; &amp;',
    '\u202eevil\u0000\ud800',
    'Ünïcode 🍕 名前 עברית',
  ]

  it.each(HOSTILE)('stays text wherever it stands: %j', (text) => {
    const plain = parse(page()).map(({ name, attribs = {} }) => [name, Object.keys(attribs)])
    const source = reportToHtml(hostile(buildReport(sampleReportInput()), text))
    const elements = parse(source)
    expect(
      elements
        .map(({ name, attribs = {} }) => [name, Object.keys(attribs)])
        .filter(([name]) => name !== undefined),
    ).toEqual(plain.filter(([name]) => name !== undefined))
    expect(Buffer.from(source, 'utf8').toString('utf8') === source).toBe(true)
    expect(source).not.toContain('\u0000')
    expect(source).not.toContain('\u202e')
    const shown = ['\u202e', '\u0000', '\ud800'].includes(text.charAt(0)) ? '\ufffdevil\ufffd\ufffd' : text
    for (const name of ['title', 'h1']) {
      expect(elements.filter((element) => element.name === name).map(textOf)[0]).toContain(`x${shown}`)
    }
  })

  function hostile(report: CampaignReport, text: string): CampaignReport {
    const renamed = (name: string) => `${name}${text}`
    return {
      ...report,
      campaign: {
        ...report.campaign,
        name: `x${text}`,
        type: text,
        digest: text,
        id: text as CampaignReport['campaign']['id'],
      },
      verdict: {
        ...report.verdict,
        sentence: text,
        winner: renamed('emoji'),
        reasons: [text],
        comparisons: report.verdict.comparisons.map((each) => ({ ...each, arm: renamed(each.arm) })),
      },
      arms: report.arms.map((each) => ({ ...each, arm: renamed(each.arm) })),
      incremental: {
        ...SAMPLE_INCREMENTAL,
        variants: SAMPLE_INCREMENTAL.variants.map((each) => ({ ...each, arm: renamed(each.arm ?? '') })),
      },
      segments: report.segments.map((each) => ({ ...each, segment: text })),
      failures: report.failures.map((each) => ({ ...each, code: text })),
    }
  }
})

describe('a figure that could mislead', () => {
  const tilesOf = (source: string) =>
    parse(source)
      .filter(({ attribs }) => attribs?.class === 'tiles')
      .map((tile) => textOf(tile).replace(/\s+/g, ' '))
      .join('')
  const barsOf = (source: string) =>
    parse(source)
      .filter(({ attribs }) => attribs?.class === 'bar')
      .map(({ children }) => children?.[0]?.attribs?.style)

  it('is no headline: people are counted among all who were written to, clicks or not', () => {
    expect(tilesOf(page())).not.toContain('of 419')
    expect(readable(page())).toContain('conversion rate 45.1% of clicks: 189 of 419')
  })

  it.each([
    ['redemption', 'People who redeemed'],
    ['click', 'People who clicked'],
  ] as const)('names what counts, here a %s', (metric, words) => {
    const campaign = sampleReportCampaign({
      experiment: { variants: [{ name: 'plain' }, { name: 'emoji' }], metric },
    })
    expect(tilesOf(page({ campaign }))).toContain(words)
  })

  it.each([
    [-40, '-40% on €75.14'],
    [1_000, '+1,000% on €75.14'],
    [1_001, '11 × revenue ÷ €75.14'],
    [227_781, '2,279 × revenue ÷ €75.14'],
    [null, '– needs a cost'],
  ])('is a return that is told as people read it: %s %%', (roiPercent, words) => {
    const report = buildReport(sampleReportInput())
    expect(tilesOf(reportToHtml({ ...report, roiPercent }))).toContain(`Return on cost ${words}`)
  })

  it('is a bar: its length is the share that stands beside it', () => {
    const bars = barsOf(page())
    expect(bars.slice(0, 2)).toEqual(['width:100%', 'width:15.8%'])
    expect(bars.slice(-4)).toEqual(['width:1.5%', 'width:1.9%', 'width:12%', 'width:0.4%'])
  })

  it('is a column of opens with machines where machines opened nothing', () => {
    expect(readable(page())).toContain('With machines')
    const counters = sampleReportInput().counters.map((each) => ({
      ...each,
      machine: 0,
      members: each.humanMembers,
    }))
    expect(readable(page({ counters }))).not.toContain('With machines')
  })
})

describe('a column of clicks with machines', () => {
  it('is there where machines clicked', () => {
    expect(readable(page())).toContain('Clicks with machines')
    const counters = sampleReportInput().counters.map((each) => ({ ...each, machine: 0 }))
    expect(readable(page({ counters }))).not.toContain('Clicks with machines')
  })
})

describe('what the campaign earned by itself', () => {
  const shown = (incremental: CampaignReport['incremental']) => readable(page({ incremental }))
  const figures = { members: 3_789, heldOut: 421, treatedMean: 117.22, holdoutMean: 44.66, cost: 7_514 }
  const ofOne = (
    more: Partial<typeof figures>,
    reach: readonly [number | null, number | null],
    decision: 'anytime' | 'fixed' = 'fixed',
  ) => {
    const one = { ...figures, ...more }
    return shown({
      ...SAMPLE_INCREMENTAL,
      decision,
      together: sampleIncrementalArm(null, one, reach),
      variants: [sampleIncrementalArm('plain', one, reach)],
    })
  }

  it('goes by the view that the experiment declared, and names the other one', () => {
    const text = ofOne({}, [49.94, 77.31], 'anytime')
    expect(text).toContain(
      'The interval contains 0: people may have bought just as much without the campaign.',
    )
    expect(text).toContain('whether it paid for its messages is not certain')
    expect(text).toContain('looked at once: €857.07 to €4,641.53')
    expect(text).toContain('Intervals hold however often one looks.')
    expect(text).not.toContain('All variants3')
  })

  it('says when people bought less, and when it did not pay', () => {
    const text = ofOne({ treatedMean: 30 }, [5, 9])
    expect(text).toContain('brought €555.47 less than as many')
    expect(text).toContain('people bought less because of the campaign')
    expect(text).toContain('it did not pay for its messages')
  })

  it('has no interval of too few people, and no return without a cost', () => {
    const text = ofOne({ cost: 0 }, [null, null])
    expect(text).toContain('There are too few people to say how much of that is chance.')
    expect(ofOne({ cost: 0 }, [40, null])).toContain('No cost is known.')
  })

  it('warns of figures so far, and of redemptions alone', () => {
    const text = shown({ ...SAMPLE_INCREMENTAL, isFinal: false, revenueSource: 'redemptions' })
    expect(text).toContain('these are the figures so far')
    expect(text).toContain('Only redeemed coupons have amounts')
  })

  it.each([
    ['no-holdout', 'everybody was to get something'],
    ['no-members', 'nobody got it yet'],
    ['no-revenue', 'no amounts were recorded'],
    ['several-currencies', 'revenue and cost are not all of one currency'],
  ] as const)('is not known with %s', (reason, words) => {
    expect(shown({ outcome: 'not-measured', reason })).toContain(`Nobody knows: ${words}`)
  })
})

describe('a page on a phone', () => {
  it('has the heading of every figure at the figure, where rows become cards', () => {
    const cards = parse(page()).filter(({ name, attribs }) => name === 'table' && attribs?.class === 'cards')
    expect(cards).toHaveLength(5)
    for (const card of cards) {
      const headings = elementsOf(card)
        .filter(({ name, attribs }) => name === 'th' && attribs?.scope === 'col')
        .map(textOf)
      const cells = elementsOf(card).filter(({ name }) => name === 'td')
      const named = cells.map(({ attribs }) => attribs?.['data-heading'])
      expect(named.slice(0, headings.length - 1)).toEqual(headings.slice(1))
      expect(cells.length % (headings.length - 1)).toBe(0)
    }
  })
})

describe('a page of less or more', () => {
  it('says once that it is too early, and why', () => {
    const reasons = ['conversions can still come in', '3 of the 25 conversions that are needed']
    const sentence = `Too early to tell: ${reasons.join('; ')}.`
    const verdict = {
      ...SAMPLE_VERDICT,
      outcome: 'keep-collecting' as const,
      winner: null,
      reasons,
      sentence,
    }
    const source = page({ verdict })
    const text = readable(source)
    expect(text.split('Too early to tell')).toHaveLength(2)
    expect(text.split('conversions can still come in')).toHaveLength(2)
    expect(source).toContain('class="verdict keep-collecting"')
  })

  it('of a draft says that there is nothing yet', () => {
    const campaign = {
      ...sampleReportCampaign(),
      status: 'draft' as const,
      digest: null,
      launchedAt: null,
      endedAt: null,
    }
    const verdict = {
      ...SAMPLE_VERDICT,
      outcome: 'not-an-experiment' as const,
      winner: null,
      arms: [],
      comparisons: [],
      sentence: 'No experiment.',
    }
    const source = page({
      campaign,
      verdict,
      runs: [],
      armCounts: [],
      counters: [],
      failures: new Map(),
      skips: new Map(),
      responseTimes: { times: [], sampledShare: 1 },
      timeline: [],
      channelReceipts: {},
    })
    const text = readable(source)
    expect(text).toContain('not launched yet')
    expect(text).toContain('There are no messages yet.')
    expect(text).toContain('Nobody who matched was left out.')
    expect(text).toContain('messages sent, because deliveries are not reported')
    expect(text).toContain('no amounts were recorded')
    expect(sectionsOf(source)).not.toContain('Segments')
    expect(source).not.toMatch(/NaN|undefined|Infinity|null/)
  })

  it('has a table of runs when there was more than one', () => {
    const [first] = sampleReportInput().runs
    if (first === undefined) throw new Error('the sample has a run')
    const second = {
      ...first,
      run: sampleReportRun({
        occurrence: '2026-03-08T09:00:00.000Z',
        scheduledFor: first.run.scheduledFor + 7 * DAY_MS,
      }),
    }
    const source = page({ runs: [first, second] })
    expect(sectionsOf(source)).toContain('Runs')
    expect(readable(source)).toContain('8 Mar 2026, 09:00 UTC')
  })

  it('says when response times were sampled', () => {
    const { responseTimes } = sampleReportInput()
    expect(readable(page({ responseTimes: { ...responseTimes, sampledShare: 0.25 } }))).toContain(
      'one in 4 of the people',
    )
  })

  it('tells of a holdout, a remainder, and a campaign that did harm', () => {
    const arms = [
      { arm: 'plain', segment: null, count: 900 },
      { arm: 'holdout', segment: null, count: 100 },
      { arm: 'remainder', segment: null, count: 50 },
    ]
    const runs = sampleReportInput().runs.map((each) => ({
      ...each,
      audience: { ...each.audience, remainder: 50 },
    }))
    const harm = { value: -0.02, low: -0.03, high: -0.01, confidence: 0.95 }
    const comparisons = [
      sampleComparison({
        arm: 'plain',
        against: 'holdout',
        difference: harm,
        lift: null,
        z: -4,
        pValue: 0.00001,
        adjustedPValue: 0.00001,
        method: 'pooled-z' as const,
      }),
      sampleComparison({
        arm: 'plain',
        against: 'other',
        difference: harm,
        lift: null,
        z: -4,
        pValue: 0.2,
        adjustedPValue: 0.2,
        method: 'pooled-z' as const,
      }),
    ]
    const text = readable(
      page({
        armCounts: arms,
        runs,
        verdict: { ...SAMPLE_VERDICT, winner: 'holdout', comparisons: comparisons },
      }),
    )
    expect(text).toContain('waits for the verdict')
    expect(text).toContain('Wait for the verdict')
    expect(text).toContain('plain against holdout-2.0 -3.0 to -1.0')
    expect(text).toContain('other against plain+2.0 +1.0 to +3.0')
    expect(text).toContain('< 0.0001')
  })

  it('says who gave the remainder which arm, when, and on what verdict', () => {
    const at = Date.UTC(2026, 2, 15, 9)
    const [first] = sampleReportInput().runs
    if (first === undefined) throw new Error('the sample has a run')
    const rolledOut = { ...first, run: sampleReportRun({ occurrence: 'rollout', scheduledFor: at }) }
    const campaign = sampleReportCampaign({
      experiment: { variants: [{ name: 'plain' }, { name: 'emoji' }], remainder: 0.5 },
    })
    const rollout = {
      arm: 'emoji',
      at,
      decidedBy: 'person',
      outcome: 'no-difference',
      dataDigest: 'ff',
    } as const
    const text = readable(page({ campaign: { ...campaign, rollout }, runs: [first, rolledOut] }))
    expect(text).toContain(
      'was given emoji on 15 Mar 2026, 09:00 UTC, as a person decided; the verdict then was: no clear difference.',
    )
    expect(text).toContain('remainderwaited, then got emoji')
    expect(text).toContain('15 Mar 2026, 09:00 UTC whoever waited for the verdict')
    expect(text).not.toContain('waits for the verdict')
  })

  it('draws a timeline of years in few columns', () => {
    const timeline = [
      { day: '2023-01-01', redemptions: 0, reversals: 1 },
      { day: '2025-12-31', redemptions: 4, reversals: 0 },
    ]
    const source = page({ timeline })
    const columns = parse(source).find(({ attribs }) => attribs?.class === 'columns')?.children ?? []
    expect(columns.length).toBeLessThanOrEqual(45)
    expect(columns.at(-1)?.attribs?.style).toBe('height:100%')
    expect(readable(source)).toContain('Redemptions by 25 days (UTC)')
  })
})
