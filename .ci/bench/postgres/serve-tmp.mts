import { startLocalPostgres } from '/work/wt-segs/examples/local-postgres.js'
import { writeFileSync } from 'node:fs'
const dir = process.argv[2]
const s = await startLocalPostgres(dir)
writeFileSync(dir + '.url', s.url)
process.on('SIGTERM', async () => { await s.stop(); process.exit(0) })
setInterval(() => {}, 1000)
