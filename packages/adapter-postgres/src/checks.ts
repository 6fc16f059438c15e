import { CampaignKitError } from '@campaignkit/core/adapter'
import type { Knex } from 'knex'

/** @throws INVALID_INPUT with path `knex` */
export function checkKnex(knex: Knex): void {
  if (typeof knex === 'function' && typeof knex.raw === 'function') return
  throw new CampaignKitError('INVALID_INPUT', 'knex: expected an instance of knex', { path: 'knex' })
}

/** @throws INVALID_INPUT with path `concurrency` */
export function checkConcurrency({ concurrency }: { readonly concurrency: number }): void {
  if (Number.isInteger(concurrency) && concurrency >= 1) return
  throw new CampaignKitError('INVALID_INPUT', 'concurrency: expected a whole number from 1', {
    path: 'concurrency',
  })
}
