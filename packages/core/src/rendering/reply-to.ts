import { isEmailAddress } from '../model/customer.js'
import { oneLine } from './one-line.js'

const NAMED_MAILBOX = /^(?:"[^"\\]*" ?|[^"<>,;:\\@]*)<([^<>]*)>$/

/**
 * The value of a Reply-To field: one mailbox, with or without a display name.
 *
 * @returns null when the text is anything else
 */
export function replyToOf(text: string): string | null {
  const line = oneLine(text)
  return isEmailAddress(NAMED_MAILBOX.exec(line)?.[1] ?? line) ? line : null
}
