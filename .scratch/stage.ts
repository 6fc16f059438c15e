import process from 'node:process'
import { createPostgresStorage } from '@campaignkit/adapter-postgres'
import { createCampaignKit, tag } from '@campaignkit/core'
import { createRecordingChannel } from '@campaignkit/core/testing'
import createKnex from 'knex'
const SCHEMA='bench_freezing'
const knex = createKnex({ client: 'pg', connection: 'postgres://postgres@localhost:5999/postgres', pool: { min: 0, max: 10 } })
await knex.raw(`drop schema if exists ${SCHEMA} cascade`)
await createPostgresStorage({ knex, schema: SCHEMA }).migrate()
const n = Number(process.argv[2])
await knex.raw(`insert into ${SCHEMA}.customers (tenant, id, first_name, email, tags, last_order_at, order_count, time_zone, attributes)
     select 'pizzeria', 'c-' || lpad(n::text, 9, '0'), 'Ada' || n, 'ada' || n || '@example.com',
       '{pizza-lover,newsletter}', 1700000000000, 3, 'Europe/Rome', '{"city":"Napoli"}'
     from generate_series(1, ?::int) as n`, [n])
await knex.raw(`insert into ${SCHEMA}.consents (tenant, customer_id, identity, channel, topic, decision, basis, obtained_at)
     select 'pizzeria', id, 'bench-' || id, 'email', 'offers', 'granted', 'form', 0 from ${SCHEMA}.customers`)
for (const t of ['customers','consents']) await knex.raw(`vacuum analyze ${SCHEMA}.${t}`)
const root = createCampaignKit({ storage: createPostgresStorage({ knex, schema: SCHEMA }), channels: { email: createRecordingChannel() }, publicUrl: 'https://go.pizza.example', secrets: [{ id: '2026a', key: 'a secret of the pizzeria, long enough' }] })
const kit = root.as({ tenant: 'pizzeria', actor: { id: 'bench', kind: 'user' as const, roles: ['admin'] } })
const { id } = await kit.campaigns.create({ name: 'We miss you', audience: tag('pizza-lover'), messages: { email: { subject: 'We miss you', html: '<p>Hello</p>' } }, experiment: { variants: [{ name: 'plain' }, { name: 'emoji' }], holdout: 0.1 } })
const end = new AbortController()
let place = ''
knex.on('query', (q: any) => { if (q.sql.includes('armed') && place === '') { place = q.sql; console.log(JSON.stringify({ sql: q.sql, bindings: q.bindings.map((b: any) => typeof b === 'string' && b.length > 200 ? b.slice(0, 60) : b) }, null, 1)); (await0)() } })
function await0() { process.exit(0) }
await kit.campaigns.launch(id)
await root.worker().run({ signal: end.signal })
