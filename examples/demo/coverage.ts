import { performance } from 'node:perf_hooks'
import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { createCampaignKit } from '@campaignkit/core'
import {
  createDirectInFlight,
  createFaultyChannel,
  createManualClock,
  createPlainQrEncoder,
  createSeededRandom,
  createSequentialIds,
} from '@campaignkit/core/testing'
import { importMadeUp } from './customers.js'
import { type Effect, effectsOf, plantedRates } from './figures.js'
import { letterOfRecord } from './letter.js'
import type { DemoOptions } from './options.js'
import { CLOSED_MAILBOXES, isClosed, isSlow, makeUpList } from './people.js'
import type { Screen } from './progress-bar.js'
import { marketer, PUBLIC_URL, winBack } from './win-back.js'
import { liveOn } from './world.js'

/** How often the interval of one comparison covered the planted difference. */
export interface CoverageOfEffect {
  readonly arm: string
  readonly against: string
  readonly planted: number
  readonly covered: number
  /** `covered` over seeds. */
  readonly share: number
  /** What the interval promises. */
  readonly confidence: number
}

/** What `--coverage N --json` prints. */
export interface Coverage {
  readonly firstSeed: number
  readonly seeds: number
  readonly customers: number
  readonly coverage: readonly CoverageOfEffect[]
  readonly elapsedMs: number
}

const DAY_MS = 86_400_000

/**
 * Runs the campaign of the demo once a seed and counts how often each interval covered what was planted. Everything is
 * as in the demo but the mail server: messages go to a channel that refuses the same addresses.
 */
export async function measureCoverage(
  options: DemoOptions,
  seeds: number,
  screen: Screen,
): Promise<Coverage> {
  const begun = performance.now()
  const rounds: (readonly Effect[])[] = []
  for (let round = 0; round < seeds; round += 1) {
    rounds.push(await effectsUnderSeed(options.seed + round, options))
    if ((round + 1) % 20 === 0) screen.write(`  ${round + 1} of ${seeds} seeds\n`)
  }
  const coverage = summarize(rounds)
  for (const { arm, against, covered, share, confidence } of coverage) {
    const percent = (share * 100).toFixed(1)
    screen.write(
      `${arm} over ${against}: covered ${covered} times in ${seeds}, ${percent} % (promised ${confidence * 100} %)\n`,
    )
  }
  const { seed: firstSeed, customers } = options
  return { firstSeed, seeds, customers, coverage, elapsedMs: Math.round(performance.now() - begun) }
}

function summarize(rounds: readonly (readonly Effect[])[]): readonly CoverageOfEffect[] {
  const [first = []] = rounds
  return first.map(({ arm, against, planted, estimated: { confidence } }, index) => {
    const covered = rounds.filter((effects) => effects[index]?.estimated.covers === true).length
    return { arm, against, planted: planted.difference, covered, share: covered / rounds.length, confidence }
  })
}

async function effectsUnderSeed(
  seed: number,
  { customers, mailsPerMinute }: DemoOptions,
): Promise<readonly Effect[]> {
  const clock = createManualClock({ auto: true })
  const channel = createFaultyChannel({
    clock,
    faultOf({ to }, attempt) {
      if (isClosed(to)) return { outcome: 'permanent', code: 'smtp-550-5.1.1', suppress: true }
      return isSlow(to) && attempt === 1 ? { outcome: 'transient', code: 'smtp-451-4.7.1' } : null
    },
  })
  const root = createCampaignKit({
    storage: createMemoryStorage(),
    channels: { email: channel },
    publicUrl: PUBLIC_URL,
    secrets: [{ id: 'demo', key: 'a key for this demo alone, known to everybody' }],
    clock,
    random: createSeededRandom(`kit ${seed}`),
    ids: createSequentialIds(),
    inFlight: createDirectInFlight(),
    qr: createPlainQrEncoder(),
  })
  const kit = marketer(root)
  const list = makeUpList(seed, customers, clock.now())
  const { target, inhabitants } = await importMadeUp(kit, list.csv, list, clock.now(), 'email')
  const { id } = await kit.campaigns.create(winBack(target, mailsPerMinute, 'email'))
  await kit.campaigns.launch(id)
  await root.worker().drain()
  const letters = channel.accepted.map(({ message }) => letterOfRecord(message))
  const answer = () => Promise.reject(new Error('The demo sends e-mail'))
  await liveOn({ seed, root, kit, clock, inhabitants, letters, answer, scanPictures: 0 })
  await clock.advance(20 * DAY_MS)
  return effectsOf(await kit.reports.campaign(id), plantedRates(CLOSED_MAILBOXES))
}
