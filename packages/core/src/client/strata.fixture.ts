import type { CampaignId } from '../base/ids.js'
import type { CampaignInput } from '../model/campaign.js'
import type { CustomerInput } from '../model/customer.js'
import type { Member } from '../model/member.js'
import { parseInput } from '../model/parse.js'
import { scopeSchema } from '../model/scope.js'
import { stratumOf } from '../model/stratum.js'
import { tag } from '../segmentation/builders.js'
import { allPages } from '../testing/conformance/expectations.js'
import { createManualClock } from '../testing/manual-clock.js'
import { createPizzeria, SCOPE } from './pizzeria.fixture.js'

export const SCOPED = parseInput(scopeSchema, SCOPE)
export const VARIANTS = [{ name: 'plain' }, { name: 'emoji' }]
export const EVEN = VARIANTS.map(({ name }) => ({ arm: name, weight: 1 }))
export const LOYAL = { name: 'loyal', criteria: tag('loyal') }
export const ZONES = ['Asia/Tokyo', 'Europe/Rome', 'Europe/London', 'America/New_York', 'America/Los_Angeles']
export const AT_NINE = {
  type: 'once',
  at: '2026-03-10T09:00',
  zone: 'recipient',
} satisfies CampaignInput['schedule']

/** Every third customer is loyal. */
export const everyThird = (number: number): Partial<CustomerInput> =>
  number % 3 === 0 ? { tags: ['pizza-lover', 'loyal'] } : {}

export type World = ReturnType<typeof createPizzeria>

/** Records that customers allow e-mails about offers. */
export async function permit({ kit }: Pick<World, 'kit'>, customerIds: readonly string[]): Promise<void> {
  await kit.consents.record(
    customerIds.map((customerId) => ({
      customerId,
      channel: 'email',
      topic: 'offers',
      decision: 'granted',
      basis: 'form',
      obtainedAt: 0,
    })),
  )
}

/** A pizzeria at a point in time. */
export function startingAt(iso: string) {
  return createPizzeria({ kit: { clock: createManualClock({ auto: true, startsAt: Date.parse(iso) }) } })
}

/** The members of a run of a campaign, the first one if none is named. */
export async function membersOf({ kit, storage }: World, id: CampaignId, at = 0): Promise<readonly Member[]> {
  const run = (await kit.campaigns.runs(id))[at]
  if (run === undefined) throw new Error('The campaign has no such run')
  return allPages((page) => storage.audience.list(SCOPED, run.id, {}, page))
}

/** How many members of each label have each arm: `stratum:/loyal: emoji 3, plain 3`. */
export function armsByLabel(members: readonly Member[]): readonly string[] {
  const counts = new Map<string, Map<string, number>>()
  for (const { segments, arm } of members) {
    if (arm === null) continue
    const arms = counts.get(stratumOf(segments)) ?? new Map<string, number>()
    counts.set(stratumOf(segments), arms.set(arm, (arms.get(arm) ?? 0) + 1))
  }
  const texts = [...counts].map(([label, arms]) => {
    const shown = [...arms].sort().map(([arm, count]) => `${arm} ${count}`)
    return `${label}: ${shown.join(', ')}`
  })
  return texts.sort()
}

/** Customers and their arms. */
export function armsOf(
  assigned: readonly { readonly customerId: string; readonly arm: string | null }[],
): Readonly<Record<string, string | null>> {
  return Object.fromEntries(assigned.map(({ customerId, arm }) => [customerId, arm]))
}
