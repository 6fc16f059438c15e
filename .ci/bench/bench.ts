/** Does the work once; resolves to how many units it came to. Only this is timed. */
export type Round = () => number | Promise<number>

/** Makes ready what a round needs. */
export type Side = () => Round | Promise<Round>

/** What is to be reached; a bench without one only reports. */
export interface Goal {
  /** How many times as fast as the bare way. */
  readonly timesBare?: number
  /** Units a second, whatever the machine. */
  readonly perSecond?: number
}

/** Ours and the bare way: the library or the statement that does the least possible for the same end. */
export interface Bench {
  readonly stage: string
  /** What is counted, such as `customer`. */
  readonly unit: string
  readonly bareName: string
  readonly goal: Goal
  /** Called once, just before the first round. */
  prepare(): Sides | Promise<Sides>
}

export interface Sides {
  readonly ours: Side
  readonly bare: Side
  end?(): Promise<void>
}

/** Work that runs in a process of its own, over so many customers, so that its peak of memory can be read. */
export interface PeakBench {
  readonly stage: string
  /** @param passed - called after each page */
  run(customers: number, passed: () => void): Promise<void>
}

/** Work whose longest stretch without a turn for others is read. */
export interface BlockBench {
  readonly stage: string
  prepare(): Promise<() => Promise<void>>
}
