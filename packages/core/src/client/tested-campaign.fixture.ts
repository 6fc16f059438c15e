import type { CampaignInput } from '../model/campaign.js'
import type { CustomerInput } from '../model/customer.js'
import { perSecond } from '../model/pace.js'
import { createSendingWorld, type SendingOptions } from './sending.fixture.js'

/** How long conversions count. */
export const WINDOW_DAYS = 2

/** Two variants and a half that waits. */
export function testOf(
  experiment: Partial<NonNullable<CampaignInput['experiment']>> = {},
): Partial<CampaignInput> {
  return {
    pace: { email: perSecond(100) },
    experiment: {
      variants: [{ name: 'plain' }, { name: 'emoji', messages: { email: { subject: 'We miss you 🍕' } } }],
      remainder: 0.5,
      conversionWindowDays: WINDOW_DAYS,
      decision: 'fixed',
      ...experiment,
    },
  }
}

/** A campaign to 800 of whom 400 wait; the first two fifths of `emoji` buy, and so many of `plain`. */
export async function tested(
  experiment: Parameters<typeof testOf>[0] = {},
  plainBuyers = 30,
  options: SendingOptions = {},
  more: Partial<CampaignInput> = {},
  customer: (number: number) => Partial<CustomerInput> = () => ({}),
) {
  const world = createSendingWorld(options)
  await world.invite(800, customer)
  const { id } = await world.launch({ ...testOf(experiment), ...more })
  await world.root.worker().drain(more.schedule === undefined ? {} : { until: Date.UTC(2026, 2, 4) })
  const { items } = await world.kit.campaigns.deliveries(id, {}, { limit: 1_000 })
  const customersOf = (arm: string) => [
    ...new Set(items.filter((delivery) => delivery.arm === arm).map((each) => each.customerId ?? '')),
  ]
  const buyers = [...customersOf('emoji').slice(0, 80), ...customersOf('plain').slice(0, plainBuyers)]
  await world.kit.events.track(
    buyers.map((customerId) => ({ key: `order-${customerId}`, type: 'conversion', customerId })),
  )
  return { ...world, id, first: items }
}

/** Long after all is over. */
export const later = { until: Date.UTC(2027, 0, 1) }
