import process from 'node:process'
import { parseArgs } from 'node:util'
import { plansFor } from './plans.js'
import { runCrashes } from './run-crashes.js'

const HELP = `Sends a campaign over real PostgreSQL and real SMTP with workers that are killed, and counts what is left.

  --deliveries N        customers written to                          (2000)
  --workers N           workers at once, each a process               (2)
  --each N              kills at each named point                     (5)
  --random N            kills at random moments                       (10)
  --policy hold|resend  for messages of which nobody knows            (both, one after the other)
  --seed N              chance, repeatable                            (1)
`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h' },
    deliveries: { type: 'string', default: '2000' },
    workers: { type: 'string', default: '2' },
    each: { type: 'string', default: '5' },
    random: { type: 'string', default: '10' },
    policy: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
})

if (values.help === true) process.stdout.write(HELP)
else {
  const policies =
    values.policy === undefined ? (['hold', 'resend'] as const) : [values.policy as 'hold' | 'resend']
  for (const policy of policies) {
    process.stdout.write(`\nPolicy ${policy}\n`)
    const found = await runCrashes(
      {
        deliveries: Number(values.deliveries),
        workers: Number(values.workers),
        policy,
        plans: plansFor(Number(values.each), Number(values.random), Number(values.seed)),
        restartsDatabase: true,
      },
      (line) => void process.stdout.write(`  ${line}\n`),
    )
    for (const [point, kills] of Object.entries(found.kills))
      process.stdout.write(`  ${String(kills).padStart(4)}  killed ${point}\n`)
    const { kills: _, ...counts } = found
    for (const [name, count] of Object.entries(counts))
      process.stdout.write(`  ${String(count).padStart(9)}  ${name}\n`)
    const isKept =
      found.incomplete === 0 &&
      found.lost === 0 &&
      found.open === 0 &&
      found.miscounted === 0 &&
      found.doubled <= found.mostDoubled
    process.stdout.write(isKept ? '  The promises are kept\n' : '  A PROMISE IS BROKEN\n')
    if (!isKept) process.exitCode = 1
  }
}
