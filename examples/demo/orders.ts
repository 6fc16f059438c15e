import type { TimeReport, Wake } from './distant-clock.js'
import type { ProviderPlace } from './providers.js'
import type { DatabasePlace } from './storages.js'

/** What a worker process is told to do. */
export type Order =
  /** Work until nothing is left. */
  | {
      readonly type: 'work'
      readonly number: number
      readonly seed: number
      readonly database: DatabasePlace
      readonly provider: ProviderPlace
    }
  | Wake

/** What a worker process has to say. */
export type Word = TimeReport | { readonly type: 'done'; readonly sent: number }
