import { describe, expect, it } from 'vitest'
import type { RunId } from '../base/ids.js'
import type { DueRun } from '../ports/storage/campaign-store.js'
import { asId } from '../testing/as-id.js'
import { createManualClock } from '../testing/manual-clock.js'
import { runMicrotasks } from '../testing/microtasks.js'
import { sampleCampaign, sampleRun, sampleScope } from '../testing/samples.js'
import type { EngineContext } from './context.js'
import { createRests } from './rests.js'
import { serveDueRuns } from './serve-due-runs.js'

describe('serving what is due', () => {
  it('looks again when a run ends while it finds out whether another is paused', async () => {
    const clock = createManualClock()
    const dueRun = (id: string): DueRun => ({
      tenant: sampleScope().tenant,
      runId: asId<RunId>(id),
      dueAt: clock.now(),
      scheduledFor: clock.now(),
      priority: 5,
    })
    const turns = { working: 2, paused: 1 }
    let endTurn = (): void => undefined
    const storage = {
      dueIndex: {
        due: async () => (turns.working === 0 ? [dueRun('paused')] : [dueRun('working'), dueRun('paused')]),
      },
      campaigns: {
        getRun: async (_scope: unknown, id: RunId) => {
          endTurn()
          await runMicrotasks()
          return sampleRun({ id })
        },
        get: async () => sampleCampaign({ status: 'paused' }),
      },
    }
    const rests = createRests()
    await serveDueRuns({ storage, clock } as unknown as EngineContext, {
      async serve(run) {
        if (run.runId === 'paused') return rests.note(run, clock.now() + 60_000)
        turns.working -= 1
        await new Promise<void>((resolve) => {
          endTurn = resolve
        })
      },
      rests,
      concurrency: 3,
      signal: undefined,
      until: undefined,
    })
    expect(turns.working).toBe(0)
  })
})
