import * as z from 'zod'
import { DAY_MS } from '../base/time.js'
import { channelKindSchema } from '../model/channel-kind.js'
import { EVERY_TOPIC } from '../model/consent.js'
import { customerPatchSchema } from '../model/customer.js'
import { currencySchema, instantSchema, refusingProto, textSchema, wordSchema } from '../model/fields.js'
import { faultOfDateFormat } from './import-date-format.js'

/** The month of `monthsAgo`: 30.4375 days, a twelfth of 365.25. */
export const MONTH_MS = 30.4375 * DAY_MS

const INSTANT = ['date', 'monthsAgo'] as const
const COUNT = ['number'] as const
const TEXT = ['text'] as const

/** The fields of a customer that a column may fill, each with the ways in which its cells may be read. */
const FIELDS = {
  id: TEXT,
  firstName: TEXT,
  lastName: TEXT,
  email: TEXT,
  phone: TEXT,
  'addresses.email': TEXT,
  'addresses.phone': TEXT,
  'addresses.push': TEXT,
  tags: ['text', 'tags', 'flag'],
  'facts.lastLoginAt': INSTANT,
  'facts.lastOrderAt': INSTANT,
  'facts.orderCount': COUNT,
  'facts.totalSpentMinor': ['money', 'number'],
  'facts.currency': TEXT,
  'facts.lastConversationAt': INSTANT,
  'facts.conversationStatus': TEXT,
  'facts.incompleteTransactions': COUNT,
  timeZone: TEXT,
  locale: TEXT,
} as const satisfies Readonly<Record<string, readonly CellForm[]>>

type CellForm = 'text' | 'tags' | 'money' | 'date' | 'monthsAgo' | 'flag' | 'number'

/** Where in a customer a column goes; `email` and `phone` are short for `addresses.email` and `addresses.phone`. */
export type ImportPath = keyof typeof FIELDS | `attributes.${string}`

const ATTRIBUTE = 'attributes.'

function isImportPath(path: unknown): boolean {
  if (typeof path !== 'string') return false
  if (!path.startsWith(ATTRIBUTE)) return Object.hasOwn(FIELDS, path)
  const { attributes } = customerPatchSchema.shape
  return attributes.safeParse({ [path.slice(ATTRIBUTE.length)]: true }).success
}

function takes(path: ImportPath, form: CellForm): boolean {
  const forms: readonly CellForm[] | null = Object.hasOwn(FIELDS, path)
    ? FIELDS[path as keyof typeof FIELDS]
    : null
  return forms === null || forms.includes(form)
}

const path = z.custom<ImportPath>(isImportPath, 'not a field that a column may fill')
const decimal = z.enum(['.', ',']).default('.')

const dateFormat = z
  .string()
  .max(40)
  .superRefine((format, context) => {
    const message = faultOfDateFormat(format)
    if (message !== null) context.addIssue({ code: 'custom', message })
  })

const targetSchema = z
  .discriminatedUnion('as', [
    /** The cell as it is, without blanks around it. */
    z.strictObject({ path, as: z.literal('text') }),
    /** A list of texts, divided by `separator`; by default by any of `,` `;` `|`. */
    z.strictObject({ path, as: z.literal('tags'), separator: z.string().length(1).exactOptional() }),
    /**
     * An amount in major units, `-1234.50`: digits and a decimal mark, no sign of a currency, no groups of thousands.
     * Kept in minor units of the currency (hundredths when none is given), of which it must be a whole number. In
     * `facts.totalSpentMinor` the currency is kept beside it.
     */
    z.strictObject({ path, as: z.literal('money'), currency: currencySchema.exactOptional(), decimal }),
    /**
     * ISO 8601: a day (its midnight), a wall-clock time or an instant with an offset. The first two are in `zone`, by
     * default UTC. An attribute keeps epoch milliseconds.
     *
     * With `format` nothing but that form, a wall-clock time in `zone`: `YYYY`, `MM` or `M`, `DD` or `D`, and at will
     * `HH`, `mm`, `ss`, each once, with separators that are no letters or digits, such as `D.M.YYYY HH:mm`. `M` and `D`
     * read one digit or two. Without `HH` it is midnight.
     */
    z.strictObject({
      path,
      as: z.literal('date'),
      format: dateFormat.exactOptional(),
      zone: z.string().min(1).max(64).exactOptional(),
    }),
    /** So many months of 30.4375 days before `asOf`: 0 to 1,200, fractions allowed. */
    z.strictObject({ path, as: z.literal('monthsAgo'), decimal }),
    /** `1` `true` `yes` `y` or `0` `false` `no` `n` in any case. Among the tags: `tag` (by default the column's name) if true. */
    z.strictObject({ path, as: z.literal('flag'), tag: textSchema(128).exactOptional() }),
    /** Digits with a decimal mark and perhaps a minus. */
    z.strictObject({ path, as: z.literal('number'), decimal }),
  ])
  .refine((target) => takes(target.path, target.as), {
    message: 'a column read so cannot fill this field',
    path: ['as'],
  })

