import type { Storage } from '../../ports/storage/storage.js'

/** An adapter that is wrong in one way, and the case that must notice. */
export interface BrokenWrapper<Port> {
  /** What it does wrong. */
  readonly name: string
  /** Name of the conformance case that fails over it. */
  readonly caughtBy: string
  /** Makes the adapter wrong. */
  wrap(port: Port): Port
}

/** A storage that is wrong in one way. */
export type BrokenStorage = BrokenWrapper<Storage>
