import { CampaignKitError } from '@campaignkit/core/adapter'
import type { Ask, Host } from './host.js'

const SETTING = 'extra_float_digits'

/** What a connection says of how many digits it shows; with it a statement can be asked beside its own work. */
export const SHOWN_DIGITS = `current_setting('${SETTING}')::int as digits`

/** A row with {@link SHOWN_DIGITS}. */
export interface ShownDigits {
  readonly digits: number
}

/** From here on a number is shown with as many digits as tell it from all others. */
const ENOUGH_DIGITS = 1

/**
 * Refuses connections that round the numbers which they show: what is read by them differs from what stands there, is
 * matched, and would be written back. The setting is the host's, and asked for rather than changed.
 *
 * @throws INVALID_INPUT with path `knex`
 */
export function requireExactNumbers({ digits }: ShownDigits): void {
  if (digits >= ENOUGH_DIGITS) return
  const message = `knex: its connections round numbers, by ${SETTING} = ${digits}; expected ${ENOUGH_DIGITS} or more, as it comes`
  throw new CampaignKitError('INVALID_INPUT', message, {
    path: 'knex',
    details: { setting: SETTING, value: digits },
  })
}

/** A host whose first connection is asked whether it shows numbers exactly, before anything else is; no other is asked. */
export function exactNumbersOf(host: Host): Host {
  let isExact = false
  const ready = async () => {
    if (isExact) return
    const [row] = await host.ask<ShownDigits>({ sql: `select ${SHOWN_DIGITS}`, bindings: [] })
    if (row !== undefined) requireExactNumbers(row)
    isExact = true
  }
  const ask: Ask = async (asked) => {
    await ready()
    return host.ask(asked)
  }
  return {
    ...host,
    ask,
    transaction: async (work) => {
      await ready()
      return host.transaction(work)
    },
  }
}
