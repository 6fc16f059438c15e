import type { Instant } from '../base/time.js'
import { type Campaign, variantsOf } from '../model/campaign.js'
import { type Arm, REMAINDER } from '../model/experiment.js'
import type { Run, SliceSize } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { FirstDeliveries } from '../ports/storage/freezing-store.js'
import type { EngineContext } from './context.js'
import { newcomerArms, newcomersIn, type RankingState } from './newcomer-arms.js'
import { MOST_PLACED } from './scan-customers.js'

/** Placements that are under way at once: one server process works on each. */
const AT_ONCE = 2

/** Slices that are placed together: those from the first up to, and without, the second. */
type Stretch = readonly [from: number, to: number]

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
  const stretches = nextStretches(at)
  const placed = await Promise.allSettled(
    stretches.map(([from, to]) => {
      const firstRank = ranksIn(at.slices.slice(0, from))
      const arms = decided(newcomerArms(context, scope, campaign, run, at, [from, to]), remainderArm)
      const placement = { from, to, firstRank, arms, remainderArm, first }
      return context.storage.freezing.place(scope, run, placement)
    }),
  )
  for (const outcome of placed) if (outcome.status === 'rejected') throw outcome.reason
  return { ...at, placed: stretches.at(-1)?.[1] ?? at.slices.length }
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

function nextStretches({ slices, placed }: RankingState): readonly Stretch[] {
  const stretches: Stretch[] = []
  let from = placed
  while (stretches.length < AT_ONCE && from < slices.length) {
    const to = endOfStretch(slices, from)
    stretches.push([from, to])
    from = to
  }
  return stretches
}

function endOfStretch(slices: readonly SliceSize[], from: number): number {
  let members = 0
  let to = from
  for (const slice of slices.slice(from)) {
    members += ranksIn([slice]) + slice.excluded
    if (to > from && members > MOST_PLACED) break
    to += 1
  }
  return to
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
