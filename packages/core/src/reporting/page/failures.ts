import { DELIVERY_STATUSES } from '../../model/delivery.js'
import { countText } from '../../model/metrics.js'
import type { CampaignReport, ReasonCount } from '../../model/report.js'
import { html, type Markup } from './markup.js'
import { outside, section, table } from './table.js'
import { capitalized } from './texts.js'
import { STATUS_WORDS } from './words.js'

/** What became of every delivery, and why some did not go out. */
export function failures(report: CampaignReport): Markup {
  const { deliveries, failures: failed, skips } = report
  const statuses = DELIVERY_STATUSES.filter((status) => deliveries[status] > 0)
  const rows = statuses.map(
    (status) => [capitalized(STATUS_WORDS[status]), countText(deliveries[status])] as const,
  )
  const columns = [{ heading: 'State' }, { heading: 'Messages', isFigure: true }]
  return section('What became of the messages', [
    rows.length === 0
      ? html`<p class="note">There are no messages yet.</p>`
      : table('Messages by state', columns, rows),
    ...reasonTable('Why messages failed', failed),
    ...reasonTable('Why messages were not sent after all', skips),
  ])
}

function reasonTable(caption: string, reasons: readonly ReasonCount[]): readonly Markup[] {
  if (reasons.length === 0) return []
  const rows = reasons.map((reason) => [reasonText(reason), countText(reason.count)] as const)
  return [table(caption, [{ heading: 'Reason' }, { heading: 'Messages', isFigure: true }], rows)]
}

/** The words of a reason, and the code for whoever has to look it up. */
function reasonText({ code, words }: ReasonCount): Markup {
  if (words === null) return outside(code)
  return html`${capitalized(words)} <small>${outside(code)}</small>`
}
