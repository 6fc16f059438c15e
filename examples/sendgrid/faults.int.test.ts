/** What becomes of a campaign when the connection to SendGrid is cut before, during and after its answer. */
import type { FakeBehaviour, FakeSendgridOptions } from '@campaignkit/adapter-sendgrid/testing'
import { everyone } from '@campaignkit/core'
import { describe, expect, it } from 'vitest'
import { openWorld } from './world.js'

const CUSTOMERS = 40

/** What happens to the second and the third request of a campaign; every other one is taken. */
const faultAt = (behaviour: FakeBehaviour): FakeSendgridOptions => ({
  behaviour: ({ n }) => (n === 2 || n === 3 ? behaviour : { type: 'accept' }),
})

const FAULTS: readonly (readonly [string, FakeSendgridOptions])[] = [
  ['while the request came in', { cutsOff: (n) => n === 2 || n === 3 }],
  ['before the answer, nothing taken', faultAt({ type: 'drop', at: 'answer' })],
  ['before the answer, all taken', faultAt({ type: 'drop', at: 'answer', keeps: true })],
  ['in the first line of the answer', faultAt({ type: 'drop', at: 'head' })],
  ['in the midst of the answer', faultAt({ type: 'drop', at: 'accepted' })],
  ['just after the answer', faultAt({ type: 'drop', at: 'end' })],
  ['never answered, nothing taken', faultAt({ type: 'stall', keeps: false })],
  ['never answered, all taken', faultAt({ type: 'stall', keeps: true })],
  ['refused with 500', faultAt({ type: 'refuse', status: 500 })],
  ['refused with 502', faultAt({ type: 'refuse', status: 502 })],
  ['refused with 503', faultAt({ type: 'refuse', status: 503 })],
  ['told to slow down', faultAt({ type: 'throttle', retryAfterSeconds: 30 })],
]
const CASES = FAULTS.flatMap(([name, sendgrid]) =>
  [1, 10].map((batchSize) => [name, batchSize, sendgrid] as const),
)

describe('a campaign whose requests were cut', () => {
  it.each(CASES)(
    '%s (%i a request) ends every delivery once, by what the webhook tells',
    async (_, batchSize, sendgrid) => {
      const world = await openWorld({
        customers: CUSTOMERS,
        batchSize,
        sendgrid,
        events: () => ['processed', 'delivered'],
      })
      const id = await world.runCampaign()
      const { counts } = await world.kit.campaigns.progress(id)
      expect(counts.sent + counts.held).toBe(CUSTOMERS)
      expect(world.sendgrid.messages).toHaveLength(counts.sent)
      expect(await world.reconcile(id)).toMatchObject({
        agreed: counts.sent,
        missing: [],
        taken: [],
        unexpected: [],
        repeated: [],
        strangers: 0,
      })
      expect(world.sendgrid.refusals.every(({ status }) => status !== 400)).toBe(true)
      // a person has those sent again that SendGrid knows nothing of
      const { untaken } = await world.reconcile(id)
      expect(untaken).toHaveLength(counts.held)
      if (untaken.length > 0) {
        await world.kit.campaigns.settleHeld(id, untaken, {
          as: 'resend',
          reason: 'not in the log of SendGrid',
        })
        await world.work()
      }
      expect(await world.reconcile(id)).toMatchObject({ agreed: CUSTOMERS, untaken: [], repeated: [] })
      const report = await world.kit.reports.campaign(id)
      expect(report.counts).toMatchObject({ sent: CUSTOMERS, delivered: CUSTOMERS })
      await world.close()
    },
  )

  it('and whose webhooks were lost as well is set right by the log of SendGrid', async () => {
    const world = await openWorld({
      customers: CUSTOMERS,
      batchSize: 10,
      sendgrid: faultAt({ type: 'drop', at: 'answer', keeps: true }),
      events: () => [],
    })
    const id = await world.runCampaign()
    const { taken, untaken } = await world.reconcile(id)
    expect(taken.length).toBeGreaterThan(0)
    expect(untaken).toEqual([])
    await world.kit.campaigns.settleHeld(id, taken, { as: 'sent', reason: 'in the log of SendGrid' })
    expect(await world.reconcile(id)).toMatchObject({
      agreed: CUSTOMERS,
      taken: [],
      missing: [],
      repeated: [],
    })
    await world.close()
  })

  it('several messages go in one request, each as it was rendered', async () => {
    const world = await openWorld({ customers: CUSTOMERS, batchSize: 100, sendgrid: {}, events: () => [] })
    await world.runCampaign()
    expect(world.sendgrid.requests).toBeLessThanOrEqual(4)
    expect(world.sendgrid.messages).toHaveLength(CUSTOMERS)
    const { subject, html, headers } = world.sendgrid.messages[3] ?? {}
    expect(html).toContain(subject?.replace('We miss you, ', 'Hello '))
    expect(headers?.['List-Unsubscribe']).toContain('https://go.pizza.example/u/')
    await world.close()
  })
})

describe('what SendGrid tells of messages', () => {
  it('forty-six times over a month, in any order, counts once', async () => {
    const world = await openWorld({
      customers: 3,
      batchSize: 10,
      sendgrid: {},
      events: () => ['processed', 'deferred', 'delivered', 'open', 'click'],
    })
    const id = await world.runCampaign()
    const [message] = world.sendgrid.messages
    if (message === undefined) throw new Error('nothing was sent')
    const opened = world.webhook.event(message, 'open', world.clock.now())
    for (let day = 0; day < 46; day += 1) {
      await world.clock.advance(15 * 3_600_000)
      await world.receive(world.webhook.post([opened], world.clock.now()))
    }
    expect((await world.kit.reports.campaign(id)).counts).toMatchObject({
      sent: 3,
      delivered: 3,
      opened: 3,
      clicks: 3,
    })
    const { items } = await world.kit.campaigns.deliveries(id)
    expect(items.every(({ receipts }) => receipts.deferred !== undefined)).toBe(true)
    await world.close()
  })

  it('of a bounce without our arguments finds its delivery by the id of the message, in a batch as well', async () => {
    const world = await openWorld({ customers: 5, batchSize: 10, sendgrid: {}, events: () => [] })
    const id = await world.runCampaign()
    expect(world.sendgrid.requests).toBeLessThan(5)
    const [first, second, third] = world.sendgrid.messages
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('too few were sent')
    const bare = { delivery_id: undefined, attempt_id: undefined, run_id: undefined, campaign_id: undefined }
    const events = [
      world.webhook.event(first, 'bounce', world.clock.now(), bare),
      world.webhook.event(second, 'blocked', world.clock.now(), bare),
      world.webhook.event(third, 'bounce', world.clock.now(), { ...bare, sg_message_id: undefined }),
    ]
    expect((await world.receive(world.webhook.post(events, world.clock.now()))).status).toBe(204)
    const { items } = await world.kit.campaigns.deliveries(id)
    const said = new Map(
      items.map((delivery) => [delivery.customerId as string, Object.keys(delivery.receipts)]),
    )
    const customerOf = ({ to }: { readonly to: string }) => to.split('@')[0] ?? ''
    expect([first, second, third].map((message) => said.get(customerOf(message)))).toEqual([
      ['bounced'],
      ['blocked'],
      ['bounced'],
    ])
    // the two that bounced are never written to again; a block changes nothing
    const reach = await world.kit.audiences.reach(everyone(), { channels: ['email'] })
    expect(reach).toMatchObject({ reachable: 3, excluded: { suppressed: 2 } })
    await world.close()
  })
})
