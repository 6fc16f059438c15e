import { describe, expect, it } from 'vitest'
import { isGloballyHeldOut } from '../assignment/global-holdout.js'
import type { CustomerId, TenantId } from '../base/ids.js'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import type { DeliveryTrace } from '../engine/explain-delivery.js'
import type { CustomerPatch } from '../model/customer.js'
import { all, eligible, eventCount, everyone, fact, segment, tag } from '../segmentation/builders.js'
import { createFaultyChannel, type Fault } from '../testing/faulty-channel.js'
import { createManualClock, SAMPLE_NOW } from '../testing/manual-clock.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createPizzeria, lapsedCustomer, SCOPE, winBack } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'

/** The steps in short: `gate email no noConsent`. */
const short = ({ steps }: DeliveryTrace) =>
  steps.map(({ stage, channel, passed, code }) =>
    [stage, channel, passed, code].filter((part) => part !== null).join(' '),
  )

const granted = (customerId: string, channel: 'email' | 'sms' = 'email') =>
  ({ customerId, channel, topic: 'offers', decision: 'granted', basis: 'form', obtainedAt: 1 }) as const

describe('why a customer is not written to before anything was sent', () => {
  it('is not told of what is no id of a customer, nor found in the journal', async () => {
    const { kit } = createPizzeria()
    const { id } = await kit.campaigns.create(winBack())
    for (const none of ['', 'a\0', '\ud800', 5 as never])
      expect(await codeOf(() => kit.campaigns.explain(id, none))).toBe('INVALID_INPUT customerId')
    const about = (subject: { type: string; id: string }) => codeOf(() => kit.journal.list({ subject }))
    expect(await about({ type: 'customer', id: 'a\0' })).toBe('INVALID_INPUT subject.id')
    expect(await about({ type: '\ud800', id: 'a' })).toBe('INVALID_INPUT subject.type')
  })

  it('because the campaign is a draft: the rule and the gates as they stand now', async () => {
    const { kit, welcome } = createPizzeria()
    await welcome(1)
    const { id } = await kit.campaigns.create(winBack())
    const trace = await kit.campaigns.explain(id, 'c-0')
    expect(trace).toMatchObject({ campaignId: id, customerId: 'c-0', sent: false })
    expect(short(trace)).toEqual(['campaign no draft', 'match yes true', 'gate email yes passed'])
    for (const { words } of trace.steps) expect(words).toMatch(/^[A-Z].{5,}/)
  })

  it('because the rule does not match, or nobody can tell', async () => {
    const { kit, welcome } = createPizzeria()
    await welcome(1)
    const no = await kit.campaigns.create(winBack({ name: 'no', audience: tag('vip') }))
    const unknown = await kit.campaigns.create(
      winBack({ name: 'unknown', audience: fact('totalSpentMinor', '>', 5) }),
    )
    expect(short(await kit.campaigns.explain(no.id, 'c-0'))).toEqual(['campaign no draft', 'match no false'])
    expect(short(await kit.campaigns.explain(unknown.id, 'c-0'))).toEqual([
      'campaign no draft',
      'match unknown unknown',
    ])
  })

  it('and at which node, with the value that it saw', async () => {
    const { kit, welcome } = createPizzeria({ kit: { eligibility: { ask: async () => new Map() } } })
    await welcome(1)
    await kit.segments.save({ name: 'Regulars', criteria: fact('orderCount', '>=', 99) })
    const { id } = await kit.campaigns.create(
      winBack({ audience: all(eligible('no-debts'), tag('vip'), segment('Regulars'), everyone()) }),
    )
    const [, match] = (await kit.campaigns.explain(id, 'c-0')).steps
    expect(match).toMatchObject({ stage: 'match', passed: 'no', code: 'false' })
    expect(match?.criteria).toMatchObject({
      path: '',
      node: 'all',
      result: 'false',
      of: [
        { path: 'of[0]', node: { type: 'eligibility' }, result: 'unknown' },
        { path: 'of[1]', node: { type: 'tags' }, result: 'false', saw: [] },
        { path: 'of[2]', node: { type: 'fact' }, result: 'false', saw: 3 },
        { path: 'of[3]', node: { type: 'everyone' }, result: 'true' },
      ],
    })
    const matching = await kit.campaigns.create(winBack({ name: 'all' }))
    const steps = (await kit.campaigns.explain(matching.id, 'c-0')).steps
    expect(steps.filter((step) => 'criteria' in step)).toEqual([])
  })

  it('counts the events of the customer as the planner does', async () => {
    const { kit, welcome } = createPizzeria()
    await welcome(2)
    await kit.events.track({ key: 'v', type: 'visit', customerId: 'c-0', at: SAMPLE_NOW - DAY_MS })
    const { id } = await kit.campaigns.create(
      winBack({ audience: eventCount('visit', '>=', 1, { withinDays: 2 }) }),
    )
    expect(short(await kit.campaigns.explain(id, 'c-0'))[1]).toBe('match yes true')
    expect(short(await kit.campaigns.explain(id, 'c-1'))[1]).toBe('match no false')
  })

  it('because there is no such customer or campaign', async () => {
    const { kit } = createPizzeria()
    const { id } = await kit.campaigns.create(winBack())
    expect(short(await kit.campaigns.explain(id, 'nobody'))).toEqual([
      'campaign no draft',
      'match no CUSTOMER_NOT_FOUND',
    ])
    expect(await codeOf(() => kit.campaigns.explain('nothing', 'c-0'))).toBe('CAMPAIGN_NOT_FOUND')
  })
})

