import * as z from 'zod'
import type { AccessPolicy } from '../access/policy.js'
import { CampaignKitError } from '../base/error.js'
import type { TenantId } from '../base/ids.js'
import { parseUrl } from '../base/parse-url.js'
import type { DurationMs } from '../base/time.js'
import type { EngineSettings, TemplateData, TenantSettings } from '../engine/context.js'
import { machineRule } from '../metrics/machine-rule.js'
import { addressKindOf, type ChannelKind, channelKindSchema } from '../model/channel-kind.js'
import { refusingProto, wordSchema } from '../model/fields.js'
import type { MachineRule } from '../model/interaction.js'
import { paceSchema } from '../model/pace.js'
import { checkInput, parseInput } from '../model/parse.js'
import { type SealablePath, sealedPathsSchema } from '../model/sealed.js'
import type { Secret } from '../model/secret.js'
import { type Topics, topicsSchema } from '../model/topic.js'
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
import type { Phone } from '../ports/phone.js'
import type { QrEncoder } from '../ports/qr-encoder.js'
import type { Random } from '../ports/random.js'
import type { RateLimiter } from '../ports/rate-limiter.js'
import type { Storage } from '../ports/storage/storage.js'

/** What a host may set for one tenant. */
export interface TenantOptions {
  /** IANA zone of schedules and customers without one. @default 'UTC' */
  readonly timeZone?: string
  /** Share of customers (0 to 0.5) that no campaign writes to, drawn under a salt that must never change. */
  readonly globalHoldout?: { readonly share: number; readonly salt: string }
  /** Groups of campaigns that share customers out among them, by name; the salt of each must never change. */
  readonly exclusionGroups?: Readonly<Record<string, { readonly salt: string }>>
  /** Pace of all campaigns of the tenant together, by channel. */
  readonly pace?: Readonly<
    Partial<Record<ChannelKind, { readonly limit: number; readonly periodMs: DurationMs }>>
  >
  /**
   * Names, addresses and attributes that the storage sees sealed alone, such as `addresses.email` and
   * `attributes.birthday`; at most 200. They are opened to fill in messages, and criteria may not read them. Customers
   * that were written before stay as they are until they are written again.
   *
   * @default none
   */
  readonly sealed?: readonly SealablePath[]
  /**
   * Topics that customers choose among on the page of their preferences, in this order, each with its name: one for all
   * languages, or by language such as `{ en: 'Offers', de: 'Angebote' }`. At most 40.
   *
   * @default none: the page lists what a customer has allowed, or offers
   */
  readonly topics?: Topics
}

/** What {@link createCampaignKit} takes. Ports that are left out are those of the host's machine. */
export interface CampaignKitOptions {
  readonly storage: Storage
  /** One adapter a channel. */
  readonly channels: Readonly<Partial<Record<ChannelKind, Channel>>>
  /** Origin of every link that customers follow: https, no path. */
  readonly publicUrl: string
  /** Current first, older ones after; a key of `undefined` (an unset variable) is refused. */
  readonly secrets: readonly { readonly id: string; readonly key: string | undefined }[]
  /** Settings by tenant. @default UTC, no holdout */
  readonly tenants?: (tenant: TenantId) => TenantOptions
  /**
   * Lets campaigns over channels that reach people run on a storage that forgets everything when the process ends: a
   * restart in the middle of a campaign then loses who was written to.
   *
   * @default false
   */
  readonly acceptVolatileStorage?: boolean
  /** How long a worker may hold a delivery without a sign of life, 1 s to 1 h. @default 60_000 */
  readonly leaseMs?: DurationMs
  /** How long an external rule may take to answer. @default 30_000 */
  readonly eligibilityTimeoutMs?: DurationMs
  /** Asked before every use case. @default everything is allowed */
  readonly access?: AccessPolicy
  /**
   * Tells opens and clicks of machines from those of people, as they come in. `kit.events.reclassify` judges anew what came in
   * before.
   *
   * @default `machineRule`
   */
  readonly machineRule?: MachineRule
  /** What templates find under `data.`, asked once a chunk. */
  readonly templateData?: TemplateData
  readonly eligibility?: Eligibility
  /** Where workers pass every event on, at least once. @default nowhere */
  readonly sinks?: readonly EventSink[]
  readonly logger?: Logger
  readonly clock?: Clock
  readonly random?: Random
  readonly ids?: Ids
  readonly cipher?: Cipher
  readonly queue?: JobQueue
  readonly limiter?: RateLimiter
  readonly qr?: QrEncoder
  readonly csv?: Csv
  readonly phone?: Phone
  readonly calendar?: Calendar
  readonly html?: HtmlReader
  readonly inFlight?: InFlight
}

const port = z.custom<object>((value) => typeof value === 'object' && value !== null, 'expected an adapter')
const call = z.custom<(...given: never[]) => unknown>(
  (value) => typeof value === 'function',
  'expected a function',
)

const ruleVersionSchema = z.string().regex(/^[\w.-]{1,50}$/, 'expected 1 to 50 letters, digits, ., _ and -')

