import type { CampaignReport } from '../model/report.js'
import { channels, responseTimes, runs, segments } from './page/breakdowns.js'
import { definitions } from './page/definitions.js'
import { failures } from './page/failures.js'
import { funnel } from './page/funnel.js'
import { incremental } from './page/incremental.js'
import { html } from './page/markup.js'
import { money } from './page/money.js'
import { strata } from './page/strata.js'
import { STYLE } from './page/style.js'
import { head, tiles, verdictBox } from './page/summary.js'
import { timelineChart } from './page/timeline-chart.js'
import { variants } from './page/variants.js'

/**
 * The report as one self-contained page: no script, nothing loaded from elsewhere (its own policy forbids both), light
 * and dark, for phone, desk and paper. Everything that came from outside is escaped.
 */
export function reportToHtml(report: CampaignReport): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>${report.campaign.name} · campaign report</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${head(report)}${verdictBox(report)}${tiles(report)}${funnel(report)}${variants(report)}${strata(report)}${money(report)}${incremental(report)}${channels(report)}${segments(report)}${responseTimes(report)}${timelineChart(report)}${failures(report)}${runs(report)}${definitions(report)}</main>
</body>
</html>
`
  return page.toString()
}
