import * as z from 'zod'
import { CampaignKitError } from '../base/error.js'
import { checkInput } from '../model/parse.js'

/** The last argument of every long call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

const signalSchema = z.custom<AbortSignal>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    'aborted' in value &&
    'addEventListener' in value &&
    typeof value.addEventListener === 'function',
  'expected an AbortSignal',
)

/** The strict schema of {@link CallOptions}. */
export const callSchema = z.strictObject({ signal: signalSchema.optional() })

/** The signal of a call. @throws INVALID_INPUT, UNKNOWN_FIELD with the path of the field */
export function signalOf(call: CallOptions): AbortSignal | undefined {
  return checkInput(callSchema, call).signal
}

/** @throws ABORTED when the signal has aborted */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new CampaignKitError('ABORTED', 'The caller aborted the call', { cause: signal.reason })
  }
}
