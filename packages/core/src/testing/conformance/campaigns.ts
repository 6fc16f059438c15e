import { DAY_MS, toIso } from '../../base/time.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleCampaign, sampleDelivery, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import {
  allPages,
  expectEqual,
  expectPages,
  expectPresent,
  expectRefusal,
  expectSame,
  tamperWith,
} from './expectations.js'
import { claimAndOpen, freshEntry, otherSettlement, seedCampaign, seedDeliveries } from './seeds.js'

const campaignCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`campaigns: ${name}`, [], run)

const CAMPAIGN = sampleCampaign()
const CHANGED = sampleCampaign({
  version: 2,
  content: { name: 'Come back' },
  status: 'scheduled',
  statusReason: 'due',
})
const OTHER = sampleCampaign({ id: 'campaign-2' })

const campaignRowCases: readonly StorageCase[] = [
  campaignCase('a campaign comes back with every field', async ({ storage, ours }) => {
    const campaign = sampleCampaign({
      content: {
        objective: 'win "them" back \u{1F355}',
        metadata: { deep: { list: [1, null, 'x'] } },
        experiment: {
          variants: [{ name: 'plain' }, { name: 'emoji \u{1F355}' }],
          holdout: 0.1,
          strata: [{ name: 'loyal', criteria: { type: 'segment', name: 'Loyal' } }],
        },
        pace: { email: { limit: 100, periodMs: 60_000 } },
      },
      pinnedAudience: { type: 'not', of: { type: 'everyone' } },
      pinnedStrata: [{ name: 'loyal', criteria: { type: 'fact', fact: 'orderCount', op: '>', value: 3 } }],
      digest: 'ff',
      startsAt: 1,
      launchedAt: 2,
      endedAt: 3,
      archivedAt: null,
    })
    await storage.campaigns.insert(ours, campaign, freshEntry())
    expectEqual(await storage.campaigns.get(ours, campaign.id), campaign, 'the campaign')
    expectEqual(await storage.campaigns.get(ours, OTHER.id), null, 'a campaign that is not there')
  }),
  campaignCase('getAll gives those of many that are there, each once', async ({ storage, ours }) => {
    await storage.campaigns.insert(ours, CAMPAIGN, freshEntry())
    const other = sampleCampaign({ id: OTHER.id, content: { name: 'Another' } })
    await storage.campaigns.insert(ours, other, freshEntry())
    const given = await storage.campaigns.getAll(ours, [OTHER.id, asId('nobody'), CAMPAIGN.id, OTHER.id])
    const sorted = given.toSorted((left, right) => (left.id < right.id ? -1 : 1))
    expectEqual(sorted, [CAMPAIGN, other], 'the campaigns')
    expectEqual(await storage.campaigns.getAll(ours, []), [], 'none of them')
  }),
  campaignCase('insert refuses a name that is taken', async ({ storage, ours }) => {
    await storage.campaigns.insert(ours, CAMPAIGN, freshEntry())
    const namesake = sampleCampaign({ id: 'campaign-2', content: { name: CAMPAIGN.content.name } })
    await expectRefusal(storage.campaigns.insert(ours, namesake, freshEntry()), 'CAMPAIGN_NAME_TAKEN', 'name')
    expectEqual(await storage.campaigns.get(ours, namesake.id), null, 'the refused campaign')
  }),
  campaignCase('of many who insert one name at once exactly one succeeds', async ({ storage, ours }) => {
    const rivals = Array.from({ length: 10 }, (_, at) =>
      sampleCampaign({ id: `rival-${at}`, content: { name: 'One' } }),
    )
    const ends = await Promise.allSettled(
      rivals.map((rival) => storage.campaigns.insert(ours, rival, freshEntry())),
    )
    expectEqual(ends.filter(({ status }) => status === 'fulfilled').length, 1, 'successes')
    expectEqual((await allPages((page) => storage.campaigns.list(ours, {}, page))).length, 1, 'campaigns')
  }),
  campaignCase('update replaces the expected version, and only that', async ({ storage, ours }) => {
    await expectRefusal(storage.campaigns.update(ours, CHANGED, 1, freshEntry()), 'VERSION_CONFLICT')
    await storage.campaigns.insert(ours, CAMPAIGN, freshEntry())
    await storage.campaigns.update(ours, CHANGED, 1, freshEntry())
    await expectRefusal(storage.campaigns.update(ours, CAMPAIGN, 1, freshEntry()), 'VERSION_CONFLICT')
    expectEqual(await storage.campaigns.get(ours, CAMPAIGN.id), CHANGED, 'the campaign')
  }),
  campaignCase('of many who update one version at once exactly one succeeds', async ({ storage, ours }) => {
    await storage.campaigns.insert(ours, CAMPAIGN, freshEntry())
    const updates = Array.from({ length: 10 }, (_, at) =>
      storage.campaigns.update(
        ours,
        CHANGED,
        1,
        freshEntry(),
        sampleRun({ id: `run-${at}`, occurrence: `o-${at}` }),
      ),
    )
    const ends = await Promise.allSettled(updates)
    expectEqual(ends.filter(({ status }) => status === 'fulfilled').length, 1, 'successes')
    expectEqual((await storage.campaigns.runsOf(ours, CAMPAIGN.id)).length, 1, 'runs')
  }),
  campaignCase(
    'update refuses a name that another has, and frees the one that it leaves',
    async ({ storage, ours }) => {
      await storage.campaigns.insert(ours, CAMPAIGN, freshEntry())
      await storage.campaigns.insert(ours, OTHER, freshEntry())
      const renamed = { ...CHANGED, content: { ...CHANGED.content, name: OTHER.content.name } }
      await expectRefusal(storage.campaigns.update(ours, renamed, 1, freshEntry()), 'CAMPAIGN_NAME_TAKEN')
      expectEqual(await storage.campaigns.get(ours, CAMPAIGN.id), CAMPAIGN, 'the campaign after a refusal')
      await storage.campaigns.update(ours, CHANGED, 1, freshEntry())
      await storage.campaigns.update(ours, { ...CHANGED, version: 3 }, 2, freshEntry())
      const heir = sampleCampaign({ id: 'campaign-3', content: { name: CAMPAIGN.content.name } })
      await storage.campaigns.insert(ours, heir, freshEntry())
      expectEqual(await storage.campaigns.get(ours, heir.id), heir, 'who takes the name that was left')
    },
  ),
  campaignCase('delete takes the expected version, and frees the name', async ({ storage, ours }) => {
    await expectRefusal(storage.campaigns.delete(ours, CAMPAIGN.id, 1, freshEntry()), 'VERSION_CONFLICT')
    await storage.campaigns.insert(ours, CAMPAIGN, freshEntry())
    await expectRefusal(storage.campaigns.delete(ours, CAMPAIGN.id, 2, freshEntry()), 'VERSION_CONFLICT')
    expectEqual(await storage.campaigns.get(ours, CAMPAIGN.id), CAMPAIGN, 'the campaign after a refusal')
    await storage.campaigns.delete(ours, CAMPAIGN.id, 1, freshEntry())
    expectEqual(await storage.campaigns.get(ours, CAMPAIGN.id), null, 'the deleted campaign')
    await expectRefusal(storage.campaigns.delete(ours, CAMPAIGN.id, 1, freshEntry()), 'VERSION_CONFLICT')
    await storage.campaigns.insert(ours, { ...OTHER, content: CAMPAIGN.content }, freshEntry())
  }),
  campaignCase(
    'delete is refused while an attempt is under way, and leaves all as it was',
    async (subject) => {
      const { storage, ours } = subject
      await seedDeliveries(storage, ours)
      const [hold] = await claimAndOpen(storage, ours)
      const { version = 0 } = (await storage.campaigns.get(ours, CAMPAIGN.id)) ?? {}
      const remove = () => storage.campaigns.delete(ours, CAMPAIGN.id, version, freshEntry())
      await expectRefusal(remove(), 'CAMPAIGN_HAS_EVENTS')
      expectEqual((await storage.campaigns.get(ours, CAMPAIGN.id))?.version, version, 'the campaign')
      expectEqual((await storage.deliveries.attemptsOf(ours, sampleDelivery().id)).length, 1, 'attempts')
      const back = otherSettlement(expectPresent(hold, 'a hold'), 'queued')
      await storage.deliveries.settle(ours, [back], SAMPLE_NOW)
      await remove()
      expectEqual(await storage.campaigns.get(ours, CAMPAIGN.id), null, 'the deleted campaign')
      expectEqual(await storage.deliveries.get(ours, [sampleDelivery().id]), [], 'its deliveries')
    },
  ),
  campaignCase(
    'list goes newest first to the very end, also through those of one instant',
    async ({ storage, ours }) => {
      const campaigns = Array.from({ length: 7 }, (_, at) =>
        sampleCampaign({ id: `campaign-${at}`, createdAt: SAMPLE_NOW + DAY_MS * ((at * 3) % 7) }),
      )
      for (const campaign of campaigns) await storage.campaigns.insert(ours, campaign, freshEntry())
      const expected = campaigns.sort((left, right) => right.createdAt - left.createdAt)
      await expectPages((page) => storage.campaigns.list(ours, {}, page), expected, 'campaigns')

      const twins = Array.from({ length: 5 }, (_, at) => sampleCampaign({ id: `twin-${at}`, createdAt: 1 }))
      for (const twin of twins) await storage.campaigns.insert(ours, twin, freshEntry())
      for (const limit of [1, 2, 3]) {
        const listed = await allPages((page) => storage.campaigns.list(ours, {}, page), limit)
        expectSame(listed.slice(campaigns.length), twins, `twins by ${limit}`)
      }
    },
  ),
  campaignCase(
    'list gives the statuses that it is asked for, and the archived only when asked',
    async ({ storage, ours }) => {
      const draft = sampleCampaign({ id: 'draft', createdAt: 4 })
      const paused = sampleCampaign({ id: 'paused', createdAt: 3, status: 'paused' })
      const archived = sampleCampaign({
        id: 'archived',
        createdAt: 2,
        status: 'completed',
        archivedAt: SAMPLE_NOW,
      })
      for (const each of [draft, paused, archived]) await storage.campaigns.insert(ours, each, freshEntry())
      await expectPages((page) => storage.campaigns.list(ours, {}, page), [draft, paused], 'all')
      await expectPages(
        (page) => storage.campaigns.list(ours, { archived: false }, page),
        [draft, paused],
        'not archived',
      )
      await expectPages(
        (page) => storage.campaigns.list(ours, { statuses: ['paused'] }, page),
        [paused],
        'paused',
      )
      await expectPages(
        (page) => storage.campaigns.list(ours, { statuses: ['completed'] }, page),
        [],
        'completed',
      )
      await expectPages(
        (page) => storage.campaigns.list(ours, { statuses: ['completed'], archived: true }, page),
        [archived],
        'completed and archived',
      )
    },
  ),
  campaignCase('changing what was given out changes nothing that is kept', async ({ storage, ours }) => {
    const expected: unknown = JSON.parse(JSON.stringify(sampleCampaign()))
    await storage.campaigns.insert(ours, sampleCampaign(), freshEntry())
    tamperWith(await storage.campaigns.get(ours, CAMPAIGN.id))
    tamperWith(await storage.campaigns.list(ours, {}, { cursor: null, limit: 1 }))
    expectEqual(await storage.campaigns.get(ours, CAMPAIGN.id), expected, 'the campaign')
  }),
]

