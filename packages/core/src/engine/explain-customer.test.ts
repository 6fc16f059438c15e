import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { allowAll } from '../access/policy.js'
import type { CustomerId } from '../base/ids.js'
import { DAY_MS } from '../base/time.js'
import type { CriteriaInput } from '../model/criteria-schema.js'
import { customerPatchSchema } from '../model/customer.js'
import { parseInput } from '../model/parse.js'
import type { Eligibility } from '../ports/eligibility.js'
import { createManualClock, SAMPLE_NOW } from '../testing/manual-clock.js'
import { sampleEvent, sampleJournalEntry, sampleScope, sampleSegment } from '../testing/samples.js'
import { createSequentialIds } from '../testing/sequential-ids.js'
import type { EngineContext, EngineSettings } from './context.js'
import { explainCustomer } from './explain-customer.js'
import { sampleSettings } from './settings.fixture.js'

const scope = sampleScope()
const silent = { debug() {}, info() {}, warn() {}, error() {} }

async function newContext(parts: Partial<EngineContext> = {}): Promise<EngineContext> {
  const storage = createMemoryStorage()
  const customer = parseInput(customerPatchSchema, {
    id: 'c-1',
    tags: ['vip', 'pizza-lover'],
    facts: { lastOrderAt: SAMPLE_NOW - 200 * DAY_MS },
  })
  await storage.customers.upsert(scope, [customer], sampleJournalEntry({ id: 'a' }))
  const lapsed = sampleSegment({
    name: 'Lapsed',
    criteria: {
      type: 'all',
      of: [
        { type: 'inactive', days: 180 },
        { type: 'segment', name: 'Clickers' },
      ],
    },
  })
  const clickers = sampleSegment({
    name: 'Clickers',
    criteria: { type: 'events', event: 'clicked', op: '>=', count: 2, withinDays: 30 },
  })
  await storage.segments.put(scope, lapsed, null, sampleJournalEntry({ id: 'b' }))
  await storage.segments.put(scope, clickers, null, sampleJournalEntry({ id: 'c' }))
  await storage.events.append(
    scope,
    [1, 2, 40].map((days) =>
      sampleEvent({ key: `${days} days ago`, customerId: 'c-1', at: SAMPLE_NOW - days * DAY_MS }),
    ),
  )
  const settings: EngineSettings = { ...sampleSettings(), eligibilityTimeoutMs: 1_000 }
  const context: Partial<EngineContext> = {
    storage,
    clock: createManualClock(),
    ids: createSequentialIds(),
    logger: silent,
    eligibility: null,
    access: allowAll,
    settings,
    ...parts,
  }
  return context as EngineContext
}

describe('explaining a customer', () => {
  it('says for each node what it makes of the customer and what it saw, named segments and events included', async () => {
    const explained = await explainCustomer(await newContext(), scope, 'c-1', {
      type: 'all',
      of: [
        { type: 'segment', name: 'Lapsed' },
        { type: 'not', of: { type: 'tags', match: 'any', tags: ['vip'] } },
        { type: 'attribute', name: 'shoe-size', op: '>', value: 40 },
      ],
    })
    expect(explained).toMatchObject({
      node: 'all',
      result: 'false',
      of: [
        {
          path: 'of[0]',
          result: 'true',
          of: [
            {
              of: [
                { result: 'true', saw: SAMPLE_NOW - 200 * DAY_MS },
                { result: 'true', of: [{ result: 'true', saw: 2 }] },
              ],
            },
          ],
        },
        { path: 'of[1]', node: 'not', result: 'false', of: [{ result: 'true', saw: ['vip'] }] },
        { path: 'of[2]', result: 'unknown' },
      ],
    })
  })

  it('takes a comma list of tags and sees no events where there are none', async () => {
    const context = await newContext()
    expect(await explainCustomer(context, scope, 'c-1', 'vip, nobody')).toMatchObject({
      result: 'true',
      saw: ['vip'],
    })
    const ordered: CriteriaInput = { type: 'events', event: 'conversion', op: '=', count: 0 }
    expect(await explainCustomer(context, scope, 'c-1', ordered)).toMatchObject({ result: 'true', saw: 0 })
  })

  it('asks every external rule, also after one that says no, and tells those without an answer', async () => {
    const eligibility: Eligibility = {
      async ask(_scope, rule, customers) {
        if (rule === 'broken') throw new Error('no engine')
        return new Map(customers.map(({ id }): [CustomerId, boolean] => [id, rule === 'yes']))
      },
    }
    const context = await newContext({ eligibility })
    const explained = await explainCustomer(context, scope, 'c-1', {
      type: 'all',
      of: ['no', 'broken', 'yes'].map((rule) => ({ type: 'eligibility', rule })),
    })
    expect(explained.result).toBe('false')
    expect(explained.of?.map(({ result }) => result)).toEqual(['false', 'unknown', 'true'])
  })

  it.each([
    ['CUSTOMER_NOT_FOUND', 'nobody', 'ALL'],
    ['INVALID_INPUT', '', 'ALL'],
    ['CRITERIA_INVALID', 'c-1', { type: 'nonsense' }],
    ['SEGMENT_NOT_FOUND', 'c-1', { type: 'segment', name: 'Unheard of' }],
    ['ELIGIBILITY_NOT_CONFIGURED', 'c-1', { type: 'eligibility', rule: 'yes' }],
  ])('refuses with %s', async (code, customerId, criteria) => {
    const explaining = explainCustomer(await newContext(), scope, customerId, criteria as CriteriaInput)
    await expect(explaining).rejects.toMatchObject({ code })
  })

  it('needs leave to read customers', async () => {
    const context = await newContext({ access: (_scope, action) => action !== 'customer.read' })
    await expect(explainCustomer(context, scope, 'c-1', 'ALL')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})
