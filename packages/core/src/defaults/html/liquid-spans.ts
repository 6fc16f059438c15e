/** Where a Liquid tag or output stands in a text. */
export interface LiquidSpan {
  readonly start: number
  readonly end: number
}

/**
 * Liquid in a text, in order: `{{ ... }}` and `{% ... %}`, where quoted parts may hold the closing braces. What is never
 * closed is no Liquid. Takes time in proportion to the text.
 */
export function liquidSpans(text: string): readonly LiquidSpan[] {
  const spans: LiquidSpan[] = []
  let start = nextOpening(text, 0)
  while (start >= 0) {
    const end = closingOf(text, start)
    if (end < 0) break
    spans.push({ start, end })
    start = nextOpening(text, end)
  }
  return spans
}

function nextOpening(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at >= 0; at = text.indexOf('{', at + 1)) {
    if (text[at + 1] === '{' || text[at + 1] === '%') return at
  }
  return -1
}

function closingOf(text: string, start: number): number {
  const closing = text[start + 1] === '{' ? '}}' : '%}'
  let quote: string | null = null
  for (let at = start + 2; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (quote !== null) {
      if (character === quote) quote = null
    } else if (character === '"' || character === "'") {
      quote = character
    } else if (text.startsWith(closing, at)) {
      return at + 2
    }
  }
  return -1
}
