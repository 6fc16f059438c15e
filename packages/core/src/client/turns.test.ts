import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import type { ImportOptions } from '../engine/import-customers.js'
import type { CampaignInput } from '../model/campaign.js'
import type { Clock } from '../ports/clock.js'
import type { QrEncoder } from '../ports/qr-encoder.js'
import type { Storage } from '../ports/storage/storage.js'
import { createManualClock } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createPlainQrEncoder } from '../testing/plain-qr-encoder.js'
import { createPizzeria, LAPSED, winBack } from './pizzeria.fixture.js'

const NOTE: Partial<CampaignInput> = { messages: { email: { subject: 'Hello', text: 'Hello' } } }
const ID = { id: { path: 'id', as: 'text' } } satisfies ImportOptions['map']

/** A pizzeria whose work leaves a log: what it did, and where it let others go first. */
function createLoggedPizzeria() {
  const log: string[] = []
  const manual = createManualClock({ auto: true })
  const clock: Clock = {
    now: manual.now,
    sleepUntil: manual.sleepUntil,
    turn: async () => void log.push('turn'),
  }
  const plain = createPlainQrEncoder()
  const qr: QrEncoder = {
    ...plain,
    png(text) {
      log.push('image')
      return plain.png(text)
    },
  }
  return { ...createPizzeria({ storage: logged(createMemoryStorage(), log), kit: { clock, qr } }), log }
}

function logged(memory: Storage, log: string[]): Storage {
  const { customers, freezing, deliveries, events } = memory
  return overridden(memory, {
    customers: overridden(customers, {
      scanMatching: null,
      scan: async (...given) => {
        log.push('scan')
        return customers.scan(...given)
      },
    }),
    freezing: overridden(freezing, {
      append: async (...given) => {
        log.push('append')
        return freezing.append(...given)
      },
      place: async (...given) => {
        log.push('place')
        return freezing.place(...given)
      },
    }),
    deliveries: overridden(deliveries, {
      endQueued: async (...given) => {
        log.push('end')
        return deliveries.endQueued(...given)
      },
    }),
    events: overridden(events, {
      list: async (...given) => {
        log.push('events')
        return events.list(...given)
      },
    }),
  })
}

/** The most of one kind of work, or of some kinds, between two turns. */
function mostAtAStretch(log: readonly string[], ...kinds: readonly string[]): number {
  let most = 0
  let current = 0
  for (const line of log) {
    if (line === 'turn') current = 0
    else if (kinds.includes(line)) current += 1
    most = Math.max(most, current)
  }
  return most
}

const countOf = (log: readonly string[], kind: string) => log.filter((line) => line === kind).length

describe('work over a storage that never lets go of the event loop', () => {
  it('lets others go first after each page that is counted', async () => {
    const { kit, welcome, log } = createLoggedPizzeria()
    await welcome(1_200)
    log.length = 0
    expect((await kit.audiences.reach(LAPSED, { channels: ['email'] })).reachable).toBe(1_200)
    expect(countOf(log, 'scan')).toBe(3)
    expect(mostAtAStretch(log, 'scan')).toBe(1)
    // within a page as well, after each hundred of its customers
    expect(countOf(log, 'turn')).toBeGreaterThanOrEqual(12)
  }, 30_000)

  it('lets others go first after each page that is planned and each two slices that are placed', async () => {
    const { kit, root, welcome, log } = createLoggedPizzeria()
    await welcome(5_000)
    const { id } = await kit.campaigns.create(winBack(NOTE))
    await kit.campaigns.launch(id)
    log.length = 0
    await root.worker().tick()
    expect((await kit.campaigns.progress(id)).total).toBeGreaterThan(1_000)
    expect([countOf(log, 'scan'), countOf(log, 'append')]).toEqual([3, 3])
    expect(countOf(log, 'place')).toBeGreaterThanOrEqual(4)
    expect(mostAtAStretch(log, 'append', 'place')).toBe(2)
    // within a page as well, after each hundred of its customers
    expect(countOf(log, 'turn')).toBeGreaterThanOrEqual(50)
  }, 30_000)

  it('renders no more than 25 messages at a stretch', async () => {
    const { welcome, runCampaign, outbox, log } = createLoggedPizzeria()
    await welcome(130)
    await runCampaign({ pace: { email: { limit: 100_000, periodMs: 1_000 } } })
    expect(outbox.sent).toHaveLength(130)
    expect(countOf(log, 'image')).toBe(130)
    expect(mostAtAStretch(log, 'image')).toBe(25)
  })

  it('lets others go first between the batches of an import', async () => {
    const { kit, log } = createLoggedPizzeria()
    const rows = Array.from({ length: 250 }, (_, at) => `c-${at}`)
    await kit.customers.importCsv(
      ['id', ...rows].join('\n'),
      {
        map: ID,
        batchSize: 50,
      },
      { onProgress: () => void log.push('batch') },
    )
    expect(countOf(log, 'batch')).toBe(5)
    expect(mostAtAStretch(log, 'batch')).toBe(1)
  })

  it('lets others go first within a batch, after each hundred rows', async () => {
    const { kit, log } = createLoggedPizzeria()
    const rows = Array.from({ length: 1_000 }, (_, at) => `c-${at}`)
    await kit.customers.importCsv(['id', ...rows].join('\n'), { map: ID })
    expect(countOf(log, 'turn')).toBeGreaterThanOrEqual(10)
  })

  it('lets others go first between the pages of events that a report reads, and of messages that end', async () => {
    const { kit, root, welcome, log } = createLoggedPizzeria()
    await welcome(2_100)
    const { id } = await kit.campaigns.create(winBack(NOTE))
    await kit.campaigns.launch(id)
    await root.worker().tick()
    await kit.campaigns.cancel(id, 'rain')
    await root.worker().drain()
    await kit.reports.campaign(id)
    expect(countOf(log, 'end')).toBeGreaterThan(1)
    expect(mostAtAStretch(log, 'end')).toBe(1)
    expect(mostAtAStretch(log, 'events')).toBe(1)
  }, 30_000)
})
