import { CampaignKitError } from '@campaignkit/core/adapter'

/**
 * Refuses a field that nobody knows: one that is misspelt would be as good as none.
 *
 * @param known - null where any name may stand
 * @param path - of the value itself; empty where it is all that was given
 * @throws INVALID_INPUT, UNKNOWN_FIELD with the path of the field
 */
export function requireFields(value: unknown, known: readonly string[] | null, path = ''): void {
  if (typeof value !== 'object' || value === null)
    throw new CampaignKitError('INVALID_INPUT', `${path || 'options'}: expected an object`, { path })
  const unknown = Object.keys(value).find((name) => known?.includes(name) === false)
  if (unknown === undefined) return
  const at = path === '' ? unknown : `${path}.${unknown}`
  throw new CampaignKitError('UNKNOWN_FIELD', `${at}: there is no such field`, { path: at })
}
