import { createPostgresStorage } from '@campaignkit/adapter-postgres'
import { type CampaignKit, type Channel, createCampaignKit, perMinute, tag } from '@campaignkit/core'
import type { CampaignId } from '@campaignkit/core/adapter'
import { sampleCapabilities } from '@campaignkit/core/testing'
import type { Knex } from 'knex'

export const TENANT = 'pizzeria'
export const SCHEMA = 'bench_delivery'

/** A channel that accepts at once and reaches nobody. */
export function createNullChannel(window: number): Channel {
  let sent = 0
  return {
    capabilities: sampleCapabilities({ kind: 'sms', window }),
    send: async (_scope, batch) =>
      batch.map(() => {
        sent += 1
        return { outcome: 'accepted', providerMessageId: `null-${process.pid}-${sent}` }
      }),
  }
}

export function openKit(knex: Knex, window: number): CampaignKit {
  return createCampaignKit({
    storage: createPostgresStorage({ knex, schema: SCHEMA }),
    channels: { sms: createNullChannel(window) },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of the pizzeria, long enough' }],
  })
}

/** Customers who may all be written to, numbered from 0; the tags say in which part of how many each of them is. */
export async function seedCustomers(knex: Knex, customers: number, parts: readonly number[]): Promise<void> {
  const tags = parts.map((of) => `'part-' || n % ${of} || '-of-${of}'`).join(', ')
  await knex.raw(
    `insert into ${SCHEMA}.customers (tenant, id, first_name, phone, tags, last_order_at, order_count, time_zone, attributes)
     select ?, 'c-' || lpad(n::text, 9, '0'), 'Ada' || n, '+39331' || lpad(n::text, 7, '0'),
       array[${tags}]::text[], 1700000000000, 3, 'Europe/Rome', '{"city":"Napoli"}'
     from generate_series(0, ?::int - 1) as n`,
    [TENANT, customers],
  )
  await knex.raw(
    `insert into ${SCHEMA}.consents (tenant, customer_id, identity, channel, topic, decision, basis, obtained_at)
     select tenant, id, 'bench-' || id, 'sms', 'offers', 'granted', 'form', 0 from ${SCHEMA}.customers`,
  )
  for (const table of ['customers', 'consents']) await knex.raw(`vacuum analyze ${SCHEMA}.${table}`)
}

let campaigns = 0

/** Campaigns that together write to all customers once, each frozen and about to send. @returns their ids */
export async function freezeCampaigns(root: CampaignKit, count: number): Promise<readonly CampaignId[]> {
  const kit = root.as({ tenant: TENANT, actor: { id: 'bench', kind: 'user', roles: ['admin'] } })
  const ids: CampaignId[] = []
  for (let part = 0; part < count; part += 1) {
    campaigns += 1
    const { id } = await kit.campaigns.create({
      name: `We miss you ${campaigns}`,
      audience: tag(`part-${part}-of-${count}`),
      messages: { sms: { body: 'We miss you, {{ customer.firstName }}' } },
      pace: { sms: perMinute(10_000_000) },
    })
    await kit.campaigns.launch(id)
    await workUntilFrozen(root)
    // or it would begin to send while the next is frozen
    await kit.campaigns.pause(id)
    ids.push(id)
  }
  for (const id of ids) await kit.campaigns.resume(id)
  return ids
}

async function workUntilFrozen(root: CampaignKit): Promise<void> {
  const end = new AbortController()
  const unhear = root.on('run.frozen', () => end.abort())
  await root.worker({ concurrency: 1 }).run({ signal: end.signal })
  unhear()
}
