import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../base/time.js'
import { perMinute } from '../model/pace.js'
import { type Aftermath, type CrashScenario, runWithCrash } from './crash.fixture.js'

const WAITING = 6
const WINDOW = 3
const NEVER = Number.MAX_SAFE_INTEGER
const UNTIL = Date.UTC(2026, 3, 1)

/** Six have been written to, three of `emoji` and one of `plain` bought, six wait. */
const scenario: CrashScenario = {
  customers: 12,
  capabilities: { window: WINDOW },
  campaign: {
    pace: { email: perMinute(10_000) },
    experiment: {
      variants: [{ name: 'plain' }, { name: 'emoji' }],
      remainder: 0.5,
      conversionWindowDays: 2,
      decision: 'fixed',
      alpha: 0.5,
      minRecipients: 1,
      minConversions: 1,
      minContacts: 1,
    },
  },
  until: UNTIL,
  async before({ root, kit }, id) {
    await root.worker().drain()
    const { items } = await kit.campaigns.deliveries(id, {}, { limit: 100 })
    const buyers = [
      ...items.filter(({ arm }) => arm === 'emoji'),
      ...items.filter(({ arm }) => arm === 'plain').slice(0, 1),
    ]
    await kit.events.track(
      buyers.map(({ customerId }) => ({
        key: `order-${customerId}`,
        type: 'conversion',
        customerId: customerId ?? '',
      })),
    )
  },
}

function check(
  { status, runs, counts, email, decisions, rollout, total }: Aftermath,
  place: string,
  resends: boolean,
): void {
  expect([status, runs], place).toEqual(['completed', ['ended', 'ended']])
  expect([decisions, rollout?.arm], place).toEqual([1, 'emoji'])
  expect([total, counts.sent + counts.held], place).toEqual([12, 12])
  expect(counts.held, place).toBeLessThanOrEqual(resends ? 0 : WINDOW)
  const doubled = [...email.values()].filter((times) => times > 1).length
  expect(doubled, place).toBeLessThanOrEqual(resends ? WINDOW : 0)
  if (resends) expect(email.size, place).toBe(12)
}

/** Runs a scenario with a death at every call of it. */
async function atEachCall(whole: CrashScenario, when: 'before' | 'after', resends: boolean): Promise<void> {
  const { calls, ...aftermath } = await runWithCrash(whole, { at: NEVER, when })
  check({ calls, ...aftermath }, 'no crash', resends)
  expect(aftermath.email.size).toBe(6 + WAITING)
  expect(calls).toBeGreaterThan(20)
  for (let at = 1; at <= calls; at += 1)
    check(await runWithCrash(whole, { at, when }), `call ${at} of ${calls}`, resends)
}

describe.each(['before', 'after'] as const)(
  'a process that dies %s any of its calls while it rolls out',
  { timeout: 120_000 },
  (when) => {
    it('decides once and doubles nobody, with policy hold', async () => {
      await atEachCall(scenario, when, false)
    })

    it('decides once and loses nobody, with policy resend', async () => {
      const resending: CrashScenario = { ...scenario, campaign: { ...scenario.campaign, inDoubt: 'resend' } }
      await atEachCall(resending, when, true)
    })

    it('beside another worker decides once and doubles nobody', async () => {
      const beside: CrashScenario = {
        ...scenario,
        companion: true,
        async before(world, id) {
          await scenario.before?.(world, id)
          await world.clock.advance(3 * DAY_MS)
        },
      }
      await atEachCall(beside, when, false)
    })
  },
)
