import type { CampaignEvent } from '../../model/event.js'
import type { Interaction, Judgement } from '../../model/interaction.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleEvent, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { foldCounters } from './counter-fold.js'
import { allPages, expectEqual, expectSame } from './expectations.js'
import { freshEntry } from './seeds.js'
import { OTHER_CAMPAIGN } from './varied-events.js'

const reclassifyCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`events.reclassify: ${name}`, [], run)
const CAMPAIGN = sampleRun().campaignId
const FACTS: Interaction = { agent: 'curl/8.5.0', machineHint: null, rule: 'rule-1' }
const judgementOf = ({ key, at }: CampaignEvent): Judgement => ({ key, at, machine: true, rule: 'rule-2' })

/** What writing new judgements of opens and clicks means. */
export const reclassifyCases: readonly StorageCase[] = [
  reclassifyCase('writes machine and rule, and counts follow a rebuild', async ({ storage, ours }) => {
    const events = [0, 1, 2, 3].map((index) =>
      sampleEvent({ key: `e-${index}`, at: SAMPLE_NOW + index, interaction: FACTS }),
    )
    await storage.events.append(ours, events)
    const judgements = events.slice(0, 2).map(judgementOf)
    const back = { ...judgementOf(events[0] ?? sampleEvent()), machine: false, rule: 'rule-3' }
    for (const given of [judgements, judgements, [], [back]]) {
      const result = await storage.events.reclassify(ours, CAMPAIGN, given, freshEntry())
      expectEqual(result, { outcome: 'written' }, 'the result')
    }
    const after = events.map((event, index) => {
      const rule = ['rule-3', 'rule-2'][index] ?? FACTS.rule
      return { ...event, machine: index === 1, interaction: { ...FACTS, rule } }
    })
    expectEqual(await allPages((page) => storage.events.list(ours, CAMPAIGN, {}, page)), after, 'events')
    expectSame(
      await storage.events.counters(ours, CAMPAIGN),
      foldCounters(events, CAMPAIGN),
      'counters before',
    )
    await storage.events.rebuild(ours, CAMPAIGN)
    expectSame(await storage.events.counters(ours, CAMPAIGN), foldCounters(after, CAMPAIGN), 'counters')
  }),
  reclassifyCase('leaves alone what it cannot judge and what is elsewhere', async ({ storage, ours }) => {
    const events = [
      sampleEvent({ key: 'a', customerId: 'gone', interaction: FACTS }),
      sampleEvent({ key: 'b' }),
      sampleEvent({ key: 'c', interaction: FACTS, attributions: [OTHER_CAMPAIGN] }),
      sampleEvent({ key: 'd', interaction: FACTS, attributions: [] }),
    ]
    await storage.events.append(ours, events)
    await storage.events.forget(ours, [asId('gone')])
    const judgements = [...events, sampleEvent({ key: 'nobody' })].map(judgementOf)
    await storage.events.reclassify(ours, CAMPAIGN, judgements, freshEntry())
    const [forgotten, ...others] = events
    expectEqual(
      await allPages((page) => storage.events.list(ours, CAMPAIGN, {}, page)),
      [{ ...forgotten, customerId: null, interaction: null }, ...others.slice(0, 1)],
      'events of the campaign',
    )
    const elsewhere = await allPages((page) => storage.events.list(ours, OTHER_CAMPAIGN.campaignId, {}, page))
    expectEqual(elsewhere, others.slice(1, 2), 'events of another')
  }),
]
