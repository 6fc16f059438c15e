import * as z from 'zod'
import type { Instant } from '../base/time.js'

/** How much of the name of a program is kept, in characters. */
const MOST_OF_AGENT = 200

/**
 * The name of the program that fetched a picture or followed a link (`User-Agent`), as far as the kit keeps it: the first 200
 * characters that are printable ASCII; null for none.
 *
 * @example
 * ```ts
 * import { agentOf } from '@campaignkit/core/adapter'
 * console.log(agentOf(' curl/8.5.0\n'), agentOf(''), agentOf(undefined)) // curl/8.5.0 null null
 * ```
 */
export function agentOf(text: string | null | undefined): string | null {
  const printable = (text ?? '').replaceAll(/[^\x20-\x7e]/g, '').trim()
  return printable.slice(0, MOST_OF_AGENT).trim() || null
}

/** A name of a program in what a provider says, of any length: {@link agentOf} is kept of it. */
export const agentSchema = z
  .string()
  .nullable()
  .transform((text) => agentOf(text))

/** What is kept of an open or a click so that it can be judged anew. Nothing of it is an address or a name of a person. */
export interface Interaction {
  /** The program or proxy that opened or clicked, as {@link agentOf} gives it; null when it is not known. */
  readonly agent: string | null
  /** Whether the provider said that a machine did it, such as `sg_machine_open`; null when it said nothing. */
  readonly machineHint: boolean | null
  /** The version of the rule that judged it last. */
  readonly rule: string
}

/** What a {@link MachineRule} goes by. */
export interface InteractionFacts extends Pick<Interaction, 'agent' | 'machineHint'> {
  readonly type: 'opened' | 'clicked'
  readonly at: Instant
  /** Where a click led; null for an open, and when it is not known. */
  readonly url: string | null
}

/**
 * Tells opens and clicks of machines from those of people. `isMachine` goes by the facts alone, so that the same facts are judged
 * the same at any time; what it throws fails the call, and nothing is recorded.
 */
export interface MachineRule {
  /** 1 to 50 letters, digits, `.`, `_` and `-`; another one with each change of the rule. */
  readonly version: string
  isMachine(facts: InteractionFacts): boolean
}

/** A new judgement of an open or a click. */
export interface Judgement {
  /** Key and instant of the event. */
  readonly key: string
  readonly at: Instant
  readonly machine: boolean
  /** The version of the rule that judged it. */
  readonly rule: string
}
