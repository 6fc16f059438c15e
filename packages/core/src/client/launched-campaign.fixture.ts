import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { createInFlight } from '../defaults/in-flight.js'
import { createQrEncoder } from '../defaults/qr-encoder.js'
import { createSystemIds } from '../defaults/system-ids.js'
import { createSystemRandom } from '../defaults/system-random.js'
import type { CampaignInput } from '../model/campaign.js'
import type { Channel } from '../ports/channel.js'
import type { Clock } from '../ports/clock.js'
import type { Storage } from '../ports/storage/storage.js'
import { everyone } from '../segmentation/builders.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { sampleCapabilities } from '../testing/sample-capabilities.js'
import { createPizzeria, lapsedCustomer } from './pizzeria.fixture.js'

/** Takes everything, keeps nothing. */
export function nullChannel(): Channel {
  let sent = 0
  return {
    capabilities: sampleCapabilities({ window: 100 }),
    async send(_scope, batch) {
      return batch.map(() => {
        sent += 1
        return { outcome: 'accepted', providerMessageId: `null-${sent}` }
      })
    },
  }
}

/** A clock on which whoever sleeps wakes at once, at the instant that was asked for. */
function hastyClock(): Clock {
  let now = SAMPLE_NOW
  return {
    now: () => now,
    async sleepUntil(instant) {
      now = Math.max(now, instant)
    },
    turn: () => new Promise((resolve) => setImmediate(resolve)),
  }
}

type Content = Pick<CampaignInput, 'messages' | 'coupon'>

const WELCOMED_AT_ONCE = 10_000

/** A kit over the real ports, whose mail goes nowhere; only its time is that of a test. */
export async function launchedCampaign(
  recipients: number,
  content: Content,
  storage: Storage = createMemoryStorage(),
) {
  const random = createSystemRandom()
  const clock = hastyClock()
  const { root, kit, welcome } = createPizzeria({
    storage,
    email: nullChannel(),
    kit: {
      clock,
      random,
      ids: createSystemIds({ clock, random }),
      inFlight: createInFlight(),
      qr: createQrEncoder(),
    },
  })
  for (let from = 0; from < recipients; from += WELCOMED_AT_ONCE) {
    await welcome(Math.min(WELCOMED_AT_ONCE, recipients - from), (index) => lapsedCustomer(from + index))
  }
  const pace = { email: { limit: 10_000_000, periodMs: 1_000 } }
  const { id } = await kit.campaigns.create({ name: 'We miss you', audience: everyone(), pace, ...content })
  await kit.campaigns.launch(id)
  const worker = root.worker()
  return {
    async freeze() {
      while ((await kit.campaigns.get(id)).status !== 'active') await worker.tick()
    },
    async send() {
      await worker.drain()
      const { counts } = await kit.campaigns.progress(id)
      if (counts.sent !== recipients) throw new Error('not all were sent')
      return recipients
    },
  }
}
