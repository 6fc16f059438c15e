import { type FilterImplOptions, Liquid } from 'liquidjs'
import { rawFilter, registerFilters } from './filters.js'
import { htmlOf, textOf } from './markup.js'
import { MEMORY_LIMIT } from './message-context.js'
import { HtmlCapture, LINK_TAG, LinkTag, MeteredCapture, SLOT_TAG, SlotTag } from './tags.js'

/** How values are written: escaped, or as they are. */
type TemplateMode = 'html' | 'text'

/** Characters of a template; larger ones are refused. */
const PARSE_LIMIT = 1_000_000

/** They read files. */
const TAGS_LEFT_OUT = ['include', 'render', 'layout', 'block']

function createEngine(mode: TemplateMode, parseLimit = PARSE_LIMIT): Liquid {
  const write = mode === 'html' ? htmlOf : textOf
  const output: Extract<FilterImplOptions, (...given: never[]) => unknown> = function (value: unknown) {
    const text = write(value)
    this.context.memoryLimit.use(text.length)
    return text
  }
  const liquid = new Liquid({
    templates: {},
    strictFilters: true,
    ownPropertyOnly: true,
    locale: 'en',
    timezoneOffset: 0,
    outputEscape: output as (value: unknown) => string,
    parseLimit,
    memoryLimit: MEMORY_LIMIT,
  })
  for (const name of TAGS_LEFT_OUT) delete liquid.tags[name]
  liquid.registerTag('capture', mode === 'html' ? HtmlCapture : MeteredCapture)
  registerFilters(liquid)
  liquid.registerFilter('raw', rawFilter(write))
  return liquid
}

/** The engine of subjects, text parts and other channels: nothing is escaped. */
export const textEngine = createEngine('text')

/** The engine of html as people write it: every value is escaped unless `raw` ends its filters. */
export const htmlEngine = createEngine('html')

/** The engine of html into which the kit has put its own tags. */
export const finishedHtmlEngine = withOwnTags(createEngine('html', PARSE_LIMIT * 10))

function withOwnTags(liquid: Liquid): Liquid {
  liquid.registerTag(LINK_TAG, LinkTag)
  liquid.registerTag(SLOT_TAG, SlotTag)
  return liquid
}
