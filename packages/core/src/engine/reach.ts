import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { CampaignKitError } from '../base/error.js'
import { type ChannelKind, channelKindSchema } from '../model/channel-kind.js'
import { DEFAULT_TOPIC } from '../model/consent.js'
import type { CriteriaInput } from '../model/criteria-schema.js'
import { readCriteria } from '../model/criteria-schema.js'
import type { ExclusionCode } from '../model/exclusion.js'
import { wordSchema } from '../model/fields.js'
import { parseInput } from '../model/parse.js'
import type { Scope } from '../model/scope.js'
import type { CallOptions } from './call-options.js'
import type { EngineContext } from './context.js'
import { loadCountedSegments } from './load-segments.js'
import { type AudienceRequest, createPlanner, type PlannedMember } from './plan-audience.js'
import { isPublic } from './public-messages.js'
import { scanMatched } from './scan-customers.js'

const reachOptionsSchema = z.strictObject({
  channels: z
    .array(channelKindSchema)
    .min(1)
    .refine((channels) => new Set(channels).size === channels.length, 'names a channel twice'),
  purpose: z.enum(['marketing', 'transactional']).default('marketing'),
  topic: wordSchema.default(DEFAULT_TOPIC),
})

export type ReachOptions = z.input<typeof reachOptionsSchema>

/** Whom a rule finds and whom of them the channels reach. `matched` is `reachable` and all of `excluded`. */
export interface Reach {
  readonly matched: number
  readonly reachable: number
  readonly excluded: Readonly<Partial<Record<ExclusionCode, number>>>
  /** Reachable customers on each channel; a customer may count on several. */
  readonly byChannel: Readonly<Partial<Record<ChannelKind, number>>>
  /** Reachable customers by the first channel that reaches them. */
  readonly byFirstChannel: Readonly<Partial<Record<ChannelKind, number>>>
  /** Matched customers in each named segment of the tenant that needs no external rule. */
  readonly segments: Readonly<Record<string, number>>
}

/**
 * Counts whom criteria find now, by the planner that freezes runs. Writes nothing that stays.
 *
 * @throws INVALID_INPUT, PUBLIC_HAS_NO_CUSTOMER, CRITERIA_INVALID, CRITERIA_SEALED, SEGMENT_NOT_FOUND, SEGMENT_CYCLE,
 *   ELIGIBILITY_NOT_CONFIGURED, ABORTED
 */
export async function reach(
  context: EngineContext,
  scope: Scope,
  criteria: CriteriaInput,
  options: ReachOptions,
  call: CallOptions = {},
): Promise<Reach> {
  authorize(context.access, scope, 'audience.reach')
  const { channels, ...gates } = parseInput(reachOptionsSchema, options)
  const shared = channels.findIndex((channel) => isPublic(context, channel))
  if (shared >= 0) {
    const path = `channels[${shared}]`
    throw new CampaignKitError('PUBLIC_HAS_NO_CUSTOMER', `${path}: reaches nobody in particular`, { path })
  }
  return countAudience(
    context,
    scope,
    { criteria: readCriteria(criteria), channels, gates, salt: '', asOf: context.clock.now() },
    call,
  )
}

/** Counts planned members as they come. */
function createTally(segmentNames: readonly string[]) {
  const excluded: Partial<Record<ExclusionCode, number>> = {}
  const byChannel: Partial<Record<ChannelKind, number>> = {}
  const byFirstChannel: Partial<Record<ChannelKind, number>> = {}
  const segments = new Map(segmentNames.map((name) => [name, 0]))
  let matched = 0
  let reachable = 0
  return {
    add({ exclusion, channels, segments: held }: PlannedMember): void {
      matched += 1
      if (exclusion === null) reachable += 1
      else excluded[exclusion] = (excluded[exclusion] ?? 0) + 1
      for (const channel of channels) byChannel[channel] = (byChannel[channel] ?? 0) + 1
      for (const first of channels.slice(0, 1)) byFirstChannel[first] = (byFirstChannel[first] ?? 0) + 1
      for (const name of held) segments.set(name, (segments.get(name) ?? 0) + 1)
    },
    result: (): Reach => ({
      matched,
      reachable,
      excluded,
      byChannel,
      byFirstChannel,
      segments: Object.fromEntries(segments),
    }),
  }
}

/**
 * Runs the planner over every customer and keeps the counts alone.
 *
 * @param meet - told of each matched customer
 */
export async function countAudience(
  context: EngineContext,
  scope: Scope,
  request: Omit<AudienceRequest, 'plan'>,
  call: CallOptions,
  meet: (member: PlannedMember) => void = () => undefined,
): Promise<Reach> {
  const plan = context.ids.next('plan')
  const planner = await createPlanner(context, scope, { ...request, plan })
  const segments = await loadCountedSegments(context, scope)
  const tally = createTally(segments.map(({ name }) => name))
  try {
    for await (const matched of scanMatched(context, planner, call)) {
      for (const member of await planner.plan(matched)) {
        tally.add(member)
        meet(member)
      }
    }
  } finally {
    await context.storage.audience.releaseAddresses(scope, plan)
  }
  return tally.result()
}
