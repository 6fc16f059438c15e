import { createPostgresStorage, type PostgresStorage } from '@campaignkit/adapter-postgres'
import { createSendgridChannel } from '@campaignkit/adapter-sendgrid'
import { type CampaignKit, type Channel, createCampaignKit } from '@campaignkit/core'
import type { Storage } from '@campaignkit/core/adapter'
import createKnex from 'knex'

/** Where the processes of one trial meet. */
export interface MeetingPlace {
  readonly url: string
  readonly smtp: { readonly host: string; readonly port: number }
}

/** Attempts that a worker has in flight at once: so many are in doubt when it dies, and no more. */
export const WINDOW = 5

export function openStorage({ url }: MeetingPlace): { storage: PostgresStorage; close(): Promise<void> } {
  // what is lost and comes back is told by the counts, not by knex
  const log = { warn: () => {}, error: () => {}, deprecate: () => {}, debug: () => {} }
  const knex = createKnex({ client: 'pg', connection: url, pool: { min: 0, max: 8 }, log })
  return { storage: createPostgresStorage({ knex }), close: () => knex.destroy() }
}

/** SMTP that gives up after a second, so that what a dead worker held is free again soon. */
export function openChannel({ smtp }: MeetingPlace): Channel {
  return createSendgridChannel({
    smtp,
    connections: WINDOW,
    streamTimeoutMs: 1_000,
    from: 'Pizzeria Esempio <ciao@pizza.example>',
  })
}

export function openKit(storage: Storage, email: Channel): CampaignKit {
  return createCampaignKit({
    storage,
    channels: { email },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: 'crash', key: 'a key for this trial alone, known to everybody' }],
    leaseMs: 1_000,
  })
}
