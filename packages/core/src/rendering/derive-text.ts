import { CampaignKitError } from '../base/error.js'
import type { HtmlReader } from '../ports/html-reader.js'
import { compileTemplate, type LiquidToken, type Template, tokensOf } from './template.js'
import { textEngine } from './template-engine.js'

// of the private use area: no reader of html changes, breaks or capitalises them
const OPEN = '\uE000'
const CLOSE = '\uE001'

/**
 * The template of the text part, read once out of the template of the html, so that filling it in is cheap and
 * nothing in it is escaped. Links stand in it as the html writes them, untracked; `{{ qr }}` becomes code and link.
 *
 * @returns null when the text cannot be told before the html is filled in: `raw` lets html through, or a tag stands
 * where the reader passes over it
 */
export function deriveText(html: Template, reader: HtmlReader): Template | null {
  const tokens = tokensOf(html.source)
  if (tokens.some(({ tag, text }) => tag === 'raw' || (tag === null && /\|\s*raw\b/.test(text)))) return null
  const text = reader.toText(markTokens(html.source, tokens))
  if (/\{[{%]/.test(text) || !keepsTags(text, tokens)) return null
  return compiled(
    text.replace(/\uE000(\d+)\uE001/g, (mark, index) => tokens[Number(index)]?.text ?? mark),
    html.path,
  )
}

function markTokens(source: string, tokens: readonly LiquidToken[]): string {
  let marked = ''
  let at = 0
  tokens.forEach(({ start, end }, index) => {
    marked += `${source.slice(at, start)}${OPEN}${index}${CLOSE}`
    at = end
  })
  return marked + source.slice(at)
}

/** Whether the tags, in order, are those of the html; values may be left out, in attributes for one. */
function keepsTags(text: string, tokens: readonly LiquidToken[]): boolean {
  const kept = [...text.matchAll(/\uE000(\d+)\uE001/g)].map(([, index]) => Number(index))
  const keptTags = kept.filter((index) => tokens[index]?.tag !== null)
  const tags = [...tokens.keys()].filter((index) => tokens[index]?.tag !== null)
  return keptTags.length === tags.length && tags.every((index, at) => keptTags[at] === index)
}

function compiled(source: string, path: string): Template | null {
  try {
    return compileTemplate(textEngine, source, path)
  } catch (thrown) {
    if (thrown instanceof CampaignKitError) return null
    throw thrown
  }
}

/** Text without blanks at the end of lines and without the runs of empty lines that tags leave behind. */
export function tidyText(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd())
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
