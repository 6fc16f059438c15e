import { CampaignKitError } from '../base/error.js'

/** @throws INVALID_INPUT with the path of a number that is not finite and above 0 */
export function checkPositive(value: number, path: string): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new CampaignKitError('INVALID_INPUT', `${path}: expected a finite number above 0`, { path })
}

/** @throws INVALID_INPUT with the path of a number that is not finite */
export function checkFinite(value: number, path: string): void {
  if (!Number.isFinite(value))
    throw new CampaignKitError('INVALID_INPUT', `${path}: expected a finite number`, { path })
}

/** @throws INVALID_INPUT with the path of a number that is not from 0 to `most` */
export function checkFromZero(value: number, most: number, path: string): void {
  if (!(value >= 0 && value <= most))
    throw new CampaignKitError('INVALID_INPUT', `${path}: expected a number from 0 to ${most}`, { path })
}
