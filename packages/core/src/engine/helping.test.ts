import { describe, expect, it } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../base/time.js'
import type { DueRun } from '../ports/storage/campaign-store.js'
import { createManualClock } from '../testing/manual-clock.js'
import { createHelping, type Help } from './helping.js'

const running = new AbortController().signal

/** Help that goes on, turn after turn, until the test says that it is of no more use. */
function openHelping(concurrency = 10) {
  const clock = createManualClock()
  const turns: { readonly runId: string; end(outcome: Help): void }[] = []
  const helping = createHelping({
    clock,
    concurrency,
    behindMs: 5 * SECOND_MS,
    help: ({ runId }) => new Promise((end) => turns.push({ runId, end })),
  })
  const dueFor = (runId: string, forMs: number): DueRun => ({
    tenant: 'pizzeria' as never,
    runId: runId as never,
    dueAt: clock.now() - forMs,
    scheduledFor: 0,
    priority: 5,
  })
  const offer = (runIds: readonly string[], forMs = 5 * SECOND_MS, signal = running) =>
    helping.offer(
      runIds.map((runId) => dueFor(runId, forMs)),
      signal,
    )
  const end = async (outcome: Help) => {
    for (const turn of turns.splice(0)) turn.end(outcome)
    await clock.settle()
  }
  return { helping, clock, turns, offer, end, dueFor, helped: () => turns.map(({ runId }) => runId) }
}

describe('helping', () => {
  it('is for runs that have been due for a while, each once at a time', () => {
    const { offer, helped } = openHelping()
    offer(['a'], 5 * SECOND_MS - 1)
    expect(helped()).toEqual([])
    offer(['b'])
    offer(['b', 'c'])
    expect(helped()).toEqual(['b', 'c'])
  })

  it('goes on as long as it is of use, and is offered again after a minute', async () => {
    const { offer, end, helped, clock } = openHelping()
    offer(['a'])
    await end('more')
    expect(helped()).toEqual(['a'])
    await end('noUse')
    offer(['a'])
    expect(helped()).toEqual([])
    await clock.advance(MINUTE_MS)
    offer(['a'])
    expect(helped()).toEqual(['a'])
  })

  it('is offered again at the next look to a run that is not delivered yet', async () => {
    const { offer, end, helped } = openHelping()
    offer(['a'])
    await end('notNow')
    expect(helped()).toEqual([])
    offer(['a'])
    expect(helped()).toEqual(['a'])
  })

  it('leaves room for rings', async () => {
    const { helping, offer, helped, dueFor } = openHelping(3)
    void helping.answer(dueFor('a', 0), () => new Promise(() => undefined))
    offer(['a', 'b', 'c', 'd'])
    expect(helped()).toEqual(['b', 'c'])
  })

  it('ends its turn before the ring of the same run is answered, and does not go on behind it', async () => {
    const { helping, offer, end, helped, clock, dueFor } = openHelping()
    offer(['a'])
    const seen: string[] = []
    const answered = helping.answer(dueFor('a', 0), async () => {
      seen.push(...helped(), 'answered')
    })
    await clock.settle()
    expect(seen).toEqual([])
    await end('more')
    await answered
    expect(seen).toEqual(['answered'])
    offer(['a'])
    expect(helped()).toEqual(['a'])
  })

  it('ends when the worker is stopped, with the turn that is under way', async () => {
    const { helping, offer, turns, clock } = openHelping()
    const stop = new AbortController()
    offer(['a'], MINUTE_MS, stop.signal)
    let isFinished = false
    const finished = helping.finish().then(() => {
      isFinished = true
    })
    stop.abort()
    await clock.settle()
    expect(isFinished).toBe(false)
    for (const turn of turns.splice(0)) turn.end('more')
    await finished
    expect(turns).toEqual([])
  })
})
