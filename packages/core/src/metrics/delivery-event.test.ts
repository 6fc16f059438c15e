import { describe, expect, it } from 'vitest'
import { sampleDelivery } from '../testing/samples.js'
import { attributionOf, deliveryEvent, endEvent } from './delivery-event.js'

const DELIVERY = sampleDelivery({ arm: 'plain', segments: ['VIP'] })

describe('the event of a delivery', () => {
  it('counts where the delivery belongs', () => {
    expect(attributionOf(DELIVERY)).toEqual({
      campaignId: DELIVERY.campaignId,
      runId: DELIVERY.runId,
      arm: 'plain',
      channel: 'email',
      segments: ['VIP'],
    })
  })

  it('is empty but for what it is told', () => {
    const event = deliveryEvent(DELIVERY, { key: 'k', type: 'clicked', at: 1, recordedAt: 2, machine: true })
    expect(event).toEqual({
      key: 'k',
      type: 'clicked',
      at: 1,
      recordedAt: 2,
      customerId: DELIVERY.customerId,
      deliveryId: DELIVERY.id,
      attributions: [attributionOf(DELIVERY)],
      amountMinor: 0,
      costMicros: 0,
      currency: null,
      reason: null,
      url: null,
      machine: true,
      interaction: null,
    })
  })

  it('of an end has a key that makes it count once', () => {
    const ended = endEvent(DELIVERY, 'failed', 9, { reason: 'mailboxFull' })
    expect(ended).toMatchObject({
      key: `failed:${DELIVERY.id}`,
      type: 'failed',
      at: 9,
      recordedAt: 9,
      reason: 'mailboxFull',
    })
    expect(endEvent(DELIVERY, 'sent', 9).reason).toBeNull()
  })
})
