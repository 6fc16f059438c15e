import { createReadStream } from 'node:fs'
import { performance } from 'node:perf_hooks'
import {
  type CampaignKit,
  type CampaignReport,
  createCampaignKit,
  segment,
  type TenantKit,
} from '@campaignkit/core'
import { createDirectInFlight, createSeededRandom, createSequentialIds } from '@campaignkit/core/testing'
import { type ArtefactFolder, openArtefactFolder } from './artefacts.js'
import { type Imported, importMadeUp, importOwn } from './customers.js'
import { effectsOf, type Figures, plantedRates } from './figures.js'
import type { Letter } from './letter.js'
import { createNetworkTime, type NetworkTime } from './network-time.js'
import type { DemoOptions } from './options.js'
import { CLOSED_MAILBOXES, makeUpList } from './people.js'
import { createProgressBar, type Screen } from './progress-bar.js'
import { type OpenProvider, openProvider } from './providers.js'
import { type OpenStorage, openStorage } from './storages.js'
import { createTeller, type Teller } from './teller.js'
import { marketer, PUBLIC_URL, winBack } from './win-back.js'
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
  const time = createNetworkTime(options.list === null ? DEMO_DAY : (options.list.asOf ?? Date.now()))
  const { clock } = time
  const provider = await openProvider(options.provider, clock)
  const opened = await openStorage(options.storage)
  const root = openKit(options, provider, time, opened)
  try {
    const kit = marketer(root)
    const imported = await importCustomers(kit, options, folder, clock.now())
    teller.imported(imported.outcome, imported.invented)
    const campaignId = await prepare(kit, imported, options, teller)
    const startedAt = clock.now()
    await send(root, kit, campaignId, screen)
    const sendingMs = clock.now() - startedAt
    await provider.tell(kit)
    const letters = provider.letters()
    teller.sent(letters.length, sendingMs)
    await explainOne(kit, campaignId, imported, letters, teller)

    const { inhabitants } = imported
    const { seed } = options
    const world = await liveOn({
      seed,
      root,
      kit,
      clock,
      inhabitants,
      letters,
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
  } finally {
    await root.close()
    await opened.close()
    await provider.close()
  }
}

function openKit(
  { seed }: DemoOptions,
  { channel }: OpenProvider,
  time: NetworkTime,
  { storage }: OpenStorage,
): CampaignKit {
  return createCampaignKit({
    storage: time.waitingForStorage(storage),
    channels: { email: time.waitingFor(channel) },
    publicUrl: PUBLIC_URL,
    secrets: [{ id: 'demo', key: 'a key for this demo alone, known to everybody' }],
    clock: time.clock,
    random: createSeededRandom(`kit ${seed}`),
    ids: createSequentialIds(),
    // the usual one counts real milliseconds, of which a jumping clock has none to spare
    inFlight: createDirectInFlight(),
  })
}

async function importCustomers(
  kit: TenantKit,
  { list, seed, customers }: DemoOptions,
  folder: ArtefactFolder,
  asOf: number,
): Promise<Imported> {
  if (list !== null) return importOwn(kit, list, asOf)
  const made = makeUpList(seed, customers, asOf)
  const file = await folder.write('customers.csv', made.csv)
  return importMadeUp(kit, createReadStream(file), made, asOf)
}

/** Looks at whom the segment reaches, writes the campaign, and has it checked. */
async function prepare(
  kit: TenantKit,
  { target }: Imported,
  { mailsPerMinute }: DemoOptions,
  teller: Teller,
): Promise<string> {
  teller.reached(await kit.audiences.reach(segment(target), { channels: ['email'] }))
  const { id } = await kit.campaigns.create(winBack(target, mailsPerMinute))
  teller.checked(await kit.campaigns.preflight(id))
  return id
}

/** Launches the campaign and works until all is settled, while a bar shows how far it has come. */
async function send(root: CampaignKit, kit: TenantKit, campaignId: string, screen: Screen): Promise<void> {
  const stop = new AbortController()
  const bar = createProgressBar(screen)
  const watch = async () => {
    for await (const progress of kit.campaigns.watch(campaignId, { signal: stop.signal })) bar.show(progress)
  }
  await kit.campaigns.launch(campaignId)
  try {
    await Promise.all([watch(), root.worker().drain()])
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
  const missed = inhabitants.find(({ email }) => email === null || !reached.has(email.toLowerCase()))
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
