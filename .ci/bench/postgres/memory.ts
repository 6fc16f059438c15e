// The memory of a worker that freezes and of one that delivers, over many recipients beside few.
import { startPostgres } from '../../../packages/adapter-postgres/src/postgres-server.fixture.js'
import { figure, type Line } from '../table.js'
import { deliverBy, type Measured } from './delivery.js'
import { inAnotherProcess } from './freeze.js'

const FEW = 10_000
const MOST_GROWTH = 1.2
const WINDOW = 100

function lineOf(stage: string, recipients: number, manyMb: number, fewMb: number): Line {
  const growth = manyMb / fewMb
  return {
    stage,
    ours: `${figure(manyMb)} MB at ${figure(recipients)}`,
    bare: `${figure(fewMb)} MB at ${figure(FEW)}`,
    ratio: `${figure(growth)} x as much`,
    goal: `${MOST_GROWTH} x at most`,
    met: growth <= MOST_GROWTH,
  }
}

async function deliver(deliveries: number, campaigns = 1): Promise<Measured> {
  const server = await startPostgres()
  try {
    const place = { url: server.url, knex: server.connect() }
    return await deliverBy('./delivery-worker.mjs', place, {
      deliveries,
      warmUp: 0,
      window: WINDOW,
      processes: 1,
      campaigns,
    })
  } finally {
    await server.stop()
  }
}

/**
 * Freezes and delivers so many, and few. What a process takes at most grows with the work it has done until the collector
 * first goes through its old space, which few deliveries never reach: so many in one campaign stand beside as many in
 * campaigns of few.
 */
export async function memoryLines(recipients: number): Promise<readonly Line[]> {
  const freezing = { few: inAnotherProcess(FEW), many: inAnotherProcess(recipients) }
  const delivering = {
    few: await deliver(FEW),
    many: await deliver(recipients),
    manyByFew: await deliver(recipients, Math.ceil(recipients / FEW)),
  }
  const garbageAndAll = lineOf(
    'worker that delivered, at most',
    recipients,
    delivering.many.peakMb,
    delivering.few.peakMb,
  )
  return [
    lineOf(
      'worker that froze, after a collection',
      recipients,
      freezing.many.memoryMb,
      freezing.few.memoryMb,
    ),
    lineOf(
      'worker that delivered, after a collection',
      recipients,
      delivering.many.neededMb,
      delivering.few.neededMb,
    ),
    { ...garbageAndAll, goal: '', met: null },
    {
      ...lineOf(
        'as much delivered, at most',
        recipients,
        delivering.many.peakMb,
        delivering.manyByFew.peakMb,
      ),
      bare: `${figure(delivering.manyByFew.peakMb)} MB in campaigns of ${figure(FEW)}`,
    },
  ]
}
