import { escapeHtml } from '../rendering/html-text.js'
import type { FormBody } from './form-body.js'

/** What the page's own button sends beside nothing else. */
const FROM_PAGE = { name: 'from', value: 'page' }

/** A form of one button. */
export function pageForm(button: string): string {
  return (
    `<form method="post">${hidden(FROM_PAGE.name, FROM_PAGE.value)}` +
    `<button>${escapeHtml(button)}</button></form>\n`
  )
}

/** A field that is not shown. */
export function hidden(name: string, value: string): string {
  return `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`
}

/** Whether a body is what {@link pageForm} sends. */
export function isFromPage(body: FormBody): boolean {
  return body.outcome === 'fields' && body.field(FROM_PAGE.name)?.trim() === FROM_PAGE.value
}
