import { type Context, type Emitter, type Liquid, Output, Parser, type Template, TypeGuards } from 'liquidjs'

/** Writes a piece of a template at once, where liquidjs would make a generator. */
type Write = (context: Context, emitter: Emitter) => void

/** The names of a value: `customer`, then `firstName`. */
type Path = (string | number)[]

/**
 * Parses a template. Texts, and outputs that show a value as it is, are most of what messages are made of; liquidjs goes
 * through a dozen generators for each of the latter, in which a short message spends two thirds of its time. They are
 * written without, by the same steps: the context finds the value, and the engine's own filter makes text of it.
 */
export function parsePieces(liquid: Liquid, source: string): Template[] {
  return new PieceParser(liquid).parse(source)
}

class PieceParser extends Parser {
  readonly #liquid: Liquid

  constructor(liquid: Liquid) {
    super(liquid)
    this.#liquid = liquid
  }

  override parseToken(...given: Parameters<Parser['parseToken']>): ReturnType<Parser['parseToken']> {
    const piece = super.parseToken(...given)
    const write = piece instanceof Output ? writeOutput(this.#liquid, piece) : writeText(given[0])
    return write === null ? piece : Object.assign(piece, { render: write })
  }
}

function writeText(token: Parameters<Parser['parseToken']>[0]): Write | null {
  if (!TypeGuards.isHTMLToken(token)) return null
  const text = token.getContent()
  return (_, emitter) => emitter.write(text)
}

function writeOutput({ options }: Liquid, output: Output): Write | null {
  const path = pathOf(output)
  const { outputEscape } = options
  if (path === null || typeof outputEscape !== 'function') return null
  return (context, emitter) => emitter.write(outputEscape.call({ context }, context.getSync(path)))
}

/** Null where anything is done to the value, or a name is itself computed. */
function pathOf({ value: { initial, filters } }: Output): Path | null {
  const [token] = initial.postfix
  const isAlone = initial.postfix.length === 1 && filters.length === 1 && filters[0]?.name === ESCAPE
  if (!isAlone || token === undefined || !TypeGuards.isPropertyAccessToken(token)) return null
  const names = token.props.map((prop) => ('content' in prop ? prop.content : null))
  return token.variable === undefined && isPath(names) ? names : null
}

/** How liquidjs names the filter that it puts at the end by itself. */
const ESCAPE = '[object Function]'

function isPath(names: unknown[]): names is Path {
  return names.every((name) => typeof name === 'string' || typeof name === 'number')
}
