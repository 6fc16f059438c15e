import { CampaignKitError } from '../base/error.js'
import type { NamedSink } from '../engine/context.js'
import { wordSchema } from '../model/fields.js'
import type { EventSink } from '../ports/event-sink.js'

/** What the place of a sink without a name is kept under. */
const SOLE_NAME = 'sink'

/**
 * Gives each sink the name under which its place is kept.
 *
 * @throws INVALID_INPUT with the path, such as `sinks[1].name`, when one of several has none, it is no lower-case word, or
 *   two have the same
 */
export function nameSinks(sinks: readonly EventSink[]): readonly NamedSink[] {
  const seen = new Set<string>()
  return sinks.map((sink, index) => {
    const name: unknown = sink.name ?? (sinks.length === 1 ? SOLE_NAME : undefined)
    const parsed = wordSchema.safeParse(name)
    if (!parsed.success) throw refusal(index, 'expected a lower-case word of letters, digits, - _ .')
    if (seen.has(parsed.data)) throw refusal(index, 'two sinks have this name')
    seen.add(parsed.data)
    // a sink may be an instance of a class
    return { name: parsed.data, publish: (...given) => sink.publish(...given) }
  })
}

function refusal(index: number, message: string): CampaignKitError {
  const path = `sinks[${index}].name`
  return new CampaignKitError('INVALID_INPUT', `${path}: ${message}`, { path })
}
