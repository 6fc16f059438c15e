import {
  type CampaignInput,
  type CampaignKit,
  type CampaignKitOptions,
  createCampaignKit,
  type TenantKit,
} from '@campaignkit/core'
import { sampleCapabilities } from '@campaignkit/core/testing'
import type { Knex } from 'knex'
import { createPostgresStorage } from './create-postgres-storage.js'
import type { TestServer } from './postgres-server.fixture.js'

/** What a channel was asked to send, by any of the kits that share the log. */
export interface Sent {
  readonly to: string
  readonly campaignId: string
  readonly at: number
  readonly by: string
}

/** A kit as another process would have it: with a pool of connections of its own. */
export interface WorkerKit {
  readonly name: string
  readonly root: CampaignKit
  readonly kit: TenantKit
  readonly knex: Knex
  close(): Promise<void>
}

export interface WorkerKitOptions {
  readonly tenant: string
  readonly log?: Sent[]
  /** How long the provider takes to answer. */
  readonly sendMs?: number
  readonly window?: number
  readonly kit?: Partial<CampaignKitOptions>
}

/** Tables that are there, and how they are reached. */
export interface TestTables {
  readonly server: Pick<TestServer, 'connect'>
  readonly schema: string
}

let kits = 0

/** Opens a kit on the tables of a test. */
export function openWorkerKit({ server, schema }: TestTables, options: WorkerKitOptions): WorkerKit {
  const { tenant, log = [], sendMs = 0, window = 20 } = options
  kits += 1
  const name = `kit ${kits}`
  const knex = server.connect({ connections: 8 })
  const root = createCampaignKit({
    storage: createPostgresStorage({ knex, schema }),
    channels: {
      email: {
        capabilities: sampleCapabilities({ window }),
        async send(_scope, batch) {
          const at = Date.now()
          log.push(...batch.map(({ to, campaignId }) => ({ to, campaignId, at, by: name })))
          if (sendMs > 0) await new Promise((resolve) => setTimeout(resolve, sendMs))
          return batch.map(({ attemptId }) => ({ outcome: 'accepted', providerMessageId: attemptId }))
        },
      },
    },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of the pizzeria, long enough' }],
    leaseMs: 5_000,
    ...options.kit,
  })
  return {
    name,
    root,
    kit: root.as({ tenant, actor: { id: 'u-17', kind: 'user' } }),
    knex,
    close: async () => {
      await root.close()
      await knex.destroy()
    },
  }
}

/** Customers who can be told of, numbered from 0. */
export async function invite(kit: TenantKit, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, number) => number)
  for (let from = 0; from < count; from += 1_000) {
    await kit.customers.upsert(
      numbers.slice(from, from + 1_000).map((number) => ({
        id: `c-${number}`,
        addresses: { email: `c-${number}@example.com` },
        attributes: { number },
      })),
    )
  }
}

/** A campaign to the first so many customers. */
export function newsTo(count: number, more: Partial<CampaignInput> = {}): CampaignInput {
  return {
    name: 'News',
    purpose: 'transactional',
    audience: { type: 'attribute', name: 'number', op: '<', value: count },
    messages: { email: { subject: 'News', text: 'News.' } },
    pace: { email: { limit: 6_000_000, periodMs: 60_000 } },
    ...more,
  }
}
