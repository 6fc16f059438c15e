import process from 'node:process'
import { createSequentialIds } from '@campaignkit/core/testing'
import { openKit } from './demo-kit.js'
import { createDistantClock, type Wake } from './distant-clock.js'
import type { Order, Word } from './orders.js'
import { openDatabase } from './storages.js'
import { createTraffic } from './traffic.js'

/** A worker in a process of its own: delivers side by side with the others, by the time of the process that made it. */
const post = (word: Word) => void process.send?.(word)
const traffic = createTraffic()
const clock = createDistantClock({ post, quiet: traffic.quiet })

process.on('message', (order: Order) => {
  if (order.type === 'wake') clock.wake(order)
  else void work(order)
})
// nobody is left to work for
process.on('disconnect', () => process.exit(3))

async function work({ number, seed, database, provider }: Exclude<Order, Wake>): Promise<void> {
  await clock.begun
  const { storage, close } = openDatabase(database)
  const root = openKit({
    provider,
    storage,
    clock,
    traffic,
    seed: `worker ${number} of kit ${seed}`,
    ids: createSequentialIds(`worker-${number}-`),
  })
  let sent = 0
  root.on('events.recorded', ({ events }) => {
    sent += events.filter(({ type }) => type === 'sent').length
  })
  await root.worker().drain()
  await root.close()
  await close()
  process.send?.({ type: 'done', sent } satisfies Word, () => process.disconnect())
}
