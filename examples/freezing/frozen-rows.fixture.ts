import { type CampaignInput, createCampaignKit, tag } from '@campaignkit/core'
import type { Delivery, Member, Storage } from '@campaignkit/core/adapter'
import {
  createCrashingStorage,
  createCrashPoint,
  createDirectInFlight,
  createManualClock,
  createPlainQrEncoder,
  createRecordingChannel,
  createSeededRandom,
  createSequentialIds,
} from '@campaignkit/core/testing'

const SCOPE = { tenant: 'pizzeria', actor: { id: 'u-17', kind: 'user' as const, roles: ['marketer'] } }
const STORED = { tenant: 'pizzeria' as never, actor: { ...SCOPE.actor, roles: [...SCOPE.actor.roles] } }
const START = Date.UTC(2026, 2, 1)
const DAY_MS = 86_400_000
const ZONES = ['Asia/Tokyo', 'Europe/Rome', 'America/New_York']

/** All that the arms can depend on at once: strata, waves by zone, remainder, holdouts, slots and recurrence. */
const CAMPAIGN: CampaignInput = {
  name: 'We miss you',
  audience: tag('pizza-lover'),
  messages: { email: { subject: 'We miss you', html: '<p>Hello</p>' }, sms: { body: 'Hello' } },
  delivery: 'each',
  experiment: {
    variants: [{ name: 'plain', weight: 2 }, { name: 'emoji' }],
    holdout: 0.1,
    remainder: 0.25,
    strata: [{ name: 'loyal', criteria: tag('loyal') }],
    minContacts: 1,
  },
  exclusionGroup: { name: 'offers', slots: { from: 0, to: 900 } },
  schedule: { type: 'recurring', every: 'day', at: '12:00', zone: 'recipient' },
}

/** At which call of the storage a process dies, and whether that call still has its effect. */
export interface Death {
  readonly at: number
  readonly when: 'before' | 'after'
}

/** What was frozen: every member, and of every delivery what the freezing decides. */
export interface FrozenRows {
  readonly members: readonly Member[]
  readonly deliveries: readonly Pick<
    Delivery,
    'runId' | 'customerId' | 'channel' | 'arm' | 'rank' | 'firstDueAt'
  >[]
  /** Calls of the storage until the last run was frozen. */
  readonly calls: number
}

function openKit(storage: Storage, clock: ReturnType<typeof createManualClock>, seed: string) {
  const email = createRecordingChannel()
  const sms = createRecordingChannel({ kind: 'sms' })
  const root = createCampaignKit({
    storage,
    channels: { email, sms },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of the pizzeria, long enough' }],
    tenants: () => ({
      exclusionGroups: { offers: { salt: 'of the offers' } },
      globalHoldout: { share: 0.1, salt: 'of the house' },
    }),
    clock,
    random: createSeededRandom(seed),
    ids: createSequentialIds(`${seed}-`),
    inFlight: createDirectInFlight(),
    qr: createPlainQrEncoder(),
  })
  return { root, kit: root.as(SCOPE) }
}

type OpenKit = ReturnType<typeof openKit>

/** Customers of whom some match, some are loyal, some share an address, some have no consent. */
async function welcome({ kit }: OpenKit, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, at) => from + at)
  await kit.customers.upsert(
    numbers.map((number) => ({
      id: number % 7 === 0 ? `ü"${number}` : `c-${number}`,
      addresses: {
        email: `ada${number % 11 === 0 ? 0 : number}@example.com`,
        phone: `+3906${10_000_000 + number}`,
      },
      tags: number % 13 === 0 ? ['loyal'] : ['pizza-lover', ...(number % 3 === 0 ? ['loyal'] : [])],
      timeZone: ZONES[number % ZONES.length] ?? '',
    })),
  )
  const consents = numbers.flatMap((number) =>
    (['email', 'sms'] as const)
      .filter((_, at) => (number + at) % 5 !== 0)
      .map((channel) => ({
        customerId: number % 7 === 0 ? `ü"${number}` : `c-${number}`,
        channel,
        topic: 'offers',
        decision: 'granted' as const,
        basis: 'form',
        obtainedAt: 0,
      })),
  )
  await kit.consents.record(consents)
}

/** Freezes two runs of the campaign in an empty storage, the second in a process that dies, and then in a fresh one. */
export async function frozenRows(
  storage: Storage,
  customers: number,
  death: Death | null,
): Promise<FrozenRows> {
  const clock = createManualClock({ auto: true, startsAt: START })
  const first = openKit(storage, clock, 'first')
  const { id } = await first.kit.campaigns.create(CAMPAIGN)
  await welcome(first, 0, Math.ceil(customers / 2))
  await first.kit.campaigns.launch(id)
  await first.root.worker().drain({ until: START + DAY_MS })
  await welcome(first, Math.ceil(customers / 2), customers)

  const until = START + 2 * DAY_MS
  const crash = createCrashPoint(death ?? { at: Number.MAX_SAFE_INTEGER, when: 'before' })
  const dying = openKit(createCrashingStorage(storage, crash), clock, 'dying')
  let calls = 0
  dying.root.on('run.frozen', () => {
    calls = crash.calls
  })
  await dying.root
    .worker()
    .drain({ until })
    .catch(() => undefined)
  await clock.advance(DAY_MS / 24)
  await openKit(storage, clock, 'after').root.worker().drain({ until })
  return { ...(await rowsOf(storage, id)), calls }
}

async function rowsOf(storage: Storage, campaignId: string): Promise<Omit<FrozenRows, 'calls'>> {
  const id = campaignId as never
  const page = { cursor: null, limit: 100_000 }
  const members: Member[] = []
  // a run is known by its occurrence: its id is of the process that made it
  const nameOf = new Map<string, string>()
  for (const run of await storage.campaigns.runsOf(STORED, id)) {
    nameOf.set(run.id, run.occurrence)
    const { items } = await storage.audience.list(STORED, run.id, {}, page)
    members.push(...items.map((member) => ({ ...member, runId: run.occurrence as never })))
  }
  const { items } = await storage.deliveries.list(STORED, id, {}, page)
  const deliveries = items.map(({ runId, customerId, channel, arm, rank, firstDueAt }) => ({
    runId: nameOf.get(runId) as never,
    customerId,
    channel,
    arm,
    rank,
    firstDueAt,
  }))
  const keyOf = (row: (typeof deliveries)[number]) => `${row.runId} ${row.rank} ${row.channel}`
  return { members, deliveries: deliveries.sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1)) }
}
