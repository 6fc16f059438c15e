import type { AddressClaim, CustomerId, Member, RunId } from '@campaignkit/core/adapter'
import { RunAudience } from './run-audience.js'

/** Members of every run of a tenant, and who has which address in a plan. */
export class AudienceTable {
  readonly #runs = new Map<RunId, RunAudience>()
  readonly #runsOf = new Map<CustomerId, Set<RunId>>()
  readonly #claims = new Map<string, Map<string, CustomerId>>()

  /** Whether the customer has the address, by this claim or an earlier one. */
  claim(plan: string, { channel, addressKey, customerId }: AddressClaim): boolean {
    const owners = this.#claims.get(plan) ?? new Map<string, CustomerId>()
    this.#claims.set(plan, owners)
    const address = `${channel} ${addressKey}`
    const owner = owners.get(address) ?? customerId
    owners.set(address, owner)
    return owner === customerId
  }

  releaseClaims(plan: string): void {
    this.#claims.delete(plan)
  }

  run(runId: RunId): RunAudience {
    return this.#runs.get(runId) ?? new RunAudience()
  }

  append(runId: RunId, members: readonly Member[]): void {
    const run = this.run(runId)
    this.#runs.set(runId, run)
    for (const member of members) {
      if (!run.add(member)) continue
      const { customerId } = member
      this.#runsOf.set(customerId, (this.#runsOf.get(customerId) ?? new Set()).add(runId))
    }
  }

  /** Runs in which a customer is a member. */
  runsOf(customerId: CustomerId): Iterable<RunId> {
    return this.#runsOf.get(customerId) ?? []
  }

  forget(customerId: CustomerId): void {
    for (const runId of this.runsOf(customerId)) this.run(runId).forget(customerId)
  }

  drop(runId: RunId): void {
    for (const customerId of this.run(runId).customers()) this.#runsOf.get(customerId)?.delete(runId)
    this.#runs.delete(runId)
    this.#claims.delete(runId)
  }
}
