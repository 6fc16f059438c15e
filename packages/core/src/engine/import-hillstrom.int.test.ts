import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { beforeAll, describe, expect, it } from 'vitest'
import { allowAll } from '../access/policy.js'
import { createCalendar } from '../defaults/calendar.js'
import { createCsv } from '../defaults/csv.js'
import { createPhone } from '../defaults/phone.js'
import type { Criteria } from '../model/criteria.js'
import { compileCriteria } from '../segmentation/matcher.js'
import { createManualClock, SAMPLE_NOW } from '../testing/manual-clock.js'
import { sampleScope } from '../testing/samples.js'
import { createSequentialIds } from '../testing/sequential-ids.js'
import type { EngineContext } from './context.js'
import { type ImportOptions, type ImportOutcome, importCustomers } from './import-customers.js'
import { sampleSettings } from './settings.fixture.js'

const FILE = fileURLToPath(new URL('../../../../../shared/data/hillstrom.csv', import.meta.url))

const scope = sampleScope('shop')

const options: ImportOptions = {
  map: {
    recency: { path: 'facts.lastOrderAt', as: 'monthsAgo' },
    history_segment: { path: 'attributes.history_segment', as: 'text' },
    history: { path: 'facts.totalSpentMinor', as: 'money', currency: 'USD' },
    mens: { path: 'tags', as: 'flag' },
    womens: { path: 'tags', as: 'flag' },
    zip_code: { path: 'attributes.zip_code', as: 'text' },
    newbie: { path: 'attributes.newbie', as: 'flag' },
    channel: { path: 'attributes.channel', as: 'text' },
    segment: { path: 'attributes.segment', as: 'text' },
    visit: { path: 'attributes.visit', as: 'flag' },
    conversion: { path: 'attributes.conversion', as: 'flag' },
    spend: { path: 'attributes.spend', as: 'money', currency: 'USD' },
  },
  idFrom: { line: true },
}

describe.skipIf(!existsSync(FILE))('64,000 real customers of a shop', () => {
  const parts: Partial<EngineContext> = {
    storage: createMemoryStorage(),
    clock: createManualClock(),
    ids: createSequentialIds(),
    csv: createCsv(),
    phone: createPhone(),
    calendar: createCalendar(),
    access: allowAll,
    settings: sampleSettings(),
  }
  const context = parts as EngineContext
  let dry: ImportOutcome
  let outcome: ImportOutcome

  beforeAll(async () => {
    dry = await importCustomers(context, scope, createReadStream(FILE), { ...options, dryRun: true })
    outcome = await importCustomers(context, scope, createReadStream(FILE), options)
  }, 120_000)

  /** The rows by splitting alone: nothing in this file is quoted. */
  function rowsBySplitting(): readonly Record<string, string>[] {
    const [header = '', ...lines] = readFileSync(FILE, 'utf8').trimEnd().split(/\r?\n/)
    const columns = header.split(',')
    return lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [columns[at], cell])))
  }

  async function* everyPage() {
    let page = await context.storage.customers.scan(scope, { after: null, limit: 10_000 })
    for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
      yield page
      page = await context.storage.customers.scan(scope, { after: last.id, limit: 10_000 })
    }
  }

  async function countOf(criteria: Criteria): Promise<number> {
    const matches = compileCriteria(criteria, { now: SAMPLE_NOW })
    let count = 0
    for await (const page of everyPage()) count += page.filter((customer) => matches(customer)).length
    return count
  }

  it('are imported without a bad row, and none has an address', () => {
    expect(outcome).toEqual({
      rows: 64_000,
      created: 64_000,
      updated: 0,
      skipped: 0,
      withoutAddress: 64_000,
      consents: 0,
      bad: [],
      badOmitted: 0,
    })
  })

  it('are counted the same by a dry run', () => {
    expect(dry).toEqual(outcome)
  })

  it('keep what the file says of the first of them', async () => {
    const [first] = await context.storage.customers.scan(scope, { after: null, limit: 1 })
    const [row] = rowsBySplitting().slice(Number(first?.id.replace('line-', '')) - 2)
    expect(first?.attributes).toMatchObject({ zip_code: row?.zip_code, channel: row?.channel })
    expect(first?.facts).toEqual({
      lastOrderAt: SAMPLE_NOW - Number(row?.recency) * 2_629_800_000,
      totalSpentMinor: Math.round(Number(row?.history) * 100),
      currency: 'USD',
    })
  })

  it('fall into the arms, conversions and spending of the file', async () => {
    const armOf = (value: string): Criteria => ({ type: 'attribute', name: 'segment', op: '=', value })
    expect(await countOf(armOf('Mens E-Mail'))).toBe(21_307)
    expect(await countOf(armOf('Womens E-Mail'))).toBe(21_387)
    expect(await countOf(armOf('No E-Mail'))).toBe(21_306)
    expect(await countOf({ type: 'attribute', name: 'conversion', op: '=', value: true })).toBe(578)
    let spentMinor = 0
    for await (const page of everyPage()) {
      for (const { attributes } of page) spentMinor += Number(attributes.spend)
    }
    expect(spentMinor).toBe(6_725_813)
  })

  it('are found by criteria as a count by hand finds them', async () => {
    const criteria: Criteria = {
      type: 'all',
      of: [
        { type: 'tags', match: 'all', tags: ['mens'] },
        { type: 'not', of: { type: 'tags', match: 'any', tags: ['womens'] } },
        { type: 'within', fact: 'lastOrderAt', days: 180 },
        { type: 'fact', fact: 'totalSpentMinor', op: '>=', value: 20_000 },
        { type: 'attribute', name: 'zip_code', op: 'in', value: ['Rural', 'Urban'] },
        { type: 'attribute', name: 'newbie', op: '=', value: false },
      ],
    }
    const byHand = rowsBySplitting().filter(
      (row) =>
        row.mens === '1' &&
        row.womens === '0' &&
        Number(row.recency) <= 5 &&
        Number(row.history) >= 200 &&
        row.zip_code !== 'Surburban' &&
        row.newbie === '0',
    )
    expect(byHand.length).toBeGreaterThan(100)
    expect(await countOf(criteria)).toBe(byHand.length)
  })
})
