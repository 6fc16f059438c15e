/** Bounds what is in flight inside a process, per provider account. No limit on sends depends on it. */
export interface InFlight {
  /**
   * Runs a group as soon as with its attempts no more than `most` of the account are in flight; first come, first served.
   *
   * @param account - the provider account, as the channel names it
   * @param bound.attempts - what the group itself has in flight: 1 to `most`
   * @param bound.most - 1 or more; of different ones for an account the latest counts
   */
  run<Result>(
    account: string,
    bound: { readonly attempts: number; readonly most: number },
    group: () => Promise<Result>,
  ): Promise<Result>
}
