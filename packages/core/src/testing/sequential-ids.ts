import type { Ids } from '../ports/ids.js'

/**
 * Makes ids that a reader of a test knows at a glance: `campaign-1`, `campaign-2`, `run-1`.
 *
 * @param prefix - put before each, so that two makers never give the same
 */
export function createSequentialIds(prefix = ''): Ids {
  const given = new Map<string, number>()
  return {
    next(kind) {
      const number = (given.get(kind) ?? 0) + 1
      given.set(kind, number)
      return `${prefix}${kind}-${number}`
    },
  }
}
