import { createSystemIds } from '../defaults/system-ids.js'
import { createSystemRandom } from '../defaults/system-random.js'
import { createManualClock } from '../testing/manual-clock.js'
import { createPizzeria } from './pizzeria.fixture.js'

const MEMBERS = 2_000
const BATCH = 1_000

/** A shop that has run a campaign, and the codes that its customers got. */
async function afterCampaign() {
  const pizzeria = createPizzeria({ kit: { random: createSystemRandom() } })
  await pizzeria.welcome(MEMBERS)
  await pizzeria.runCampaign({ pace: { email: { limit: 10_000_000, periodMs: 1_000 } } })
  const codes = pizzeria.outbox.sent.map(({ content }) =>
    codeIn(content.type === 'email' ? content.text : ''),
  )
  if (codes.length !== MEMBERS) throw new Error('not all were written to')
  return { ...pizzeria, codes }
}

function codeIn(text: string): string {
  const code = /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/.exec(text)?.[0]
  if (code === undefined) throw new Error('a message without code')
  return code
}

export const redeemBench = {
  stage: 'redeem a coupon',
  unit: 'coupon',
  bareName: 'a Map: get, check, set',
  goal: {},
  prepare() {
    return {
      ours: async () => {
        const { kit, codes } = await afterCampaign()
        return async () => {
          for (const code of codes) {
            const { outcome } = await kit.coupons.redeem(code, { by: 'till-3', key: code })
            if (outcome !== 'redeemed') throw new Error(outcome)
          }
          return codes.length
        }
      },
      bare: () => {
        const used = new Map(Array.from({ length: 100_000 }, (_, at) => [`code-${at}`, 0]))
        return () => {
          for (const [code, count] of used) if (count < 1) used.set(code, count + 1)
          return used.size
        }
      },
    }
  },
}

export const trackBench = {
  stage: 'track an event, in batches of 1,000',
  unit: 'event',
  bareName: 'a Map: set',
  goal: {},
  prepare() {
    const ids = createSystemIds({
      clock: createManualClock(),
      random: createSystemRandom(),
    })
    const event = (at: number) => ({
      key: ids.next('event'),
      type: 'conversion',
      customerId: `c-${at % MEMBERS}`,
      amountMinor: 1_250,
      currency: 'EUR',
    })
    const batches = () =>
      Array.from({ length: 10 }, () => Array.from({ length: BATCH }, (_, at) => event(at)))
    return {
      ours: async () => {
        const { kit } = await afterCampaign()
        const given = batches()
        return async () => {
          let recorded = 0
          for (const batch of given) recorded += (await kit.events.track(batch)).recorded
          return recorded
        }
      },
      bare: () => {
        const given = batches()
        return () => {
          const events = new Map<string, object>()
          for (const batch of given) for (const one of batch) events.set(one.key, { ...one, at: 0 })
          return events.size
        }
      },
    }
  },
}
