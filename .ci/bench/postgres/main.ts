// The benches on a real PostgreSQL server, one part at a time, beside the bare statements in the same run.
//   freeze --members N    on a server of its own, or that of DATABASE_URL
import { cpus } from 'node:os'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { tableOf } from '../table.js'
import { freezeLines, measureFreezing } from './freeze.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    members: { type: 'string', default: '100000' },
    // one measurement in this process, told as JSON
    alone: { type: 'boolean', default: false },
  },
})

const [part] = positionals
if (part !== 'freeze') {
  console.error('Which part? freeze')
  process.exitCode = 1
} else if (values.alone) {
  console.log(JSON.stringify(await measureFreezing(Number(values.members))))
} else {
  console.log(`Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}\n`)
  console.log(tableOf(freezeLines(Number(values.members))))
}
