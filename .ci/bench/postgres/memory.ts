// The memory of a worker that freezes and of one that delivers, over many recipients beside few. Both have a limit of the heap
// as in a small container, since a process on a large machine puts off what it has to collect.
import { startPostgres } from '../../../packages/adapter-postgres/src/postgres-server.fixture.js'
import { figure, type Line } from '../table.js'
import { deliverBy } from './delivery.js'
import { inAnotherProcess } from './freeze.js'
import type { ResidentMemory } from './resident-memory.js'

const FEW = 10_000
const MOST_GROWTH = 1.2
const WINDOW = 100

/** What is measured. */
export interface MemoryBench {
  readonly recipients: number
  /** Most that the heap of a worker may take; null where Node decides by the memory of the machine. */
  readonly heapMb: number | null
}

function lineOf(stage: string, many: number, fewWhat: string, few: number): Line {
  const growth = many / few
  return {
    stage,
    ours: `${figure(many)} MB`,
    bare: `${figure(few)} MB ${fewWhat}`,
    ratio: `${figure(growth)} x as much`,
    goal: `${MOST_GROWTH} x at most`,
    met: growth <= MOST_GROWTH,
  }
}

function linesOf(worker: string, many: ResidentMemory, few: ResidentMemory): readonly Line[] {
  const beside = `at ${figure(FEW)}`
  return [
    lineOf(`${worker}, after a collection`, many.neededMb, beside, few.neededMb),
    lineOf(`${worker}, at most, garbage and all`, many.peakMb, beside, few.peakMb),
  ]
}

async function deliver(deliveries: number, heapMb: number | null, campaigns = 1): Promise<ResidentMemory> {
  const server = await startPostgres()
  try {
    const place = { url: server.url, knex: server.connect() }
    return await deliverBy('./delivery-worker.mjs', place, {
      deliveries,
      warmUp: 0,
      window: WINDOW,
      processes: 1,
      campaigns,
      heapMb,
    })
  } finally {
    await server.stop()
  }
}

/** Freezes and delivers so many, and few; and delivers so many in campaigns of few, which is as much work. */
export async function memoryLines({ recipients, heapMb }: MemoryBench): Promise<readonly Line[]> {
  const frozen = { few: inAnotherProcess(FEW, heapMb), many: inAnotherProcess(recipients, heapMb) }
  const few = await deliver(FEW, heapMb)
  const many = await deliver(recipients, heapMb)
  const manyByFew = await deliver(recipients, heapMb, Math.ceil(recipients / FEW))
  const limit = heapMb === null ? 'heap as Node has it' : `heap of ${figure(heapMb)} MB`
  const told = (did: string) => `${did} ${figure(recipients)}, ${limit}`
  return [
    ...linesOf(told('froze'), frozen.many, frozen.few),
    ...linesOf(told('delivered'), many, few),
    lineOf(
      `${told('delivered')}, at most, garbage and all`,
      many.peakMb,
      `in campaigns of ${figure(FEW)}`,
      manyByFew.peakMb,
    ),
  ]
}
