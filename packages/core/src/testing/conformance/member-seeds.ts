import type { RunId } from '../../base/ids.js'
import type { Member } from '../../model/member.js'
import type { Scope } from '../../model/scope.js'
import type { Storage } from '../../ports/storage/storage.js'
import { sampleRun } from '../samples.js'
import { seedCampaign } from './seeds.js'

const RUN: RunId = sampleRun().id

/** Puts a run with members there; those with an arm are assigned it. */
export async function seedMembers(storage: Storage, scope: Scope, members: readonly Member[]): Promise<void> {
  await seedCampaign(storage, scope)
  await storage.audience.append(
    scope,
    RUN,
    members.map((member) => ({ ...member, rank: null, arm: null })),
  )
  await storage.audience.assign(scope, RUN, assignmentsOf(members))
}

/** The assignments that give members the rank and arm that they bear. */
export function assignmentsOf(members: readonly Member[]) {
  return members.flatMap(({ customerId, rank, arm }) =>
    rank === null || arm === null ? [] : [{ customerId, rank, arm }],
  )
}
