/** Bounds what is in flight inside a process, per provider account. No limit on sends depends on it. */
export interface InFlight {
  /**
   * Runs a window when fewer than `most` windows of the account are in flight.
   *
   * @param account - the provider account, as the channel names it
   */
  run<Result>(account: string, most: number, window: () => Promise<Result>): Promise<Result>
}
