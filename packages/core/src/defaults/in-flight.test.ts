import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createInFlight } from './in-flight.js'

/** Windows that end when they are told to. */
function controlled() {
  const open: (() => void)[] = []
  let most = 0
  return {
    window: () =>
      new Promise<void>((resolve) => {
        open.push(resolve)
        most = Math.max(most, open.length)
      }),
    endOne: () => open.shift()?.(),
    get inFlight() {
      return open.length
    },
    get most() {
      return most
    },
  }
}

/** Lets the limiter start all that it will start. */
async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(10)
}

async function endAll(windows: ReturnType<typeof controlled>, count: number): Promise<void> {
  for (let ended = 0; ended < count; ended += 1) {
    await settled()
    windows.endOne()
  }
  await settled()
}

describe('windows in flight', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('are never more than allowed for an account, and all are run', async () => {
    const inFlight = createInFlight()
    const windows = controlled()
    const runs = Array.from({ length: 10 }, () => inFlight.run('a', { attempts: 1, most: 3 }, windows.window))
    await settled()
    expect(windows.inFlight).toBe(3)
    await endAll(windows, 10)
    await Promise.all(runs)
    expect(windows.most).toBe(3)
  })

  it('of one account do not wait for those of another', async () => {
    const inFlight = createInFlight()
    const windows = controlled()
    const runs = [
      inFlight.run('a', { attempts: 1, most: 1 }, windows.window),
      inFlight.run('b', { attempts: 1, most: 1 }, windows.window),
    ]
    await settled()
    expect(windows.inFlight).toBe(2)
    await endAll(windows, 2)
    await Promise.all(runs)
  })

  it('follow the latest bound', async () => {
    const inFlight = createInFlight()
    const windows = controlled()
    const runs = [
      inFlight.run('a', { attempts: 1, most: 1 }, windows.window),
      inFlight.run('a', { attempts: 1, most: 1 }, windows.window),
    ]
    await settled()
    expect(windows.inFlight).toBe(1)
    runs.push(inFlight.run('a', { attempts: 1, most: 3 }, windows.window))
    await settled()
    expect(windows.inFlight).toBe(3)
    await endAll(windows, 3)
    await Promise.all(runs)
  })

  it('keep their bound after the account was idle', async () => {
    const inFlight = createInFlight()
    const done = inFlight.run('a', { attempts: 1, most: 5 }, async () => 'done')
    await settled()
    expect(await done).toBe('done')
    const windows = controlled()
    const runs = Array.from({ length: 4 }, () => inFlight.run('a', { attempts: 1, most: 2 }, windows.window))
    await settled()
    expect(windows.inFlight).toBe(2)
    await endAll(windows, 4)
    await Promise.all(runs)
  })

  it('pass errors through as they are, thrown or rejected, and free their place', async () => {
    const inFlight = createInFlight()
    const failure = new Error('provider down')
    const throwing = () => {
      throw failure
    }
    const runs = Promise.allSettled([
      inFlight.run('a', { attempts: 1, most: 1 }, () => Promise.reject(failure)),
      inFlight.run('a', { attempts: 1, most: 1 }, throwing),
      inFlight.run('a', { attempts: 1, most: 1 }, async () => 'done'),
    ])
    await settled()
    expect(await runs).toEqual([
      { status: 'rejected', reason: failure },
      { status: 'rejected', reason: failure },
      { status: 'fulfilled', value: 'done' },
    ])
  })

  it('weigh as many attempts as they have', async () => {
    const inFlight = createInFlight()
    const windows = controlled()
    const runs = [4, 4, 4, 2].map((attempts) => inFlight.run('a', { attempts, most: 10 }, windows.window))
    await settled()
    expect(windows.inFlight).toBe(2)
    await endAll(windows, 1)
    expect(windows.inFlight).toBe(3)
    await endAll(windows, 3)
    await Promise.all(runs)
  })

  it('begin at once, without a timer, where there is room and nobody waits', async () => {
    const inFlight = createInFlight()
    const windows = controlled()
    const runs = [3, 2].map((attempts) => inFlight.run('a', { attempts, most: 5 }, windows.window))
    expect(windows.inFlight).toBe(2)
    expect(vi.getTimerCount()).toBe(0)
    await endAll(windows, 2)
    await Promise.all(runs)
  })

  it('count those that began at once for those that wait, and let nobody overtake them', async () => {
    const inFlight = createInFlight()
    const windows = controlled()
    const order: string[] = []
    const run = (name: string, attempts: number) =>
      inFlight.run('a', { attempts, most: 5 }, () => {
        order.push(name)
        return windows.window()
      })
    const runs = [run('first', 3), run('second', 2), run('large', 4), run('small', 1)]
    await settled()
    expect(order).toEqual(['first', 'second'])
    await endAll(windows, 1)
    expect(order).toEqual(['first', 'second'])
    await endAll(windows, 1)
    expect(order).toEqual(['first', 'second', 'large', 'small'])
    await endAll(windows, 2)
    await Promise.all(runs)
    const last = run('last', 5)
    expect(order.at(-1)).toBe('last')
    windows.endOne()
    await last
  })

  it('that began at once leave room under a higher bound', async () => {
    const inFlight = createInFlight()
    const windows = controlled()
    const runs = [
      inFlight.run('a', { attempts: 1, most: 2 }, windows.window),
      inFlight.run('a', { attempts: 4, most: 5 }, windows.window),
      inFlight.run('a', { attempts: 1, most: 5 }, windows.window),
    ]
    await settled()
    expect(windows.inFlight).toBe(2)
    await endAll(windows, 3)
    await Promise.all(runs)
  })

  it('that began at once hold their place under a lower bound', async () => {
    const inFlight = createInFlight()
    const windows = controlled()
    const runs = [
      inFlight.run('a', { attempts: 5, most: 5 }, windows.window),
      inFlight.run('a', { attempts: 2, most: 2 }, windows.window),
      inFlight.run('a', { attempts: 2, most: 2 }, windows.window),
    ]
    await settled()
    expect(windows.inFlight).toBe(1)
    await endAll(windows, 1)
    expect(windows.inFlight).toBe(1)
    await endAll(windows, 2)
    await Promise.all(runs)
  })

  it.each([0, 4, 1.5, Number.NaN])(
    'refuse a group of %s attempts where three are allowed',
    async (attempts) => {
      await expect(createInFlight().run('a', { attempts, most: 3 }, async () => 1)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        path: 'attempts',
      })
    },
  )

  it.each([0, -1, 1.5, Number.NaN])('refuse a bound of %s', async (most) => {
    await expect(createInFlight().run('a', { attempts: 1, most }, async () => 1)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      path: 'most',
    })
  })
})
