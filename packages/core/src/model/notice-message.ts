import * as z from 'zod'
import type { ChannelKind } from './channel-kind.js'
import { refusingProto, wordSchema } from './fields.js'
import { rule } from './parse.js'

/** Most keys of `data`. */
const MOST_DATA_KEYS = 50
/** Four weeks: the longest that push services keep a message. */
const PUSH_LIFE_SECONDS = 2_419_200
const YEAR_SECONDS = 31_536_000
/** Keys that Firebase Cloud Messaging refuses in the data of a message. */
const RESERVED_IN_PUSH = /^(?:from$|message_type$|google|gcm)/i

const dataSchema = refusingProto(
  z.record(
    z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'expected a name of letters, digits, - _'),
    z.string().max(4_000),
  ),
).refine((data) => Object.keys(data).length <= MOST_DATA_KEYS, `has more than ${MOST_DATA_KEYS} keys`)

const pushDataSchema = dataSchema.superRefine((data, context) => {
  for (const key of Object.keys(data)) {
    if (RESERVED_IN_PUSH.test(key))
      context.addIssue({ code: 'custom', ...rule('INVALID_INPUT', 'is reserved by push services', [key]) })
  }
})

/** Parts of a notice that are Liquid templates: plain text, and links where links of an e-mail may lead. */
export const noticeTexts = {
  title: z.string().min(1).max(500),
  body: z.string().min(1).max(10_000),
  link: z.string().max(2_000).exactOptional(),
  /** Absolute http or https. */
  image: z.string().max(2_000).exactOptional(),
  /** What the app or the page gets beside the text; each value is a template. */
  data: dataSchema.exactOptional(),
}

/** Parts of a push notice that are Liquid templates. */
export const pushTexts = { ...noticeTexts, data: pushDataSchema.exactOptional() }

/** Parts of a notice that are the same for everybody. */
export const noticeSettings = {
  /** Where it is shown: a slot of the page or app, a page of a network, a category of pushes. */
  placement: wordSchema.exactOptional(),
  /** How long after it was sent it may still be shown. */
  timeToLiveSeconds: z.int().min(1).max(YEAR_SECONDS).exactOptional(),
}

const MOST_PLACEMENTS = 100

/** As {@link noticeSettings}; over a public channel it may be put in several places, once in each. */
export const publicSettings = {
  ...noticeSettings,
  placement: z
    .union([
      wordSchema,
      z
        .array(wordSchema)
        .min(1)
        .max(MOST_PLACEMENTS)
        .refine((names) => new Set(names).size === names.length, 'names one twice'),
    ])
    .exactOptional(),
}

/** As {@link noticeSettings}; a push of 0 seconds is shown now or never. */
export const pushSettings = {
  ...noticeSettings,
  timeToLiveSeconds: z.int().min(0).max(PUSH_LIFE_SECONDS).exactOptional(),
}

/** What a notice says of itself besides its texts. */
export interface NoticeSettings {
  readonly placement?: string
  /** Seconds after it was sent. */
  readonly timeToLiveSeconds?: number
}

/** Names of the parts that are no templates. */
export const SETTING_PARTS: readonly string[] = Object.keys(noticeSettings)

/** Kinds whose messages are notices. */
export const NOTICE_KINDS = [
  'push',
  'in-app',
  'web',
  'social',
  'display',
] as const satisfies readonly ChannelKind[]