const columnSchema = z.string().min(1).max(1_000)

const consentSchema = z.strictObject({
  channel: channelKindSchema,
  topic: z.union([z.literal(EVERY_TOPIC), wordSchema]),
  basis: textSchema(200),
  obtainedAt: instantSchema,
  evidence: textSchema(2_000).exactOptional(),
  /** A column of flags: only rows where it is true have given consent. */
  when: columnSchema.exactOptional(),
})

/** One value where a list may stand. */
function oneOrMore<Schema extends z.ZodType>(schema: Schema, most: number) {
  return z.union([schema.transform((one) => [one]), z.array(schema).min(1).max(most)])
}

export const importOptionsSchema = z
  .strictObject({
    /** By name of the column in the header, what becomes of its cells; columns that are not named are left out. */
    map: refusingProto(z.record(columnSchema, oneOrMore(targetSchema, 16))),
    /** Where ids come from, when no column is mapped to `id`: `line-17` and the like with `line`. */
    idFrom: z
      .union([
        z.strictObject({ column: columnSchema }),
        z.strictObject({
          line: z.literal(true),
          prefix: z
            .string()
            .max(200)
            .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters')
            .default('line-'),
        }),
      ])
      .exactOptional(),
    /** What `monthsAgo` counts back from; by default now. */
    asOf: instantSchema.exactOptional(),
    /** ISO 3166 country of phone numbers without a country code, such as `IT`. Without it they make bad rows. */
    phoneRegion: z
      .string()
      .regex(/^[A-Z]{2}$/, 'expected an ISO 3166 country such as IT')
      .exactOptional(),
    /** How the file is written; what is absent is found out from the file. */
    format: z
      .strictObject({
        delimiter: z.enum([',', ';', '\t', '|']).exactOptional(),
        encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']).exactOptional(),
      })
      .default({}),
    /** Consents that the list proves: each is recorded as granted for every good row with an address for its channel. */
    consent: oneOrMore(consentSchema, 100).default([]),
    /** Reads and reports, and writes nothing. */
    dryRun: z.boolean().default(false),
    /** Rows that are written at once: 1 to 10,000. */
    batchSize: z.int().min(1).max(10_000).default(1_000),
    /** Bad rows that the result lists; the rest is counted. 0 to 100,000. */
    badRowsListed: z.int().min(0).max(100_000).default(1_000),
  })
  .superRefine(({ map, idFrom }, context) => {
    const filled = new Set<string>(idFrom === undefined ? [] : ['id'])
    for (const [column, targets] of Object.entries(map)) {
      for (const target of targets) {
        for (const path of fillsOnce(target)) {
          if (filled.has(path)) {
            context.addIssue({ code: 'custom', message: `${path} is filled twice`, path: ['map', column] })
          }
          filled.add(path)
        }
      }
    }
    if (!filled.has('id')) {
      context.addIssue({ code: 'custom', message: 'nothing says where ids come from', path: ['idFrom'] })
    }
  })

/** The fields that a target fills and that no other may fill as well. */
function fillsOnce(target: ImportTarget): readonly string[] {
  if (target.path === 'tags') return []
  const field = fieldOf(target.path)
  const isPriced = field === 'facts.totalSpentMinor' && target.as === 'money' && target.currency !== undefined
  return isPriced ? [field, 'facts.currency'] : [field]
}

/** The field in full that a path names. */
export function fieldOf(path: ImportPath): string {
  return path === 'email' || path === 'phone' ? `addresses.${path}` : path
}

/** What becomes of the cells of one column. */
export type ImportTarget = z.output<typeof targetSchema>

/** Options of an import, parsed. */
export type ImportPlan = z.output<typeof importOptionsSchema>

/** What a host passes to `kit.customers.importCsv`. */
export type ImportOptions = z.input<typeof importOptionsSchema>
