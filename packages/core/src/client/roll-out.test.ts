import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import { codeOf } from './refusal.fixture.js'
import { createSendingWorld, timesTaken } from './sending.fixture.js'
import { later, tested, testOf, WINDOW_DAYS } from './tested-campaign.fixture.js'

describe('the remainder of an experiment', () => {
  it('gets nothing until the results are in, then the winner, once', async () => {
    const { root, kit, id, first, email } = await tested()
    expect(first).toHaveLength(400)
    expect((await kit.campaigns.get(id)).status).toBe('active')
    await root.worker().drain(later)
    const campaign = await kit.campaigns.get(id)
    expect(campaign).toMatchObject({
      status: 'completed',
      rollout: { arm: 'emoji', decidedBy: 'verdict', outcome: 'winner' },
    })
    expect([...timesTaken(email).values()]).toEqual(Array(800).fill(1))
    const { items } = await kit.campaigns.deliveries(id, {}, { limit: 1_000 })
    const rolledOut = items.filter(({ id: delivery }) => !first.some((each) => each.id === delivery))
    expect(rolledOut).toHaveLength(400)
    expect(new Set(rolledOut.map(({ arm }) => arm))).toEqual(new Set(['emoji']))
  })

  it('is decided as soon as the last conversion window has passed, not before', async () => {
    const { root, kit, id } = await tested()
    const [run] = await kit.campaigns.runs(id)
    const maturity = (run?.endedAt ?? 0) + WINDOW_DAYS * DAY_MS
    await root.worker().drain({ until: maturity - 1 })
    expect((await kit.campaigns.get(id)).rollout).toBeNull()
    await root.worker().drain({ until: maturity + HOUR_MS })
    expect((await kit.campaigns.get(id)).rollout?.at).toBe(maturity)
  })

  it('is sent in order of rank, with the coupons and messages of the winner', async () => {
    const { root, kit, id, email } = await tested()
    const before = email.accepted.length
    await root.worker().drain(later)
    const sent = email.accepted.slice(before)
    expect(
      new Set(sent.map(({ message }) => message.content.type === 'email' && message.content.subject)),
    ).toEqual(new Set(['We miss you 🍕']))
    const { items } = await kit.campaigns.deliveries(id, {}, { limit: 1_000 })
    const rankOf = new Map(items.map((delivery) => [delivery.id, delivery.rank]))
    const ranks = sent.map(({ message }) => Number(rankOf.get(message.deliveryId)))
    expect(ranks).toEqual([...ranks].sort((left, right) => left - right))
  })

  it('asks the gates again: who unsubscribed meanwhile gets nothing', async () => {
    const { root, kit, id, first, email, clock } = await tested()
    const tested400 = new Set(first.map(({ customerId }) => customerId))
    const { items: customers } = await kit.customers.list({ limit: 1_000 })
    const waiting = customers.find((customer) => !tested400.has(customer.id))
    await kit.consents.record([
      {
        customerId: waiting?.id ?? '',
        channel: 'email',
        topic: 'offers',
        decision: 'denied',
        basis: 'wrote to us',
        obtainedAt: clock.now(),
      },
    ])
    await root.worker().drain(later)
    expect(email.accepted).toHaveLength(799)
    const [, rollout] = await kit.campaigns.runs(id)
    const report = await kit.reports.campaign(id)
    expect(report.runs.find((run) => run.id === rollout?.id)?.audience).toMatchObject({
      recipients: 399,
      excluded: { consentDenied: 1 },
    })
  })

  it('does not ask the rule again: who was matched stays matched', async () => {
    const { root, kit, email, first } = await tested()
    const tested400 = new Set(first.map(({ customerId }) => customerId))
    const { items: customers } = await kit.customers.list({ limit: 1_000 })
    const waiting = customers.filter((customer) => !tested400.has(customer.id)).slice(0, 10)
    await kit.customers.upsert(waiting.map(({ id }) => ({ id, tags: [] })))
    await root.worker().drain(later)
    expect(email.accepted).toHaveLength(800)
  })

  it('leaves the verdict as it was: what the rollout brings proves nothing about the variants', async () => {
    const { root, kit, id, first } = await tested()
    await root.worker().drain(later)
    const at = ((await kit.campaigns.get(id)).rollout?.at ?? 0) + HOUR_MS
    const before = (await kit.reports.campaign(id)).verdict
    expect(before.outcome).toBe('winner')
    const { items } = await kit.campaigns.deliveries(id, {}, { limit: 1_000 })
    const rolledOut = items.filter(({ id: delivery }) => !first.some((each) => each.id === delivery))
    await kit.events.track(
      rolledOut.map(({ customerId }) => ({
        key: `late-${customerId}`,
        type: 'conversion',
        customerId: customerId ?? '',
        at,
      })),
    )
    const report = await kit.reports.campaign(id)
    expect(report.verdict).toEqual(before)
    expect(report.rollout?.dataDigest).toBe(before.dataDigest)
    expect(report.arms.map(({ arm, assigned }) => [arm, assigned])).toEqual([
      ['plain', 200],
      ['emoji', 200],
      ['remainder', 400],
    ])
    expect(report.counts.conversions).toBe(110 + 400)
    expect(report.audience).toMatchObject({ matched: 800, recipients: 800, remainder: 0 })
    expect(report.arms.map(({ counts }) => counts.sent)).toEqual([200, 200, 0])
    expect(report.rollout).toMatchObject({ arm: 'emoji', decidedBy: 'verdict', outcome: 'winner' })
  })

  it('tells in the journal what was decided, by what, and why', async () => {
    const { root, kit, id } = await tested()
    await root.worker().drain(later)
    const { items } = await kit.journal.list({ subject: { type: 'campaign', id } })
    const entry = items.find(({ action }) => action === 'campaign.roll-out')
    expect(entry).toMatchObject({
      actor: { kind: 'system' },
      before: { rollout: null },
      after: { rollout: { arm: 'emoji', decidedBy: 'verdict' } },
    })
    expect(entry?.reason).toMatch(/emoji/)
    expect(items.filter(({ action }) => action === 'campaign.roll-out')).toHaveLength(1)
  })

  it('is written to once, however many workers look for the winner', async () => {
    const { root, kit, id, email } = await tested()
    await Promise.all(Array.from({ length: 4 }, () => root.worker().drain(later)))
    expect((await kit.campaigns.get(id)).rollout?.arm).toBe('emoji')
    expect([...timesTaken(email).values()]).toEqual(Array(800).fill(1))
    const { items } = await kit.journal.list({ subject: { type: 'campaign', id } })
    expect(items.filter(({ action }) => action === 'campaign.roll-out')).toHaveLength(1)
  })
})

