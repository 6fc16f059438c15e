import createKnex from 'knex'
import { readFileSync } from 'node:fs'
import { createPostgresStorage } from '../../../packages/adapter-postgres/src/index.js'
import { sampleScope } from '../../../packages/core/src/testing.js'
import { RULES } from './segment-rules.js'
import { NOW, TENANT } from './skewed-customers.js'
const [dir, only, flag] = process.argv.slice(2)
const url = readFileSync(dir + '.url', 'utf8')
const knex = createKnex({ client: 'pg', connection: url, pool: { min: 1, max: 1 } })
const { rows: [{ pid }] } = await knex.raw('select pg_backend_pid() as pid')
await knex.raw(`set max_parallel_workers_per_gather = ${process.env.P ?? 0}`)
for (const s of (process.env.SET ?? '').split(';').filter(Boolean)) await knex.raw('set ' + s)
const cpu = () => { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' '); return (Number(f[11]) + Number(f[12])) * 10 }
const storage = createPostgresStorage({ knex })
const scope = sampleScope(TENANT)
const N = Number(process.env.N ?? 3)
const measure = async (work) => { let best = Infinity, wall = Infinity, out; for (let i = 0; i < N; i++) { const c = cpu(), b = performance.now(); out = await work(); best = Math.min(best, cpu() - c); wall = Math.min(wall, performance.now() - b) } return { best, wall, out } }
for (const rule of RULES) {
  if (only && !rule.name.match(only)) continue
  const ours = await measure(() => storage.countMatching(scope, rule.criteria, { asOf: NOW }))
  const hand = process.env.HAND === '0' ? { best: NaN, wall: NaN, out: NaN } : await measure(async () => Number((await knex.raw(rule.byHand, { tenant: TENANT, ...rule.values })).rows[0].count))
  console.log(rule.name.padEnd(48), String(ours.out).padStart(9), ours.out === hand.out ? '' : '!!', `cpu ours ${ours.best} hand ${hand.best}  wall ours ${ours.wall.toFixed(0)} hand ${hand.wall.toFixed(0)}`)
  if (flag === '-x') { const e = await storage.explainSegment(scope, rule.criteria, { asOf: NOW, analyze: false }); console.log(e.statement)
   const show = (n, d) => { console.log(' '.repeat(d) + [n['Node Type'], n['Index Name'] ?? n['Relation Name'] ?? '', n['Join Type'] ?? '', 'rows', n['Plan Rows'], n['Actual Rows'] ?? '', n['Actual Total Time'] ?? '', n['Filter'] ?? '', n['Index Cond'] ?? '', n['Recheck Cond'] ?? ''].join(' ').slice(0, 260)); for (const p of n.Plans ?? []) show(p, d + 2) }
   show((e.plan as any)[0].Plan, 1) }
}
await knex.destroy()