describe('why a customer is excluded', () => {
  const HOLDOUT = { share: 0.5, salt: 'of the house' }
  const held =
    Array.from({ length: 50 }, (_, index) => index + 100).find((number) =>
      isGloballyHeldOut({ tenant: 'pizzeria', ...HOLDOUT }, `c-${number}`),
    ) ?? 0
  const free = (from: number) =>
    Array.from({ length: 90 }, (_, index) => index + from).find(
      (number) => !isGloballyHeldOut({ tenant: 'pizzeria', ...HOLDOUT }, `c-${number}`),
    ) ?? 0
  const numbers = [0, 10, 20, 30, 40, 50, 60, 70].map(free) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const [no, unanswered, homeless, broken, dead, silent, refusing, double] = numbers

  async function world() {
    const ask = async (_scope: unknown, _rule: string, customers: readonly { readonly id: CustomerId }[]) =>
      new Map(
        customers
          .filter(({ id }) => id !== `c-${unanswered}`)
          .map(({ id }) => [id, id !== `c-${no}`] as const),
      )
    const pizzeria = createPizzeria({
      kit: { eligibility: { ask }, tenants: () => ({ globalHoldout: HOLDOUT }) },
    })
    const { kit, storage } = pizzeria
    const people = [held, no, unanswered, homeless, broken, dead, silent, refusing]
    await kit.customers.upsert(
      people.map((number) => lapsedCustomer(number, number === homeless ? { addresses: {} } : {})),
    )
    await kit.customers.upsert([
      lapsedCustomer(1, { id: 'b-first', addresses: { email: 'double@example.com' } }),
      lapsedCustomer(double, { addresses: { email: 'DOUBLE@example.com' } }),
    ])
    const entry = {
      id: 'x',
      at: 0,
      actor: SCOPE.actor,
      action: 'test',
      subject: { type: 'test', id: '' },
      reason: null,
      before: null,
      after: null,
    }
    const patch = { id: `c-${broken}`, addresses: { email: 'not an address' } } as unknown as CustomerPatch
    await storage.customers.upsert({ ...SCOPE, tenant: 'pizzeria' as TenantId }, [patch], entry)
    await kit.consents.record(
      [held, no, unanswered, homeless, broken, dead, refusing, double].map((number) =>
        granted(`c-${number}`),
      ),
    )
    await kit.consents.record([
      granted('b-first'),
      { ...granted(`c-${refusing}`), decision: 'denied', obtainedAt: 2 },
    ])
    await kit.consents.suppress([{ channel: 'email', address: `ada${dead}@example.com`, reason: 'bounced' }])
    const campaign = await kit.campaigns.create(winBack({ audience: all(everyone(), eligible('loyal')) }))
    return { ...pizzeria, id: campaign.id }
  }

  const CASES = [
    [no, 'notEligible'],
    [unanswered, 'eligibilityUnknown'],
    [held, 'globalHoldout'],
    [homeless, 'noAddress'],
    [broken, 'invalidAddress'],
    [dead, 'suppressed'],
    [silent, 'noConsent'],
    [refusing, 'consentDenied'],
  ] as const

  it.each(CASES)('c-%i: %s, before the launch and after it', async (number, code) => {
    const { kit, root, id } = await world()
    expect(short(await kit.campaigns.explain(id, `c-${number}`))).toEqual([
      'campaign no draft',
      'match yes true',
      `gate email no ${code}`,
    ])
    await kit.campaigns.launch(id)
    await root.worker().drain()
    expect(short(await kit.campaigns.explain(id, `c-${number}`))).toEqual([
      'campaign yes completed',
      'match yes true',
      `gate no ${code}`,
    ])
    expect((await kit.reports.campaign(id)).audience.excluded).toMatchObject({ [code]: 1 })
  })

  it('because another customer with the same address gets it', async () => {
    const { kit, root, id } = await world()
    await kit.campaigns.launch(id)
    await root.worker().drain()
    expect(short(await kit.campaigns.explain(id, `c-${double}`)).at(-1)).toBe('gate no duplicateAddress')
    const first = isGloballyHeldOut({ tenant: 'pizzeria', ...HOLDOUT }, 'b-first')
    expect(first).toBe(false)
    expect((await kit.campaigns.explain(id, 'b-first')).sent).toBe(true)
  })
})

