// usage: q.mts DIR [-n rounds] [-p workers] [-x explain] <<< "sql; sql"
import createKnex from '/work/wt-segs/node_modules/knex/knex.js'
import { readFileSync } from 'node:fs'
const [dir, ...rest] = process.argv.slice(2)
const opt = (n, d) => { const i = rest.indexOf(n); return i < 0 ? d : rest[i+1] }
const url = readFileSync(dir + '.url', 'utf8')
const knex = createKnex({ client: 'pg', connection: url, pool: { min: 1, max: 1 } })
const { rows: [{ pid }] } = await knex.raw('select pg_backend_pid() as pid')
await knex.raw(`set max_parallel_workers_per_gather = ${opt('-p', 0)}`)
for (const s of (opt('-s','')).split(';').filter(Boolean)) await knex.raw('set ' + s)
const cpu = () => { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' '); return (Number(f[11]) + Number(f[12])) * 10 }
const n = Number(opt('-n', 3))
for (const text of readFileSync(0, 'utf8').split(/;\s*\n/).map(t => t.trim()).filter(Boolean)) {
  const q = text.replaceAll('?', '\\?')
  let best = Infinity, wall = Infinity, out
  for (let i = 0; i < n; i++) { const c = cpu(), b = performance.now(); out = (await knex.raw(q)).rows; best = Math.min(best, cpu() - c); wall = Math.min(wall, performance.now() - b) }
  console.log(text.replace(/\s+/g, ' ').slice(0, 150), '=>', JSON.stringify(out)?.slice(0, 200), `cpu ${best} ms wall ${Math.round(wall)}`)
  if (rest.includes('-x')) for (const r of (await knex.raw('explain (analyze, buffers, costs on) ' + q)).rows) console.log('   ', r['QUERY PLAN'])
}
await knex.destroy()
