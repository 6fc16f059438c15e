import { CampaignKitError } from '@campaignkit/core/adapter'

/** @throws INVALID_INPUT with the name as path */
export function requireWhole(name: string, value: unknown, least: number, most: number): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return
  const message = `${name}: expected a whole number from ${least} to ${most}`
  throw new CampaignKitError('INVALID_INPUT', message, { path: name })
}
