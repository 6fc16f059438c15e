import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createSmtpMailbox, type SmtpMailbox } from '@campaignkit/adapter-sendgrid/testing'
import { everyone, perMinute } from '@campaignkit/core'
import {
  type CampaignEvent,
  type CampaignId,
  type Counter,
  foldEvents,
  type Storage,
} from '@campaignkit/core/adapter'
import { sampleScope } from '@campaignkit/core/testing'
import { startLocalPostgres } from '../local-postgres.js'
import { type MeetingPlace, openChannel, openKit, openStorage, WINDOW } from './crash-kit.js'
import type { KillPlan, KillPoint } from './kill-points.js'

/** One trial: a campaign, and the deaths of the workers that send it. */
export interface Trial {
  readonly deliveries: number
  readonly workers: number
  /** What becomes of a message of which nobody knows whether it was sent. */
  readonly policy: 'hold' | 'resend'
  readonly plans: readonly KillPlan[]
  /** Stops PostgreSQL at once and starts it again when half of the plans are through. */
  readonly restartsDatabase: boolean
}

/** What the mailbox and the tables say afterwards. */
export interface Aftermath {
  readonly kills: Readonly<Partial<Record<KillPoint, number>>>
  /** Workers that ended by an error and were started again. */
  readonly fallen: number
  readonly status: string
  readonly sent: number
  readonly held: number
  readonly failed: number
  /** Deliveries that are not settled. */
  readonly open: number
  readonly mails: number
  /** Customers who have no message, though their delivery is not held. */
  readonly lost: number
  /** Messages beyond the first of a customer. */
  readonly doubled: number
  /** As many doubles as there may be: none under `hold`, a window a kill under `resend`. */
  readonly mostDoubled: number
  /** Cells in which the counters differ from the fold of the events. */
  readonly miscounted: number
  readonly elapsedMs: number
}

const scope = sampleScope('pizzeria')
const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url))
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MOST_MS = 30 * 60_000

/** Runs a campaign over real PostgreSQL and real SMTP with workers that die, and looks at what is left. */
export async function runCrashes(trial: Trial, say: (line: string) => void = () => {}): Promise<Aftermath> {
  const begun = Date.now()
  const server = await startLocalPostgres()
  const mailbox = await createSmtpMailbox()
  const place: MeetingPlace = { url: server.url, smtp: { host: mailbox.host, port: mailbox.port } }
  const { storage, close } = openStorage(place)
  try {
    await storage.migrate()
    const id = await launch(storage, place, trial)
    const crew = createCrew(place, trial, say)
    const { status, restarts } = await workUntilEnd(storage, id, crew, async () => server.restart(), trial)
    await crew.dismiss()
    say(
      `${crew.killed().length} workers were killed, ${crew.fallen()} fell, PostgreSQL was restarted ${restarts} times`,
    )
    const found = await lookAt(storage, id, mailbox, trial)
    const kills = countBy(crew.killed(), ({ point }) => point)
    return {
      kills,
      fallen: crew.fallen(),
      status,
      ...found,
      mostDoubled: trial.policy === 'hold' ? 0 : crew.killed().length * WINDOW,
      elapsedMs: Date.now() - begun,
    }
  } finally {
    await close()
    await mailbox.close()
    await server.stop()
  }
}

async function launch(storage: Storage, place: MeetingPlace, trial: Trial): Promise<CampaignId> {
  const root = openKit(storage, openChannel(place))
  const kit = root.as({ tenant: scope.tenant, actor: { id: 'u-17', kind: 'user' } })
  const ids = Array.from({ length: trial.deliveries }, (_, at) => `c-${at}`)
  for (let from = 0; from < ids.length; from += 1_000) {
    const page = ids.slice(from, from + 1_000)
    await kit.customers.upsert(page.map((id) => ({ id, addresses: { email: `${id}@mail.example` } })))
    await kit.consents.record(
      page.map((customerId) => ({
        customerId,
        channel: 'email' as const,
        topic: '*',
        decision: 'granted' as const,
        basis: 'form',
        obtainedAt: '2026-01-01T00:00:00Z',
      })),
    )
  }
  const campaign = await kit.campaigns.create({
    name: 'We miss you',
    audience: everyone(),
    messages: { email: { subject: 'We miss you', html: '<p>Come back, {{ customer.id }}</p>{{ qr }}' } },
    coupon: { reward: { kind: 'percent', value: 30 } },
    pace: { email: perMinute(60_000) },
    inDoubt: trial.policy,
  })
  await kit.campaigns.launch(campaign.id)
  await root.close()
  return campaign.id
}

