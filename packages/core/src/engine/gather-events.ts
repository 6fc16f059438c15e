import { authorize } from '../access/policy.js'
import { canonicalJson } from '../base/canonical-json.js'
import { isCampaignKitError } from '../base/error.js'
import type { TrackedEvent, TrackedEventInput } from '../model/event.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { createLanes, type Lanes } from './lanes.js'
import { parseOneTracked, recordTracked, type TrackOutcome, trackEvents } from './track-events.js'

/** Records what customers did: {@link trackEvents}, perhaps together with others. */
export type Track = (scope: Scope, inputs: readonly TrackedEventInput[]) => Promise<TrackOutcome>

/** A call that waits for its event to be recorded. */
interface Waiting {
  readonly event: TrackedEvent
  resolve(outcome: TrackOutcome): void
  reject(thrown: unknown): void
}

/**
 * Lets events that are tracked one by one go together: while one call is under way, those of the same tenant and actor
 * gather, and go as one when it has ended. So nobody waits who comes alone, and those who come in a crowd take as few
 * statements as a batch. A crowd goes in two halves, so that one is made ready while the storage writes the other. Each
 * event has its own outcome, and one that is refused is refused alone.
 */
export function createTrack(context: EngineContext): Track {
  const lanes = new Map<string, Lanes<Waiting>>()
  const keys = new WeakMap<Scope, string>()

  function keyOf(scope: Scope): string {
    const key = keys.get(scope) ?? canonicalJson(scope)
    keys.set(scope, key)
    return key
  }

  function lanesOf(scope: Scope): Lanes<Waiting> {
    const key = keyOf(scope)
    const known = lanes.get(key)
    if (known !== undefined) return known
    const made = createLanes<Waiting>({
      clock: context.clock,
      serve: (calls) => recordTogether(context, scope, calls),
      onEmpty: () => lanes.delete(key),
    })
    lanes.set(key, made)
    return made
  }

  return async (scope, inputs) => {
    const [only] = inputs
    if (inputs.length !== 1 || only === undefined) return trackEvents(context, scope, inputs)
    authorize(context.access, scope, 'event.track')
    const event = parseOneTracked(only)
    return new Promise((resolve, reject) => {
      const at = event.at ?? context.clock.now()
      lanesOf(scope).add({ event: { ...event, at }, resolve, reject })
    })
  }
}

/** Records the events of calls as one; where that fails for what one of them holds, halves of them, until it stands alone. */
async function recordTogether(
  context: EngineContext,
  scope: Scope,
  calls: readonly Waiting[],
): Promise<void> {
  try {
    const fresh = await recordTracked(
      context,
      scope,
      calls.map(({ event }) => event),
    )
    const keys = new Set(fresh.map(({ key }) => key))
    for (const { event, resolve } of calls) {
      // of calls with one key the first has recorded it
      const isFirst = keys.delete(`tracked:${event.key}`)
      resolve({ recorded: isFirst ? 1 : 0, repeated: isFirst ? 0 : 1 })
    }
  } catch (thrown) {
    if (calls.length === 1 || isForAll(thrown)) {
      for (const { reject } of calls) reject(thrown)
      return
    }
    const half = calls.length >> 1
    await recordTogether(context, scope, calls.slice(0, half))
    await recordTogether(context, scope, calls.slice(half))
  }
}

/** A storage that is not there would not be there for any of them. */
function isForAll(thrown: unknown): boolean {
  return isCampaignKitError(thrown) && thrown.retry !== 'never'
}
