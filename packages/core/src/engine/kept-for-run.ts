import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'

/** Runs of which something is kept at once: as many as a process may be freezing side by side. */
const MOST_KEPT = 16

/**
 * Keeps what is made for a run from step to step of its freezing. What was made first goes first; what could not be made
 * is not kept.
 */
export function keptForRun<Kept>() {
  const kept = new WeakMap<EngineContext, Map<string, Kept>>()
  return (context: EngineContext, { tenant }: Scope, { id }: Pick<Run, 'id'>, make: () => Kept): Kept => {
    const runs = kept.get(context) ?? new Map<string, Kept>()
    kept.set(context, runs)
    const key = `${tenant} ${id}`
    const known = runs.get(key)
    if (known !== undefined) return known
    const made = make()
    runs.set(key, made)
    if (made instanceof Promise) made.catch(() => runs.delete(key))
    const oldest = runs.size > MOST_KEPT ? runs.keys().next().value : undefined
    if (oldest !== undefined) runs.delete(oldest)
    return made
  }
}
