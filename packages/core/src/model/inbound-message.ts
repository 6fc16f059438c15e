import * as z from 'zod'
import { channelKindSchema } from './channel-kind.js'
import { hostIdSchema, instantSchema, storableSchema, textSchema } from './fields.js'

/** What a person wants who answers with a word that providers know. */
export type InboundIntent = 'optOut' | 'optIn' | 'help'

/** The whole message but for blanks around it, in capitals: the words that Twilio and the carriers obey. */
const WORDS: Readonly<Record<InboundIntent, readonly string[]>> = {
  optOut: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  optIn: ['START', 'UNSTOP', 'YES'],
  help: ['HELP', 'INFO'],
}

const INTENTS = Object.keys(WORDS) as readonly InboundIntent[]

/** Also the answer to any other question: an opt-in only of somebody who had opted out. */
const ORDINARY_WORDS: readonly string[] = ['YES']

/**
 * What the text of a message wants: only where it is one of the words as a whole, in any case. "Please stop calling" is no
 * opt-out, "stop" is one.
 */
export function intentOf(text: string): InboundIntent | null {
  const word = wordOf(text)
  return INTENTS.find((intent) => WORDS[intent].includes(word)) ?? null
}

/** Whether a text is a word that people also use otherwise. */
export function isOrdinaryWord(text: string): boolean {
  return ORDINARY_WORDS.includes(wordOf(text))
}

function wordOf(text: string): string {
  return text.trim().toUpperCase()
}

/** The strict schema of what a channel hands over when a person has written. */
export const inboundMessageSchema = z.strictObject({
  /** Unique per tenant: the provider's own id of the message. */
  key: hostIdSchema.max(240),
  channel: channelKindSchema,
  /** The address of the person: a phone in E.164 form, an e-mail address. */
  from: textSchema(4_096),
  /** @default '' */
  text: storableSchema(100_000).default(''),
  /** What the provider understood, where it tells; else the text decides. */
  intent: z.enum(['optOut', 'optIn', 'help']).exactOptional(),
  /** When the person wrote. @default now */
  at: instantSchema.exactOptional(),
})

/** A message that a person wrote to us. */
export type InboundMessage = z.input<typeof inboundMessageSchema>