const optionsSchema = z.strictObject({
  storage: port,
  channels: z.partialRecord(channelKindSchema, port),
  publicUrl: z.string().max(200),
  secrets: z.array(z.unknown()).min(1).max(20),
  tenants: call.optional(),
  acceptVolatileStorage: z.boolean().default(false),
  leaseMs: z.int().min(1_000).max(3_600_000).default(60_000),
  eligibilityTimeoutMs: z.int().min(1).max(600_000).default(30_000),
  access: call.optional(),
  templateData: call.optional(),
  machineRule: z.object({ version: ruleVersionSchema, isMachine: call }).optional(),
  eligibility: port.optional(),
  sinks: z.array(port).optional(),
  logger: port.optional(),
  clock: port.optional(),
  random: port.optional(),
  ids: port.optional(),
  cipher: port.optional(),
  queue: port.optional(),
  limiter: port.optional(),
  qr: port.optional(),
  csv: port.optional(),
  phone: port.optional(),
  calendar: port.optional(),
  html: port.optional(),
  inFlight: port.optional(),
})

const tenantSchema = z.strictObject({
  timeZone: z.string().min(1).max(64).default('UTC'),
  globalHoldout: z
    .strictObject({ share: z.number().min(0).max(0.5), salt: z.string().min(1).max(200) })
    .nullable()
    .default(null),
  exclusionGroups: refusingProto(
    z.record(wordSchema, z.strictObject({ salt: z.string().min(1).max(200) })),
  ).default({}),
  pace: z.partialRecord(channelKindSchema, paceSchema).default({}),
  sealed: sealedPathsSchema.default([]),
  topics: topicsSchema.default({}),
})

/** @throws INVALID_INPUT for an origin that links cannot stand under */
function parseOrigin(publicUrl: string): string {
  const parsed = parseUrl(publicUrl)
  const named = parsed !== null && /^[a-z0-9.-]+$/.test(parsed.hostname)
  const local = parsed?.hostname === 'localhost' || parsed?.hostname === '127.0.0.1'
  const secure = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && local)
  // nothing beside the origin: no path, no query, no user
  if (named && secure && parsed.href === `${parsed.origin}/`) return parsed.origin
  throw new CampaignKitError('INVALID_INPUT', 'publicUrl: expected an https origin without a path', {
    path: 'publicUrl',
  })
}

/** A channel that stands under another's name would send to the wrong kind of address. */
function checkChannels(channels: CampaignKitOptions['channels']): void {
  for (const [kind, channel] of Object.entries(channels)) {
    const path = `channels.${kind}`
    const { capabilities } = channel
    if (capabilities?.kind !== kind)
      throw new CampaignKitError('INVALID_INPUT', `${path}: expected an adapter for ${kind}`, { path })
    if (capabilities.addressing === 'public' && addressKindOf(capabilities.kind) !== 'id')
      throw new CampaignKitError('INVALID_INPUT', `${path}: ${kind} goes to an address and is not public`, {
        path: `${path}.capabilities.addressing`,
      })
  }
}

/** What {@link checkOptions} made of the options. */
type CheckedOptions = Pick<
  EngineSettings,
  'publicUrl' | 'acceptVolatileStorage' | 'leaseMs' | 'eligibilityTimeoutMs'
>

/**
 * Checks what a host passed.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD
 */
export function checkOptions(options: CampaignKitOptions): CheckedOptions {
  const { publicUrl, acceptVolatileStorage, leaseMs, eligibilityTimeoutMs } = checkInput(
    optionsSchema,
    options,
  )
  checkChannels(options.channels)
  return { publicUrl: parseOrigin(publicUrl), acceptVolatileStorage, leaseMs, eligibilityTimeoutMs }
}

/**
 * The settings of the engine; those of a tenant are read when it is first used.
 *
 * @throws (later) INVALID_INPUT, UNKNOWN_FIELD, TIME_ZONE_UNKNOWN, DIRECTORY_READ_ONLY for what the host says of a
 *   tenant
 */
export function createSettings(
  options: CampaignKitOptions,
  checked: CheckedOptions,
  calendar: Calendar,
  secrets: readonly [Secret, ...Secret[]],
): EngineSettings {
  const known = new Map<TenantId, TenantSettings>()
  const read = (tenant: TenantId): TenantSettings => {
    const said = options.tenants?.(tenant) ?? {}
    // it would pass for settings that leave everything to its default
    if ('then' in said) {
      throw new CampaignKitError('INVALID_INPUT', 'tenants: expected settings, not a promise of them', {
        path: 'tenants',
      })
    }
    const settings = parseInput(tenantSchema, said, 'tenants')
    if (!calendar.isZone(settings.timeZone)) {
      throw new CampaignKitError('TIME_ZONE_UNKNOWN', 'tenants.timeZone: not a zone', {
        path: 'tenants.timeZone',
      })
    }
    // a promise that nothing would keep
    if (settings.sealed.length > 0 && !options.storage.customers.writable) {
      throw new CampaignKitError(
        'DIRECTORY_READ_ONLY',
        'tenants.sealed: the customers are the tables of the host, which the kit does not write',
        { path: 'tenants.sealed' },
      )
    }
    known.set(tenant, settings)
    return settings
  }
  return {
    ...checked,
    secrets,
    tenant: (tenant) => known.get(tenant) ?? read(tenant),
    templateData: options.templateData ?? null,
    machineRule: options.machineRule ?? machineRule,
  }
}
