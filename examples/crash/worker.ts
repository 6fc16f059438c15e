import process from 'node:process'
import { openChannel, openKit, openStorage } from './crash-kit.js'
import { armed, type KillPlan } from './kill-points.js'

/** A worker in a process of its own: works until it is told to stop, or until the point at which it dies. */
const [place = '', plan = 'null'] = process.argv.slice(2)
const meeting = JSON.parse(place)
const { storage, close } = openStorage(meeting)
const parts = armed(JSON.parse(plan) as KillPlan | null, { storage, channel: openChannel(meeting) })
const root = openKit(parts.storage, parts.channel)

const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
process.on('disconnect', () => process.exit(3))

try {
  await root.worker({ sweepEveryMs: 1_000 }).run({ signal: stop.signal })
  await root.close()
  await close()
  process.exit(0)
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`)
  process.exit(1)
}
