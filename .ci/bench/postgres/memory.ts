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
 * first goes through its old space, which few deliveries never reach. What the audience does to it is told by the last
 * line: so many in one campaign beside as many in campaigns of few.
 */
export async function memoryLines(recipients: number): Promise<readonly Line[]> {
  const freezing = { few: inAnotherProcess(FEW), many: inAnotherProcess(recipients) }
  const few = await deliver(FEW)
  const many = await deliver(recipients)
  const manyByFew = await deliver(recipients, Math.ceil(recipients / FEW))
  return [
    lineOf(
      'worker that froze, after a collection',
      recipients,
      freezing.many.memoryMb,
      freezing.few.memoryMb,
    ),
    lineOf('worker that delivered, after a collection', recipients, many.neededMb, few.neededMb),
    // garbage and all
    lineOf('at most', recipients, many.peakMb, few.peakMb),
    {
      ...lineOf('at most, of as many deliveries', recipients, many.peakMb, manyByFew.peakMb),
      bare: `${figure(manyByFew.peakMb)} MB in campaigns of ${figure(FEW)}`,
    },
  ]
}