describe('the trace of a customer', () => {
  it('says who waits, what the wait came to, and that the rollout is not for the others', async () => {
    const { root, kit, id, first } = await tested()
    const tested400 = new Set(first.map(({ customerId }) => customerId))
    const { items: customers } = await kit.customers.list({ limit: 1_000 })
    const waiting = customers.find((customer) => !tested400.has(customer.id))?.id ?? ''
    const stepsOf = async (customerId: string) => (await kit.campaigns.explain(id, customerId)).steps
    const before = await stepsOf(waiting)
    expect(before.at(-1)).toMatchObject({ stage: 'arm', passed: 'no', code: 'remainder' })
    expect(before.at(-1)?.words).toContain('waits for the verdict')
    await root.worker().drain(later)
    const after = await stepsOf(waiting)
    expect(after.filter(({ stage }) => stage === 'arm').map(({ code }) => code)).toEqual([
      'remainder',
      'emoji',
    ])
    expect(after.at(-1)).toMatchObject({ stage: 'delivery', passed: 'yes', code: 'sent' })
    const absent = (await stepsOf(first[0]?.customerId ?? '')).at(-1)
    expect(absent).toMatchObject({ stage: 'member', passed: 'no', code: 'notInRun' })
    expect(absent?.words).not.toContain('rule')
  })
})

