import { CampaignKitError } from '../base/error.js'
import type { DurationMs, Instant } from '../base/time.js'
import type { Clock } from '../ports/clock.js'
import { runMicrotasks } from './microtasks.js'

/** The instant at which a manual clock starts when none is given: Sunday, 2026-03-01T09:00:00Z. */
export const SAMPLE_NOW: Instant = Date.UTC(2026, 2, 1, 9)

/** How a {@link ManualClock} runs. */
export interface ManualClockOptions {
  /** @default SAMPLE_NOW */
  readonly startsAt?: Instant
  /**
   * Whether time jumps by itself to the earliest sleeper as soon as nothing else is left to run.
   *
   * @default false
   */
  readonly auto?: boolean
  /**
   * Awaited before each jump of an `auto` clock, so that real input and output gets its turn:
   * `() => new Promise((resolve) => setImmediate(resolve))`. Without it only promises run between two jumps.
   */
  readonly yieldTurn?: () => Promise<void>
}

/** A clock that a test moves. */
export interface ManualClock extends Clock {
  /** How many sleep at the moment. */
  readonly sleeping: number
  /**
   * Lets so much time pass, waking each sleeper at its own instant.
   *
   * @param ms - whole milliseconds, 0 or more
   */
  advance(ms: DurationMs): Promise<void>
  /**
   * Lets time pass until an instant. Sleepers wake in order of their instants, of equal ones in order of their calls;
   * what each does next runs before time goes on.
   *
   * @throws INVALID_INPUT when the instant lies behind `now()` or is none
   */
  advanceTo(instant: Instant): Promise<void>
  /** Lets everything run that waits for promises alone; no time passes. */
  settle(): Promise<void>
}

interface Sleeper {
  readonly instant: Instant
  readonly wake: () => void
}

/**
 * Makes a clock whose time stands still until a test moves it, or (`auto`) until all sleep.
 *
 * @throws INVALID_INPUT when `startsAt` is not a whole number of milliseconds
 * @example
 * ```ts
 * import { createManualClock } from '@campaignkit/core/testing'
 * const clock = createManualClock()
 * const tomorrow = clock.now() + 86_400_000
 * const woken = clock.sleepUntil(tomorrow).then(() => clock.now() === tomorrow)
 * await clock.advanceTo(tomorrow)
 * await woken
 * ```
 */
export function createManualClock(options: ManualClockOptions = {}): ManualClock {
  const { startsAt = SAMPLE_NOW, auto = false, yieldTurn } = options
  if (!Number.isSafeInteger(startsAt)) throw notAnInstant('startsAt')
  const sleepers: Sleeper[] = []
  let now = startsAt
  let jumping = false

  const enqueue = (sleeper: Sleeper) => {
    let at = sleepers.length
    while (at > 0 && (sleepers[at - 1]?.instant ?? 0) > sleeper.instant) at -= 1
    sleepers.splice(at, 0, sleeper)
  }
  const wakeNext = async (until: Instant): Promise<boolean> => {
    const [next] = sleepers
    if (next === undefined || next.instant > until) return false
    sleepers.shift()
    now = Math.max(now, next.instant)
    next.wake()
    await runMicrotasks()
    return true
  }
  const someoneWakes = () => (sleepers[0]?.instant ?? Number.POSITIVE_INFINITY) <= Number.MAX_SAFE_INTEGER
  const jump = async () => {
    if (jumping) return
    jumping = true
    do {
      await runMicrotasks()
      await yieldTurn?.()
      // the second look is for whoever went to sleep while the first one was awaited
    } while ((await wakeNext(Number.MAX_SAFE_INTEGER)) || someoneWakes())
    jumping = false
  }
  const advanceTo = async (instant: Instant) => {
    if (!Number.isSafeInteger(instant) || instant < now) throw notAnInstant('instant')
    await runMicrotasks()
    while (await wakeNext(instant));
    now = Math.max(now, instant)
  }

  return {
    now: () => now,
    get sleeping() {
      return sleepers.length
    },
    sleepUntil(instant, { signal } = {}) {
      if (Number.isNaN(instant)) return Promise.reject(notAnInstant('instant'))
      if (signal?.aborted) return Promise.reject(aborted(signal))
      if (instant <= now) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const sleeper: Sleeper = {
          instant,
          wake: () => {
            signal?.removeEventListener('abort', cancel)
            resolve()
          },
        }
        const cancel = () => {
          sleepers.splice(sleepers.indexOf(sleeper), 1)
          reject(aborted(signal))
        }
        signal?.addEventListener('abort', cancel, { once: true })
        enqueue(sleeper)
        if (auto) void jump()
      })
    },
    turn: () => Promise.resolve(),
    advance: (ms) => advanceTo(now + ms),
    advanceTo,
    settle: runMicrotasks,
  }
}

function aborted(signal: AbortSignal | undefined): CampaignKitError {
  return new CampaignKitError('ABORTED', 'The sleep was aborted', { cause: signal?.reason })
}

function notAnInstant(path: string): CampaignKitError {
  return new CampaignKitError('INVALID_INPUT', `${path}: not an instant that lies ahead`, { path })
}
