import { createMemoryStorage } from '@campaignkit/adapter-memory'
import type { CampaignId } from '../base/ids.js'
import { HOUR_MS, type Instant } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import type { Member } from '../model/member.js'
import type { DeliveryCounts } from '../model/progress.js'
import type { Rollout } from '../model/rollout.js'
import type { ChannelCapabilities } from '../ports/channel.js'
import type { Storage } from '../ports/storage/storage.js'
import {
  type CrashPoint,
  createCrashingChannel,
  createCrashingStorage,
  createCrashPoint,
} from '../testing/crash.js'
import type { FaultScript } from '../testing/faulty-channel.js'
import { createManualClock } from '../testing/manual-clock.js'
import { sampleScope } from '../testing/samples/people.js'
import { createPizzeria } from './pizzeria.fixture.js'
import { createSendingWorld, timesTaken } from './sending.fixture.js'

/** A campaign that a process works on until it dies. */
export interface CrashScenario {
  readonly customers: number
  readonly campaign: Partial<CampaignInput>
  readonly capabilities?: Partial<ChannelCapabilities>
  readonly emailFault?: FaultScript
  readonly smsFault?: FaultScript
  /** Puts up posts too, and fails as told. */
  readonly socialFault?: FaultScript
  /** Whether another worker is at work beside the one that dies. */
  readonly companion?: boolean
  /** What goes well before the process begins that dies. */
  readonly before?: (world: World, id: CampaignId) => Promise<void>
  /** How far the processes wait for what is due later. */
  readonly until?: Instant
}

/** What is found when a fresh process has finished the work of a dead one. */
export interface Aftermath {
  readonly calls: number
  readonly status: string
  readonly runs: readonly string[]
  readonly counts: DeliveryCounts
  readonly total: number
  readonly settled: number
  readonly eventsSent: number
  /** How often each provider took the message of each address. */
  readonly email: ReadonlyMap<string, number>
  readonly sms: ReadonlyMap<string, number>
  readonly social: ReadonlyMap<string, number>
  /** Channel and status of the deliveries of each customer, and of each placement, sorted. */
  readonly byCustomer: ReadonlyMap<string, readonly string[]>
  readonly members: readonly Member[]
  readonly rollout: Rollout | null
  /** Decisions on the remainder in the journal. */
  readonly decisions: number
}

/** Runs a campaign in a process that dies at its n-th call, and then in a fresh one over what is left. */
export async function runWithCrash(
  scenario: CrashScenario,
  death: { readonly at: number; readonly when: 'before' | 'after' },
): Promise<Aftermath> {
  const clock = createManualClock({ auto: true })
  const storage = createMemoryStorage()
  const capabilities = scenario.capabilities ?? {}
  const world = createSendingWorld({
    storage,
    seed: 'first',
    email: { faultOf: scenario.emailFault ?? (() => null), capabilities },
    sms: { faultOf: scenario.smsFault ?? (() => null), capabilities },
    ...(scenario.socialFault === undefined
      ? {}
      : { social: { faultOf: scenario.socialFault, capabilities } }),
    clock,
  })
  await world.invite(scenario.customers)
  const { id } = await world.launch(scenario.campaign)
  await scenario.before?.(world, id)
  const work = scenario.until === undefined ? {} : { until: scenario.until }

  const crash = createCrashPoint(death)
  const dying = processOver(storage, world, crash, 'dying')
  const living = scenario.companion ? processOver(storage, world, null, 'living').drain(work) : null
  await dying.drain(work).catch(() => undefined)
  await living
  await clock.advance(HOUR_MS)
  const { kit, root } = createPizzeria({
    storage,
    channels: world.channels,
    kit: { clock },
    seed: 'after',
  })
  await root.worker().drain(work)

  const { counts, total, settled } = await kit.campaigns.progress(id)
  const runs = await kit.campaigns.runs(id)
  const deliveries = await kit.campaigns.deliveries(id, {}, { limit: 1_000 })
  const byCustomer = new Map<string, string[]>()
  for (const { customerId, placement, channel, status } of deliveries.items) {
    const whose = customerId ?? `${placement}`
    byCustomer.set(whose, [...(byCustomer.get(whose) ?? []), `${channel} ${status}`].sort())
  }
  const [run] = runs
  const { status, rollout } = await kit.campaigns.get(id)
  const { items: entries } = await kit.journal.list({ subject: { type: 'campaign', id } }, { limit: 1_000 })
  return {
    calls: crash.calls,
    status,
    rollout,
    decisions: entries.filter(({ action }) => action === 'campaign.roll-out').length,
    runs: runs.map((each) => each.status),
    counts,
    total,
    settled,
    eventsSent: (await kit.reports.campaign(id)).counts.sent,
    email: timesTaken(world.email),
    sms: timesTaken(world.sms),
    social: timesTaken(world.social),
    byCustomer,
    members: run === undefined ? [] : await membersOf(storage, run.id),
  }
}

type World = ReturnType<typeof createSendingWorld>

function processOver(storage: Storage, world: World, crash: CrashPoint | null, seed: string) {
  const { root } = createPizzeria({
    storage: crash === null ? storage : createCrashingStorage(storage, crash),
    channels:
      crash === null
        ? world.channels
        : Object.fromEntries(
            Object.entries(world.channels).map(([kind, each]) => [kind, createCrashingChannel(each, crash)]),
          ),
    kit: { clock: world.clock },
    seed,
  })
  return root.worker()
}

async function membersOf(storage: Storage, runId: Member['runId']): Promise<readonly Member[]> {
  const members: Member[] = []
  let cursor: string | null = null
  do {
    const page: { items: readonly Member[]; nextCursor: string | null } = await storage.audience.list(
      sampleScope('pizzeria'),
      runId,
      {},
      { cursor, limit: 1_000 },
    )
    members.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return members
}
