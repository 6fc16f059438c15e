import type { Instant } from '../base/time.js'
import { type Campaign, variantsOf } from '../model/campaign.js'
import { type Arm, REMAINDER } from '../model/experiment.js'
import type { Run, SliceSize } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { FirstDeliveries } from '../ports/storage/freezing-store.js'
import type { EngineContext } from './context.js'
import { newcomerArms, newcomersIn, type RankingState } from './newcomer-arms.js'
import { sideBySide } from './side-by-side.js'

/** Placements that are under way at once: one server process works on each. */
const AT_ONCE = 2
/** Placements before the run is moved on. */
const PLACED_A_STEP = 8

/**
 * Makes members of the next slices of a run, and says how far the ranking has come then. A slice that a dead process has
 * placed is passed over by the storage, so that its members stay as they are.
 *
 * @throws VERSION_CONFLICT when another worker moved the run
 */
export async function placeNext(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  at: RankingState,
): Promise<RankingState> {
  const remainderArm = hasRemainder(campaign) ? await armOfRemainder(context, scope, campaign) : REMAINDER
  const first = firstDeliveries(campaign)
  const to = Math.min(at.placed + PLACED_A_STEP, at.slices.length)
  await sideBySide({ from: at.placed, to, atOnce: AT_ONCE }, async (index) => {
    const { slice } = at.slices[index] as SliceSize
    const firstRank = ranksIn(at.slices.slice(0, index))
    const arms = decided(newcomerArms(context, scope, campaign, run, at, index), remainderArm)
    await context.storage.freezing.place(scope, run, { slice, firstRank, arms, remainderArm, first })
    await context.clock.turn()
    return true
  })
  return { ...at, placed: to }
}

/**
 * Makes members of all who are planned in a run that goes no further, without an arm: so that everybody is told why
 * nothing came. What a dead process has placed of it stays as it is.
 *
 * @throws VERSION_CONFLICT when another worker moved the run
 */
export async function placeWithoutArms(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  slices: readonly SliceSize[],
): Promise<void> {
  const first = { ...firstDeliveries(campaign), arms: [] }
  for (const [at, { slice }] of slices.entries()) {
    const firstRank = ranksIn(slices.slice(0, at))
    const placement = { slice, firstRank, arms: new Map(), remainderArm: REMAINDER, first }
    await context.storage.freezing.place(scope, run, placement)
    await context.clock.turn()
  }
}

type Arms = ReadonlyMap<string, readonly Arm[]>

function decided(arms: Arms, remainderArm: Arm): Arms {
  if (remainderArm === REMAINDER) return arms
  const lanes = [...arms].map(
    ([lane, line]) => [lane, line.map((arm) => (arm === REMAINDER ? remainderArm : arm))] as const,
  )
  return new Map(lanes)
}

/** The state of a run all of whose slices are placed. */
export function frozenAt(now: Instant, { slices, newcomers }: RankingState): Run['freeze'] {
  return { phase: 'frozen', at: now, newcomers: newcomers + newcomersIn(slices) }
}

/** How many members with a rank slices have. */
export function ranksIn(slices: readonly SliceSize[]): number {
  return slices.reduce((sum, { kept }) => sum + kept, newcomersIn(slices))
}

function firstDeliveries({ id, content }: Campaign): FirstDeliveries {
  return {
    campaignId: id,
    arms: variantsOf(content).map(({ name }) => name),
    channels: content.delivery === 'each' ? 'all' : 'first',
  }
}

/** Whether some members of a campaign wait for the verdict. */
export function hasRemainder({ content }: Campaign): boolean {
  return (content.experiment?.remainder ?? 0) > 0
}

/**
 * The arm of whoever would wait: `remainder` until the decision. Asked for step by step, while the run is on record as
 * being frozen: a decision that is made later finds it so, and the rollout waits for it.
 */
async function armOfRemainder(
  context: EngineContext,
  scope: Scope,
  { id }: Pick<Campaign, 'id'>,
): Promise<Arm> {
  const current = await context.storage.campaigns.get(scope, id)
  return current?.rollout?.arm ?? REMAINDER
}
