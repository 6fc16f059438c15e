import { HOUR_MS } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Delivery } from '../model/delivery.js'
import { perMinute } from '../model/pace.js'
import type { ReceiptType } from '../model/receipt.js'
import type { FaultyChannelOptions } from '../testing/faulty-channel.js'
import { BOTH, createSendingWorld, type SendingOptions } from './sending.fixture.js'

/** By e-mail and then by SMS, with no time set for the first. */
export const FIRST_OF: Partial<CampaignInput> = {
  ...BOTH,
  pace: { email: perMinute(6_000), sms: perMinute(6_000) },
  delivery: { firstOf: ['email', 'sms'] },
}

/** The same; the SMS follows after a day in which nobody heard that the e-mail arrived. */
export const WITHIN_A_DAY: Partial<CampaignInput> = {
  ...FIRST_OF,
  delivery: { firstOf: ['email', 'sms'], fallbackAfterHours: 24 },
}

/** A provider that tells of deliveries when the test says so. */
export const TELLS: Partial<Omit<FaultyChannelOptions, 'clock'>> = {
  capabilities: { receipts: ['delivered'], receiptWindowMs: HOUR_MS },
}

/** A campaign to some customers, launched, whose providers tell what the test says. */
export async function launched(
  customers: number,
  more: Partial<CampaignInput> = {},
  options: SendingOptions = {},
) {
  const world = createSendingWorld({ email: TELLS, sms: TELLS, ...options })
  await world.invite(customers)
  const { id } = await world.launch({ ...FIRST_OF, ...more })
  const deliveries = async (): Promise<readonly Delivery[]> =>
    (await world.kit.campaigns.deliveries(id, {}, { limit: 1_000 })).items
  const tell = async (channel: ChannelKind, type: ReceiptType, customerId = 'c-0') => {
    const told = (await deliveries()).filter(
      (delivery) => delivery.channel === channel && delivery.customerId === customerId,
    )
    const receipts = told.map((delivery) => ({
      key: `${type} ${delivery.id}`,
      type,
      at: world.clock.now(),
      deliveryId: delivery.id,
    }))
    return world.kit.events.ingest(receipts)
  }
  const worker = world.root.worker()
  /** Sends what is due, by one worker that remembers, and lets nothing wait. */
  const sendDue = async () => {
    for (let ticks = 0; ticks < 10; ticks += 1) await worker.tick()
  }
  /** Works until nothing is left, however long that takes. */
  const wait = () => world.root.worker().drain()
  const ends = async () =>
    (await deliveries())
      .map(({ customerId, channel, status, reason }) =>
        [customerId, channel, status, reason].filter((part) => part !== null).join(' '),
      )
      .sort()
  const status = async () => (await world.kit.campaigns.get(id)).status
  return { ...world, id, deliveries, tell, sendDue, wait, ends, status }
}
