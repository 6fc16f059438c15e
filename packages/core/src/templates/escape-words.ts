import { escapeHtml } from '../rendering/html-text.js'

/** Words as they stand in html; the Liquid in them stays Liquid. */
export function escapeWords(words: string): string {
  return words
    .split(/(\{\{.*?\}\}|\{%.*?%\})/s)
    .map((piece, at) => (at % 2 === 0 ? escapeHtml(piece) : piece))
    .join('')
}
