import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { createCampaignKit, everyone } from '@campaignkit/core'
import { createDirectInFlight, createManualClock, createRecordingChannel } from '@campaignkit/core/testing'
import { describe, expect, it } from 'vitest'
import { type FakeEvent, fakeWebhook } from '../testing/fake-webhook.js'
import { createSendgridReceipts } from './create-receipts.js'

/** One customer who got an e-mail, and gets an SMS when that comes back. */
async function mailed() {
  const clock = createManualClock({ auto: true })
  const webhook = fakeWebhook()
  const email = createRecordingChannel({ kind: 'email', receipts: ['delivered', 'bounced'] })
  const sms = createRecordingChannel({ kind: 'sms' })
  const root = createCampaignKit({
    storage: createMemoryStorage(),
    channels: { email, sms },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of the pizzeria, long enough' }],
    clock,
    inFlight: createDirectInFlight(),
  })
  const kit = root.as({ tenant: 'pizzeria', actor: { id: 'u-17', kind: 'user' } })
  const receive = createSendgridReceipts({ kit, publicKeys: webhook.publicKey, clock })
  await kit.customers.upsert([{ id: 'ada', addresses: { email: 'ada@example.com', phone: '+393331000000' } }])
  const { id } = await kit.campaigns.create({
    name: 'Open again',
    purpose: 'transactional',
    audience: everyone(),
    messages: { email: { subject: 'Open again', text: 'Open again' }, sms: { body: 'Open again' } },
    delivery: { firstOf: ['email', 'sms'] },
  })
  await kit.campaigns.launch(id)
  await root.worker().drain()
  const [delivery] = (await kit.campaigns.deliveries(id)).items
  const tell = async (event: Partial<FakeEvent>) => {
    const told = {
      email: 'ada@example.com',
      timestamp: Math.floor(clock.now() / 1_000),
      sg_event_id: `e-${event.event}`,
      ...event,
    } as FakeEvent
    const response = await receive(webhook.post([told, told], clock.now()))
    await root.worker().drain()
    return response.status
  }
  return { sms, tell, providerMessageId: delivery?.providerMessageId ?? '', deliveryId: delivery?.id ?? '' }
}

describe('an e-mail that SendGrid took', () => {
  it.each([
    ['bounce', { type: 'bounce', status: '5.1.1' }],
    ['bounce', { type: 'blocked', status: '4.7.1' }],
    ['dropped', { reason: 'Bounced Address' }],
  ] as const)('and tells of a %s later (%o) is followed by the SMS', async (event, more) => {
    const { sms, tell, deliveryId } = await mailed()
    expect(sms.sent).toHaveLength(0)
    expect(await tell({ event, delivery_id: deliveryId, ...more })).toBe(204)
    expect(sms.sent).toHaveLength(1)
  })

  it('and that bounces asynchronously, known by the id of the message alone, is followed too', async () => {
    const { sms, tell, providerMessageId } = await mailed()
    const told = { event: 'bounce', type: 'bounce', 'smtp-id': `<${providerMessageId}>` } as const
    expect(await tell(told)).toBe(204)
    expect(sms.sent).toHaveLength(1)
  })

  it('and defers, or delivers, is not', async () => {
    const { sms, tell, deliveryId } = await mailed()
    await tell({ event: 'deferred', delivery_id: deliveryId })
    await tell({ event: 'delivered', delivery_id: deliveryId })
    expect(sms.sent).toHaveLength(0)
  })
})
