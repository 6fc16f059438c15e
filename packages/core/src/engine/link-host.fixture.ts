import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { machineRule } from '../metrics/machine-rule.js'
import type { KitEvents } from '../ports/observer.js'
import type { Storage } from '../ports/storage/storage.js'
import { createManualClock } from '../testing/manual-clock.js'
import { createPlainQrEncoder } from '../testing/plain-qr-encoder.js'
import { sampleCampaign, sampleDelivery, sampleJournalEntry, sampleScope } from '../testing/samples.js'
import { createSequentialIds } from '../testing/sequential-ids.js'
import type { EngineContext, EngineSettings } from './context.js'
import { createLinkHost } from './link-host.js'

export const scope = sampleScope()
export const stranger = sampleScope('burger-bar')
export const secret = { id: '2026', key: 'the current secret of the host' }
export const older = { id: '2025', key: 'an older secret of the host' }
export const campaign = sampleCampaign({ content: { topic: 'news' } })
export const delivery = sampleDelivery({ customerId: 'customer-1' })

/** A host of links over one campaign with one delivery, and what it wrote down. */
export async function newHost(storage: Storage = createMemoryStorage()) {
  const clock = createManualClock()
  const logged: string[] = []
  const heard: string[] = []
  const settings: Partial<EngineSettings> = {
    machineRule,
    publicUrl: 'https://go.pizza.example',
    secrets: [secret, older],
    tenant: () => ({
      timeZone: 'Europe/Berlin',
      globalHoldout: null,
      exclusionGroups: {},
      pace: {},
      sealed: [],
      topics: {},
    }),
  }
  const log = (message: string) => logged.push(message)
  const context: Partial<EngineContext> = {
    channels: {},
    storage,
    clock,
    ids: createSequentialIds('kit-'),
    logger: { debug: log, info: log, warn: log, error: log },
    qr: createPlainQrEncoder(),
    sinks: [],
    observer: {
      emit(name, event) {
        if (name === 'events.recorded') {
          const { events } = event as KitEvents['events.recorded']
          heard.push(...events.map(({ type }) => type))
        }
      },
    },
    settings: settings as EngineSettings,
  }
  await storage.campaigns.insert(scope, campaign, sampleJournalEntry())
  await storage.deliveries.append(scope, [delivery])
  return { host: createLinkHost(context as EngineContext), storage, clock, logged, heard }
}
