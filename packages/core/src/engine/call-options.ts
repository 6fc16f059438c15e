import { CampaignKitError } from '../base/error.js'

/** The last argument of every long call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** @throws ABORTED when the signal has aborted */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new CampaignKitError('ABORTED', 'The caller aborted the call', { cause: signal.reason })
  }
}