const runCases: readonly StorageCase[] = [
  campaignCase('update adds the run that it is given, with the change', async ({ storage, ours }) => {
    await storage.campaigns.insert(ours, CAMPAIGN, freshEntry())
    const refused = storage.campaigns.update(ours, CHANGED, 7, freshEntry(), sampleRun())
    await expectRefusal(refused, 'VERSION_CONFLICT')
    expectEqual(await storage.campaigns.getRun(ours, sampleRun().id), null, 'the run of a refused change')
    await storage.campaigns.update(ours, CHANGED, 1, freshEntry(), sampleRun())
    expectEqual(await storage.campaigns.getRun(ours, sampleRun().id), sampleRun(), 'the run')
  }),
  campaignCase('a run of an occurrence that exists already is left as it is', async ({ storage, ours }) => {
    await seedCampaign(storage, ours, CAMPAIGN)
    const double = sampleRun({ id: 'run-2', scheduledFor: 1 })
    await storage.campaigns.update(ours, { ...CHANGED, version: 3 }, 2, freshEntry(), double)
    expectEqual(await storage.campaigns.runsOf(ours, CAMPAIGN.id), [sampleRun()], 'runs')
    expectEqual(await storage.campaigns.getRun(ours, double.id), null, 'the double')
    expectEqual((await storage.campaigns.get(ours, CAMPAIGN.id))?.version, 3, 'version of the campaign')
    await seedCampaign(storage, ours, OTHER, [sampleRun({ id: 'run-3', campaignId: OTHER.id })])
    expectEqual((await storage.campaigns.runsOf(ours, OTHER.id)).length, 1, 'runs of another campaign')
  }),
  campaignCase(
    'update replaces the run that it is given in a later version, or changes nothing',
    async (subject) => {
      const { storage, ours } = subject
      await seedCampaign(storage, ours, CAMPAIGN)
      const moved = sampleRun({ version: 2, occurrence: 'later', scheduledFor: 9 })
      const next = { ...CHANGED, version: 3 }
      const early = storage.campaigns.update(ours, next, 2, freshEntry(), { ...moved, version: 3 })
      await expectRefusal(early, 'VERSION_CONFLICT')
      await expectRefusal(storage.campaigns.update(ours, next, 7, freshEntry(), moved), 'VERSION_CONFLICT')
      expectEqual(
        await storage.campaigns.runsOf(ours, CAMPAIGN.id),
        [sampleRun()],
        'the run of a refused change',
      )
      expectEqual((await storage.campaigns.get(ours, CAMPAIGN.id))?.version, 2, 'version of the campaign')
      await storage.campaigns.update(ours, next, 2, freshEntry(), moved)
      expectEqual(await storage.campaigns.runsOf(ours, CAMPAIGN.id), [moved], 'runs')
      expectEqual((await storage.campaigns.get(ours, CAMPAIGN.id))?.version, 3, 'version of the campaign')
    },
  ),
  campaignCase('runsOf gives the runs of the campaign, first scheduled first', async ({ storage, ours }) => {
    const runs = [30, 10, 20].map((at) =>
      sampleRun({ id: `run-${at}`, occurrence: `o-${at}`, scheduledFor: at }),
    )
    await seedCampaign(storage, ours, CAMPAIGN, runs)
    const seen = await storage.campaigns.runsOf(ours, CAMPAIGN.id)
    expectEqual(seen, [runs[1], runs[2], runs[0]], 'runs')
    expectEqual(await storage.campaigns.runsOf(ours, OTHER.id), [], 'runs of no campaign')
  }),
  campaignCase('updateRun replaces the expected version, and only that', async ({ storage, ours }) => {
    const frozen = sampleRun({
      version: 2,
      freeze: { phase: 'frozen', at: 5, newcomers: 7 },
      status: 'ended',
      endedAt: 6,
    })
    await expectRefusal(storage.campaigns.updateRun(ours, frozen, 1), 'VERSION_CONFLICT')
    await seedCampaign(storage, ours, CAMPAIGN)
    const rivals = Array.from({ length: 10 }, () => storage.campaigns.updateRun(ours, frozen, 1))
    const ends = await Promise.allSettled(rivals)
    expectEqual(ends.filter(({ status }) => status === 'fulfilled').length, 1, 'successes')
    await expectRefusal(storage.campaigns.updateRun(ours, sampleRun(), 1), 'VERSION_CONFLICT')
    expectEqual(await storage.campaigns.getRun(ours, frozen.id), frozen, 'the run')
  }),
  campaignCase('updateRun keeps how far the strata have come, whatever they are called', async (subject) => {
    const { storage, ours } = subject
    await seedCampaign(storage, ours, CAMPAIGN)
    const labels = ['/__proto__', '/constructor', `${toIso(0)}/"of" the \\ \u{1F355}`, `${toIso(0)}/`]
    const lanes = labels.map((label, at) => [`stratum:${label}`, at + 2])
    const slice = { slice: '"0" \\ \u{1F355}', excluded: 1, kept: 2, newcomers: Object.fromEntries(lanes) }
    const ranking = sampleRun({
      version: 2,
      freeze: {
        phase: 'ranking',
        slices: [slice, { slice: 'empty', excluded: 0, kept: 0, newcomers: {} }],
        placed: 1,
        newcomers: 7,
      },
    })
    await storage.campaigns.updateRun(ours, ranking, 1)
    expectEqual(await storage.campaigns.getRun(ours, ranking.id), ranking, 'the run')
  }),
  campaignCase(
    'changing a run that was given out changes nothing that is kept',
    async ({ storage, ours }) => {
      await seedCampaign(storage, ours, CAMPAIGN)
      tamperWith(await storage.campaigns.getRun(ours, sampleRun().id))
      tamperWith(await storage.campaigns.runsOf(ours, CAMPAIGN.id))
      expectEqual(await storage.campaigns.getRun(ours, sampleRun().id), sampleRun(), 'the run')
    },
  ),
]

/** What a CampaignStore means. */
export const campaignCases: readonly StorageCase[] = [...campaignRowCases, ...runCases]
