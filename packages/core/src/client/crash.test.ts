import { describe, expect, it } from 'vitest'
import { perMinute } from '../model/pace.js'
import { failsFirst } from '../testing/faults.js'
import { type Aftermath, type CrashScenario, runWithCrash } from './crash.fixture.js'
import { winBack } from './pizzeria.fixture.js'
import { BOTH } from './sending.fixture.js'

const CUSTOMERS = 7
const WINDOW = 3
const NEVER = Number.MAX_SAFE_INTEGER
const PACE = { pace: { email: perMinute(10_000), sms: perMinute(10_000) } }
/** Each death is a whole campaign. */
const SLOW_MS = 60_000
const WHEN = ['before', 'after'] as const
const POST = { title: 'Two for one', body: 'On Monday', placement: ['page', 'group'] }

const base: CrashScenario = { customers: CUSTOMERS, campaign: PACE, capabilities: { window: WINDOW } }

/** Runs a scenario with a death at every call of it, or at so many of them. */
async function atEachCall(
  scenario: CrashScenario,
  when: (typeof WHEN)[number],
  check: (aftermath: Aftermath, place: string) => void,
  sample = NEVER,
): Promise<void> {
  const whole = await runWithCrash(scenario, { at: NEVER, when })
  expect(whole.calls).toBeGreaterThan(20)
  const step = Math.max(1, Math.floor(whole.calls / sample))
  for (let at = 1; at <= whole.calls; at += step) {
    check(await runWithCrash(scenario, { at, when }), `call ${at} of ${whole.calls}`)
  }
}

function expectEnded(aftermath: Aftermath, place: string, total = CUSTOMERS): void {
  expect([aftermath.status, aftermath.runs], place).toEqual(['completed', ['ended']])
  expect([aftermath.total, aftermath.settled], place).toEqual([total, total])
}

const mostOf = (taken: ReadonlyMap<string, number>) => Math.max(0, ...taken.values())

