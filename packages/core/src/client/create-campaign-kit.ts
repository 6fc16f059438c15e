import { EventEmitter } from 'eventemitter3'
import * as z from 'zod'
import { allowAll } from '../access/policy.js'
import { createAesCipher } from '../defaults/aes-cipher.js'
import { createCalendar } from '../defaults/calendar.js'
import { createCsv } from '../defaults/csv.js'
import { createHtmlReader } from '../defaults/html-reader.js'
import { createInFlight } from '../defaults/in-flight.js'
import { createPhone } from '../defaults/phone.js'
import { createQrEncoder } from '../defaults/qr-encoder.js'
import { parseSecrets } from '../defaults/secrets.js'
import { createSilentLogger } from '../defaults/silent-logger.js'
import { createSystemClock } from '../defaults/system-clock.js'
import { createSystemIds } from '../defaults/system-ids.js'
import { createSystemRandom } from '../defaults/system-random.js'
import { createCircuits } from '../engine/circuits.js'
import type { EngineContext } from '../engine/context.js'
import { createTrack } from '../engine/gather-events.js'
import { createLinkHost, type LinkHost } from '../engine/link-host.js'
import { type SinkState, sinkStates } from '../engine/sink-states.js'
import { createWorker, type Worker } from '../engine/worker.js'
import { parseInput } from '../model/parse.js'
import { type ScopeInput, scopeSchema } from '../model/scope.js'
import type { Secret } from '../model/secret.js'
import type { Logger } from '../ports/logger.js'
import type { KitEvents, Observer } from '../ports/observer.js'
import { createTenantKit } from './create-tenant-kit.js'
import type { TenantKit } from './kit.js'
import { nameSinks } from './name-sinks.js'
import { type CampaignKitOptions, checkOptions, createSettings } from './options.js'

const workerSchema = z.strictObject({
  /** Runs served side by side. */
  concurrency: z.int().min(1).max(100).default(20),
  /** How often `run` looks for due work whose ring was lost. */
  sweepEveryMs: z.int().min(10).max(3_600_000).default(5_000),
  /** How long `run` waits for calls under way when it is stopped. */
  stopWithinMs: z.int().min(0).max(3_600_000).default(30_000),
})

export type WorkerOptions = z.input<typeof workerSchema>

/** The kit of a process: makes the kits of actors and the workers. */
export interface CampaignKit {
  /** The kit in the hands of one actor of one tenant. @throws INVALID_INPUT */
  as(scope: ScopeInput): TenantKit
  /** A worker for the campaigns of all tenants; any number, in any process, may work at once. */
  worker(options?: WorkerOptions): Worker
  /** Hears what was committed in this process. @returns stops listening */
  on<Name extends keyof KitEvents>(name: Name, listener: (event: KitEvents[Name]) => void): () => void
  /** What the endpoints of `@campaignkit/core/endpoints` serve links with. */
  readonly links: LinkHost
  /** How far each of the `sinks` is behind, in their order: of every tenant's events. @throws what the storage threw */
  sinks(): Promise<readonly SinkState[]>
  /** Lets go of the connections of channels and storage. */
  close(): Promise<void>
}

/**
 * Makes a kit.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD, SECRET_INVALID
 *
 * @example
 * ```ts
 * import { createCampaignKit } from '@campaignkit/core'
 * import { createMemoryStorage } from '@campaignkit/adapter-memory'
 *
 * const root = createCampaignKit({
 *   storage: createMemoryStorage(),
 *   channels: {},
 *   publicUrl: 'https://go.pizza.example',
 *   secrets: [{ id: '2026a', key: 'a secret of at least 16 characters' }],
 * })
 * const kit = root.as({ tenant: 'pizzeria', actor: { id: 'u-17', kind: 'user' } })
 * ```
 */
export function createCampaignKit(options: CampaignKitOptions): CampaignKit {
  const emitter = new EventEmitter()
  const context = createContext(options, emitter)
  const track = createTrack(context)
  return Object.freeze<CampaignKit>({
    as: (scope) => createTenantKit(context, parseInput(scopeSchema, scope), track),
    worker: (settings = {}) => createWorker(context, parseInput(workerSchema, settings)),
    on(name, listener) {
      emitter.on(name, listener)
      return () => {
        emitter.off(name, listener)
      }
    },
    links: createLinkHost(context),
    sinks: () => sinkStates(context),
    async close() {
      try {
        await Promise.all(Object.values(context.channels).map((channel) => channel?.close?.()))
      } finally {
        await context.storage.close?.()
      }
    },
  })
}

function createContext(options: CampaignKitOptions, emitter: EventEmitter): EngineContext {
  const checked = checkOptions(options)
  const secrets = parseSecrets(options.secrets)
  const ports = createPorts(options, secrets)
  const settings = createSettings(options, checked, ports.calendar, secrets)
  const { storage } = options
  return {
    ...ports,
    storage,
    channels: { ...options.channels },
    queue: options.queue ?? storage.jobQueue(ports.clock),
    limiter: options.limiter ?? storage.rateLimiter(ports.clock),
    eligibility: options.eligibility ?? null,
    sinks: nameSinks(options.sinks ?? []),
    circuits: createCircuits(),
    observer: createObserver(emitter, ports.logger),
    access: options.access ?? allowAll,
    knownConversionRules: new Map(),
    settings,
  }
}

/** The host's own ports where it gave them, those of its machine elsewhere. */
function createPorts(options: CampaignKitOptions, secrets: readonly Secret[]) {
  const clock = options.clock ?? createSystemClock()
  const random = options.random ?? createSystemRandom()
  return {
    clock,
    random,
    ids: options.ids ?? createSystemIds({ clock, random }),
    cipher: options.cipher ?? createAesCipher(secrets, random),
    logger: options.logger ?? createSilentLogger(),
    qr: options.qr ?? createQrEncoder(),
    csv: options.csv ?? createCsv(),
    phone: options.phone ?? createPhone(),
    calendar: options.calendar ?? createCalendar(),
    html: options.html ?? createHtmlReader(),
    inFlight: options.inFlight ?? createInFlight(),
  }
}

/** Tells listeners one after the other: the mistake of one must not undo what was committed, nor keep it from others. */
function createObserver(emitter: EventEmitter, logger: Logger): Observer {
  return {
    emit(name, event) {
      for (const listener of emitter.listeners(name)) {
        try {
          listener(event)
        } catch (thrown) {
          logger.error('a listener threw', {
            event: name,
            error: thrown instanceof Error ? thrown.name : 'unknown',
          })
        }
      }
    },
  }
}
