import type { Instant } from '../base/time.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { ExplainedNode } from '../segmentation/explain.js'

/** One step on the way of a campaign to a customer. */
export interface TraceStep {
  readonly stage:
    | 'campaign'
    | 'match'
    | 'gate'
    | 'member'
    | 'arm'
    | 'delivery'
    | 'permit'
    | 'attempt'
    | 'receipt'
  readonly at: Instant | null
  readonly channel: ChannelKind | null
  /** Whether the customer passed: the first `no` is where the way ended. */
  readonly passed: 'yes' | 'no' | 'unknown'
  /** A code where there is one, else a word. */
  readonly code: string
  /** For people. */
  readonly words: string
  /**
   * Of a rule that does not match: each node of it, named segments written out, with what it says of the customer and
   * the value that it saw. External rules are asked last, so here they are unknown.
   */
  readonly criteria?: ExplainedNode
}

type Fields = Omit<TraceStep, 'at' | 'channel'> & { readonly at?: Instant; readonly channel?: ChannelKind }

/** A step of which an instant or a channel may be left out. */
export const traceStep = (fields: Fields): TraceStep => ({ at: null, channel: null, ...fields })
