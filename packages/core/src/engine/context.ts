import type { AccessPolicy } from '../access/policy.js'
import type { CustomerId, TenantId } from '../base/ids.js'
import type { DurationMs } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { MachineRule } from '../model/interaction.js'
import type { Pace } from '../model/pace.js'
import type { Scope } from '../model/scope.js'
import type { SealablePath } from '../model/sealed.js'
import type { Secret } from '../model/secret.js'
import type { Topics } from '../model/topic.js'
import type { Calendar } from '../ports/calendar.js'
import type { Channel } from '../ports/channel.js'
import type { Cipher } from '../ports/cipher.js'
import type { Clock } from '../ports/clock.js'
import type { Csv } from '../ports/csv.js'
import type { Eligibility } from '../ports/eligibility.js'
import type { EventSink } from '../ports/event-sink.js'
import type { HtmlReader } from '../ports/html-reader.js'
import type { Ids } from '../ports/ids.js'
import type { InFlight } from '../ports/in-flight.js'
import type { JobQueue } from '../ports/job-queue.js'
import type { Logger } from '../ports/logger.js'
import type { Observer } from '../ports/observer.js'
import type { Phone } from '../ports/phone.js'
import type { QrEncoder } from '../ports/qr-encoder.js'
import type { Random } from '../ports/random.js'
import type { RateLimiter } from '../ports/rate-limiter.js'
import type { Storage } from '../ports/storage/storage.js'
import type { Circuits } from './circuits.js'
import type { KnownConversionRules } from './conversion-rule.js'

/** What differs by tenant. */
export interface TenantSettings {
  /** IANA zone of schedules without one and of customers without one. */
  readonly timeZone: string
  /** Customers that no campaign writes to, so that the effect of all of them can be measured; null for nobody. */
  readonly globalHoldout: { readonly share: number; readonly salt: string } | null
  /** By name; the salt of each must never change. */
  readonly exclusionGroups: Readonly<Record<string, { readonly salt: string }>>
  /** Pace of all campaigns of the tenant together, by channel. */
  readonly pace: Readonly<Partial<Record<ChannelKind, Pace>>>
  /** Fields of customers that are sealed when they are written, and that criteria may not read. */
  readonly sealed: readonly SealablePath[]
  /** What customers choose among on the page of their preferences. */
  readonly topics: Topics
}

/** What the host supplies for templates, by customer. */
export type TemplateData = (
  scope: Scope,
  campaign: Campaign,
  customerIds: readonly CustomerId[],
) => Promise<ReadonlyMap<CustomerId, Readonly<Record<string, unknown>>>>

/** A sink with the name under which its place is kept. */
export type NamedSink = EventSink & { readonly name: string }

/** Settings of the kit, parsed once. */
export interface EngineSettings {
  /** Origin of every link, without a path: `https://go.pizza.example`. */
  readonly publicUrl: string
  /** The current one first, older ones after. */
  readonly secrets: readonly [Secret, ...Secret[]]
  readonly tenant: (tenant: TenantId) => TenantSettings
  readonly acceptVolatileStorage: boolean
  /** How long a worker may hold a delivery without a sign of life. */
  readonly leaseMs: DurationMs
  readonly eligibilityTimeoutMs: DurationMs
  readonly templateData: TemplateData | null
  readonly machineRule: MachineRule
}

/** All that a use case works with. */
export interface EngineContext {
  readonly storage: Storage
  readonly channels: Readonly<Partial<Record<ChannelKind, Channel>>>
  readonly queue: JobQueue
  readonly limiter: RateLimiter
  readonly clock: Clock
  readonly random: Random
  readonly ids: Ids
  readonly cipher: Cipher
  readonly logger: Logger
  readonly qr: QrEncoder
  readonly csv: Csv
  readonly phone: Phone
  readonly calendar: Calendar
  readonly html: HtmlReader
  readonly inFlight: InFlight
  readonly circuits: Circuits
  readonly eligibility: Eligibility | null
  readonly sinks: readonly NamedSink[]
  readonly observer: Observer
  readonly access: AccessPolicy
  readonly knownConversionRules: KnownConversionRules
  readonly settings: EngineSettings
}