interface Crew {
  /** Brings as many workers to work as there should be, each with the next plan. */
  fill(): void
  killed(): readonly KillPlan[]
  plansLeft(): number
  fallen(): number
  dismiss(): Promise<void>
}

function createCrew(place: MeetingPlace, { workers, plans }: Trial, say: (line: string) => void): Crew {
  const waiting = [...plans]
  const atWork = new Set<ChildProcess>()
  const killed: KillPlan[] = []
  let fallen = 0
  let isDismissed = false
  const hire = () => {
    const plan = waiting.shift() ?? null
    const child = fork(WORKER, [JSON.stringify(place), JSON.stringify(plan)], {
      cwd: ROOT,
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let words = ''
    child.stderr?.on('data', (piece) => {
      words += String(piece)
    })
    atWork.add(child)
    child.once('exit', (_code, signal) => {
      atWork.delete(child)
      if (isDismissed) return
      if (signal === 'SIGKILL' && plan !== null) killed.push(plan)
      else {
        fallen += 1
        if (plan !== null) waiting.unshift(plan)
        say(`a worker fell: ${words.trim().split('\n')[0] ?? ''}`)
      }
    })
  }
  return {
    fill: () => {
      while (atWork.size < workers) hire()
    },
    killed: () => killed,
    plansLeft: () => waiting.length,
    fallen: () => fallen,
    dismiss: async () => {
      isDismissed = true
      const gone = [...atWork].map((child) => new Promise((resolve) => child.once('exit', resolve)))
      for (const child of atWork) child.kill('SIGTERM')
      await Promise.all(gone)
    },
  }
}

async function workUntilEnd(
  storage: Storage,
  id: CampaignId,
  crew: Crew,
  restart: () => Promise<void>,
  trial: Trial,
): Promise<{ readonly status: string; readonly restarts: number }> {
  const deadline = Date.now() + MOST_MS
  let restarts = 0
  while (Date.now() < deadline) {
    crew.fill()
    await setTimeout(200)
    if (trial.restartsDatabase && restarts === 0 && crew.plansLeft() * 2 <= trial.plans.length) {
      restarts += 1
      await restart()
    }
    const campaign = await storage.campaigns.get(scope, id).catch(() => null)
    if (campaign?.status === 'completed' || campaign?.status === 'failed')
      return { status: campaign.status, restarts }
  }
  throw new Error(`The campaign has not ended after ${MOST_MS / 60_000} minutes`)
}

async function lookAt(storage: Storage, id: CampaignId, { messages }: SmtpMailbox, { deliveries }: Trial) {
  const mails = countBy(messages, ({ to }) => to)
  const kept = await everything((cursor) => storage.deliveries.list(scope, id, {}, { cursor, limit: 1_000 }))
  const counts = await storage.deliveries.counts(scope, id)
  const events = await everything((cursor) => storage.events.list(scope, id, {}, { cursor, limit: 1_000 }))
  const open = counts.queued + counts.claimed + counts.attempting + counts.inDoubt
  const missing = kept.filter(({ status, customerId }) => {
    return status !== 'held' && mails[`${customerId}@mail.example`] === undefined
  })
  return {
    sent: counts.sent,
    held: counts.held,
    failed: counts.failed,
    open,
    mails: messages.length,
    lost: missing.length + deliveries - kept.length,
    doubled: messages.length - Object.keys(mails).length,
    miscounted: differences(await storage.events.counters(scope, id), events),
  }
}

function differences(counters: readonly Counter[], events: readonly CampaignEvent[]): number {
  const write = (counter: Counter) => JSON.stringify(Object.entries(counter).sort())
  const folded = new Set(foldEvents(events).map(write))
  const stored = new Set(counters.map(write))
  return (
    [...folded].filter((cell) => !stored.has(cell)).length +
    [...stored].filter((cell) => !folded.has(cell)).length
  )
}

async function everything<Item>(
  page: (
    cursor: string | null,
  ) => Promise<{ readonly items: readonly Item[]; readonly nextCursor: string | null }>,
): Promise<readonly Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  do {
    const next: Awaited<ReturnType<typeof page>> = await page(cursor)
    items.push(...next.items)
    cursor = next.nextCursor
  } while (cursor !== null)
  return items
}

function countBy<Item, Key extends string>(items: readonly Item[], keyOf: (item: Item) => Key) {
  const counts: Partial<Record<Key, number>> = {}
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1
  return counts
}
