import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../base/time.js'
import { perMinute } from '../model/pace.js'
import { createCrashingChannel, createCrashingStorage, createCrashPoint } from '../testing/crash.js'
import { createFaultyChannel, type FaultyChannel } from '../testing/faulty-channel.js'
import { createManualClock } from '../testing/manual-clock.js'
import { createPizzeria, winBack } from './pizzeria.fixture.js'

const CUSTOMERS = 7
const WINDOW = 3
const NEVER = Number.MAX_SAFE_INTEGER

interface Aftermath {
  readonly calls: number
  readonly crashed: boolean
  /** How often the provider took the message of each customer. */
  readonly taken: ReadonlyMap<string, number>
  readonly counts: Readonly<Record<string, number>>
  readonly total: number
  readonly settled: number
  readonly eventsSent: number
}

/** Runs a campaign in a process that dies at its n-th call, and then in a fresh one over what is left. */
async function runWithCrash(
  at: number,
  when: 'before' | 'after',
  inDoubt: 'hold' | 'resend',
): Promise<Aftermath> {
  const clock = createManualClock({ auto: true })
  const storage = createMemoryStorage()
  const provider = createFaultyChannel({ clock, faultOf: () => null, capabilities: { window: WINDOW } })
  const before = createPizzeria({ storage, email: provider, kit: { clock }, seed: 'first' })
  await before.welcome(CUSTOMERS)
  const campaign = await before.kit.campaigns.create(winBack({ inDoubt, pace: { email: perMinute(10_000) } }))
  await before.kit.campaigns.launch(campaign.id)

  const crash = createCrashPoint({ at, when })
  const dying = createPizzeria({
    storage: createCrashingStorage(storage, crash),
    email: createCrashingChannel(provider, crash),
    kit: { clock },
    seed: 'dying',
  })
  await dying.root
    .worker()
    .drain()
    .catch(() => undefined)

  await clock.advance(HOUR_MS)
  const after = createPizzeria({ storage, email: provider, kit: { clock }, seed: 'after' })
  await after.root.worker().drain()
  const progress = await after.kit.campaigns.progress(campaign.id)
  const report = await after.kit.reports.campaign(campaign.id)
  return {
    calls: crash.calls,
    crashed: crash.crashed,
    taken: takenBy(provider),
    counts: progress.counts,
    total: progress.total,
    settled: progress.settled,
    eventsSent: report.counts.sent,
  }
}

function takenBy(provider: FaultyChannel): ReadonlyMap<string, number> {
  const taken = new Map<string, number>()
  for (const { message } of provider.accepted) taken.set(message.to, (taken.get(message.to) ?? 0) + 1)
  return taken
}

describe.each(['before', 'after'] as const)('a process that dies %s any of its calls', (when) => {
  it('with policy hold doubles nothing, loses nothing silently and settles everything', async () => {
    const { calls } = await runWithCrash(NEVER, when, 'hold')
    expect(calls).toBeGreaterThan(20)
    for (let at = 1; at <= calls; at += 1) {
      const aftermath = await runWithCrash(at, when, 'hold')
      const place = `call ${at} of ${calls}`
      expect(aftermath.total, place).toBe(CUSTOMERS)
      expect(aftermath.settled, place).toBe(CUSTOMERS)
      expect(Math.max(0, ...aftermath.taken.values()), place).toBeLessThanOrEqual(1)
      const { sent = 0, held = 0 } = aftermath.counts
      expect(sent + held, place).toBe(CUSTOMERS)
      expect(held, place).toBeLessThanOrEqual(WINDOW)
      expect(aftermath.taken.size, place).toBeGreaterThanOrEqual(sent)
      expect(aftermath.eventsSent, place).toBe(sent)
    }
  })

  it('with policy resend loses nothing and doubles at most one window', async () => {
    const { calls } = await runWithCrash(NEVER, when, 'resend')
    for (let at = 1; at <= calls; at += 1) {
      const aftermath = await runWithCrash(at, when, 'resend')
      const place = `call ${at} of ${calls}`
      expect(aftermath.counts.sent, place).toBe(CUSTOMERS)
      expect(aftermath.taken.size, place).toBe(CUSTOMERS)
      const doubled = [...aftermath.taken.values()].filter((times) => times > 1)
      expect(doubled.length, place).toBeLessThanOrEqual(WINDOW)
      expect(aftermath.eventsSent, place).toBe(CUSTOMERS)
    }
  })
})