describe('what became of a frozen member', () => {
  function faulty(
    faultOf: (attempt: number) => Fault | null,
    more: Parameters<typeof winBack>[0] = {},
    capabilities = {},
  ) {
    const clock = createManualClock({ auto: true })
    const channel = createFaultyChannel({
      clock,
      faultOf: (_message, attempt) => faultOf(attempt),
      capabilities,
    })
    const pizzeria = createPizzeria({ email: channel, kit: { clock } })
    return {
      ...pizzeria,
      clock,
      channel,
      async run() {
        await pizzeria.welcome(1)
        const { id } = await pizzeria.runCampaign(more)
        return pizzeria.kit.campaigns.explain(id, 'c-0')
      },
    }
  }

  it('was sent, and this is what the provider said, oldest first', async () => {
    const { kit, outbox, clock, welcome, runCampaign } = createPizzeria()
    await welcome(1)
    const { id } = await runCampaign()
    const deliveryId = outbox.sent[0]?.deliveryId ?? ('' as never)
    await kit.events.ingest([
      { key: 'b', type: 'opened', at: SAMPLE_NOW + HOUR_MS, deliveryId },
      { key: 'a', type: 'delivered', at: SAMPLE_NOW + 60_000, deliveryId },
    ])
    await clock.advance(DAY_MS)
    const trace = await kit.campaigns.explain(id, 'c-0')
    expect(trace.sent).toBe(true)
    expect(short(trace)).toEqual([
      'campaign yes completed',
      'match yes true',
      'gate yes passed',
      'arm yes all',
      'permit email yes due',
      'attempt email yes accepted',
      'delivery email yes sent',
      'receipt email yes delivered',
      'receipt email yes opened',
    ])
    const instants = trace.steps.slice(4).map(({ at }) => at ?? 0)
    expect([...instants].sort((left, right) => left - right)).toEqual(instants)
  })

  it('is held out or waits for the verdict', async () => {
    const { kit, welcome, runCampaign } = createPizzeria()
    await welcome(20)
    const { id } = await runCampaign({
      experiment: { variants: [{ name: 'a' }], holdout: 0.25, remainder: 0.25, minContacts: 15 },
    })
    const traces = await Promise.all(
      Array.from({ length: 20 }, (_, index) => kit.campaigns.explain(id, `c-${index}`)),
    )
    const ends = traces.map((trace) => short(trace).at(-1))
    expect(ends.filter((end) => end === 'arm no holdout')).toHaveLength(5)
    expect(ends.filter((end) => end === 'arm no remainder')).toHaveLength(5)
    expect(ends.filter((end) => end === 'delivery email yes sent')).toHaveLength(10)
    expect(traces.filter(({ sent }) => sent)).toHaveLength(10)
  })

  it('failed for good', async () => {
    const trace = await faulty(() => ({ outcome: 'permanent', code: '550-no-such-user' })).run()
    expect(trace.sent).toBe(false)
    expect(short(trace).slice(4)).toEqual([
      'permit email yes due',
      'attempt email no 550-no-such-user',
      'delivery email no 550-no-such-user',
    ])
  })

  it.each(['toString', '__proto__', 'sent', 'yes'])('failed with the odd code %s', async (code) => {
    const trace = await faulty(() => ({ outcome: 'permanent', code })).run()
    expect(trace.sent).toBe(false)
    expect(trace.steps.at(-1)).toMatchObject({ passed: 'no', code, words: `failed: ${code}` })
  })

  it('was tried again, too fast, and then sent', async () => {
    const faults: (Fault | null)[] = [
      { outcome: 'transient', code: 'busy' },
      { outcome: 'throttled', code: '429', retryAfterMs: 60_000 },
      null,
    ]
    const trace = await faulty((attempt) => faults[attempt - 1] ?? null).run()
    expect(short(trace).slice(4)).toEqual([
      'permit email yes due',
      'attempt email no busy',
      'attempt email no 429',
      'attempt email yes accepted',
      'delivery email yes sent',
    ])
  })

  it('is held because nobody knows', async () => {
    const trace = await faulty(() => ({ outcome: 'unknown', code: 'timeout', taken: true })).run()
    expect(trace.sent).toBe(false)
    expect(short(trace).slice(4)).toEqual([
      'permit email yes due',
      'attempt email unknown timeout',
      'delivery email unknown held',
    ])
  })

  it('was skipped because consent was taken back after the freezing', async () => {
    const { kit, root, welcome } = createPizzeria()
    await welcome(1)
    const { id } = await kit.campaigns.create(winBack())
    await kit.campaigns.launch(id)
    await root.worker().tick()
    await kit.consents.record([{ ...granted('c-0'), decision: 'denied', topic: '*', obtainedAt: SAMPLE_NOW }])
    await root.worker().drain()
    const trace = await kit.campaigns.explain(id, 'c-0')
    expect(short(trace).slice(4)).toEqual(['permit email yes due', 'delivery email no consentDenied'])
    expect(trace.steps.at(-1)?.words).toBe('skipped: refused this channel for this topic')
  })

  it('was cancelled with the campaign', async () => {
    const { kit, root, welcome } = createPizzeria()
    await welcome(1)
    const { id } = await kit.campaigns.create(winBack())
    await kit.campaigns.launch(id)
    await root.worker().tick()
    await kit.campaigns.stop(id)
    await root.worker().drain()
    const trace = await kit.campaigns.explain(id, 'c-0')
    expect(trace.steps.at(-1)).toMatchObject({ stage: 'delivery', passed: 'no', code: 'stopped' })
  })

  it('is not due yet', async () => {
    const { kit, root, welcome } = createPizzeria()
    await welcome(1, () => ({ timeZone: 'America/Los_Angeles' }))
    const { id } = await kit.campaigns.create(
      winBack({ schedule: { type: 'once', at: '2026-03-01T20:00', zone: 'recipient' } }),
    )
    await kit.campaigns.launch(id)
    await root.worker().tick()
    const trace = await kit.campaigns.explain(id, 'c-0')
    expect(short(trace).slice(3)).toEqual([
      'arm yes all',
      'permit email unknown notYetDue',
      'delivery email unknown queued',
    ])
    expect(trace.steps.at(-1)?.at).toBe(Date.UTC(2026, 2, 2, 4))
  })

  it('is being prepared', async () => {
    const { kit, root, welcome, storage } = createPizzeria()
    await welcome(2, (number) => (number === 1 ? { addresses: {} } : {}))
    const { id } = await kit.campaigns.create(winBack())
    await kit.campaigns.launch(id)
    const { place } = storage.freezing
    const traces: (readonly string[])[] = []
    storage.freezing.place = async (...given: Parameters<typeof place>) => {
      for (const customer of ['c-0', 'c-1']) traces.push(short(await kit.campaigns.explain(id, customer)))
      return place(...given)
    }
    await root.worker().drain()
    expect(traces.slice(0, 2)).toEqual([
      ['campaign yes preparing', 'match yes true', 'gate email yes passed', 'arm unknown notAssigned'],
      ['campaign yes preparing', 'match yes true', 'gate email no noAddress'],
    ])
  })

  it('came to the second channel after the first had failed', async () => {
    const clock = createManualClock({ auto: true })
    const sms = createFaultyChannel({
      clock,
      faultOf: () => ({ outcome: 'permanent', code: 'landline' }),
      capabilities: { kind: 'sms' },
    })
    const { kit, welcome, runCampaign } = createPizzeria({
      channels: { email: createRecordingChannel(), sms },
      kit: { clock },
    })
    await welcome(1, () => ({ addresses: { email: 'a@example.com', phone: '+39333000001' } }))
    await kit.consents.record([granted('c-0', 'sms')])
    const { id } = await runCampaign({
      messages: { email: { subject: 'Hi', html: 'x' }, sms: { body: 'Hi' } },
      delivery: { firstOf: ['sms', 'email'] },
    })
    const trace = await kit.campaigns.explain(id, 'c-0')
    expect(trace.sent).toBe(true)
    expect(short(trace).slice(3)).toEqual([
      'arm yes all',
      'permit sms yes due',
      'attempt sms no landline',
      'delivery sms no landline',
      'permit email yes due',
      'attempt email yes accepted',
      'delivery email yes sent',
    ])
  })

  it('was not in the run, and what the planner would say now', async () => {
    const { kit, welcome, runCampaign } = createPizzeria()
    await welcome(1)
    const { id } = await runCampaign()
    await kit.customers.upsert([lapsedCustomer(7)])
    expect(short(await kit.campaigns.explain(id, 'c-7'))).toEqual([
      'campaign yes completed',
      'member no notInRun',
      'match yes true',
      'gate email no noConsent',
    ])
  })

  it('got the first run and was not in the second', async () => {
    const { kit, root, welcome } = createPizzeria()
    await welcome(1)
    const { id } = await kit.campaigns.create(
      winBack({ schedule: { type: 'recurring', every: 'day', at: '12:00' } }),
    )
    await kit.campaigns.launch(id)
    await root.worker().drain({ until: SAMPLE_NOW + 4 * HOUR_MS })
    await kit.customers.upsert([{ id: 'c-0', tags: ['other'] }])
    await root.worker().drain({ until: SAMPLE_NOW + 28 * HOUR_MS })
    const trace = await kit.campaigns.explain(id, 'c-0')
    expect(trace.sent).toBe(true)
    expect(short(trace).slice(-2)).toEqual(['delivery email yes sent', 'member no notInRun'])
  })

  it('is forgotten but still explained by id after erasure', async () => {
    const { kit, welcome, runCampaign } = createPizzeria()
    await welcome(1)
    const { id } = await runCampaign()
    await kit.customers.erase(['c-0'], 'asked for it')
    expect(JSON.stringify(await kit.campaigns.explain(id, 'c-0'))).not.toContain('Ada0')
  })
})
