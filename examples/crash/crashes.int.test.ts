import { describe, expect, it } from 'vitest'
import { KILL_POINTS } from './kill-points.js'
import { plansFor } from './plans.js'
import { runCrashes } from './run-crashes.js'

/** Kills at each named point; `CRASH_EACH=5` is the long trial. */
const EACH = Number(process.env.CRASH_EACH ?? 1)

describe('workers that are killed over real PostgreSQL and real SMTP', () => {
  it('lose no message and double none under hold, also while the database is restarted', async () => {
    const plans = plansFor(EACH, EACH, 7)
    const found = await runCrashes({
      deliveries: 600,
      workers: 2,
      policy: 'hold',
      plans,
      restartsDatabase: true,
    })
    expect(found).toMatchObject({
      incomplete: 0,
      lost: 0,
      doubled: 0,
      open: 0,
      miscounted: 0,
      failed: 0,
    })
    expect(found.sent + found.held).toBe(600 * found.campaigns)
    expect(found.kills).toEqual(Object.fromEntries(KILL_POINTS.map((point) => [point, EACH])))
  }, 1_800_000)
})

describe('the plans of a trial', () => {
  it('kill at each named point so often, at first with the first chance, and then at random', () => {
    const plans = plansFor(3, 4, 1)
    expect(plans).toHaveLength(3 * (KILL_POINTS.length - 1) + 4)
    expect(plans.filter(({ point }) => point === 'after accept')[0]).toEqual({
      point: 'after accept',
      nth: 1,
    })
    expect(plans.every(({ nth }) => Number.isInteger(nth) && nth >= 1)).toBe(true)
    expect(plansFor(3, 4, 1)).toEqual(plans)
  })
})