describe.each(WHEN)('a process that dies %s any of its calls', { timeout: SLOW_MS }, (when) => {
  it('with policy hold doubles nothing, loses nothing silently and settles everything', async () => {
    await atEachCall(base, when, (aftermath, place) => {
      expectEnded(aftermath, place)
      expect(mostOf(aftermath.email), place).toBeLessThanOrEqual(1)
      const { sent, held } = aftermath.counts
      expect(sent + held, place).toBe(CUSTOMERS)
      expect(held, place).toBeLessThanOrEqual(WINDOW)
      expect(aftermath.email.size, place).toBeGreaterThanOrEqual(sent)
      expect(aftermath.eventsSent, place).toBe(sent)
    })
  })

  it('with policy resend loses nothing and doubles at most one window', async () => {
    await atEachCall({ ...base, campaign: { ...PACE, inDoubt: 'resend' } }, when, (aftermath, place) => {
      expectEnded(aftermath, place)
      expect(aftermath.counts.sent, place).toBe(CUSTOMERS)
      expect(aftermath.email.size, place).toBe(CUSTOMERS)
      const doubled = [...aftermath.email.values()].filter((times) => times > 1)
      expect(doubled.length, place).toBeLessThanOrEqual(WINDOW)
      expect(aftermath.eventsSent, place).toBe(CUSTOMERS)
    })
  })

  it('while calls carry several messages leaves no more than a window in doubt', async () => {
    const scenario = { ...base, customers: 13, capabilities: { window: 6, batchSize: 3 } }
    await atEachCall(scenario, when, (aftermath, place) => {
      expectEnded(aftermath, place, 13)
      expect(mostOf(aftermath.email), place).toBeLessThanOrEqual(1)
      const { sent, held } = aftermath.counts
      expect(sent + held, place).toBe(13)
      expect(held, place).toBeLessThanOrEqual(6)
    })
  })

  it('while tries fail spends no more of them than there are', async () => {
    const emailFault = failsFirst(2, { outcome: 'transient', code: 'busy' })
    const scenario = { ...base, customers: 3, emailFault }
    await atEachCall(
      scenario,
      when,
      (aftermath, place) => {
        expectEnded(aftermath, place, 3)
        expect(mostOf(aftermath.email), place).toBeLessThanOrEqual(1)
        const { sent, held, failed } = aftermath.counts
        expect([sent + held, failed], place).toEqual([3, 0])
        expect(held, place).toBeLessThanOrEqual(WINDOW)
      },
      40,
    )
  })

  it('on the way from one channel to the next writes on each once, and falls back once', async () => {
    const scenario: CrashScenario = {
      ...base,
      customers: 3,
      campaign: { ...BOTH, ...PACE, delivery: { firstOf: ['email', 'sms'] } },
      emailFault: () => ({ outcome: 'permanent', code: 'gone', suppress: true }),
    }
    await atEachCall(scenario, when, (aftermath, place) => {
      expect([aftermath.status, aftermath.runs], place).toEqual(['completed', ['ended']])
      expect(aftermath.settled, place).toBe(aftermath.total)
      expect(mostOf(aftermath.sms), place).toBeLessThanOrEqual(1)
      for (const [customer, deliveries] of aftermath.byCustomer) {
        expect(
          [
            ['email failed', 'sms sent'],
            ['email failed', 'sms held'],
            ['email skipped', 'sms sent'],
            ['email held'],
          ],
          `${place} ${customer}`,
        ).toContainEqual(deliveries)
      }
    })
  })

  it('while it puts up posts puts up none twice, loses none silently and settles all', async () => {
    const scenario: CrashScenario = {
      ...base,
      customers: 3,
      campaign: { ...PACE, messages: { ...winBack().messages, social: POST } },
      socialFault: () => null,
    }
    await atEachCall(scenario, when, (aftermath, place) => {
      expectEnded(aftermath, place, 5)
      expect(mostOf(aftermath.social), place).toBeLessThanOrEqual(1)
      expect(mostOf(aftermath.email), place).toBeLessThanOrEqual(1)
      const posts = ['page', 'group'].map((name) => aftermath.byCustomer.get(name)?.join() ?? '')
      for (const [index, name] of ['page', 'group'].entries()) {
        expect(['social sent', 'social held'], place).toContain(posts[index])
        if (posts[index] === 'social sent') expect(aftermath.social.get(name), place).toBe(1)
      }
      expect(aftermath.eventsSent, place).toBe(aftermath.counts.sent)
    })
  })

  it('while it puts up posts by keys puts each up once, however often it has to ask', async () => {
    const scenario: CrashScenario = {
      ...base,
      customers: 0,
      capabilities: { window: WINDOW, idempotencyKeys: true },
      campaign: { ...PACE, messages: { ...winBack().messages, social: POST } },
      socialFault: () => null,
    }
    await atEachCall(scenario, when, (aftermath, place) => {
      expectEnded(aftermath, place, 2)
      expect(aftermath.counts.sent, place).toBe(2)
      expect([...aftermath.byCustomer.keys()].toSorted(), place).toEqual(['group', 'page'])
      expect(aftermath.members, place).toEqual([])
    })
  })

  it('beside another worker takes nothing of its share along', async () => {
    const scenario = { ...base, customers: 9, companion: true }
    await atEachCall(scenario, when, (aftermath, place) => {
      expectEnded(aftermath, place, 9)
      expect(mostOf(aftermath.email), place).toBeLessThanOrEqual(1)
      const { sent, held } = aftermath.counts
      expect(sent + held, place).toBe(9)
      expect(held, place).toBeLessThanOrEqual(WINDOW)
    })
  })
})

describe.each(WHEN)(
  'a process that dies %s one of its calls while it freezes',
  { timeout: SLOW_MS },
  (when) => {
    it('leaves the audience that it would have made: the same members, arms and ranks', async () => {
      const scenario: CrashScenario = {
        customers: 2_500,
        campaign: {
          ...PACE,
          experiment: { variants: [{ name: 'a', weight: 2 }, { name: 'b' }], holdout: 0.1 },
          // nobody is written to here: only the freezing is looked at
          startsAt: Date.UTC(2026, 2, 1, 9),
          endsAt: Date.UTC(2026, 2, 1, 12),
          pace: { email: { limit: 1, periodMs: 3_600_000 } },
        },
      }
      const whole = await runWithCrash(scenario, { at: NEVER, when })
      const rows = (aftermath: Aftermath) =>
        aftermath.members.map(
          ({ customerId, arm, rank, exclusion }) => `${customerId} ${arm} ${rank} ${exclusion}`,
        )
      const expected = rows(whole)
      expect(expected).toHaveLength(2_500)
      expect(whole.total).toBe(2_250)
      const calls = Math.min(whole.calls, 60)
      for (let at = 1; at <= calls; at += 13) {
        const aftermath = await runWithCrash(scenario, { at, when })
        expect(rows(aftermath), `call ${at}`).toEqual(expected)
        expect([aftermath.total, aftermath.settled, aftermath.status], `call ${at}`).toEqual([
          2_250,
          2_250,
          'completed',
        ])
      }
    })
  },
)