describe('a remainder without a winner', () => {
  it('waits for a person, who decides with a reason', async () => {
    const { root, kit, id, email } = await tested({}, 78)
    await root.worker().drain({ until: Date.UTC(2026, 2, 12) })
    expect(await kit.campaigns.get(id)).toMatchObject({ status: 'active', rollout: null })
    expect((await kit.reports.campaign(id)).verdict.outcome).toBe('no-difference')
    expect(email.accepted).toHaveLength(400)
    const decided = await kit.campaigns.rollOut(id, { arm: 'plain', reason: 'the chef prefers it' })
    expect(decided.rollout).toMatchObject({ arm: 'plain', decidedBy: 'person', outcome: 'no-difference' })
    await root.worker().drain()
    expect(email.accepted).toHaveLength(800)
    expect((await kit.campaigns.get(id)).status).toBe('completed')
    const { items } = await kit.journal.list({ subject: { type: 'campaign', id } })
    expect(items.find(({ action }) => action === 'campaign.roll-out')).toMatchObject({
      actor: { id: 'u-17' },
      reason: 'the chef prefers it',
    })
  })

  it.each([
    ['the better one when it was told so', { ifNoWinner: 'best' as const }, 'emoji'],
    ['the variant that was named', { ifNoWinner: { variant: 'plain' } }, 'plain'],
  ])('gets %s', async (_what, rollout, arm) => {
    const { root, kit, id, email } = await tested({ rollout }, 78)
    await root.worker().drain(later)
    expect((await kit.campaigns.get(id)).rollout).toMatchObject({ arm, outcome: 'no-difference' })
    expect(email.accepted).toHaveLength(800)
  })

  it('waits for a person also when there is a winner, in manual mode', async () => {
    const { root, kit, id } = await tested({ rollout: { mode: 'manual', ifNoWinner: 'best' } })
    await root.worker().drain({ until: Date.UTC(2026, 2, 12) })
    expect((await kit.reports.campaign(id)).verdict.outcome).toBe('winner')
    expect((await kit.campaigns.get(id)).rollout).toBeNull()
  })

  it('ends with the campaign', async () => {
    const { root, kit, id, email } = await tested({ rollout: { mode: 'manual' } })
    await kit.campaigns.stop(id)
    await root.worker().drain()
    expect(await kit.campaigns.get(id)).toMatchObject({ status: 'completed', rollout: null })
    expect((await kit.campaigns.runs(id)).map(({ status }) => status)).toEqual(['ended', 'ended'])
    expect(email.accepted).toHaveLength(400)
  })
})

describe('a person who rolls out', () => {
  it('may do so before the results are in, and twice is once', async () => {
    const { root, kit, id, email } = await tested()
    await kit.campaigns.rollOut(id, { arm: 'plain', reason: 'no time' })
    await kit.campaigns.rollOut(id, { arm: 'plain', reason: 'no time' })
    await root.worker().drain()
    expect(email.accepted).toHaveLength(800)
    expect(await codeOf(() => kit.campaigns.rollOut(id, { arm: 'emoji', reason: 'changed my mind' }))).toBe(
      'TRANSITION_NOT_ALLOWED',
    )
    const { items } = await kit.journal.list({ subject: { type: 'campaign', id } })
    expect(items.filter(({ action }) => action === 'campaign.roll-out')).toHaveLength(1)
  })

  it('is refused for an arm that is no variant, without a reason, and where nothing remains', async () => {
    const { kit, id, launch } = await tested()
    expect(await codeOf(() => kit.campaigns.rollOut(id, { arm: 'holdout', reason: 'x' }))).toBe(
      'EXPERIMENT_INVALID arm',
    )
    expect(await codeOf(() => kit.campaigns.rollOut(id, { arm: 'plain', reason: '' }))).toBe(
      'INVALID_INPUT reason',
    )
    const plain = await launch({ name: 'Without' })
    expect(await codeOf(() => kit.campaigns.rollOut(plain.id, { arm: 'all', reason: 'x' }))).toBe(
      'EXPERIMENT_INVALID experiment.remainder',
    )
  })
})

describe('the schema of an experiment', () => {
  it.each([
    [{ remainder: 0, rollout: {} }, 'experiment.rollout'],
    [{ rollout: { ifNoWinner: { variant: 'nobody' } } }, 'experiment.rollout.ifNoWinner.variant'],
  ])('refuses %j', async (experiment, path) => {
    const { kit } = createSendingWorld()
    const input = {
      name: 'x',
      audience: 'ALL',
      messages: { email: { subject: 'x', text: 'x' } },
      ...testOf(experiment),
    }
    await expect(kit.campaigns.create(input)).rejects.toMatchObject({ code: 'EXPERIMENT_INVALID', path })
  })
})
