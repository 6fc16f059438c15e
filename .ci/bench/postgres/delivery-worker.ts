// A worker in a process of its own: `go` has it begin, `stop` has it end and tell what it took since `measure`.
import process from 'node:process'
import createKnex from 'knex'
import { openKit } from './delivery-kit.js'
import { residentMemory } from './resident-memory.js'

const [url = '', window = '1'] = process.argv.slice(2)
const knex = createKnex({ client: 'pg', connection: url, pool: { min: 0, max: 10 } })
const root = openKit(knex, Number(window))
await knex.raw('select 1')

const end = new AbortController()
let begun = process.cpuUsage()
let worked: Promise<void> = Promise.resolve()

process.on('message', async (said) => {
  if (said === 'go') {
    worked = root.worker({ concurrency: 1 }).run({ signal: end.signal })
    return
  }
  if (said === 'measure') {
    begun = process.cpuUsage()
    return
  }
  const { user, system } = process.cpuUsage(begun)
  end.abort()
  await worked
  process.send?.({ cpuMs: (user + system) / 1_000, ...(await residentMemory()) })
  await root.close()
  await knex.destroy()
  process.disconnect()
})
process.send?.('ready')
