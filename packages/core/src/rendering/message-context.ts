import { Context, Drop, type Liquid } from 'liquidjs'
import { Markup } from './markup.js'
import { RenderRefusal } from './render-refusal.js'
import type { UtmParameters } from './utm.js'
import type { RenderView } from './view.js'

/** Characters and list elements that the rendering of one part may make or read. */
export const MEMORY_LIMIT = 2_000_000

/** Pieces of a template that the rendering of one part may pass. */
const STEP_LIMIT = 100_000

/** Steps times the characters of the longest `{{ }}` or `{% %}`: bounds work inside one expression. */
const WORK_LIMIT = 20_000_000

/** Reading a text is nearly free; this many characters count as one element of a list. */
const CHARACTERS_AN_ELEMENT = 16

/** What the templates of one message share while it is filled in. */
export interface RenderSession {
  readonly view: RenderView
  readonly locale: string
  /** What web links of the message are given. */
  readonly utm: UtmParameters | null
  /** Html that is put into the places that the kit made for it. */
  readonly slots: Readonly<Record<string, string>>
}

/**
 * What one template sees while it is filled in. Its limits count work, not time, so that the same template over the
 * same customer always ends the same way.
 */
export class MessageContext extends Context {
  readonly session: RenderSession

  constructor(liquid: Liquid, variables: object, session: RenderSession, longestToken: number) {
    // tags that count write into the first; the variables stay as they are, and are made when they are read
    super({}, liquid.options, { sync: true, globals: variables }, { liquid })
    this.session = session
    const limit = Math.min(STEP_LIMIT, WORK_LIMIT / longestToken)
    let steps = 0
    // liquidjs asks before each piece whether its time is up; we count the questions
    this.renderLimit.check = () => {
      steps += 1
      if (steps > limit) throw new RenderRefusal('limit')
    }
  }

  /** Own properties only, of the classes of liquidjs too; who reads a list pays for its length. */
  override readProperty(owner: object, key: Parameters<Context['readProperty']>[1]): unknown {
    if (owner instanceof Drop && String(key) in Object.prototype) return undefined
    const value: unknown = super.readProperty(owner instanceof Markup ? Object(owner.valueOf()) : owner, key)
    if (Array.isArray(value)) this.memoryLimit.use(value.length)
    else if (typeof value === 'string') this.memoryLimit.use(value.length / CHARACTERS_AN_ELEMENT)
    return value
  }
}

/** The session behind a context of liquidjs. */
export function sessionOf(context: Context): RenderSession {
  if (context instanceof MessageContext) return context.session
  throw new TypeError('not a context of a message')
}
