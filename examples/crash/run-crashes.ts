import { setTimeout } from 'node:timers/promises'
import { createSmtpMailbox } from '@campaignkit/adapter-sendgrid/testing'
import { everyone, perMinute } from '@campaignkit/core'
import type { Storage } from '@campaignkit/core/adapter'
import { startLocalPostgres } from '@campaignkit/local-postgres'
import { type Aftermath, type Launched, lookAt } from './aftermath.js'
import { type MeetingPlace, openChannel, openKit, openStorage, WINDOW } from './crash-kit.js'
import { type Crew, createCrew } from './crew.js'
import type { KillPoint } from './kill-points.js'
import { scope, type Trial } from './trial.js'

/** What a whole trial left behind: the sums over its campaigns, and how the workers fared. */
export interface TrialResult extends Omit<Aftermath, 'isComplete'> {
  readonly kills: Readonly<Partial<Record<KillPoint, number>>>
  /** Workers that ended by an error and were started again. */
  readonly fallen: number
  readonly campaigns: number
  /** Campaigns that did not complete. */
  readonly incomplete: number
  readonly mails: number
  /** As many doubles as there may be: none under `hold`, a window a kill under `resend`. */
  readonly mostDoubled: number
  readonly elapsedMs: number
}

const owner = { tenant: scope.tenant, actor: { id: 'u-17', kind: 'user' } } as const
const LONGEST_MS = 30 * 60_000
const LONGEST_DEATH_MS = 30_000

/** Runs campaigns over real PostgreSQL and real SMTP with workers that die, and looks at what is left. */
export async function runCrashes(trial: Trial, say: (line: string) => void = () => {}): Promise<TrialResult> {
  const begun = Date.now()
  const server = await startLocalPostgres()
  const mailbox = await createSmtpMailbox()
  const place: MeetingPlace = { url: server.url, smtp: { host: mailbox.host, port: mailbox.port } }
  const { storage, close } = openStorage(place)
  try {
    await storage.migrate()
    await addCustomers(storage, place, trial)
    const crew = createCrew(place, trial, say)
    const campaigns = await workUntilEnd(storage, place, crew, server.restart, trial)
    await crew.dismiss()
    say(`${crew.killed().length} workers were killed, ${crew.fallen()} fell`)
    const rounds = await Promise.all(campaigns.map((campaign) => lookAt(storage, campaign, mailbox, trial)))
    const total = (part: (round: Aftermath) => number) => rounds.reduce((sum, round) => sum + part(round), 0)
    return {
      kills: countKills(crew),
      campaigns: campaigns.length,
      fallen: crew.fallen(),
      incomplete: total(({ isComplete }) => (isComplete ? 0 : 1)),
      sent: total(({ sent }) => sent),
      held: total(({ held }) => held),
      failed: total(({ failed }) => failed),
      open: total(({ open }) => open),
      mails: mailbox.messages.length,
      lost: total(({ lost }) => lost),
      doubled: total(({ doubled }) => doubled),
      miscounted: total(({ miscounted }) => miscounted),
      mostDoubled: trial.policy === 'hold' ? 0 : crew.killed().length * WINDOW,
      elapsedMs: Date.now() - begun,
    }
  } finally {
    await close()
    await mailbox.close()
    await server.stop()
  }
}

async function addCustomers(storage: Storage, place: MeetingPlace, { deliveries }: Trial): Promise<void> {
  const root = openKit(storage, openChannel(place))
  const kit = root.as(owner)
  const ids = Array.from({ length: deliveries }, (_, at) => `c-${at}`)
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
  await root.close()
}

async function launch(
  storage: Storage,
  place: MeetingPlace,
  { policy }: Trial,
  nth: number,
): Promise<Launched> {
  const root = openKit(storage, openChannel(place))
  const kit = root.as(owner)
  const subject = `We miss you, letter ${nth}.`
  const campaign = await kit.campaigns.create({
    name: subject,
    audience: everyone(),
    messages: { email: { subject, html: '<p>Come back, {{ customer.id }}</p>{{ qr }}' } },
    coupon: { reward: { kind: 'percent', value: 30 } },
    pace: { email: perMinute(60_000) },
    inDoubt: policy,
  })
  await kit.campaigns.launch(campaign.id)
  await root.close()
  return { id: campaign.id, subject }
}

async function workUntilEnd(
  storage: Storage,
  place: MeetingPlace,
  crew: Crew,
  restart: () => Promise<void>,
  trial: Trial,
): Promise<readonly Launched[]> {
  const deadline = Date.now() + LONGEST_MS + trial.plans.length * LONGEST_DEATH_MS
  const campaigns: Launched[] = []
  let isRestarted = !trial.restartsDatabase
  while (Date.now() < deadline) {
    const current = campaigns.at(-1)
    if (current === undefined || (await hasEnded(storage, current))) {
      if (current !== undefined && crew.deathsLeft() === 0) return campaigns
      campaigns.push(await launch(storage, place, trial, campaigns.length + 1))
    }
    crew.fill()
    await setTimeout(200)
    if (!isRestarted && crew.deathsLeft() * 2 <= trial.plans.length) {
      isRestarted = true
      await restart()
    }
  }
  throw new Error(`The campaigns do not end: ${crew.deathsLeft()} deaths are to come`)
}

/** Also a database that is down for a moment says no. */
async function hasEnded(storage: Storage, { id }: Launched): Promise<boolean> {
  const campaign = await storage.campaigns.get(scope, id).catch(() => null)
  return campaign?.status === 'completed' || campaign?.status === 'failed'
}

function countKills(crew: Crew): TrialResult['kills'] {
  const kills: Partial<Record<KillPoint, number>> = {}
  for (const { point } of crew.killed()) kills[point] = (kills[point] ?? 0) + 1
  return kills
}
