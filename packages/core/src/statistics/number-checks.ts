import { CampaignKitError } from '../base/error.js'
import type { Alternative } from './alternative.js'

/** @throws INVALID_INPUT always, with `path` */
export function refuseNumber(path: string, message: string): never {
  throw new CampaignKitError('INVALID_INPUT', `${path}: ${message}`, { path })
}

/** @throws INVALID_INPUT when a number is infinite or none */
export function checkFinite(value: number, path: string): void {
  if (!Number.isFinite(value)) refuseNumber(path, 'expected a finite number')
}

/** @throws INVALID_INPUT when a number is not finite and at least 0 */
export function checkNotNegative(value: number, path: string): void {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) refuseNumber(path, 'expected a number from 0')
}

/** @throws INVALID_INPUT when a number is not finite and above 0 */
export function checkPositive(value: number, path: string): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) refuseNumber(path, 'expected a number above 0')
}

/** @throws INVALID_INPUT when a word is not among those known */
export function checkWord<Word extends string>(word: Word, known: readonly Word[], path: string): void {
  if (!known.includes(word)) refuseNumber(path, `expected one of ${known.join(', ')}`)
}

/** @throws INVALID_INPUT with path `alternative` */
export function checkAlternative(alternative: Alternative): void {
  checkWord(alternative, ['two-sided', 'greater', 'less'], 'alternative')
}
