import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import type { Pace } from '@campaignkit/core'
import createKnex from 'knex'
import { openWorkerKit, type Sent } from './worker-kit.fixture.js'

/** What a process works on that is started with it. */
export interface LimitedWork {
  readonly url: string
  readonly schema: string
  readonly tenant: string
  /** What all campaigns of the tenant share; null when each has its own pace. */
  readonly tenantPace: Pace | null
}

/** What such a process tells: that it has begun to send, and in the end all that it has sent. */
export type LimitedWord =
  | { readonly type: 'begun' }
  | { readonly type: 'sent'; readonly log: readonly Sent[] }

const { url, schema, tenant, tenantPace }: LimitedWork = JSON.parse(process.argv[2] ?? '')
const tell = (word: LimitedWord) => new Promise((told) => process.send?.(word, told))

const log: Sent[] = []
const { root, close } = openWorkerKit(
  {
    schema,
    server: {
      connect: ({ connections = 10 } = {}) =>
        createKnex({ client: 'pg', connection: url, pool: { min: 0, max: connections } }),
    },
  },
  {
    tenant,
    log,
    window: 40,
    kit: { tenants: () => ({ pace: tenantPace === null ? {} : { email: tenantPace } }) },
  },
)
const stop = new AbortController()
process.on('message', () => stop.abort())
process.on('disconnect', () => process.exit(3))
// the first process to start would serve all campaigns
const working = root.worker({ sweepEveryMs: 1_000, concurrency: 1 }).run({ signal: stop.signal })
while (log.length === 0 && !stop.signal.aborted) await setTimeout(10)
await tell({ type: 'begun' })
await working
await close()
await tell({ type: 'sent', log })
process.disconnect()
