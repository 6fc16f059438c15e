import type { CampaignEvent } from '../../model/event.js'
import type { Interaction } from '../../model/interaction.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleAttribution, sampleEvent } from '../samples.js'

/** A place in another campaign, of no channel. */
export const OTHER_CAMPAIGN = sampleAttribution({ campaignId: 'campaign-2', runId: 'run-9', channel: null })

const of = <Item>(items: readonly [Item, ...Item[]], at: number): Item => items[at % items.length] ?? items[0]

const INTERACTIONS: readonly [Interaction | null, ...Interaction[]] = [
  null,
  { agent: 'Mozilla/5.0 (X11)', machineHint: false, rule: 'rule-1' },
  { agent: null, machineHint: true, rule: 'rule-2' },
  { agent: null, machineHint: null, rule: 'rule-1' },
]

/** Events that differ in everything that a cell of the counts is made of. */
export function variedEvents(count: number): CampaignEvent[] {
  return Array.from({ length: count }, (_, at) => {
    const place = sampleAttribution({
      runId: of(['run-0', 'run-1'], at),
      arm: of(['plain', 'plain', 'emoji', 'emoji', 'emoji'], at),
      channel: of([null, 'email', 'email', 'sms', 'sms', 'sms'], at),
      segments: of([['Lapsed', 'VIP'], ['VIP'], []], at),
    })
    return sampleEvent({
      key: `event-${at}`,
      type: of(['clicked', 'conversion', 'opened'], at),
      at: SAMPLE_NOW + ((at * 37) % 100),
      customerId: of(
        [null, 'customer-1', 'customer-2', 'customer-3', 'customer-1', 'customer-4', 'customer-2'],
        at,
      ),
      amountMinor: of([0, at, 0], at),
      currency: of([null, 'EUR', null, null, 'USD', null], at),
      costMicros: at % 5,
      machine: at % 4 === 0,
      interaction: at % 3 === 1 ? null : of(INTERACTIONS, at),
      attributions: of([[place, OTHER_CAMPAIGN], [place], [place], [place]], at),
    })
  })
}
