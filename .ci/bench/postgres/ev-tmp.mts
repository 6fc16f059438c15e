// CPU of client and of the backend per event, by batch size: append, track, one by one
import createKnex from '/work/wt-segs/node_modules/knex/knex.js'
import { readFileSync, readdirSync } from 'node:fs'
import { startPostgres } from '/work/wt-segs/packages/adapter-postgres/src/postgres-server.fixture.ts'
import { createPostgresStorage } from '/work/wt-segs/packages/adapter-postgres/src/index.ts'
import { createCampaignKit, everyone } from '/work/wt-segs/packages/core/src/index.ts'
import { createDirectInFlight, createManualClock, createRecordingChannel, sampleScope } from '/work/wt-segs/packages/core/src/testing.ts'
const CUSTOMERS = 10000, EVENTS = Number(process.env.EVENTS ?? 10000), ROUNDS = Number(process.env.ROUNDS ?? 3)
const only = process.argv[2]
const server = await startPostgres()
const knex = server.connect()
const schema = server.schemaName()
const storage = createPostgresStorage({ knex, schema })
await storage.migrate()
await knex.raw(`create table "${schema}".bare_events (like "${schema}".events including all)`)
const manual = createManualClock({ auto: true })
const clock = { ...manual, turn: () => new Promise<void>((r) => setImmediate(r)) }
const root = createCampaignKit({ storage, channels: { email: createRecordingChannel({ window: 500 }) }, publicUrl: 'https://go.pizza.example', secrets: [{ id: '2026a', key: 'a secret of at least 16 characters' }], clock, inFlight: createDirectInFlight() })
const kit = root.as({ tenant: 'pizzeria', actor: { id: 'shop', kind: 'service' } })
for (let from = 0; from < CUSTOMERS; from += 1000) await kit.customers.upsert(Array.from({ length: 1000 }, (_, at) => ({ id: `c-${from + at}`, addresses: { email: `c-${from + at}@example.com` } })))
const campaign = await kit.campaigns.create({ name: 'x', purpose: 'transactional', audience: everyone(), messages: { email: { subject: 'x', text: 'y' } }, pace: { email: { limit: 10_000_000, periodMs: 1000 } } })
await kit.campaigns.launch(campaign.id)
await root.worker().drain()
let keys = 0
const purchase = () => ({ key: `order-${++keys}`, type: 'conversion', customerId: `c-${keys % CUSTOMERS}`, amountMinor: 1250, currency: 'EUR' })
await kit.events.track(purchase())
const scope = sampleScope('pizzeria')
const [sample] = (await storage.events.list(scope, campaign.id as never, { types: ['conversion'] }, { cursor: null, limit: 1 })).items
const eventOf = () => { const { key, customerId } = purchase(); return { ...sample, key: `tracked:${key}`, customerId } as never }
const pids = async () => (await knex.raw(`select pid from pg_stat_activity where backend_type = 'client backend' and datname = current_database()`)).rows.map((r: any) => r.pid)
const cpuOf = (pid: number) => { try { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' '); return (Number(f[11]) + Number(f[12])) * 10 } catch { return 0 } }
const serverCpu = async () => { let s = 0; for (const p of await pids()) s += cpuOf(p); return s }
const columns = 'tenant, key, part, campaign_id, type, at, recorded_at, customer_id, attributions, amount_minor, cost_micros, currency, machine'
const row = `(${columns.split(', ').map(() => '?').join(', ')})`
const bare = async () => { const insert = `insert into "${schema}".bare_events (${columns}) values ${Array.from({ length: 1000 }, () => row).join(', ')}`
  const attributions = JSON.stringify(sample.attributions)
  for (let d = 0; d < EVENTS; d += 1000) await knex.raw(insert, Array.from({ length: 1000 }, purchase).flatMap((p) => ['pizzeria', p.key, 0, campaign.id, p.type, sample.at, sample.recordedAt, p.customerId, attributions, p.amountMinor, 0, 'EUR', false]) as never) }
const append = (n: number) => async () => { for (let d = 0; d < EVENTS; d += n) await storage.events.append(scope, Array.from({ length: n }, eventOf)) }
const track = (n: number) => async () => { for (let d = 0; d < EVENTS; d += n) await kit.events.track(Array.from({ length: n }, purchase)) }
const single = (callers: number) => async () => { await Promise.all(Array.from({ length: callers }, async () => { for (let i = 0; i < EVENTS / callers; i++) await kit.events.track(purchase()) })) }
const works: Record<string, () => Promise<void>> = { bare, 'append 1000': append(1000), 'append 200': append(200), 'append 50': append(50), 'track 1000': track(1000), 'track 200': track(200), 'single 200': single(200), 'single 1000': single(1000), 'parse 1': async () => {} }
if (process.argv[3]) { await append(1000)(); await knex.raw(`analyze "${schema}".events`);
  let q; const note = (d) => { if (d.sql.includes('with facts')) q = d }; knex.on('query', note)
  for (const n of [200, 1000]) { await storage.events.append(scope, Array.from({ length: n }, eventOf)); 
  const more = Array.from({ length: n }, eventOf); knex.removeListener('query', note)
  const bindings = q.bindings.map((b) => Array.isArray(b) && typeof b[0] === 'string' && b[0].startsWith('tracked') ? more.map((e) => e.key) : b)
  const { rows } = await knex.raw('explain (analyze, buffers, timing on) ' + q.sql.replaceAll('?', '\\?').replace(/\$\d+/g, '?'), bindings); console.log(n); for (const r of rows) console.log(r['QUERY PLAN']); knex.on('query', note) }
}
for (const [name, work] of Object.entries(works)) {
  if (only && !name.match(only)) continue
  let best = [Infinity, Infinity, Infinity]
  for (let r = 0; r < ROUNDS; r++) { const s0 = await serverCpu(), c0 = process.cpuUsage(), b = performance.now(); await work(); const c = process.cpuUsage(c0); const wall = performance.now() - b; const s = await serverCpu() - s0; best = [Math.min(best[0], (c.user + c.system) / EVENTS), Math.min(best[1], s * 1000 / EVENTS), Math.min(best[2], wall * 1000 / EVENTS)] }
  console.log(name.padEnd(14), `client ${best[0].toFixed(1)} us  server ${best[1].toFixed(1)} us  wall ${best[2].toFixed(1)} us per event`)
}
await root.close(); await knex.destroy(); await server.stop()
