import type { AddressKey, CustomerId, DeliveryId } from '../../base/ids.js'
import type { Delivery } from '../../model/delivery.js'
import type { Attribution, CampaignEvent } from '../../model/event.js'
import { SOLE_VARIANT } from '../../model/experiment.js'
import type { Receipt } from '../../model/receipt.js'
import type { OutgoingMessage } from '../../ports/channel.js'
import { asId, type Overrides } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'

const RUN = { id: 'run-1', campaignId: 'campaign-1' }
const CUSTOMER = 'customer-1'

/** A queued e-mail, due now. Its customer is made from its id when none is given; with a placement it has none. */
export function sampleDelivery(overrides: Overrides<Delivery> = {}): Delivery {
  const id = overrides.id ?? 'delivery-1'
  const dueAt = overrides.dueAt ?? SAMPLE_NOW
  const isPublic = (overrides.placement ?? null) !== null
  return {
    placement: null,
    step: 0,
    channel: 'email',
    arm: SOLE_VARIANT,
    rank: 0,
    segments: [],
    firstDueAt: dueAt,
    status: 'queued',
    tries: 0,
    lease: null,
    reason: null,
    providerMessageId: null,
    receipts: {},
    sentAt: null,
    settledAt: null,
    costMicros: 0,
    currency: null,
    ...overrides,
    dueAt,
    id: asId(id),
    runId: asId(overrides.runId ?? RUN.id),
    campaignId: asId(overrides.campaignId ?? RUN.campaignId),
    customerId: isPublic ? null : asId<CustomerId>(overrides.customerId ?? `customer of ${id}`),
    openAttempt: overrides.openAttempt ?? null,
    addressKey: overrides.addressKey ? asId<AddressKey>(overrides.addressKey) : null,
  }
}

/** An e-mail on its way out. */
export function sampleMessage(overrides: Overrides<OutgoingMessage> = {}): OutgoingMessage {
  const deliveryId = overrides.deliveryId ?? 'delivery-1'
  return {
    to: 'ada@mail.example',
    content: {
      type: 'email',
      subject: 'We miss you',
      html: '<p>Come back</p>',
      text: 'Come back',
      replyTo: null,
      headers: {},
      attachments: [],
    },
    ...overrides,
    deliveryId: asId(deliveryId),
    idempotencyKey: overrides.idempotencyKey ?? deliveryId,
    attemptId: asId(overrides.attemptId ?? `attempt of ${deliveryId}`),
    campaignId: asId(overrides.campaignId ?? RUN.campaignId),
    runId: asId(overrides.runId ?? RUN.id),
  }
}

/** A delivered receipt for the sample delivery. */
export function sampleReceipt(
  overrides: Overrides<Omit<Receipt, 'deliveryId'>> & { deliveryId?: string } = {},
): Receipt {
  return {
    key: 'receipt-1',
    type: 'delivered',
    at: SAMPLE_NOW,
    ...overrides,
    deliveryId: asId(overrides.deliveryId ?? 'delivery-1'),
  }
}

/** Where an event of a sample delivery counts. */
export function sampleAttribution(overrides: Overrides<Attribution> = {}): Attribution {
  return {
    arm: SOLE_VARIANT,
    channel: 'email',
    segments: [],
    ...overrides,
    campaignId: asId(overrides.campaignId ?? RUN.campaignId),
    runId: asId(overrides.runId ?? RUN.id),
  }
}

/** A click, counted for one campaign. */
export function sampleEvent(overrides: Overrides<CampaignEvent> = {}): CampaignEvent {
  const { customerId = CUSTOMER, deliveryId = null } = overrides
  return {
    key: 'event-1',
    type: 'clicked',
    at: SAMPLE_NOW,
    recordedAt: SAMPLE_NOW,
    attributions: [sampleAttribution()],
    amountMinor: 0,
    costMicros: 0,
    currency: null,
    reason: null,
    url: null,
    machine: false,
    interaction: null,
    ...overrides,
    customerId: customerId === null ? null : asId<CustomerId>(customerId),
    deliveryId: deliveryId === null ? null : asId<DeliveryId>(deliveryId),
  }
}
