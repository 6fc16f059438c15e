import { type ChannelKind, everyone } from '@campaignkit/core'
import { createRecordingChannel } from '@campaignkit/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'
import { invite, openWorkerKit, type WorkerKit } from './worker-kit.fixture.js'

const PLACEMENTS = Array.from({ length: 40 }, (_, number) => `slot-${number}`)
const tenant = 'pizzeria'

let test: TestStorage
let opened: readonly WorkerKit[] = []

const channelOf = (kind: ChannelKind, addressing: 'person' | 'public') =>
  createRecordingChannel({ kind, addressing, window: 3 })
const email = channelOf('email', 'person')
const display = channelOf('display', 'public')

beforeAll(async () => {
  test = await openTestStorage()
  opened = [1, 2, 3].map(() =>
    openWorkerKit(test, { tenant, kit: { channels: { email, display }, leaseMs: 60_000 } }),
  )
}, START_MS)

afterAll(async () => {
  for (const each of opened) await each.close()
  await test.stop()
})

describe('what is put in public by workers of several processes', () => {
  it('is put up once a placement, beside messages to customers, and counted for nobody', async () => {
    const [first] = opened
    const kit = first?.kit ?? ({} as never as WorkerKit['kit'])
    await invite(kit, 30)
    const { id } = await kit.campaigns.create({
      name: 'Two for one',
      audience: everyone(),
      purpose: 'transactional',
      messages: {
        email: { subject: 'Two for one', text: 'On Monday' },
        display: { title: 'Two for one', body: 'On Monday', placement: PLACEMENTS },
      },
      pace: { email: { limit: 6_000, periodMs: 1_000 }, display: { limit: 6_000, periodMs: 1_000 } },
    })
    await kit.campaigns.launch(id)
    await Promise.all(opened.map(({ root }) => root.worker().drain()))
    expect(display.sent.map(({ to }) => to).toSorted()).toEqual(PLACEMENTS.toSorted())
    expect(email.sent).toHaveLength(30)
    const { items } = await kit.campaigns.deliveries(id, {}, { limit: 1_000 })
    const posts = items.filter(({ placement }) => placement !== null)
    expect(posts.map(({ customerId, addressKey, status }) => [customerId, addressKey, status])).toEqual(
      PLACEMENTS.map(() => [null, null, 'sent']),
    )
    const [post] = posts
    await kit.events.ingest(
      ['a', 'b'].map((key) => ({
        key,
        type: 'clicked',
        at: Date.now(),
        deliveryId: post?.id ?? ('' as never),
      })),
    )
    const report = await kit.reports.campaign(id)
    expect([report.counts.sent, report.counts.clicks, report.audience.recipients]).toEqual([70, 2, 30])
    await kit.customers.erase(['c-0'], 'asked')
    const trace = await kit.campaigns.explainPost(id, { channel: 'display', placement: 'slot-7' })
    expect([trace.sent, trace.steps.at(-1)?.code]).toEqual([true, 'sent'])
  })
})
