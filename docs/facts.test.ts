import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { CAMPAIGN_TRANSITIONS, EXCLUSIONS, ROW_REFUSALS } from '@campaignkit/core'
import { SUPPRESSION_REASONS } from '@campaignkit/core/adapter'
import * as statistics from '@campaignkit/core/statistics'
import { describe, expect, it } from 'vitest'
import { pages, ROOT } from './example-blocks.js'

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')

describe('what pages tell', () => {
  it('is the transition table', () => {
    const rows = Object.entries(CAMPAIGN_TRANSITIONS).map(
      ([action, { from, to }]) =>
        `| \`${action}\` | ${from.join(', ')} |${to.length === 0 ? '' : ` ${to.join(', ')}`} |`,
    )
    const page = read('docs/guide/campaigns.md')
    expect(rows.filter((row) => !page.includes(row))).toEqual([])
  })

  it('is the list of exclusions, and every reason of a suppression', () => {
    const page = read('docs/guide/consent-and-suppression.md')
    const rows = Object.entries(EXCLUSIONS).map(([code, words]) => `| \`${code}\` | ${words} |`)
    expect(rows.filter((row) => !page.includes(row))).toEqual([])
    expect(SUPPRESSION_REASONS.filter((reason) => !page.includes(`\`${reason}\``))).toEqual([])
  })

  it('is every reason why a row is not imported', () => {
    const page = read('docs/guide/customers-and-import.md')
    expect(Object.keys(ROW_REFUSALS).filter((reason) => !page.includes(`\`${reason}\``))).toEqual([])
  })

  it('is every builder of criteria', () => {
    const page = read('docs/guide/segments.md')
    const source = read('packages/core/src/segmentation/builders.ts')
    const names = new Set([...source.matchAll(/^export function (\w+)/gm)].map(([, name]) => name ?? ''))
    expect(names.size).toBeGreaterThan(20)
    expect([...names].filter((name) => !page.includes(`\`${name}(`))).toEqual([])
  })

  it('is every function of the statistics, and none that there is not', () => {
    const page = read('docs/statistics.md')
    const names = Object.keys(statistics)
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
    // first columns of the tables of functions
    const tables = page.slice(page.indexOf('## Rates'))
    const cells = [...tables.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell]) => cell ?? '')
    const told = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? ''))
    expect(told.length).toBeGreaterThan(60)
    expect(told.filter((name) => !names.includes(name))).toEqual([])
  })

  it('is every outcome of a verdict', () => {
    const union = /export type VerdictOutcome =([\s\S]+?)\n\n/.exec(
      read('packages/core/src/model/verdict.ts'),
    )
    const outcomes = [...(union?.[1] ?? '').matchAll(/'([\w-]+)'/g)].map(([, outcome]) => outcome)
    expect(outcomes.length).toBe(6)
    for (const page of ['docs/statistics.md', 'docs/guide/events-and-results.md'])
      expect(outcomes.filter((outcome) => !read(page).includes(`| \`${outcome}\` |`))).toEqual([])
  })
})

describe('links of pages', () => {
  const linksOf = (file: string) =>
    [...read(file).matchAll(/\]\(([^)#\s]+)(#[^)\s]+)?\)/g)].filter(
      ([, target]) => !/^[a-z]+:/.test(target ?? ''),
    )

  it.each(pages())('%s: lead somewhere', (file) => {
    const targets = linksOf(file).map(([, target = '']) => path.join(path.dirname(file), target))
    expect(targets.filter((target) => !existsSync(path.join(ROOT, target)))).toEqual([])
  })

  it.each(pages())('%s: lead to headings that exist', (file) => {
    const lost = linksOf(file).filter(([, target = '', heading]) => {
      const page = path.join(path.dirname(file), target)
      return heading !== undefined && !headingsOf(page).includes(heading)
    })
    expect(lost.map(([link]) => link)).toEqual([])
  })

  it('name source files that are there', () => {
    const named = [...read('docs/data-flow.md').matchAll(/`(\w[\w-]*\/[\w/-]+\.ts)`/g)].map(
      ([, file]) => file ?? '',
    )
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((file) => !existsSync(path.join(ROOT, 'packages/core/src', file)))).toEqual([])
    const tests = [...read('docs/statistics.md').matchAll(/`(statistics[\w/.-]*)`/g)].map(
      ([, file]) => file ?? '',
    )
    expect(tests.length).toBeGreaterThan(4)
    expect(tests.filter((file) => !existsSync(path.join(ROOT, 'packages/core/src', file)))).toEqual([])
  })

  it('name functions that stand in those files', () => {
    const flow = read('docs/data-flow.md')
    const pairs = [...flow.matchAll(/`(\w+)`(?: and `\w+`)? in `(\w[\w-]*\/[\w/-]+\.ts)`/g)]
    const wrong = pairs.filter(
      ([, name = '', file = '']) => !read(`packages/core/src/${file}`).includes(`function ${name}`),
    )
    expect(wrong.map(([, name, file]) => `${name} in ${file}`)).toEqual([])
  })
})

function headingsOf(page: string): readonly string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(
    ([, text = '']) =>
      `#${text
        .toLowerCase()
        .replace(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-')}`,
  )
}
