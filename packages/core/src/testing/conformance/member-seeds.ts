import { byCodePoints } from '../../base/by-code-points.js'
import type { Member } from '../../model/member.js'
import type { Run } from '../../model/run.js'
import type { Scope } from '../../model/scope.js'
import type { FirstDeliveries, Placement, PlannedMembership } from '../../ports/storage/freezing-store.js'
import type { Storage } from '../../ports/storage/storage.js'
import { asId } from '../as-id.js'
import { sampleRun } from '../samples.js'
import { expectPresent } from './expectations.js'
import { seedCampaign } from './seeds.js'

/** Nobody is sent anything. */
export const NOTHING_FIRST: FirstDeliveries = {
  campaignId: sampleRun().campaignId,
  arms: [],
  channels: 'all',
}

/** A member as it is planned: it keeps its arm, and without one stands in the only lane. */
export function plannedOf({ rank: _rank, ...member }: Member): PlannedMembership {
  const isNewcomer = member.exclusion === null && member.arm === null
  return { ...member, lane: isNewcomer ? '' : null, addressKeys: member.channels.map(() => null) }
}

/** Moves a run on as the engine does, with what is planned. */
export async function planIn(
  storage: Storage,
  scope: Scope,
  runId: Run['id'],
  planned: readonly PlannedMembership[],
): Promise<Run> {
  const run = expectPresent(await storage.campaigns.getRun(scope, runId), 'the run')
  const moved: Run = { ...run, freeze: { phase: 'settling' }, version: run.version + 1 }
  await storage.freezing.append(scope, moved, planned)
  return moved
}

interface Placing {
  readonly first?: FirstDeliveries
  readonly firstRank?: number
  /** By lane; in one that is not named all newcomers get the arm `all`. */
  readonly arms?: Placement['arms']
  readonly remainderArm?: string
}

/** The placements of all who are planned in a run, a slice each. */
export async function placementsOf(
  storage: Storage,
  scope: Scope,
  runId: Run['id'],
  { first = NOTHING_FIRST, firstRank = 0, arms = new Map(), remainderArm = 'remainder' }: Placing = {},
): Promise<readonly Placement[]> {
  const given = new Map<string, number>()
  let rank = firstRank
  return (await storage.freezing.sizes(scope, runId)).map(({ slice, kept, newcomers }) => {
    const lines = Object.entries(newcomers).map(([lane, count]) => {
      const start = given.get(lane) ?? 0
      given.set(lane, start + count)
      return [lane, Array.from({ length: count }, (_, at) => arms.get(lane)?.[start + at] ?? 'all')] as const
    })
    const placement = { slice, firstRank: rank, arms: new Map(lines), remainderArm, first }
    rank += kept + lines.reduce((sum, [, { length }]) => sum + length, 0)
    return placement
  })
}

/** Places all who are planned in a run, one slice after the other. */
export async function placeAll(storage: Storage, scope: Scope, run: Run, placing?: Placing): Promise<void> {
  for (const placement of await placementsOf(storage, scope, run.id, placing))
    await storage.freezing.place(scope, run, placement)
}

/**
 * Freezes a run with these members, who keep their arms.
 *
 * @returns the members as they are then, in the order in which they were given
 */
export async function freezeMembers(
  storage: Storage,
  scope: Scope,
  runId: string,
  members: readonly Member[],
): Promise<readonly Member[]> {
  const run = await planIn(storage, scope, asId(runId), members.map(plannedOf))
  await placeAll(storage, scope, run)
  return ranked(members)
}

/** Puts the campaign with its run there, frozen with these members. */
export async function seedMembers(
  storage: Storage,
  scope: Scope,
  members: readonly Member[],
): Promise<readonly Member[]> {
  await seedCampaign(storage, scope)
  return freezeMembers(storage, scope, sampleRun().id, members)
}

/** Members as they are once they are placed. */
export function ranked(members: readonly Member[]): readonly Member[] {
  const inOrder = members
    .filter(({ exclusion }) => exclusion === null)
    .toSorted(
      (left, right) =>
        byCodePoints(left.rankKey, right.rankKey) || byCodePoints(left.customerId, right.customerId),
    )
  return members.map((member) =>
    member.exclusion === null
      ? { ...member, rank: inOrder.indexOf(member), arm: member.arm ?? 'all' }
      : { ...member, rank: null, arm: null },
  )
}
