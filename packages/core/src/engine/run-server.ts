import type { WorkerId } from '../base/ids.js'
import type { Senders } from './sender.js'

/** Who serves a run. */
export interface RunServer {
  readonly worker: WorkerId
  readonly senders: Senders
  /** Aborts when the worker is to stop. */
  readonly signal: AbortSignal | undefined
}
