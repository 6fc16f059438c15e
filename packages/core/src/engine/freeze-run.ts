import type { CustomerId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import type { FreezeState, Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { sequencePosition } from './newcomer-arms.js'
import { frozenAt, placeNext } from './place-members.js'
import { createPlannedPages, type PlannedPages } from './planned-pages.js'
import { requireContacts } from './require-contacts.js'
import { planStretches, stretchesOf } from './stretches.js'

/** What one ring may take before it lets others go first, in pages that are matched. */
const PAGES_PER_RING = 20
/** What a step takes in such pages: of some phases one works on many thousands. */
const PAGES_PER_STEP: Readonly<Record<FreezeState['phase'], number>> = {
  matching: 1,
  planning: 5,
  settling: 1,
  ranking: PAGES_PER_RING,
  frozen: 0,
}

/**
 * Takes the freezing of a run on for the length of a ring and returns the run as it then stands. Each step is written
 * whole or not at all and can be done again, so that a freezing that was killed goes on where it was.
 *
 * @param signal - when it aborts, no step is begun any more
 * @throws VERSION_CONFLICT when another worker moved the run; EXPERIMENT_TOO_SMALL before anybody has an arm
 */
export async function freezeOn(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  signal: AbortSignal | undefined,
): Promise<Run> {
  let frozen = run
  let pages = 0
  const planned = createPlannedPages(context, scope, campaign, run)
  while (pages < PAGES_PER_RING && frozen.freeze.phase !== 'frozen' && signal?.aborted !== true) {
    pages += PAGES_PER_STEP[frozen.freeze.phase]
    frozen = await freezeStep(context, scope, campaign, frozen, (after) =>
      planned.take(after, pages < PAGES_PER_RING),
    )
    await context.clock.turn()
  }
  return frozen
}

type TakePage = (after: CustomerId | null) => ReturnType<PlannedPages['take']>

async function freezeStep(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  take: TakePage,
): Promise<Run> {
  const { freeze } = run
  switch (freeze.phase) {
    case 'matching': {
      const stretches = freeze.after === null ? await stretchesOf(context, scope, campaign, run) : null
      if (stretches !== null) return stretches.divide(run)
      const { members, next, scanned } = await take(freeze.after)
      const moved = movedTo(
        run,
        next === null
          ? { phase: 'settling' }
          : { phase: 'matching', after: next, scanned: freeze.scanned + scanned },
      )
      await context.storage.freezing.append(scope, moved, members)
      return moved
    }
    case 'planning': {
      const stretches = await stretchesOf(context, scope, campaign, run)
      if (stretches !== null) return moveTo(context, scope, run, await planStretches(stretches, run, freeze))
      // begun by a worker that was set up in another way
      await context.storage.freezing.discard(scope, run.id)
      return moveTo(context, scope, run, { phase: 'matching', after: null, scanned: 0 })
    }
    case 'settling':
      return settle(context, scope, campaign, run)
    case 'ranking': {
      const ranking = await placeNext(context, scope, campaign, run, freeze)
      if (ranking.placed < ranking.slices.length) return moveTo(context, scope, run, ranking)
      return finish(
        context,
        scope,
        campaign,
        await moveTo(context, scope, run, frozenAt(context.clock.now(), ranking)),
      )
    }
    case 'frozen':
      return run
  }
}

async function settle(context: EngineContext, scope: Scope, campaign: Campaign, run: Run): Promise<Run> {
  const { freezing } = context.storage
  await freezing.settleAddresses(scope, run)
  const slices = await freezing.sizes(scope, run.id)
  await requireContacts(context, scope, campaign, run, slices)
  const newcomers = await sequencePosition(context, scope, campaign)
  return moveTo(context, scope, run, { phase: 'ranking', slices, placed: 0, newcomers })
}

async function finish(context: EngineContext, scope: Scope, campaign: Campaign, run: Run): Promise<Run> {
  const counts = await context.storage.audience.counts(scope, run.id)
  context.observer.emit('run.frozen', { scope, campaignId: campaign.id, runId: run.id, counts })
  await context.storage.freezing.finish(scope, run.id, counts.matched)
  return run
}

function movedTo(run: Run, freeze: Run['freeze']): Run {
  return { ...run, freeze, version: run.version + 1 }
}

async function moveTo(context: EngineContext, scope: Scope, run: Run, freeze: Run['freeze']): Promise<Run> {
  const moved = movedTo(run, freeze)
  await context.storage.campaigns.updateRun(scope, moved, run.version)
  return moved
}
