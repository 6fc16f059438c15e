import * as z from 'zod'
import { hostIdSchema } from '../../model/fields.js'
import type { OutgoingMessage, SendResult } from '../../ports/channel.js'

const WEEK_MS = 604_800_000
/** One word, which cannot be a number of a telephone nor hold an address of a mailbox. */
const CODE = /^[A-Za-z][\w.:-]{0,63}$/

const code = z.string().exactOptional()
const wait = z.int().min(0).max(WEEK_MS)

const resultSchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('accepted'),
    providerMessageId: hostIdSchema.nullable().exactOptional(),
    costMicros: z.int().min(0).exactOptional(),
  }),
  z.object({ outcome: z.literal('transient'), code, retryAfterMs: wait.exactOptional() }),
  z.object({ outcome: z.literal('permanent'), code, suppress: z.boolean().exactOptional() }),
  z.object({ outcome: z.literal('throttled'), code, retryAfterMs: wait.min(1) }),
  z.object({ outcome: z.literal('misconfigured'), code }),
  z.object({ outcome: z.literal('unknown'), code }),
])

const namedSchema = z.object({ idempotencyKey: z.string() })
const resultsSchema = z.object({ results: z.array(z.unknown()).max(10_000) })
const soleSchema = z.object({ providerMessageId: hostIdSchema })

const ACCEPTED: SendResult = { outcome: 'accepted', providerMessageId: null }

/**
 * What the answer of a success says of each message, in their order: by a list of `results`, each under its
 * `idempotencyKey`. An answer without such a list has taken them all. A message that a list does not name, or of which
 * it says nothing that can be read, is one of which nobody knows.
 *
 * @param body - null when it was too long to be read
 */
export function readResults(
  body: Uint8Array | null,
  messages: readonly OutgoingMessage[],
): readonly SendResult[] {
  if (body === null) return messages.map(() => ({ outcome: 'unknown', code: 'webhook-answer-too-long' }))
  const answer = parseJson(body)
  const listed = resultsSchema.safeParse(answer)
  if (!listed.success) return messages.map(() => acceptedWith(answer, messages.length))
  const byKey = new Map(
    listed.data.results.flatMap((result): [string, unknown][] => {
      const named = namedSchema.safeParse(result)
      return named.success ? [[named.data.idempotencyKey, result]] : []
    }),
  )
  return messages.map((message) => readResult(byKey.get(message.idempotencyKey), message))
}

function readResult(said: unknown, { to }: OutgoingMessage): SendResult {
  const parsed = resultSchema.safeParse(said)
  if (!parsed.success) return { outcome: 'unknown', code: 'webhook-no-result' }
  const result = parsed.data
  if (result.outcome === 'accepted') {
    const { providerMessageId = null, ...cost } = result
    return { ...cost, providerMessageId }
  }
  const { code: given = '' } = result
  const isWord = CODE.test(given) && !given.includes(to)
  return { ...result, code: isWord ? given : `webhook-${result.outcome}` }
}

function acceptedWith(answer: unknown, messages: number): SendResult {
  const sole = messages === 1 ? soleSchema.safeParse(answer) : null
  return sole?.success ? { outcome: 'accepted', providerMessageId: sole.data.providerMessageId } : ACCEPTED
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown
  } catch {
    return null
  }
}
