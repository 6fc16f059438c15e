import type { WorkerId } from '../base/ids.js'
import type { DurationMs } from '../base/time.js'
import type { Senders } from './sender.js'

/** Who serves a run. */
export interface RunServer {
  readonly worker: WorkerId
  readonly senders: Senders
  /** How long a message waits for its slot at most. */
  readonly patienceMs: DurationMs
  /** Aborts when the worker is to stop. */
  readonly signal: AbortSignal | undefined
}
