import { createReadStream } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { type CampaignReport, segment, type TenantKit } from '@campaignkit/core'
import type { Clock } from '@campaignkit/core/adapter'
import { createSequentialIds } from '@campaignkit/core/testing'
import { type ArtefactFolder, openArtefactFolder } from './artefacts.js'
import { hireCrew } from './crew.js'
import { type Imported, importMadeUp, importOwn } from './customers.js'
import { openKit } from './demo-kit.js'
import { effectsOf, type Figures, plantedRates } from './figures.js'
import type { Letter } from './letter.js'
import { createNetworkTime } from './network-time.js'
import type { DemoOptions } from './options.js'
import { CLOSED_MAILBOXES, makeUpList } from './people.js'
import { createProgressBar, type Screen } from './progress-bar.js'
import { channelOf, type OpenProvider, openProvider } from './providers.js'
import { openStorage } from './storages.js'
import { createTeller, type Teller } from './teller.js'
import { withTidyEnd } from './tidy-end.js'
import { marketer, winBack } from './win-back.js'
import { liveOn } from './world.js'

/** The morning on which the made-up list is written. */
const DEMO_DAY = Date.UTC(2026, 2, 1, 9)

/** So many coupons are read from their picture at the till, as a proof; the others are typed in, which is faster. */
const PICTURES_SCANNED = 50

const DAY_MS = 86_400_000

/**
 * Runs a whole campaign: imports the list, writes to the lapsed over a real network, lets the world respond for ten days,
 * and reports when the conversion window is over. Time is the kit's own and jumps from one message to the next.
 *
 * @param screen - where the story is told
 * @throws UsageError, CampaignKitError for what is wrong with a list of the user's own
 */
export async function runDemo(options: DemoOptions, screen: Screen): Promise<Figures> {
  const begun = performance.now()
  const teller = createTeller(screen)
  const folder = await openArtefactFolder(options.out)
  return withTidyEnd(async (tidy) => {
    const time = createNetworkTime(options.list === null ? DEMO_DAY : (options.list.asOf ?? Date.now()))
    const { clock } = time
    const provider = await tidy.open(openProvider(options.provider, clock))
    const { storage, place } = await tidy.open(openStorage(options.storage))
    const crew = hireCrew(options.workers, clock)
    await tidy.open({ close: crew.dismiss })
    for (const worker of crew.workers) time.join(worker)
    const { seed } = options
    const ids = createSequentialIds()
    const root = await tidy.open(
      openKit({ provider: provider.place, storage, clock, traffic: time, seed: `kit ${seed}`, ids }),
    )
    const kit = marketer(root)
    const imported = await importCustomers(kit, options, folder, clock.now())
    teller.imported(imported.outcome, imported.invented)
    const campaignId = await prepare(kit, imported, options, teller)
    const startedAt = clock.now()
    const deliver =
      place === null
        ? () => root.worker().drain()
        : async () => teller.shared(await crew.work({ seed, database: place, provider: provider.place }))
    const endedAt = await send(kit, campaignId, { deliver, clock, screen })
    const sendingMs = endedAt - startedAt
    await provider.tell(kit)
    const letters = provider.letters()
    teller.sent(letters.length, sendingMs)
    await explainOne(kit, campaignId, imported, letters, teller)

    const { inhabitants } = imported
    const world = await liveOn({
      seed,
      root,
      kit,
      clock,
      inhabitants,
      letters,
      answer: (from, body) => provider.answer(kit, from, body),
      scanPictures: PICTURES_SCANNED,
    })
    teller.lived(world)
    await clock.advance(20 * DAY_MS)

    const report = await kit.reports.campaign(campaignId)
    await writeArtefacts(kit, report, provider, folder)
    const effects = effectsOf(report, plantedRates(options.list === null ? CLOSED_MAILBOXES : 0))
    const figures: Figures = {
      seed,
      customers: inhabitants.length,
      imported: { rows: imported.outcome.rows, bad: imported.outcome.skipped },
      funnel: report.audience,
      sent: report.counts.sent,
      failed: report.counts.failed,
      sendingMs,
      planted: effects[0]?.planted ?? null,
      estimated: effects[0]?.estimated ?? null,
      effects,
      world,
      verdict: {
        outcome: report.verdict.outcome,
        winner: report.verdict.winner,
        sentence: report.verdict.sentence,
      },
      elapsedMs: Math.round(performance.now() - begun),
      artefacts: folder.paths,
    }
    teller.concluded(figures)
    return figures
  })
}

async function importCustomers(
  kit: TenantKit,
  { list, seed, customers, provider }: DemoOptions,
  folder: ArtefactFolder,
  asOf: number,
): Promise<Imported> {
  const channel = channelOf(provider)
  if (list !== null) return importOwn(kit, list, asOf, channel)
  const made = makeUpList(seed, customers, asOf)
  const file = await folder.write('customers.csv', made.csv)
  return importMadeUp(kit, createReadStream(file), made, asOf, channel)
}

/** How the messages of a campaign are sent. */
interface Sending {
  deliver(): Promise<void>
  readonly clock: Clock
  readonly screen: Screen
}

/** Looks at whom the segment reaches, writes the campaign, and has it checked. */
async function prepare(
  kit: TenantKit,
  { target }: Imported,
  { mailsPerMinute, provider }: DemoOptions,
  teller: Teller,
): Promise<string> {
  const channel = channelOf(provider)
  teller.reached(await kit.audiences.reach(segment(target), { channels: [channel] }))
  const { id } = await kit.campaigns.create(winBack(target, mailsPerMinute, channel))
  teller.checked(await kit.campaigns.preflight(id), channel)
  return id
}

/**
 * Launches the campaign and has all of it delivered, while a bar shows how far it has come.
 *
 * @returns when the last was settled
 */
async function send(
  kit: TenantKit,
  campaignId: string,
  { deliver, clock, screen }: Sending,
): Promise<number> {
  const stop = new AbortController()
  const bar = createProgressBar(screen)
  const watch = async () => {
    for await (const progress of kit.campaigns.watch(campaignId, { signal: stop.signal })) bar.show(progress)
    return clock.now()
  }
  await kit.campaigns.launch(campaignId)
  try {
    const [endedAt] = await Promise.all([watch(), deliver()])
    return endedAt
  } finally {
    stop.abort()
    bar.end()
  }
}

/** Asks the kit why the first customer without a message got none. */
async function explainOne(
  kit: TenantKit,
  campaignId: string,
  { inhabitants }: Imported,
  letters: readonly Letter[],
  teller: Teller,
): Promise<void> {
  const reached = new Set(letters.map(({ to }) => to.toLowerCase()))
  const missed = inhabitants.find(({ address }) => address === null || !reached.has(address.toLowerCase()))
  if (missed !== undefined) teller.explained(missed.id, await kit.campaigns.explain(campaignId, missed.id))
}

async function writeArtefacts(
  kit: TenantKit,
  report: CampaignReport,
  provider: OpenProvider,
  folder: ArtefactFolder,
): Promise<void> {
  for (const format of ['html', 'json', 'csv'] as const) {
    await folder.write(`report.${format}`, kit.reports.render(report, format))
  }
  const first = provider.first()
  if (first !== null) await folder.write(first.name, first.content)
  const picture = (await provider.letters()[0]?.read())?.picture ?? null
  if (picture !== null) await folder.write('coupon.png', picture)
}
