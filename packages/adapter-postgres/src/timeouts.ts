import { requireWhole } from './require-whole.js'
import { type Fragment, joined, sql } from './sql.js'

const LONGEST_MS = 86_400_000

/**
 * A statement that bounds how long those behind it may take, up to the end of their transaction; null when nothing is asked for.
 *
 * @throws INVALID_INPUT with path `statementTimeoutMs` or `lockTimeoutMs`
 */
export function timeoutsOf(asked: {
  readonly statementTimeoutMs: number | undefined
  readonly lockTimeoutMs: number | undefined
}): Fragment | null {
  const settings = [
    settingOf('statement_timeout', 'statementTimeoutMs', asked.statementTimeoutMs),
    settingOf('lock_timeout', 'lockTimeoutMs', asked.lockTimeoutMs),
  ].flat()
  return settings.length === 0 ? null : sql`select ${joined(settings, ', ')}`
}

function settingOf(setting: string, option: string, ms: number | undefined): readonly Fragment[] {
  if (ms === undefined) return []
  requireWhole(option, ms, 1, LONGEST_MS)
  return [sql`set_config(${setting}, ${String(ms)}, true)`]
}
