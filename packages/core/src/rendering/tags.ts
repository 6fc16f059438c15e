import {
  CaptureTag,
  type Context,
  type Emitter,
  type Liquid,
  type Parser,
  Tag,
  type TagToken,
  type Template,
  type TopLevelToken,
  TypeGuards,
} from 'liquidjs'
import { decodeEntities, escapeHtml } from './html-text.js'
import { finishLink } from './links.js'
import { Markup } from './markup.js'
import { sessionOf } from './message-context.js'

/** `{% capture %}` that pays for what it keeps. */
export class MeteredCapture extends CaptureTag {
  override *render(context: Context): Generator<unknown, void, string> {
    yield* super.render(context)
    context.memoryLimit.use(this.keep(context, String(context.bottom()[this.variable])))
  }

  protected keep(_context: Context, captured: string): number {
    return captured.length
  }
}

/** In html what was captured is escaped already and is not escaped a second time. */
export class HtmlCapture extends MeteredCapture {
  protected override keep(context: Context, captured: string): number {
    context.bottom()[this.variable] = new Markup(captured, () => captured)
    return captured.length
  }
}

/** Name of the block that {@link LinkTag} is registered under; not for templates of people. */
export const LINK_TAG = '_link'

/** What {@link LinkTag} does: checks a link; also gives it the message's parameters; also has its clicks counted. */
export type LinkPurpose = 'check' | 'tag' | 'track'

/** `{% _link track %}value of an href{% end_link %}`: finishes the link that comes out. */
export class LinkTag extends Tag {
  readonly #purpose: string
  readonly #templates: Template[] = []
  /** The link when nothing in it is filled in. */
  #fixed: string | null = null

  constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, rest, liquid)
    this.#purpose = token.args
    const written = rest[0]
    const stream = parser.parseStream(rest)
    stream.on('template', (template: Template) => void this.#templates.push(template))
    stream.on(`tag:end${LINK_TAG}`, () => void stream.stop())
    stream.start()
    if (this.#templates.length === 1 && written !== undefined && TypeGuards.isHTMLToken(written)) {
      this.#fixed = decodeEntities(written.getContent())
    }
  }

  *render(context: Context, emitter: Emitter): Generator<unknown, void, string> {
    const { view, utm } = sessionOf(context)
    const link =
      this.#fixed ?? decodeEntities(yield this.liquid.renderer.renderTemplates(this.#templates, context))
    const treatment = { tracked: this.#purpose === 'track', utm: this.#purpose === 'check' ? null : utm }
    emitter.write(escapeHtml(finishLink(link, view, treatment)))
  }
}

/** Name of the tag that {@link SlotTag} is registered under; not for templates of people. */
export const SLOT_TAG = '_slot'

/** `{% _slot name %}`: html that the kit adds to a message. */
export class SlotTag extends Tag {
  readonly #name: string

  constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid) {
    super(token, rest, liquid)
    this.#name = token.args
  }

  render(context: Context, emitter: Emitter): void {
    emitter.write(sessionOf(context).slots[this.#name] ?? '')
  }
}
