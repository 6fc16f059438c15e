import { type Liquid, LiquidError, type Template as Piece, Tokenizer, TypeGuards } from 'liquidjs'
import { CampaignKitError } from '../base/error.js'
import { MEMORY_LIMIT, MessageContext, type RenderSession } from './message-context.js'
import { parsePieces } from './plain-pieces.js'
import { type RefusalReason, RenderRefusal } from './render-refusal.js'

/** Where something stands in a template, both from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** A piece of Liquid in a source: `{{ }}` or `{% %}`. */
export interface LiquidToken {
  readonly start: number
  readonly end: number
  /** Name of a tag, null of an output. */
  readonly tag: string | null
  readonly text: string
}

/** A parsed template of one part of a message. */
export interface Template {
  readonly source: string
  /** Such as `messages.email.subject`. */
  readonly path: string
  readonly pieces: readonly Piece[]
  /** @throws TEMPLATE_RENDER_FAILED */
  render(variables: object, session: RenderSession): string
}

/**
 * Parses a template.
 *
 * @throws TEMPLATE_INVALID with line and column in its details
 */
export function compileTemplate(liquid: Liquid, source: string, path: string): Template {
  const pieces = parse(liquid, source, path)
  const longestToken = tokensOf(source).reduce((length, { start, end }) => Math.max(length, end - start), 1)
  return {
    source,
    path,
    pieces,
    render(variables, session) {
      try {
        const context = new MessageContext(liquid, variables, session, longestToken)
        const written: unknown = liquid.renderSync(pieces, context)
        if (typeof written !== 'string' || written.length > MEMORY_LIMIT) throw new RenderRefusal('limit')
        return written
      } catch (thrown) {
        throw renderFailure(thrown, path)
      }
    },
  }
}

function parse(liquid: Liquid, source: string, path: string): Piece[] {
  try {
    return parsePieces(liquid, source)
  } catch (thrown) {
    throw invalidTemplate(path, messageOf(thrown), placeOfError(thrown))
  }
}

/** The error of a template that does not parse. */
export function invalidTemplate(path: string, message: string, place: Place): CampaignKitError {
  return new CampaignKitError('TEMPLATE_INVALID', `${path}: ${message}`, { path, details: { ...place } })
}

function messageOf(thrown: unknown): string {
  if (!LiquidError.is(thrown)) return 'nested too deeply'
  return thrown.message.replace(/, line:\d+, col:\d+$/, '')
}

function placeOfError(thrown: unknown): Place {
  if (!LiquidError.is(thrown)) return { line: 1, column: 1 }
  const [line = 1, column = 1] = thrown.token.getPosition()
  return { line, column }
}

/** The place of an offset of a source. */
export function placeAt(source: string, offset: number): Place {
  const before = source.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}

/** Carries path and reason only: what a template said of a customer goes into no error. */
export function renderFailure(thrown: unknown, path: string): CampaignKitError {
  return new CampaignKitError('TEMPLATE_RENDER_FAILED', `${path} failed for one customer`, {
    path,
    details: { reason: reasonOf(thrown) },
  })
}

function reasonOf(thrown: unknown): RefusalReason {
  const origin = LiquidError.is(thrown) ? thrown.originalError : thrown
  if (origin instanceof RenderRefusal) return origin.reason
  if (origin instanceof RangeError && /length|stack/i.test(origin.message)) return 'limit'
  return origin instanceof Error && origin.message.endsWith('limit exceeded') ? 'limit' : 'template'
}

/** The Liquid of a source that parses, in order; what stands between `raw` tags is none. */
export function tokensOf(source: string): readonly LiquidToken[] {
  const tokens: LiquidToken[] = []
  for (const token of new Tokenizer(source).readTopLevelTokens()) {
    const tag = TypeGuards.isTagToken(token) ? token.name : null
    if (tag === null && !TypeGuards.isOutputToken(token)) continue
    tokens.push({ start: token.begin, end: token.end, tag, text: source.slice(token.begin, token.end) })
  }
  return tokens
}
